"""Journey 1, joint degree: from the agreement to the certificate, everything made in the browser."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.joining import becomes_coordinator, everybody_signs_in, joins, letter_in, registers
from tests.e2e.joint_admitting import ADMITTING
from tests.e2e.joint_agreeing import (
    agreement_is_drafted_and_refused,
    approvals_are_stated,
    intake_is_opened,
    intake_is_prepared,
    new_version_is_confirmed_by_both,
    programme_is_begun,
)
from tests.e2e.joint_studying import STUDYING, curriculum_is_made
from tests.e2e.people import DEMO_JOINT, FRESH_JOINT, SITES, Cast
from tests.e2e.visitor import Visitor


def everybody_joins(cast: Cast) -> None:
    """Two universities get their first coordinators; the students say where they belong."""
    letter = letter_in(cast.folder)
    cast.browser_of("secretariat").signs_in(cast["secretariat"].email)
    for part in ("coordinating", "partner"):
        becomes_coordinator(cast, part, letter)
    for part in ("student", "second"):
        joins(registers(cast.browser_of(part), cast[part]), cast[part])


STEPS: tuple[Callable[[Cast], None], ...] = (
    programme_is_begun,
    agreement_is_drafted_and_refused,
    new_version_is_confirmed_by_both,
    approvals_are_stated,
    intake_is_prepared,
    curriculum_is_made,
    intake_is_opened,
    *ADMITTING,
    *STUDYING,
)
WORLDS = {"fresh": (FRESH_JOINT, everybody_joins), "demo": (DEMO_JOINT, everybody_signs_in)}


@pytest.mark.worlds(sqlite="fresh", postgresql="demo")
def test_joint_degree(
    world: str, request: pytest.FixtureRequest, visitor: Callable[..., Visitor], tmp_path: Path
) -> None:
    people, arrive = WORLDS[world]
    cast = Cast(request.getfixturevalue(SITES[world]), people, visitor, tmp_path)
    for step in (arrive, *STEPS):
        step(cast)
