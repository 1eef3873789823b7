"""Responses as they came: WARC files, written, read back and mended."""
