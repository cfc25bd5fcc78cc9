"""The figures as plots and tables: which groups there are, in which order, and what others are told."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lms.core import countries
from lms.core.collation import in_order
from lms.core.i18n import Text, current_language, in_reader_language
from lms.core.i18n import lazy_gettext as _l
from lms.core.plots import Plot, Series, bars, columns
from lms.institutions import queries as institutions
from lms.reporting.queries import UNKNOWN, Counted
from lms.reporting.rules import ANY, FIGURES, SMALLEST_TOLD, Figure, hidden, is_told

GENDERS: Mapping[str, Text] = {"f": _l("Female"), "m": _l("Male"), "x": _l("Other")}
_TOO_FEW = _l("fewer than %(num)d", num=SMALLEST_TOLD)


@dataclass(frozen=True)
class Dimension:
    """A way of dividing people into groups: what it is called, what it goes by, and how its groups are drawn."""

    name: str
    title: Text
    heading: Text
    definition: Text
    unknown: Text
    draw: Callable[..., Plot]


DIMENSIONS = (
    Dimension(
        "country",
        _l("By country"),
        _l("Country"),
        _l("The country of somebody's home institution, as it is today."),
        _l("Country not known"),
        bars,
    ),
    Dimension(
        "year",
        _l("By year"),
        _l("Year"),
        _l("In the Center's calendar. Somebody counts once in each year, so years may add up to more than all people."),
        _l("Year not known"),
        columns,
    ),
    Dimension(
        "gender",
        _l("By gender"),
        _l("Gender"),
        _l("As people state it in their profile today."),
        _l("Not stated"),
        bars,
    ),
    Dimension(
        "sub_centre",
        _l("By sub research centre"),
        _l("Sub research centre"),
        _l(
            "Of the course, post, programme or mentoring scheme. Somebody counts once in each, "
            "so they may add up to more than all people."
        ),
        _l("No sub research centre"),
        bars,
    ),
)


@dataclass(frozen=True)
class Told:
    """The figures as one kind of reader gets them: the secretariat every number, others no small one."""

    counted: Counted
    for_others: bool

    def total(self, figure: Figure) -> int | None:
        """How many people; None when that may not be told."""
        total = self.counted.totals.get(figure.name, 0)
        return total if is_told(total) or not self.for_others else None

    def counts(self, dimension: Dimension, figure: Figure, keys: Sequence[str]) -> list[int | None]:
        """How many people in each group; None for what may not be told."""
        counts = self.counted.of(dimension.name, figure.name, keys)
        total = self.counted.totals.get(figure.name, 0)
        kept_back = hidden(counts, total) if self.for_others else frozenset()
        return [None if key in kept_back else counts[key] for key in keys]

    def plots(self) -> list[Plot]:
        """One plot for each dimension, with the four figures side by side."""
        return [self._plot(dimension) for dimension in DIMENSIONS]

    def _plot(self, dimension: Dimension) -> Plot:
        groups = groups_of(dimension, self.counted)
        series = [
            Series(figure.label, counts, [_TOO_FEW if count is None else None for count in counts])
            for figure in FIGURES
            if figure.name != ANY
            for counts in [self.counts(dimension, figure, list(groups))]
        ]
        return dimension.draw(
            f"people-{dimension.name.replace('_', '-')}",
            dimension.title,
            list(groups.values()),
            series,
            label_heading=dimension.heading,
            note=dimension.definition,
        )

    def rows(self) -> Iterator[list[Any]]:
        """Everything as one long table: figure, dimension, group, number of people, definition."""
        for figure in FIGURES:
            yield [figure.label, "", _l("All people"), shown(self.total(figure)), figure.definition]
            for dimension in DIMENSIONS:
                groups = groups_of(dimension, self.counted)
                for (_key, label), count in zip(
                    groups.items(), self.counts(dimension, figure, list(groups)), strict=True
                ):
                    yield [figure.label, dimension.heading, label, shown(count), dimension.definition]


HEADER = (_l("Figure"), _l("By"), _l("Group"), _l("People"), _l("Definition"))


def shown(count: int | None) -> int | Text:
    """A number, or in words that it is too small to be told."""
    return _TOO_FEW if count is None else count


def groups_of(dimension: Dimension, counted: Counted) -> dict[str, Text]:
    """The groups of a dimension by key, in the order in which they are shown; who is in none comes last."""
    present = [key for key in counted.groups[dimension.name] if key != UNKNOWN]
    known = {"country": _countries, "year": _years, "gender": _genders, "sub_centre": _sub_centres}
    groups = known[dimension.name](present)
    return {**groups, UNKNOWN: dimension.unknown} if UNKNOWN in counted.groups[dimension.name] else groups


def _countries(present: Sequence[str]) -> dict[str, Text]:
    names = {code: countries.country_name(code, current_language().code) for code in present}
    return dict(in_order(names.items(), lambda one: one[1]))


def _years(present: Sequence[str]) -> dict[str, Text]:
    """Every year from the first to the last, also one in which nobody counts."""
    years = sorted(int(year) for year in present)
    return {str(year): str(year) for year in range(years[0], years[-1] + 1)} if years else {}


def _genders(_present: Sequence[str]) -> dict[str, Text]:
    return dict(GENDERS)


def _sub_centres(present: Sequence[str]) -> dict[str, Text]:
    return {
        str(centre.id): in_reader_language(centre, "name")
        for centre in institutions.sub_centres()
        if str(centre.id) in present
    }
