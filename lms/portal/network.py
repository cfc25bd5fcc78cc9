"""The network as a figure: the Center in the middle, around it the states, each as large as its institutions are many.

A scheme and no map: the states stand in a circle in the order of their names, and nothing of it says where they lie.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

WIDTH, HEIGHT = 560, 400
_RADIUS = 155
_LEAST, _MOST = 17, 30
_LINE = 15  # Letters of a label on one line.


@dataclass(frozen=True)
class CountryCount:
    """A state: its confirmed institutions, the courses they give, and the places they offer now."""

    country: Any
    institutions: int
    courses: int
    places: int


@dataclass(frozen=True)
class Node:
    """A state in the figure: where its circle stands, how large it is, and on which side its name goes."""

    count: CountryCount
    x: float
    y: float
    radius: float
    label_x: float
    label_y: float
    anchor: str
    thickness: float


def nodes(counts: Sequence[CountryCount]) -> list[Node]:
    """The states around the middle of the figure, clockwise from the top."""
    most = max((count.institutions for count in counts), default=0)
    return [_node(count, at, len(counts), most) for at, count in enumerate(counts)]


def _node(count: CountryCount, at: int, of: int, most: int) -> Node:
    angle = 2 * math.pi * (at + 0.5) / of - math.pi / 2  # Nobody stands straight above: names need the room beside.
    x, y = WIDTH / 2 + _RADIUS * math.cos(angle), HEIGHT / 2 + _RADIUS * math.sin(angle)
    share = math.sqrt(count.institutions / most) if most else 0
    radius = _LEAST + (_MOST - _LEAST) * share
    is_right = math.cos(angle) > 0
    return Node(
        count=count,
        x=round(x, 1),
        y=round(y, 1),
        radius=round(radius, 1),
        label_x=round(x + (radius + 7) * (1 if is_right else -1), 1),
        label_y=round(y + 14 * math.sin(angle), 1),  # further out above and below, where circles stand close
        anchor="start" if is_right else "end",
        thickness=round(1.5 + 5 * share, 1),
    )


def label_lines(name: str) -> list[str]:
    """A name on lines that fit beside its circle, broken between words."""
    lines = [""]
    for word in name.split():
        if lines[-1] and len(lines[-1]) + len(word) >= _LINE:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    return lines
