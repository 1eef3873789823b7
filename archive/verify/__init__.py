"""Whether holdings are sound."""
