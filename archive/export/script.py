"""Texts in the script that is asked for, by OpenCC; names of people and sites with them."""

from collections.abc import Callable

from archive.export.extra import needed

SCRIPTS = ("published", "simplified", "traditional")
_CONFIGURATION = {"simplified": ("t2s", "Hans"), "traditional": ("s2t", "Hant")}
_TEXTS = ("title", "text", "source", "editor", "section", "site_name")


def converter(script: str) -> Callable[[dict[str, object]], None] | None:
    """Give what turns a row into a script in place; None where it stays as published.

    A text that is in the script already is left alone: another pass could only spoil it. Raises
    UnionArchiveError where OpenCC is not installed.
    """
    if script == "published":
        return None
    configuration, code = _CONFIGURATION[script]
    convert: Callable[[str], str] = needed("opencc", "--script").OpenCC(configuration).convert

    def turn(row: dict[str, object]) -> None:
        if row["script"] == code:
            return
        for name in _TEXTS:
            if row[name]:
                row[name] = convert(str(row[name]))
        row["authors"] = [convert(str(name)) for name in _list(row["authors"])]
        for name in ("credits", "images"):
            row[name] = [_object(each, convert) for each in _list(row[name])]

    return turn


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _object(value: object, convert: Callable[[str], str]) -> object:
    if not isinstance(value, dict):
        return value
    return {k: v if k == "url" else convert(str(v)) for k, v in value.items()}
