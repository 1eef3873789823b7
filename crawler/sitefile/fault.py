"""What is wrong with a site file, in one line a person can act on."""

import difflib
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

LONGEST_GOT = 80
CODES = {"language": "zh-Hans", "region": "CN-SX"}


def in_one_line(error: ValidationError, tables: Mapping[str, type[BaseModel]]) -> str:
    """Name the first fault of a site file: key, what was got, what was expected.

    `tables` maps the key of each table of the file to its model, "" to that of the whole file.
    """
    faults = error.errors(include_url=False)
    loc = faults[0]["loc"]
    key = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in loc)
    if faults[0]["type"] == "extra_forbidden":
        said = _unknown_key(str(loc[-1]), tables.get(str(loc[0]), tables[""]))
    else:
        said = _got_and_expected(faults[0])
    more = len(faults) - 1
    line = ": ".join(filter(None, (key.lstrip("."), said)))
    return " ".join(line.split()) + (f" (and {more} more)" if more else "")


def _got_and_expected(fault: Mapping[str, Any]) -> str:
    if fault["type"] == "missing":
        return "got nothing, expected a value"
    expected = str(fault["msg"]).removeprefix("Input should be ").replace("tuple", "list")
    if fault["type"] == "value_error":
        expected = str(fault["ctx"]["error"])
        if isinstance(fault["input"], Mapping):  # a check of a whole table says itself what it got
            return expected
    if fault["type"] == "string_pattern_mismatch":
        expected = f"a code such as {CODES.get(str(fault['loc'][-1]), expected)}"
    got = repr(fault["input"])
    if len(got) > LONGEST_GOT:
        got = got[:LONGEST_GOT] + "…"
    return f"got {got}, expected {expected}"


def _unknown_key(key: str, table: type[BaseModel]) -> str:
    known = [name for name in table.model_fields if name != "id"]
    close = difflib.get_close_matches(key, known, n=1)
    return f"got an unknown key, expected {close[0] if close else 'one of ' + ', '.join(known)}"
