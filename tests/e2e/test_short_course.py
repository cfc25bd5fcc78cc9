"""Journey 1, short course: made, found, joined, learned, passed, certified, checked and revoked in the browser."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.course_making import instructor_makes_the_course
from tests.e2e.course_taking import (
    altered_certificate_says_so,
    anybody_checks_it,
    home_takes_out_completions,
    instructor_sees_who_finished,
    offices_decide_on_applications,
    revoked_certificate_says_so,
    student_enrols_at_once,
    student_gets_a_certificate,
    student_takes_the_quiz_in_two_browsers,
    visitor_finds_the_course,
)
from tests.e2e.joining import becomes_coordinator, everybody_signs_in, is_invited, joins, letter_in, registers
from tests.e2e.people import DEMO, FRESH, SITES, Cast
from tests.e2e.visitor import Visitor


def everybody_joins(cast: Cast) -> None:
    """At other universities: the first coordinators by a letter, the instructor invited, learners by themselves."""
    letter = letter_in(cast.folder)
    cast.browser_of("secretariat").signs_in(cast["secretariat"].email)
    becomes_coordinator(cast, "issuer", letter)
    becomes_coordinator(cast, "home", letter)
    office = f"/accounts/offices/institution/{cast['issuer'].slug}/"
    is_invited(cast, "instructor", by="issuer", office=office, role="Instructor")
    for part in ("student", "applicant", "patient"):
        joins(registers(cast.browser_of(part), cast[part]), cast[part])


STEPS: tuple[Callable[..., None], ...] = (
    instructor_makes_the_course,
    visitor_finds_the_course,
    student_enrols_at_once,
    student_takes_the_quiz_in_two_browsers,
    student_gets_a_certificate,
    anybody_checks_it,
    offices_decide_on_applications,
    instructor_sees_who_finished,
    home_takes_out_completions,
    altered_certificate_says_so,
    revoked_certificate_says_so,
)
WORLDS = {"fresh": (FRESH, everybody_joins), "demo": (DEMO, everybody_signs_in)}


@pytest.mark.worlds(sqlite="fresh", postgresql="demo")
def test_short_course(
    world: str, request: pytest.FixtureRequest, visitor: Callable[..., Visitor], tmp_path: Path
) -> None:
    people, arrive = WORLDS[world]
    cast = Cast(request.getfixturevalue(SITES[world]), people, visitor, tmp_path)
    for step in (arrive, *STEPS):
        step(cast)
