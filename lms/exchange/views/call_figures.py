"""A call in figures: how far its applications came, whose they are, and when they arrived."""

from flask import render_template
from flask.typing import ResponseReturnValue

from lms.applications.queries.facts import country_namer
from lms.core.i18n import Text, current_language
from lms.core.i18n import lazy_gettext as _l
from lms.core.plots import Plot, Series, bars, columns, funnel
from lms.core.web import access
from lms.core.web.locale import show_short_day
from lms.core.web.plots import plot_download
from lms.exchange.models import Call
from lms.exchange.policy import MANAGE_CALLS
from lms.exchange.queries import call_figures as queries
from lms.exchange.queries import calls
from lms.exchange.views.blueprint import bp

_STAGES: tuple[tuple[str, Text], ...] = (
    ("begun", _l("Begun")),
    ("submit", _l("Submitted")),
    ("accept_screening", _l("Accepted for review")),
    ("offer", _l("Offered a post")),
    ("accept", _l("Offer accepted")),
)
_GENDERS: tuple[tuple[str, Text], ...] = (
    ("f", _l("Women")),
    ("m", _l("Men")),
    ("x", _l("Other")),
    ("", _l("Not stated")),
)


@bp.get("/manage/calls/<ref>/figures")
@access(MANAGE_CALLS, load=calls.call_visible_to)
def call_figures(call: Call) -> ResponseReturnValue:
    """The plots of a call, each with its table and as CSV."""
    plots = [_funnel(call), _people(call), _weeks(call)]
    if (download := plot_download(plots)) is not None:
        return download
    return render_template("exchange/manage/call_figures.html", call=call, plots=plots)


def _funnel(call: Call) -> Plot:
    counts = queries.stages_of(call)
    return funnel(
        "stages",
        _l("How far the applications came"),
        [(label, counts[step]) for step, label in _STAGES],
        label_heading=_l("Step"),
        value_heading=_l("Applications"),
        note=_l("An application counts at every step that it ever reached."),
    )


def _people(call: Call) -> Plot:
    counts, name = queries.applicants_of(call), country_namer(current_language().code)
    totals: dict[str, int] = {}
    for (country, _gender), count in counts.items():
        totals[country] = totals.get(country, 0) + count
    countries = sorted(totals, key=lambda country: (-totals[country], country))
    series = [
        Series(label, [counts.get((country, gender), 0) for country in countries])
        for gender, label in _GENDERS
        if any(found == gender for _country, found in counts)
    ]
    return bars(
        "people",
        _l("Applicants by country and gender"),
        [name(country) if country else _l("Not stated") for country in countries],
        series,
        label_heading=_l("Nationality"),
        stacked=True,
        note=_l("Of the applications that were submitted."),
    )


def _weeks(call: Call) -> Plot:
    weeks = queries.weeks_of(call)
    return columns(
        "weeks",
        _l("Applications submitted, by week"),
        [show_short_day(week) for week, _count in weeks],
        [Series(_l("Applications"), [count for _week, count in weeks])],
        label_heading=_l("Week from"),
    )
