"""Blocks to the cleaned text and the removals that give the extracted text back."""

from collections.abc import Sequence

from archive.records import Removal
from crawler.clean.page import Block, Cut

SPACES = " \t\u3000"


def compose(blocks: Sequence[Block]) -> tuple[str, tuple[Removal, ...]]:
    """The cleaned text of the blocks, one a line, and what was taken out of it, in order."""
    for block in blocks:
        settle(block)
    kept = [n for n, block in enumerate(blocks) if block.dropped is None]
    last = kept[-1] if kept else -1
    pieces: list[str] = []
    removals: list[Removal] = []
    position = 0
    for n, block in enumerate(blocks):
        begins = position + (n > 0)
        if block.dropped is not None:
            before = n > 0 and n > last  # the break before it goes with it, else the one after it
            after = n < last
            text = "\n" * before + block.text + "\n" * after
            removals.append(Removal(*block.dropped, text, begins - before))
        else:
            pieces.append(apply(block))
            removals += [
                Removal(
                    c.kind, c.rule, block.text[c.start : c.end], begins + c.start, c.replacement
                )
                for c in block.cuts
            ]
        position = begins + len(block.text)
    return "\n".join(pieces), tuple(removals)


def apply(block: Block) -> str:
    """A block's text with its cuts applied."""
    pieces: list[str] = []
    at = 0
    for cut in block.cuts:
        pieces += (block.text[at : cut.start], cut.replacement)
        at = cut.end
    return "".join([*pieces, block.text[at:]])


def settle(block: Block) -> None:
    """Put a block's cuts in order, without overlap; drop it where they leave nothing.

    The spaces that a cut would leave at an end of the block go with it.
    """
    settled: list[Cut] = []
    for cut in sorted(block.cuts, key=lambda c: (c.start, -c.end)):
        start = max(cut.start, settled[-1].end if settled else 0)
        if start < cut.end:
            settled.append(Cut(start, cut.end, cut.kind, cut.rule, cut.replacement))
    if settled and not block.text[settled[-1].end :].strip(SPACES):
        tail = settled[-1]
        begin = settled[-2].end if len(settled) > 1 else 0
        start = begin + len(block.text[begin : tail.start].rstrip(SPACES))
        settled[-1] = Cut(start, len(block.text), tail.kind, tail.rule, tail.replacement)
    if settled and not block.text[: settled[0].start].strip(SPACES):
        head = settled[0]
        lead = len(block.text[head.end :]) - len(block.text[head.end :].lstrip(SPACES))
        limit = settled[1].start if len(settled) > 1 else len(block.text)
        settled[0] = Cut(0, min(head.end + lead, limit), head.kind, head.rule, head.replacement)
    block.cuts = settled
    if settled and not apply(block).strip(SPACES):
        block.drop(settled[0].kind, settled[0].rule)
