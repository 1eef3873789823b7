"""Sample sites of our own invention, for the first run and for the tests.

Each folder is one site: `site.toml` is its site file as an owner would write it, `pages.toml`
says how it is served and what its furniture says, `articles*.toml` hold what it tells, and the
templates are its markup. Places, people, organisations and words are all invented.
"""
