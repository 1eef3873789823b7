"""Archived text on a terminal: what a page says must not steer the screen of who reads it."""

import re

import click

from archive.search.snippets import MARK, UNMARK

_BOLD, _NOT_BOLD = "\x1b[1m", "\x1b[22m"
# Control characters, and those that turn the direction of writing.
_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def printable(text: str) -> str:
    """Give the text with U+FFFD in place of what would steer a terminal; lines stay."""
    return _STEERING.sub("\ufffd", text)


def one_line(text: str) -> str:
    """Give the text printable and in one line."""
    return " ".join(printable(text).split())


def echo_marked(snippet: str, indent: str = "") -> None:
    """Print a snippet; what was found is bold on a terminal and plain elsewhere."""
    line = one_line(snippet).replace(MARK, _BOLD).replace(UNMARK, _NOT_BOLD)
    click.echo(f"{indent}{line}")
