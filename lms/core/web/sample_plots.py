"""The plots on the style guide: one of each kind, with figures that nobody counted."""

from lms.core.i18n import lazy_gettext as _l
from lms.core.plots import Plot, Series, bars, columns, funnel, histogram, lines

_YEARS = ("2021", "2022", "2023", "2024", "2025", "2026")


def sample_plots() -> list[Plot]:
    """Every kind of plot, with a missing figure and one that may not be told."""
    women = Series(_l("Women"), (12, 18, 31, 0, 7))
    men = Series(_l("Men"), (9, 22, 24, 3, 6))
    unknown = Series(_l("Not stated"), (1, 0, 4, None, 0), (None, None, None, _l("fewer than 3"), None))
    countries = (_l("Cambodia"), _l("Laos"), _l("Viet Nam"), _l("Brunei Darussalam"), _l("Timor-Leste"))
    applied = Series(_l("Applied"), (48, 71, 96, 88, 131, 164))
    placed = Series(_l("Placed"), (20, 31, None, 40, 58, 66))
    return [
        bars(
            "sample-stacked",
            _l("Applications by country and gender"),
            countries,
            (women, men, unknown),
            label_heading=_l("Country"),
            stacked=True,
            note=_l("As of today."),
        ),
        bars(
            "sample-grouped",
            _l("Enrolment and completion"),
            (_l("Field epidemiology"), _l("Vector control"), _l("Health economics")),
            (Series(_l("Enrolled"), (40, 64, 25)), Series(_l("Completed"), (31, 40, 25))),
            label_heading=_l("Short course"),
        ),
        columns("sample-columns", _l("Applications by year"), _YEARS, (applied, placed), label_heading=_l("Year")),
        lines("sample-lines", _l("Applied and placed"), _YEARS, (applied, placed), label_heading=_l("Year")),
        histogram(
            "sample-histogram",
            _l("Marks of the quiz"),
            (35, 48, 52, 55, 61, 63, 64, 66, 70, 71, 72, 75, 78, 78, 81, 84, 85, 88, 90, 97, 100),
            lowest=0,
            highest=100,
            bins=10,
            label_heading=_l("Mark"),
            value_heading=_l("Learners"),
        ),
        funnel(
            "sample-funnel",
            _l("From application to placement"),
            (
                (_l("Begun"), 312),
                (_l("Submitted"), 240),
                (_l("Eligible"), 180),
                (_l("Offered"), 90),
                (_l("Placed"), 78),
            ),
            label_heading=_l("Stage"),
            value_heading=_l("Applications"),
        ),
    ]
