"""Journey of mentoring: from the scheme to the closing notes, everything made in the browser by whoever makes it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.joining import everybody_signs_in, joins, registers
from tests.e2e.mentoring_joining import (
    declined_goes_on_to_the_next_best,
    mentee_joins,
    mentors_are_approved,
    office_is_staffed,
    pairs_are_found,
    secretariat_makes_a_scheme,
)
from tests.e2e.mentoring_meeting import (
    concern_is_unseen_by_the_other,
    first_meeting_is_in_both_calendars,
    it_closes_with_a_note_of_both,
    notes_are_shared_or_private,
)
from tests.e2e.people import DEMO_MENTORING, FRESH_MENTORING, SITES, Cast
from tests.e2e.visitor import Visitor


def everybody_registers(cast: Cast) -> None:
    """Mentors and mentee come by themselves; the office of the scheme is invited later."""
    cast.browser_of("secretariat").signs_in(cast["secretariat"].email)
    for part in ("first", "second"):
        joins(registers(cast.browser_of(part), cast[part]), cast[part], "Staff")
    joins(registers(cast.browser_of("mentee"), cast["mentee"]), cast["mentee"])


STEPS: tuple[Callable[[Cast], None], ...] = (
    secretariat_makes_a_scheme,
    office_is_staffed,
    mentors_are_approved,
    mentee_joins,
    pairs_are_found,
    declined_goes_on_to_the_next_best,
    first_meeting_is_in_both_calendars,
    notes_are_shared_or_private,
    concern_is_unseen_by_the_other,
    it_closes_with_a_note_of_both,
)
WORLDS = {"fresh": (FRESH_MENTORING, everybody_registers), "demo": (DEMO_MENTORING, everybody_signs_in)}


@pytest.mark.worlds(sqlite="demo", postgresql="fresh")
def test_mentoring(world: str, request: pytest.FixtureRequest, visitor: Callable[..., Visitor], tmp_path: Path) -> None:
    people, arrive = WORLDS[world]
    cast = Cast(request.getfixturevalue(SITES[world]), people, visitor, tmp_path)
    for step in (arrive, *STEPS):
        step(cast)
