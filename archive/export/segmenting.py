"""Chinese texts with spaces between words, for concordancers that count words between spaces.

jieba guesses what is a word; another segmenter would cut elsewhere. Its dictionary is one of
Simplified words, so that a Traditional text is best asked for in that script.
"""

import logging
import tempfile
from collections.abc import Callable

from archive.export.extra import needed


def segmenter() -> Callable[[str], str]:
    """Give what puts a space between the words of a text; its line feeds stay.

    Raises UnionArchiveError where jieba is not installed.
    """
    library = needed("jieba", "--segment")
    library.setLogLevel(logging.WARNING)
    words = library.Tokenizer()
    with tempfile.TemporaryDirectory(prefix="union-archive-") as folder:
        words.tmp_dir = folder  # else it reads what anybody may have put into the common one
        words.initialize()

    def segment(text: str) -> str:
        return "\n".join(
            " ".join(word for word in words.lcut(line) if not word.isspace())
            for line in text.split("\n")
        )

    return segment
