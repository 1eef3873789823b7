"""Every capture read again with today's rules: what changes, the work itself, the report."""
