"""The first sheet of an XLSX workbook as text, read in a process of its own.

A workbook of a few kilobytes may claim a cell in the last row and column, for which the reading
library reserves the whole area and ends its process when the memory is not there. Run as a script
by `lms.core.tabular`, with the workbook on standard input and the greatest number of rows as
argument; writes one JSON array per filled row: its number, then its cells. Imports nothing of ours,
so that it starts at once.
"""

import json
import math
import resource
import sys
from datetime import date, datetime, time
from io import BytesIO
from typing import Any

from python_calamine import CalamineWorkbook

_MAX_MEMORY = 2**30
_MAX_SECONDS = 30
_MAX_OUTPUT = 64 * 2**20
_SAFE_INTEGER = 10**15


def cell_text(value: Any) -> str:
    """A cell as somebody would have typed it: whole numbers without a fraction, dates in ISO 8601."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        if not math.isfinite(value):
            return ""
        return str(int(value)) if value.is_integer() and abs(value) < _SAFE_INTEGER else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "seconds")
    if isinstance(value, (date, time)):
        return value.isoformat()
    return str(value).strip()


def main() -> None:
    """Read, and stop at the bounds. Any failure is a non-zero exit."""
    resource.setrlimit(resource.RLIMIT_AS, (_MAX_MEMORY, _MAX_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (_MAX_SECONDS, _MAX_SECONDS))
    max_rows = int(sys.argv[1])
    sheet = CalamineWorkbook.from_filelike(BytesIO(sys.stdin.buffer.read())).get_sheet_by_index(0)
    written = rows = 0
    # Rows and columns before the first filled one are part of the sheet and of its numbering.
    for number, row in enumerate(sheet.to_python(skip_empty_area=False), start=1):
        cells = [cell_text(value) for value in row]
        if not any(cells):
            continue
        line = json.dumps([number, *cells]) + "\n"
        written += len(line)
        rows += 1
        if written > _MAX_OUTPUT:
            sys.exit(1)
        sys.stdout.write(line)
        if rows >= max_rows:
            return


if __name__ == "__main__":
    main()
