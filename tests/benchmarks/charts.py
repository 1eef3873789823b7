"""Line charts as SVG, as pages show them without a library."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from math import log10

WIDTH, HEIGHT = 720, 300
LEFT, RIGHT, TOP, BOTTOM = 80, 134, 46, 40
COLOURS = ("#1b6ca8", "#c8553d", "#4f7942", "#7d5ba6", "#b8860b", "#555555", "#0f8b8d")
STYLE = "text{font:12px sans-serif;fill:#333} .title{font-weight:bold} path{fill:none}"

Points = Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Axis:
    """An axis from the first mark to the last; marks are what is written at a value."""

    name: str
    marks: Mapping[float, str]
    logarithmic: bool = False

    def share(self, value: float) -> float:
        """Give where a value stands between the ends, 0 to 1; beyond them it stands there."""
        low, high, at = min(self.marks), max(self.marks), value
        if self.logarithmic:
            low, high, at = log10(low), log10(high), log10(max(value, low))
        return min(max((at - low) / (high - low), 0.0), 1.0)


def round_marks(most: float, unit: str = "") -> dict[float, str]:
    """Give four to eight round marks from 0 to at least `most`."""
    step = 10.0 ** int(log10(max(most, 1)) - 1)
    step *= next(factor for factor in (1, 2, 5, 10, 20, 50, 100) if most <= step * factor * 6)
    return {step * n: f"{step * n:,.0f}{unit}" for n in range(int(most / step - 1e-9) + 2)}


def chart(title: str, across: Axis, up: Axis, lines: Mapping[str, Points]) -> str:
    """Draw lines, each named at the right in its colour."""
    wide, high = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM

    def x(value: float) -> float:
        return LEFT + wide * across.share(value)

    def y(value: float) -> float:
        return TOP + high * (1 - up.share(value))

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">',
        f"<title>{escape(title)}</title><style>{STYLE}</style>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
        f'<text x="{LEFT}" y="18" class="title">{escape(title)}</text>',
        f'<text x="{LEFT + wide}" y="{HEIGHT - 6}" text-anchor="end">{escape(across.name)}</text>',
        f'<text x="{LEFT}" y="{TOP - 6}">{escape(up.name)}</text>',
    ]
    for value, word in up.marks.items():
        parts.append(f'<path d="M{LEFT} {y(value):.1f}h{wide}" stroke="#ddd"/>')
        parts.append(
            f'<text x="{LEFT - 6}" y="{y(value) + 4:.1f}" text-anchor="end">{escape(word)}</text>'
        )
    for value, word in across.marks.items():
        place = f'x="{x(value):.1f}" y="{TOP + high + 16}"'
        parts.append(f'<text {place} text-anchor="middle">{escape(word)}</text>')
    for number, (name, points) in enumerate(lines.items()):
        colour = COLOURS[number % len(COLOURS)]
        path = "L".join(f"{x(at):.1f} {y(value):.1f}" for at, value in points)
        parts.append(f'<path d="M{path}" stroke="{colour}"/>')
        parts.append(
            f'<text x="{LEFT + wide + 10}" y="{TOP + 12 + 18 * number}" style="fill:{colour}">'
            f"{escape(name)}</text>"
        )
    return "\n".join([*parts, "</svg>\n"])
