"""One thin spider serves every site file."""
