"""Datasette's own templates under a Content-Security-Policy: their scripts and styles get a nonce.

It is put into the source of a template before that is compiled, so that what a template shows, such
as a cell, can never get one. Style attributes cannot have any; they become data-style, and
tables.css has what they said.
"""

import re

from jinja2.ext import Extension

_INLINE = re.compile(r"<(script|style)(?=[\s>{])")
_ATTRIBUTE = re.compile(r"(?<=\s)style=(?=\")")
OURS = "union_archive/"
DRESS = "union_archive/tables.html"


class Nonces(Extension):
    """Give a nonce to what stands inline in templates that are not ours."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:  # noqa: ARG002
        """Rewrite the source of one template."""
        if name and name.startswith(OURS) and name != DRESS:
            return source
        return _ATTRIBUTE.sub("data-style=", _INLINE.sub(r'<\1 nonce="{{ csp_nonce() }}"', source))
