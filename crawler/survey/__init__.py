"""A live site looked at without keeping anything: to write its file, and to check one."""
