"""Two small charts with logarithmic axes as one SVG: no library, no script, readable on light and dark ground."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT = 900, 420
LEFT, RIGHT, TOP, BOTTOM = 62, 150, 40, 46
COLOURS = ("#1b6ca8", "#c2410c", "#15803d", "#7c3aed", "#b45309", "#be185d", "#0f766e", "#64748b", "#4d7c0f", "#475569")


@dataclass(frozen=True)
class Line:
    """One engine: its name and its points (x, y), both above 0."""

    name: str
    points: Sequence[tuple[float, float]]


def chart(title: str, lines: Sequence[Line], words: Callable[[float], str], x: tuple[float, float]) -> str:
    """An SVG with logarithmic axes, a line for each engine and its name at the end; `words` says a value of y."""
    values = [y for line in lines for _, y in line.points]
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    across = _scale(math.log10(x[0]), math.log10(x[1]), LEFT, WIDTH - RIGHT)
    upwards = _scale(low, max(high, low + 1), HEIGHT - BOTTOM, TOP)
    parts = [f'<text x="{LEFT}" y="20" class="title">{escape(title)}</text>']
    for power in range(low, high + 1):
        y = upwards(power)
        parts.append(f'<path class="grid" d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{escape(words(10**power))}</text>')
    for power in range(math.ceil(math.log10(x[0])), math.floor(math.log10(x[1])) + 1):
        at = across(power)
        parts.append(f'<path class="grid" d="M{at:.1f} {TOP}V{HEIGHT - BOTTOM}"/>')
        parts.append(f'<text x="{at:.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{10**power:,}</text>')
    middle = (LEFT + WIDTH - RIGHT) / 2
    parts.append(f'<text x="{middle:.0f}" y="{HEIGHT - 8}" text-anchor="middle">preference entries</text>')
    ends = _apart([upwards(math.log10(line.points[-1][1])) for line in lines])
    for line, end, colour in zip(lines, ends, COLOURS, strict=False):
        spots = [(across(math.log10(a)), upwards(math.log10(b))) for a, b in line.points]
        way = "L".join(f"{a:.1f} {b:.1f}" for a, b in spots)
        last_x, last_y = spots[-1]
        parts.append(f'<path fill="none" stroke="{colour}" stroke-width="2" d="M{way}"/>')
        parts += [f'<circle cx="{a:.1f}" cy="{b:.1f}" r="3" fill="{colour}"/>' for a, b in spots]
        name_x = WIDTH - RIGHT + 14
        parts.append(f'<path stroke="{colour}" opacity=".35" d="M{last_x:.1f} {last_y:.1f}L{name_x - 3} {end:.1f}"/>')
        parts.append(f'<text x="{name_x}" y="{end + 4:.1f}" fill="{colour}">{escape(line.name)}</text>')
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="{escape(title)}" font-family="sans-serif" font-size="13" fill="#1e293b">'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>'
        "<style>.grid{stroke:#cbd5e1;stroke-width:1}.title{font-size:15px;font-weight:600}</style>"
        + "".join(parts)
        + "</svg>\n"
    )


def _scale(low: float, high: float, begin: float, end: float) -> Callable[[float], float]:
    return lambda value: begin + (value - low) / (high - low) * (end - begin)


def _apart(wanted: Sequence[float], gap: float = 16) -> list[float]:
    """Heights near the wanted ones that leave room for a line of text each."""
    order = sorted(range(len(wanted)), key=wanted.__getitem__)
    found, free = [0.0] * len(wanted), -math.inf
    for index in order:
        found[index] = free = max(wanted[index], free + gap)
    sunk = max(0.0, free - (HEIGHT - BOTTOM + 4))
    return [height - sunk for height in found]
