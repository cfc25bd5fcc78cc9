"""Plots as data: what is compared, and where each mark of its drawing stands.

A page makes one with `bars`, `columns`, `lines`, `histogram` or `funnel` and gives it to `plot()` of
`templates/components/plot.html`, which draws it with its table. Every series has a pattern or a shape of its own, so
that no plot needs its colours. Places are in per cent of the width and in pixels of the height, so that a drawing fits
any screen while its words keep their size.
"""

import math
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Any

from babel.numbers import format_decimal, format_percent
from flask_babel import get_locale

from lms.core.i18n import Text
from lms.core.i18n import lazy_gettext as _l

HEIGHT = 200
_HEADROOM = 22  # Pixels above the highest mark, for the number on it.
_ROW = 22
_NARROWEST = 270  # Pixels that labels share on the narrowest screen.
MAX_SERIES = 5

Number = int | float


@dataclass(frozen=True)
class Series:
    """Figures of one kind, one for each label of the plot.

    None stands where there is no figure, or where it may not be told; `texts` then say what to write instead.
    """

    label: Text
    values: Sequence[Number | None]
    texts: Sequence[Text | None] = ()

    def text(self, at: int, *, percent: bool = False) -> Text:
        """How the figure at a place is written, in the reader's language."""
        if self.texts and self.texts[at] is not None:
            return str(self.texts[at])
        return shown_number(self.values[at], percent=percent)


@dataclass(frozen=True)
class Mark:
    """A bar, or a point of a line: edges in per cent (x, width) and pixels (y, height), and what is written at it."""

    series: int
    x: float
    y: float
    width: float = 0
    height: float = 0
    text: Text = ""


