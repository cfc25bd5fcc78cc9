"""Tables out without formulas, and in with every fault named."""

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

from lms.core.errors import Invalid, TooLarge
from lms.core.i18n import lazy_gettext as _l
from lms.core.tabular import Column, ImportResult, read_table, to_csv, to_xlsx

NAME = Column("name", ("Name", "姓名"))
MARK = Column("mark", ("Mark", "Final mark"), parse=float)
NOTE = Column("note", ("Note",), is_required=False, default="")
COLUMNS = (NAME, MARK, NOTE)


def read(content: bytes | str, filename: str = "marks.csv", *, max_rows: int = 100) -> ImportResult:
    if isinstance(content, str):
        content = content.encode()
    return read_table(io.BytesIO(content), filename, columns=COLUMNS, max_rows=max_rows)


def values(result: ImportResult) -> list[tuple[Any, ...]]:
    assert result.is_clean, result.errors
    return [tuple(row.values.values()) for row in result.rows]


def faults(result: ImportResult) -> list[tuple[int | None, str | None]]:
    return [(error.row, error.column) for error in result.errors]


# --- out ---


def test_csv_is_unicode_with_a_mark_and_types_kept() -> None:
    instant = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
    rows = [["张伟", 1, 2.5, Decimal("3.10"), None, True, date(2026, 1, 2), instant, _l("Submit"), float("nan")]]
    text = "".join(to_csv([_l("Name"), "b"], rows))
    assert text.startswith("\ufeffName,b\r\n")
    assert text.endswith("张伟,1,2.5,3.10,,TRUE,2026-01-02,2026-11-20T08:00:00+00:00,Submit,\r\n")


@pytest.mark.parametrize("text", ["=1+1", "+855 12", "-cmd", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "＠x"])
def test_text_is_never_a_formula(text: str) -> None:
    written = "".join(to_csv(["x"], [[text]]))
    cell = list(csv.reader(io.StringIO(written, newline="")))[1][0]
    assert cell == "'" + text


@pytest.mark.parametrize(
    "text", ["Lan;=cmd|'/C calc'!A0;", "Lan; +855 12", "Lan\t@SUM(A1)", "Lan\n-1", "Lan;\n =1;=2", "a;b - c; d"]
)
def test_text_is_no_formula_where_semicolons_part_the_cells_either(text: str) -> None:
    written = "".join(to_csv(["x"], [[text]]))
    rows = [row for line in written.splitlines() for row in csv.reader([line], delimiter=";", quoting=csv.QUOTE_NONE)]
    assert not [cell for row in rows for cell in row if cell.strip().startswith(("=", "+", "-", "@"))]
    columns = [Column("x", ("x",))]
    back = read_table(io.BytesIO(written.encode()), "x.csv", columns=columns, max_rows=9)
    assert [row.values["x"] for row in back.rows] == [text]


def test_numbers_are_not_escaped() -> None:
    assert "".join(to_csv(["x"], [[-1], [-2.5], [Decimal("-3")]])).endswith("x\r\n-1\r\n-2.5\r\n-3\r\n")


def test_a_long_csv_comes_in_pieces() -> None:
    pieces = list(to_csv(["x"], ([number, "text"] for number in range(5000))))
    assert len(pieces) > 3
    assert "".join(pieces).count("\r\n") == 5001


def test_xlsx_holds_text_as_text() -> None:
    rows = [["=1+1", "https://example.org", 7, None, True, date(2026, 1, 2), 10**20, "x" * 40_000]]
    content = to_xlsx("Marks: [2026]/all?*'" + "y" * 40, ["a", _l("b")], rows)
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
    (name,) = workbook.sheet_names
    assert len(name) <= 31
    header, row = workbook.get_sheet_by_name(name).to_python()
    assert header[:2] == ["a", "b"]
    assert row[:7] == ["=1+1", "https://example.org", 7, "", True, "2026-01-02", str(10**20)]
    assert len(str(row[7])) == 32_767
    assert to_xlsx("'", ["a"], [])


# --- in ---


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_is_read_in_every_form_that_spreadsheets_write(encoding: str, delimiter: str) -> None:
    text = "姓名,Mark,Note\r\n张伟,90,好\r\n李娜,85.5,\r\n".replace(",", delimiter)
    assert values(read(text.encode(encoding))) == [("张伟", 90.0, "好"), ("李娜", 85.5, "")]


