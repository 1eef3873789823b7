"""The catalogue: one TOML file a site, in a folder for its country; the stem is the site's id."""
