"""From an Article to its readers: store, search, serve, export."""
