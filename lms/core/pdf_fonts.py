"""Which characters the shipped fonts can print.

Read straight from the fonts' character maps, so that the answer cannot drift from the files. The table is the
OpenType `cmap` (OpenType specification, "cmap: Character to Glyph Index Mapping Table"), formats 4 and 12.
"""

import struct
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path

FONT_FOLDER = Path(__file__).resolve().parents[1] / "fonts"

# They print nothing and only steer line breaks and joining, which Khmer, Lao, Thai and Burmese text needs.
# Characters that reorder text are left out on purpose: a name must not print other than it is stored.
_INVISIBLE = frozenset("\n\u00ad\u200b\u200c\u200d\u2060")
_UNPRINTABLE_CATEGORIES = frozenset({"Cc", "Cf", "Co", "Cs"})


def missing_characters(text: str) -> list[str]:
    """The characters of the text that no shipped font can print, each once, in order of appearance."""
    return [character for character in dict.fromkeys(text) if not _printable(character)]


def _printable(character: str) -> bool:
    if character in _INVISIBLE:
        return True
    return unicodedata.category(character) not in _UNPRINTABLE_CATEGORIES and ord(character) in _covered()


@cache
def _covered() -> frozenset[int]:
    """Every code point that has a glyph in at least one shipped font."""
    return frozenset(point for path in sorted(FONT_FOLDER.glob("*.ttf")) for point in _code_points(path.read_bytes()))


def _code_points(font: bytes) -> Iterator[int]:
    start = _table_offset(font, b"cmap")
    (count,) = struct.unpack_from(">H", font, start + 2)
    for index in range(count):
        platform, _encoding, offset = struct.unpack_from(">HHL", font, start + 4 + 8 * index)
        (table_format,) = struct.unpack_from(">H", font, start + offset)
        if platform in (0, 3) and table_format == 4:
            yield from _segments(font, start + offset)
        elif platform in (0, 3) and table_format == 12:
            yield from _groups(font, start + offset)


def _table_offset(font: bytes, tag: bytes) -> int:
    (count,) = struct.unpack_from(">H", font, 4)
    for index in range(count):
        name, _checksum, offset, _length = struct.unpack_from(">4sLLL", font, 12 + 16 * index)
        if name == tag:
            return offset
    raise ValueError(f"the font has no {tag.decode()} table")


def _segments(font: bytes, start: int) -> Iterator[int]:
    """Format 4: segments of the basic plane, with either a delta or a glyph array behind each."""
    (doubled,) = struct.unpack_from(">H", font, start + 6)
    count = doubled // 2
    ends = struct.unpack_from(f">{count}H", font, start + 14)
    firsts = struct.unpack_from(f">{count}H", font, start + 16 + doubled)
    deltas = struct.unpack_from(f">{count}H", font, start + 16 + 2 * doubled)
    ranges_at = start + 16 + 3 * doubled
    ranges = struct.unpack_from(f">{count}H", font, ranges_at)
    for index, (first, end) in enumerate(zip(firsts, ends, strict=True)):
        for point in range(first, end + 1):
            if ranges[index] == 0:
                glyph = (point + deltas[index]) & 0xFFFF
            else:
                (glyph,) = struct.unpack_from(">H", font, ranges_at + 2 * index + ranges[index] + 2 * (point - first))
            if glyph and point != 0xFFFF:
                yield point


def _groups(font: bytes, start: int) -> Iterator[int]:
    """Format 12: runs of code points that map to runs of glyphs."""
    (count,) = struct.unpack_from(">L", font, start + 12)
    for index in range(count):
        first, end, glyph = struct.unpack_from(">LLL", font, start + 16 + 12 * index)
        yield from range(first if glyph else first + 1, end + 1)
