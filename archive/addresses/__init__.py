"""Which addresses are those of one article."""
