"""Site files are read: the catalogue and the owner's own together."""

import tomllib
from pathlib import Path
from typing import Any

import regex
from pydantic import BaseModel, ValidationError

from archive.errors import UsageError
from crawler.presets import PRESETS, load_preset
from crawler.site import Site, find_site
from crawler.sitefile.addresses import Addresses
from crawler.sitefile.fault import in_one_line
from crawler.sitefile.tables import Assertions, Layout, Source

CATALOGUE = Path(__file__).parent.parent / "sites"
TABLES: dict[str, type[BaseModel]] = {
    "": Site,
    "sources": Source,
    "layouts": Layout,
    "assertions": Assertions,
    "addresses": Addresses,
}
"""The model of each table of a site file."""
ID = regex.compile(r"\w[\w.-]*")
"""What a site file may be called, without its ending."""


def load_sites(own: Path | None, catalogue: Path = CATALOGUE) -> dict[str, Site]:
    """Read the catalogue and the owner's folder of site files, by id.

    The owner's files win, by id and by host. Raises UsageError, in one line, on the first file
    that is not a site file.
    """
    mine = own_sites(own)
    sites: dict[str, Site] = {}
    for path in sorted(catalogue.rglob("*.toml")):
        if path.stem in sites:
            raise UsageError(f"{path}: a second site {path.stem} in the catalogue")
        sites[path.stem] = load_site(path)
    sites = {id_: one for id_, one in sites.items() if find_site(mine.values(), one.home) is None}
    return dict(sorted((sites | mine).items()))


def own_sites(own: Path | None) -> dict[str, Site]:
    """Read the owner's folder of site files alone. Raises UsageError as `load_sites` does."""
    if own is None or not own.is_dir():
        return {}
    return {path.stem: load_site(path) for path in sorted(own.glob("*.toml"))}


def load_site(path: Path) -> Site:
    """Read one site file. Raises UsageError naming file, key, what was got and expected."""
    if not ID.fullmatch(path.stem):
        raise UsageError(
            f"{path}: got the name {path.stem!r}, expected letters, digits, '-', '_' and '.'"
        )
    try:
        keys = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: got bytes that are not UTF-8, expected UTF-8 text") from error
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path}: not TOML: {error}") from error
    if "id" in keys:
        raise UsageError(f"{path}: id: got {keys['id']!r}, expected none: the file's name is it")
    try:
        return Site.model_validate({"id": path.stem, **_filled(path, keys)})
    except ValidationError as error:
        raise UsageError(f"{path}: {in_one_line(error, TABLES)}") from error


def _filled(path: Path, keys: dict[str, Any]) -> dict[str, Any]:
    """Give a file's keys with what its preset adds. Raises UsageError for one there is not."""
    name = keys.get("preset")
    if name is None:
        return keys
    if name not in PRESETS:
        known = ", ".join(sorted(PRESETS))
        raise UsageError(f"{path}: preset: got {name!r}, expected one of {known}")
    return load_preset(name).fill(keys)
