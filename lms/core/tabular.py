"""Tables in and out: CSV and XLSX that spreadsheets of the region open, and imports that name each fault."""

import codecs
import csv
import io
import json
import math
import re
import subprocess
import sys
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO

from lms.core.errors import AppError, Invalid, TooLarge
from lms.core.i18n import Text
from lms.core.i18n import lazy_gettext as _l
from lms.core.storage.kinds import archive_members

# A cell that begins like this is a formula to some spreadsheet, full-width forms too (OWASP, CSV Injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
# Where spreadsheets part cells by semicolons, as in Indonesia and Viet Nam, one begins after each of them as well.
_INNER_CELL = re.compile(r"(?<=[\s\S])([;\t\n]\s*)(?=[=+\-@＝＋－＠])")
_INNER_ESCAPE = re.compile(r"(?<=[\s\S])([;\t\n]\s*)'(?=[=+\-@＝＋－＠])")
_SHEET_READER = Path(__file__).with_name("sheet_reader.py")
_MAX_BYTES = 20 * 2**20
_MAX_UNPACKED = 100 * 2**20
_MAX_SECONDS = 60
_MAX_CELL = 32_767  # Excel's own bound of characters in a cell.
_MAX_ROWS = 1_048_576
_SAFE_INTEGER = 10**15  # Spreadsheets keep 15 digits; longer numbers are written as text.


# --- out --------------------------------------------------------------------------------------------


def to_csv(header: Sequence[Text], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """The table as CSV, piece by piece, with a byte order mark so that Excel reads it as UTF-8.

    Text that a spreadsheet would run as a formula gets an apostrophe in front; numbers stay numbers.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    buffer.write("\ufeff")
    writer.writerow(map(_csv_cell, header))
    for row in rows:
        writer.writerow(map(_csv_cell, row))
        if buffer.tell() > 8192:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


def _csv_cell(value: Any) -> str:
    plain = _plain(value)
    if isinstance(plain, str):
        plain = _INNER_CELL.sub(r"\1'", plain)
        return f"'{plain}" if plain.startswith(_FORMULA) else plain
    if isinstance(plain, bool):
        return "TRUE" if plain else "FALSE"
    return "" if plain is None else str(plain)


def _plain(value: Any) -> str | int | float | Decimal | bool | None:
    """A number, a truth value or nothing as itself; instants and dates in ISO 8601; the rest as text."""
    if isinstance(value, (bool, int, Decimal)) or value is None:
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, (date, time)):
        return value.isoformat()
    return str(value)


def to_xlsx(sheet_title: str, header: Sequence[Text], rows: Iterable[Sequence[Any]]) -> bytes:
    """The table as an XLSX workbook of one sheet. Text is always text, never a formula or a link.

    Raises Invalid if there are more rows than a sheet can hold.
    """
    import xlsxwriter

    output = io.BytesIO()
    with xlsxwriter.Workbook(output, {"constant_memory": True}) as workbook:
        bold = workbook.add_format({"bold": True})
        sheet = workbook.add_worksheet(_sheet_name(sheet_title))
        sheet.freeze_panes(1, 0)
        for column, title in enumerate(header):
            sheet.set_column(column, column, max(10, min(40, len(str(title)) + 4)))
            sheet.write_string(0, column, str(title)[:_MAX_CELL], bold)
        for number, row in enumerate(rows, start=1):
            if number >= _MAX_ROWS:
                raise Invalid(_l("This table is too long for a spreadsheet. Narrow it, or take it out as CSV."))
            for column, value in enumerate(row):
                _write_cell(sheet, number, column, _plain(value))
    return output.getvalue()


def _write_cell(sheet: Any, row: int, column: int, value: str | float | Decimal | bool | None) -> None:
    if value is None or value == "":
        return
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, str) or abs(value) >= _SAFE_INTEGER:
        sheet.write_string(row, column, str(value)[:_MAX_CELL])
    else:
        sheet.write_number(row, column, value)


def _sheet_name(title: str) -> str:
    """Excel forbids some characters, quotes at the ends and more than 31 characters."""
    return re.sub(r"[\[\]:*?/\\]", " ", title).strip(" '")[:31].rstrip(" '") or "Sheet1"


# --- in ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Column:
    """A column that an import understands.

    `headings` are the accepted titles, the first of which messages show; capitals and spaces do not
    matter. `parse` turns the trimmed text of a filled cell into its value and raises an error of
    `lms.core.errors` (whose message is shown) or ValueError. A column that `is_required` must be
    there, with every cell filled; in others an empty or missing cell gives `default`. `hint` tells people
    what belongs there.
    """

    key: str
    headings: tuple[str, ...]
    parse: Callable[[str], Any] = str
    is_required: bool = True
    default: Any = None
    hint: Text = ""


@dataclass(frozen=True)
class RowError:
    """What is wrong, and where: the row as the spreadsheet numbers it and the column's title, if known."""

    row: int | None
    column: str | None
    message: Text


@dataclass(frozen=True)
class ImportRow:
    """A row without fault: its number in the spreadsheet and its values by column key."""

    number: int
    values: dict[str, Any]


@dataclass
class ImportResult:
    """The good rows, every fault of the others, and the titles of columns that nobody asked for.

    `titles` is the first row as it is written, `cells` every row below it by its number.
    """

    rows: list[ImportRow] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)
    cells: dict[int, list[str]] = field(default_factory=dict)

    @property
    def is_clean(self) -> bool:
        """Whether everything could be read."""
        return not self.errors


