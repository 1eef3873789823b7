"""A crawl: when a site's turn is, the sites side by side, what is recorded, who is told."""
