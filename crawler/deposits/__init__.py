"""What others saved and hand in: one small module a form, each giving items or WARC files."""
