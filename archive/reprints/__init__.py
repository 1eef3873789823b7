"""Articles that say the same, and where they began."""
