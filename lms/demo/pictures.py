"""Small charts for the demo's courses, drawn in our own colours and fonts as PNG files of a few kilobytes."""

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import TYPE_CHECKING, Any

from lms.core.pdf_fonts import FONT_FOLDER

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw
    from PIL.ImageFont import FreeTypeFont

WIDTH, HEIGHT = 960, 560
_LEFT, _RIGHT, _TOP, _BOTTOM = 100, 40, 104, 110
_INK, _SOFT, _LINE, _PAPER = "#12302c", "#4a615d", "#c9d3cf", "#ffffff"
_COLOURS = ("#0b6b5d", "#b4552d")
_STEPS = (1, 2, 5)


def draw_chart(chart: Mapping[str, Any]) -> bytes:
    """A chart as PNG. `kind`: `bars` (labels, values) or `lines` (x, series); each with title and axis labels."""
    from PIL import Image, ImageDraw

    image = Image.new("RGB", (WIDTH, HEIGHT), _PAPER)
    canvas = ImageDraw.Draw(image)
    _write(canvas, (_LEFT, 24), chart["title"], 30, anchor="la")
    values = chart["values"] if chart["kind"] == "bars" else [y for line in chart["series"].values() for y in line]
    top = _scale(canvas, max(values))
    _write(canvas, (_LEFT, _TOP - 12), chart["y_label"], 20, anchor="ls", colour=_SOFT)
    _write(canvas, ((WIDTH + _LEFT - _RIGHT) / 2, HEIGHT - 16), chart["x_label"], 20, anchor="ms", colour=_SOFT)
    (_bars if chart["kind"] == "bars" else _lines)(canvas, chart, top)
    content = BytesIO()
    image.quantize(64).save(content, "PNG", optimize=True)
    return content.getvalue()


def _font(text: str, size: int) -> "FreeTypeFont":
    from PIL import ImageFont

    name = "NotoSerif-Regular.ttf" if text.isascii() else "NotoSerifSC-Regular.ttf"
    return ImageFont.truetype(FONT_FOLDER / name, size)


def _write(
    canvas: "ImageDraw", at: tuple[float, float], text: str, size: int, *, anchor: str, colour: str = _INK
) -> None:
    canvas.text(at, text, fill=colour, font=_font(text, size), anchor=anchor)


def _y(value: float, top: float) -> float:
    return HEIGHT - _BOTTOM - value / top * (HEIGHT - _TOP - _BOTTOM)


def _scale(canvas: "ImageDraw", highest: float) -> float:
    """Draw horizontal lines at round values; the value at the top."""
    step = next(unit * power for power in (0.1, 1, 10, 100, 1000) for unit in _STEPS if highest <= 6 * unit * power)
    count = int(-(-highest // step))
    for number in range(count + 1):
        y = _y(number, count)
        canvas.line((_LEFT, y, WIDTH - _RIGHT, y), fill=_LINE if number else _INK, width=2)
        _write(canvas, (_LEFT - 12, y), f"{number * step:g}", 20, anchor="rm", colour=_SOFT)
    return count * step


def _bars(canvas: "ImageDraw", chart: Mapping[str, Any], top: float) -> None:
    labels: Sequence[str] = chart["labels"]
    room = (WIDTH - _LEFT - _RIGHT) / len(labels)
    for position, (label, value) in enumerate(zip(labels, chart["values"], strict=True)):
        left = _LEFT + position * room
        centre, y = left + room / 2, _y(value, top)
        canvas.rectangle((left + room * 0.12, y, left + room * 0.88, HEIGHT - _BOTTOM), fill=_COLOURS[0])
        _write(canvas, (centre, y - 6), f"{value:g}", 20, anchor="ms")
        _write(canvas, (centre, HEIGHT - _BOTTOM + 14), label, 20, anchor="ma", colour=_SOFT)


def _lines(canvas: "ImageDraw", chart: Mapping[str, Any], top: float) -> None:
    xs: Sequence[float] = chart["x"]
    low, high = xs[0], xs[-1]

    def x_of(value: float) -> float:
        return _LEFT + 20 + (value - low) / (high - low) * (WIDTH - _LEFT - _RIGHT - 40)

    for value in xs:
        _write(canvas, (x_of(value), HEIGHT - _BOTTOM + 14), f"{value:g}", 18, anchor="ma", colour=_SOFT)
    legend = WIDTH - _RIGHT
    for (name, values), colour in zip(chart["series"].items(), _COLOURS, strict=False):
        points = [(x_of(x), _y(y, top)) for x, y in zip(xs, values, strict=True)]
        canvas.line(points, fill=colour, width=4, joint="curve")
        for x, y in points:
            canvas.ellipse((x - 5, y - 5, x + 5, y + 5), fill=colour)
        _write(canvas, (legend, _TOP - 12), name, 20, anchor="rs", colour=colour)
        legend -= int(canvas.textlength(name, font=_font(name, 20))) + 32
