"""The year of an instant in the Center's calendar: in Shanghai a year begins while UTC has the old one."""

from typing import Any

from sqlalchemy import Integer
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from lms.core.clock import CENTER_ZONE


class center_year(FunctionElement[int]):  # noqa: N801 - used as an SQL function
    """`center_year(Enrolment.completed_at)`: the year of an instant where the Center works."""

    type = Integer()
    inherit_cache = True


@compiles(center_year, "sqlite")
def _on_sqlite(element: Any, compiler: Any, **kw: Any) -> str:
    # SQLite knows no zones; Shanghai has had eight hours without summer time since 1992.
    return f"CAST(strftime('%Y', {compiler.process(element.clauses, **kw)}, '+8 hours') AS INTEGER)"


@compiles(center_year)
def _elsewhere(element: Any, compiler: Any, **kw: Any) -> str:
    instant = compiler.process(element.clauses, **kw)
    return f"CAST(EXTRACT(YEAR FROM {instant} AT TIME ZONE '{CENTER_ZONE}') AS INTEGER)"