def read_table(stream: BinaryIO, filename: str, *, columns: Sequence[Column], max_rows: int) -> ImportResult:
    """Read a CSV (UTF-8, UTF-16, GB18030; comma, semicolon, tab) or the first sheet of an XLSX.

    Faults of rows and columns are in the result. Raises TooLarge, or Invalid if it is no such file.
    """
    content = stream.read(_MAX_BYTES + 1)
    if len(content) > _MAX_BYTES:
        raise TooLarge(_l("This table is larger than %(limit)s. Split it into parts.", limit="20 MB"))
    result = ImportResult()
    try:
        table = _numbered_rows(content, filename, columns, max_rows)
        first = next(table, None)
        if first is None:
            raise Invalid(_l("This table is empty. Choose another file."))
        result.titles = first[1]
        layout = _layout(first[0], first[1], columns, result)
        if not result.errors:
            _read_rows(table, layout, columns, max_rows, result)
    except csv.Error as error:
        message = _l("This file is not well-formed CSV. Save it again from your spreadsheet.")
        raise Invalid(message) from error
    return result


def _numbered_rows(
    content: bytes, filename: str, columns: Sequence[Column], max_rows: int
) -> Iterator[tuple[int, list[str]]]:
    """The rows that hold anything, with their numbers from 1."""
    is_workbook = content.startswith(b"PK\x03\x04")
    if filename.lower().endswith(".xls") or is_workbook != filename.lower().endswith(".xlsx"):
        raise Invalid(_l("Only CSV and XLSX can be read. Save the table in one of these forms."))
    if is_workbook:
        # The header, and one row more than allowed, to tell that there are too many.
        yield from _sheet_rows(content, max_rows + 2)
    else:
        rows = enumerate(_csv_rows(_decoded(content), columns), start=1)
        yield from ((number, row) for number, row in rows if any(row))


def _decoded(content: bytes) -> str:
    """CSV from Excel comes in UTF-8, as "Unicode text" in UTF-16, and in China in GB18030."""
    is_utf16 = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if is_utf16 else ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise Invalid(_l("The text of this file cannot be read. Save it again as CSV in UTF-8."))


def _csv_rows(text: str, columns: Sequence[Column]) -> Iterator[list[str]]:
    known = {_folded(heading) for column in columns for heading in column.headings}
    first_line = next((line for line in text.splitlines() if line.strip()), "")

    def recognised(delimiter: str) -> tuple[int, int]:
        cells = next(csv.reader([first_line], delimiter=delimiter), [])
        return sum(_folded(cell) in known for cell in cells), len(cells)

    delimiter = max((",", ";", "\t"), key=recognised)
    for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
        yield [_unescaped(cell.strip()) for cell in row]


