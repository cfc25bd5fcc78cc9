"""What is counted, how it is defined, and what is not told to others. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from lms.core.i18n import Text
from lms.core.i18n import lazy_gettext as _l

SMALLEST_TOLD = 5
"""Fewer people than this are not told to others: in small groups, who they are could be guessed."""


@dataclass(frozen=True)
class Figure:
    """Something that is counted: people, each once. `year` says which year somebody counts in."""

    name: str
    label: Text
    definition: Text
    year: Text


ANY = "any"
FIGURES = (
    Figure(
        "trained",
        _l("Trained"),
        _l("People who completed at least one short course."),
        _l("The year in which a course was completed."),
    ),
    Figure(
        "placed",
        _l("Placed"),
        _l("Scientists who arrived at a host for at least one placement, also when it ended early."),
        _l("The year of the arrival."),
    ),
    Figure(
        "degree",
        _l("In degrees"),
        _l("People who became students of at least one joint degree programme, also when they left or graduated."),
        _l("The year in which the studies began."),
    ),
    Figure(
        "mentored",
        _l("Mentored"),
        _l("People who were mentees in at least one mentorship to which both sides said yes."),
        _l("The year in which the mentorship began."),
    ),
    Figure(
        ANY,
        _l("Reached in any way"),
        _l("People who count in at least one of the other figures."),
        _l("Each year in which they count in one of them."),
    ),
)

Counts = Mapping[str, int]
"""How many people there are in each group, by its key."""


def hidden(counts: Counts, total: int) -> frozenset[str]:
    """The groups that are not told to others.

    Those with one to four people; and where that is a single one, the smallest other one too, so that nobody
    subtracts what is told from the total.
    """
    small = {key for key, count in counts.items() if 0 < count < SMALLEST_TOLD}
    others = sorted((count, key) for key, count in counts.items() if count and key not in small)
    if len(small) == 1 and others and total >= SMALLEST_TOLD:
        small.add(others[0][1])
    return frozenset(small)


def is_told(total: int) -> bool:
    """Whether a total may leave the secretariat."""
    return total == 0 or total >= SMALLEST_TOLD
