"""The secretariat's figures page."""

import re

from flask import Blueprint, Response, make_response, render_template, request
from flask.typing import ResponseReturnValue

from lms.core import tabular
from lms.core.ids import whole_number
from lms.core.web import access
from lms.core.web.plots import plot_download
from lms.institutions import queries as institutions
from lms.reporting.policy import READ_FIGURES
from lms.reporting.queries import Filters, count_people
from lms.reporting.rules import FIGURES, SMALLEST_TOLD
from lms.reporting.tables import DIMENSIONS, GENDERS, HEADER, Told, groups_of, shown

bp = Blueprint("reporting", __name__, url_prefix="/figures")
_COUNTRY = re.compile("[A-Z]{2}")


@bp.get("/")
@access(READ_FIGURES)
def index() -> ResponseReturnValue:
    """People trained, placed, in degrees and mentored; the version for others tells no small number.

    That version is never narrowed: of several narrowed ones, small numbers could be worked out.
    """
    for_others = request.args.get("for") == "others"
    told = Told(count_people(None if for_others else _filters()), for_others)
    if (download := _download(told)) is not None:
        return download
    plots = told.plots()
    if (table := plot_download(plots)) is not None:
        return table
    everything = told if for_others else Told(count_people(), for_others=False)
    page = render_template(
        "reporting/index.html",
        for_others=for_others,
        figures=[(figure, shown(told.total(figure))) for figure in FIGURES],
        dimensions=DIMENSIONS,
        plots=plots,
        smallest=SMALLEST_TOLD,
        is_narrowed=not for_others and _filters() != Filters(),
        choices={one.name: groups_of(one, everything.counted) for one in DIMENSIONS},
    )
    return make_response(page)


def _filters() -> Filters:
    """What the address narrows to; what it says wrongly narrows nothing."""
    asked = {name: request.args.get(name, "") for name in ("country", "year", "gender", "sub_centre")}
    year, centre = whole_number(asked["year"]), whole_number(asked["sub_centre"])
    return Filters(
        country=asked["country"] if _COUNTRY.fullmatch(asked["country"]) else None,
        year=year if year is not None and year < 10_000 else None,
        gender=asked["gender"] if asked["gender"] in GENDERS else None,
        sub_centre=centre if centre in {one.id for one in institutions.sub_centres()} else None,
    )


def _download(told: Told) -> Response | None:
    name = "figures-for-others" if told.for_others else "figures"
    rows = ([_text(cell) for cell in row] for row in told.rows())
    header = [str(one) for one in HEADER]
    match request.args.get("format"):
        case "csv":
            response = Response("".join(tabular.to_csv(header, rows)), mimetype="text/csv")
        case "xlsx":
            response = Response(
                tabular.to_xlsx(name, header, rows),
                mimetype="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            )
        case _:
            return None
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{request.args["format"]}"'
    return response


def _text(cell: object) -> object:
    return cell if isinstance(cell, int) else str(cell)
