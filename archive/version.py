"""Our own version: in WARC files, exports, the User-Agent, and beside what was read."""

from importlib import metadata


def version() -> str:
    """Give the version that is installed; 0 for a checkout that never was."""
    try:
        return metadata.version("union-archive")
    except metadata.PackageNotFoundError:
        return "0"