def _unescaped(cell: str) -> str:
    """Take back the apostrophes that `to_csv` puts before what looks like a formula."""
    own = cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA) else cell
    return _INNER_ESCAPE.sub(r"\1", own)


def _sheet_rows(content: bytes, max_rows: int) -> Iterator[tuple[int, list[str]]]:
    """The filled rows of the first sheet with their numbers, read apart (see `sheet_reader`)."""
    message = _l("This workbook cannot be read. Save it again as XLSX or CSV.")
    members = archive_members(io.BytesIO(content))
    if not any(member.filename == "xl/workbook.xml" for member in members):
        raise Invalid(message)
    if sum(member.file_size for member in members) > _MAX_UNPACKED:
        raise TooLarge(_l("This workbook is too large. Split it into parts."))
    command = [sys.executable, "-I", str(_SHEET_READER), str(max_rows)]
    try:
        done = subprocess.run(command, input=content, capture_output=True, timeout=_MAX_SECONDS, check=True)
    except subprocess.SubprocessError as error:
        raise Invalid(message) from error
    for line in done.stdout.splitlines():
        number, *cells = json.loads(line)
        yield number, cells


def _folded(heading: str) -> str:
    return "".join(unicodedata.normalize("NFKC", heading).casefold().split())


@dataclass(frozen=True)
class _Layout:
    """Where each known column stands, by its key, and how many columns have a place at all."""

    places: dict[str, int]
    width: int


def _layout(number: int, titles: Sequence[str], columns: Sequence[Column], result: ImportResult) -> _Layout:
    """Read the header; missing, doubled and unknown columns go into the result."""
    by_heading = {_folded(heading): column for column in columns for heading in column.headings}
    places: dict[str, int] = {}
    for place, title in enumerate(titles):
        column = by_heading.get(_folded(title))
        if column is None:
            if title:
                result.unknown.append(title)
        elif column.key in places:
            message = _l("This column is there twice. Leave one of them.")
            result.errors.append(RowError(number, column.headings[0], message))
        else:
            places[column.key] = place
    for column in columns:
        if column.is_required and column.key not in places:
            message = _l("This column is missing. Add it to the first row.")
            result.errors.append(RowError(number, column.headings[0], message))
    return _Layout(places, len(titles))


def _read_rows(
    table: Iterator[tuple[int, list[str]]],
    layout: _Layout,
    columns: Sequence[Column],
    max_rows: int,
    result: ImportResult,
) -> None:
    for count, (number, cells) in enumerate(table, start=1):
        if count > max_rows:
            message = _l("Only %(count)d rows can be read at once. Split the table into parts.", count=max_rows)
            result.errors.append(RowError(number, None, message))
            return
        result.cells[number] = cells
        values, faults = _read_row(number, cells, layout, columns)
        if faults:
            result.errors.extend(faults)
        else:
            result.rows.append(ImportRow(number, values))


def _read_row(
    number: int, cells: list[str], layout: _Layout, columns: Sequence[Column]
) -> tuple[dict[str, Any], list[RowError]]:
    values: dict[str, Any] = {}
    faults: list[RowError] = []
    if any(cells[layout.width :]):
        message = _l("This row has more cells than the first row has titles. Put text with commas in quotes.")
        faults.append(RowError(number, None, message))
    for column in columns:
        place = layout.places.get(column.key, len(cells))
        try:
            values[column.key] = _value(column, cells[place] if place < len(cells) else "")
        except AppError as error:
            faults.append(RowError(number, column.headings[0], error.message))
        except ValueError:
            faults.append(RowError(number, column.headings[0], _l("This value cannot be read. Correct it.")))
    return values, faults


def _value(column: Column, cell: str) -> Any:
    if cell:
        return column.parse(cell)
    if column.is_required:
        raise Invalid(_l("This cell is empty. Fill it in."))
    return column.default
