"""Exports that HOLDINGS/exports.toml gives a name."""

import tomllib
from collections.abc import Mapping
from pathlib import Path

from archive.errors import UsageError

KEYS = ("query", "site", "from", "to", "flag", "cluster", "versions", "script", "format")
"""What a canned export may say, in the words of the options."""
_FIELDS: dict[str, str] = {"from": "since", "to": "until"}


def canned(path: Path, name: str) -> Mapping[str, str]:
    """Read what the export of that name asks for, with `since` and `until` for from and to.

    Raises UsageError for what is wrong with it.
    """
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise UsageError(
            f"{path}: not there; it would have a [{name}] with {_expected()}"
        ) from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"{path}: not TOML: {' '.join(str(error).split())}") from error
    table = tables.get(name)
    if not isinstance(table, dict):
        known = ", ".join(sorted(tables)) or "none yet"
        raise UsageError(f"{path}: got --canned {name!r}, expected one of its exports: {known}")
    for key, value in table.items():
        if key not in KEYS or not isinstance(value, str):
            raise UsageError(
                f"{path}: [{name}]: got {key} = {value!r}, expected text for {_expected()}"
            )
    return {str(_FIELDS.get(key, key)): value for key, value in table.items()}


def _expected() -> str:
    return f"{', '.join(KEYS[:-1])} or {KEYS[-1]}"