@dataclass(frozen=True)
class Plot:
    """A plot. `name` is unique on its page, of small letters and hyphens; it names the plot in addresses.

    `kind` is `bars`, `funnel` (rows inside their table), `columns` or `lines` (a drawing over a table).
    Raises ValueError for series that do not fit the labels, or more series than can be told apart.
    """

    name: str
    title: Text
    kind: str
    labels: Sequence[Text]
    series: Sequence[Series]
    label_heading: Text
    note: Text | None = None
    is_stacked: bool = False
    is_percent: bool = False
    touches: bool = False

    def __post_init__(self) -> None:
        """Refuse what cannot be drawn."""
        if len(self.series) > MAX_SERIES:
            raise ValueError(f"{self.name}: at most {MAX_SERIES} series can be told apart.")
        if any(len(one.values) != len(self.labels) for one in self.series):
            raise ValueError(f"{self.name}: every series needs one value for each label.")

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not any(value for one in self.series for value in one.values)

    @property
    def has_totals(self) -> bool:
        """Whether the table adds the series of a row up."""
        return self.is_stacked and len(self.series) > 1

    def total(self, at: int) -> Number | None:
        """The sum of all series at a label; None beside a missing figure, which the others could tell."""
        values = [one.values[at] for one in self.series]
        return None if None in values else sum(value or 0 for value in values)

    def text(self, series: int, at: int) -> Text:
        """A figure as it is written."""
        return self.series[series].text(at, percent=self.is_percent)

    @property
    def header(self) -> list[Text]:
        """The headings of the plot's table."""
        totals = [_l("Total")] if self.has_totals else []
        return [self.label_heading, *(one.label for one in self.series), *totals]

    @property
    def rows(self) -> list[list[Any]]:
        """The plot's table as plain values, for a download."""
        return [
            [
                str(label),
                *(one.text(at) if one.values[at] is None else one.values[at] for one in self.series),
                *([shown_number(None) if (total := self.total(at)) is None else total] if self.has_totals else []),
            ]
            for at, label in enumerate(self.labels)
        ]

    @property
    def _highest(self) -> Number:
        """The highest figure, or sum where series are stacked."""
        sums = [sum(one.values[at] or 0 for one in self.series) for at in range(len(self.labels))]
        return max(
            (*(sums if self.is_stacked else ()), *(value or 0 for one in self.series for value in one.values), 0)
        )

    @property
    def top(self) -> Number:
        """Where the scale ends: the least round number over everything."""
        return round_top(self._highest, whole=not self.is_percent)

    @property
    def ticks(self) -> list[Mark]:
        """The lines of the scale with their numbers, from zero up."""
        steps = next(steps for steps in (4, 5, 2, 3, 1) if self.is_percent or self.top % steps == 0)
        return [
            Mark(0, 0, self._y(self.top * step / steps), text=self._written(self.top * step / steps))
            for step in range(steps + 1)
        ]

    def row_marks(self, at: int) -> list[Mark]:
        """The bars of one row of `bars` or `funnel`: beside each other when stacked, else one below the other."""
        full = self.top if self.is_percent else self._highest  # there is no scale to be read
        marks: list[Mark] = []
        reached = 0.0
        height = _ROW if self.is_stacked or len(self.series) == 1 else max(8, _ROW // len(self.series))
        for index, one in enumerate(self.series):
            width = 100 * (one.values[at] or 0) / full if full else 0
            x = (100 - width) / 2 if self.kind == "funnel" else reached
            y = 0 if self.is_stacked else index * height
            marks.append(Mark(index, round(x, 2), y, round(width, 2), height))
            reached += width if self.is_stacked else 0
        return marks

    @property
    def row_height(self) -> int:
        """Pixels of a row of bars."""
        return int(max((mark.y + mark.height for mark in self.row_marks(0)), default=_ROW)) if self.labels else _ROW

    @property
    def column_marks(self) -> list[Mark]:
        """The bars of `columns`, with the number on each where there is room."""
        slot = 100 / max(1, len(self.labels))
        side = 1 if self.is_stacked else max(1, len(self.series))
        width = slot * (0.96 if self.touches else 0.72) / side
        numbered = len(self.labels) * side <= 12
        marks = []
        for at in range(len(self.labels)):
            left = slot * at + (slot - width * side) / 2
            below: Number = 0
            for index, one in enumerate(self.series):
                value = one.values[at] or 0
                foot = below if self.is_stacked else 0
                x = left if self.is_stacked else left + width * index
                y = self._y(foot + value)
                text = self.text(index, at) if numbered and not self.has_totals else ""
                marks.append(Mark(index, round(x, 2), y, round(width, 2), round(self._y(foot) - y, 1), text))
                below += value
            if self.has_totals and numbered:
                total = self._written(self.total(at))
                marks.append(Mark(-1, round(left, 2), self._y(below), round(width, 2), 0, total))
        return marks

    @property
    def line_marks(self) -> list[list[Mark]]:
        """The points of each line in order; a missing figure ends one line of its series, and another begins."""
        slot = 100 / max(1, len(self.labels))
        found: list[list[Mark]] = []
        for index, one in enumerate(self.series):
            for present, run in groupby(enumerate(one.values), key=lambda pair: pair[1] is not None):
                if present:
                    found.append([Mark(index, round(slot * (at + 0.5), 2), self._y(value or 0)) for at, value in run])
        return found

    @property
    def label_marks(self) -> list[Mark]:
        """The labels below the drawing, as many as fit on a phone."""
        slot = 100 / max(1, len(self.labels))
        texts = [str(label) for label in self.labels]
        longest = max((_width(text) for text in texts), default=1)
        step = math.ceil(len(texts) / max(2, _NARROWEST // (7 * longest + 8))) if texts else 1
        return [
            Mark(0, round(slot * (at + 0.5), 2), HEIGHT, text=text) for at, text in enumerate(texts) if at % step == 0
        ]

    def _y(self, value: Number) -> float:
        return round(HEIGHT - (HEIGHT - _HEADROOM) * (value / self.top if self.top else 0), 1)

    def _written(self, value: Number | None) -> Text:
        return shown_number(value, percent=self.is_percent)


def bars(
    name: str,
    title: Text,
    labels: Sequence[Text],
    series: Sequence[Series],
    *,
    label_heading: Text,
    stacked: bool = False,
    percent: bool = False,
    note: Text | None = None,
) -> Plot:
    """Rows of bars inside their own table, for things with names, such as countries; `percent` for shares of 1."""
    return Plot(name, title, "bars", labels, series, label_heading, note, stacked, percent)


def columns(
    name: str,
    title: Text,
    labels: Sequence[Text],
    series: Sequence[Series],
    *,
    label_heading: Text,
    stacked: bool = False,
    percent: bool = False,
    note: Text | None = None,
) -> Plot:
    """Upright bars over short labels, such as years."""
    return Plot(name, title, "columns", labels, series, label_heading, note, stacked, percent)


def lines(
    name: str,
    title: Text,
    labels: Sequence[Text],
    series: Sequence[Series],
    *,
    label_heading: Text,
    percent: bool = False,
    note: Text | None = None,
) -> Plot:
    """Lines over time, each with points of a shape of its own."""
    return Plot(name, title, "lines", labels, series, label_heading, note, False, percent)


def histogram(
    name: str,
    title: Text,
    values: Sequence[Number],
    *,
    lowest: Number,
    highest: Number,
    bins: int,
    label_heading: Text,
    value_heading: Text,
    note: Text | None = None,
) -> Plot:
    """How often values fall between `lowest` and `highest`, in `bins` steps of equal width; both ends belong to it.

    Values outside count at the nearest end. Of whole numbers the steps are named by the first and last one in each.
    """
    width = (highest - lowest) / bins
    counts = [0] * bins
    for value in values:
        counts[min(bins - 1, max(0, int((value - lowest) / width)))] += 1
    edges = [lowest + width * at for at in range(bins + 1)]
    whole = all(float(edge).is_integer() for edge in edges)
    labels = [
        f"{shown_number(int(low))}–{shown_number(int(high) - (0 if at == bins - 1 else 1))}"
        if whole
        else f"{shown_number(low)}–{shown_number(high)}"
        for at, (low, high) in enumerate(pairwise(edges))
    ]
    return Plot(name, title, "columns", labels, [Series(value_heading, counts)], label_heading, note, touches=True)


def funnel(
    name: str,
    title: Text,
    stages: Sequence[tuple[Text, int]],
    *,
    label_heading: Text,
    value_heading: Text,
    note: Text | None = None,
) -> Plot:
    """How many are left at each stage of a process; the table also says which share of the first stage that is."""
    counts = [count for _, count in stages]
    return Plot(
        name, title, "funnel", [label for label, _ in stages], [Series(value_heading, counts)], label_heading, note
    )


def shown_number(value: Number | None, *, percent: bool = False) -> Text:
    """A number in the reader's language, at most one decimal; a dash for none."""
    if value is None:
        return "–"
    if percent:
        return format_percent(value, locale=get_locale())
    return format_decimal(round(value, 1), locale=get_locale())


def round_top(value: Number, *, whole: bool) -> Number:
    """The least of 1, 2, 4, 5, 8 and 10 times a power of ten that is not below `value`; of counts at least 4."""
    if value <= 0:
        return 4 if whole else 1
    if not whole:
        return 1 if value > 0.5 else math.ceil(value * 10) / 10
    power = 10 ** math.floor(math.log10(max(value, 1)))
    top = next(step * power for step in (1, 2, 4, 5, 8, 10) if step * power >= value)
    return max(4, int(top))


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)
