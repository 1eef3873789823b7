"""From the web to an Article: sites, spider, capture, clean."""
