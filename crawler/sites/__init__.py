"""The catalogue: one TOML file a site, in a folder for its country; the stem is the site's id.

`evidence` is a page that somebody saw, in a stored copy; `verified` is the day on which
`union-archive sites check` last found the live site to be as the file says, and is missing where
nobody has looked yet. Where no list of articles is known the home page stands as one. A home page
or a feed that leads to fewer than ten articles is not read right: hence `min_articles`.
"""
