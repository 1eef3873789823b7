"""BagIt (RFC 8493): a folder that says of each of its files what it was."""

from pathlib import Path

from archive.crosswalk import LICENCE
from archive.export.extra import needed
from archive.export.format import About


def make_bag(folder: Path, about: About) -> None:
    """Make a bag of a folder, in place. Raises UnionArchiveError where bagit is not installed."""
    library = needed("bagit", "--bagit")
    said = {
        "Source-Organization": "Union Archive",
        "External-Identifier": about.address,
        "External-Description": f"{about.total} texts: {about.wanted.selection.query or 'all'}",
        "Bagging-Date": about.made[:10],
        "Access-Rights": LICENCE,
    }
    one_line = {name: " ".join(value.split()) for name, value in said.items()}
    library.make_bag(str(folder), one_line, checksums=["sha256"])