def test_headings_match_without_regard_to_capitals_and_spaces() -> None:
    assert values(read("  NA ME ,final  MARK\nAn,1\n")) == [("An", 1.0, "")]


def test_our_own_export_can_be_read_back() -> None:
    written = "".join(to_csv(["Name", "Mark"], [["=1+1", 2], ["'quoted'", 3]]))
    assert values(read(written)) == [("=1+1", 2.0, ""), ("'quoted'", 3.0, "")]
    workbook = to_xlsx("Marks", ["Name", "Mark", "Note"], [["=1+1", 2, "007"], ["B", 3.5, None]])
    assert values(read(workbook, "m.xlsx")) == [("=1+1", 2.0, "007"), ("B", 3.5, "")]


def test_each_fault_is_named_with_its_row_and_column() -> None:
    result = read('Name,Mark\nAn,1\n\n"two\nlines",x\n,2\nMai,\nBinh,4,,\nDoe, Jo,5\n')
    assert faults(result) == [(4, "Mark"), (5, "Name"), (6, "Mark"), (8, None), (8, "Mark")]
    assert [row.number for row in result.rows] == [2, 7]


def test_a_parser_may_say_what_is_wrong() -> None:
    def refuse(_text: str) -> None:
        raise Invalid("Marks end at 100.")

    column = Column("mark", ("Mark",), parse=refuse)
    result = read_table(io.BytesIO(b"Mark\n101\n"), "m.csv", columns=[column], max_rows=5)
    assert result.errors[0].message == "Marks end at 100."


def test_missing_doubled_and_unknown_columns_are_named() -> None:
    result = read("Name,姓名,Colour\nAn,B,red\n")
    assert faults(result) == [(1, "Name"), (1, "Mark")]
    assert result.unknown == ["Colour"]
    assert result.rows == []


def test_rows_are_bounded() -> None:
    result = read("Name,Mark\n" + "An,1\n" * 4, max_rows=3)
    assert faults(result) == [(5, None)]
    assert len(result.rows) == 3
    workbook = to_xlsx("m", ["Name", "Mark"], [["An", 1]] * 4)
    assert faults(read(workbook, "m.xlsx", max_rows=3)) == [(5, None)]
    assert read(workbook, "m.xlsx", max_rows=4).is_clean


def test_xlsx_numbers_and_dates_read_as_typed_and_rows_as_numbered() -> None:
    output = io.BytesIO()
    with xlsxwriter.Workbook(output, {"default_date_format": "yyyy-mm-dd"}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(2, 1, ["Name", "Mark", "Note"])
        sheet.write_row(5, 1, [20260001, 90, datetime(2026, 1, 2)])  # noqa: DTZ001 - as Excel has it
        sheet.write_row(6, 1, ["An", "x", True])
    result = read(output.getvalue(), "m.xlsx")
    assert result.rows[0].values == {"name": "20260001", "mark": 90.0, "note": "2026-01-02"}
    assert (result.rows[0].number, faults(result)) == (6, [(7, "Mark")])


@pytest.mark.parametrize(
    ("content", "filename"),
    [
        (b"", "m.csv"),
        (b"\n\n", "m.csv"),
        (b"Name\0,Mark\n", "m.csv"),
        (b"\xff\xff\xff\xff", "m.csv"),
        (b'Name,Mark\n"An,1\n', "m.csv"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "m.xls"),
        (b"Name,Mark\n", "m.xlsx"),
        (b"PK\x03\x04 broken", "m.xlsx"),
        (to_xlsx("m", ["Name"], []), "m.csv"),
        (to_xlsx("m", ["Name"], [])[:-40], "m.xlsx"),
    ],
)
def test_what_is_no_table_is_refused(content: bytes, filename: str) -> None:
    with pytest.raises(Invalid):
        read(content, filename)


def test_a_workbook_that_claims_all_the_memory_is_refused() -> None:
    output = io.BytesIO()
    with xlsxwriter.Workbook(output) as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "Name")
        sheet.write(1_048_575, 16_383, "x")
    assert len(output.getvalue()) < 10_000
    with pytest.raises(Invalid):
        read(output.getvalue(), "m.xlsx")


def test_a_table_has_a_bound_of_bytes() -> None:
    with pytest.raises(TooLarge):
        read(b"Name,Mark\n" + b"a" * (20 * 2**20))
