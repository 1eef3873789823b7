"""What the captures of an article come to: its versions, its statuses, what changed."""
