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
from tests.e2e.people import DEMO, FRESH, Cast
from tests.e2e.visitor import Visitor

PARTS = ("secretariat", "issuer", "instructor", "student", "home", "applicant", "patient")


def everybody_joins(cast: Cast, folder: Path) -> None:
    """At other universities: the first coordinators by a letter, the instructor invited, learners by themselves."""
    letter = letter_in(folder)
    cast.browser_of("secretariat").signs_in(cast["secretariat"].email)
    becomes_coordinator(cast, "issuer", letter)
    becomes_coordinator(cast, "home", letter)
    is_invited(cast, "instructor", by="issuer", office="/accounts/offices/institution/universitas-airlangga/", role="Instructor")
    for part in ("student", "applicant", "patient"):
        joins(registers(cast.browser_of(part), cast[part]), cast[part])


@pytest.mark.parametrize("world", ["fresh", "demo"])
def test_short_course(
    world: str, request: pytest.FixtureRequest, visitor: Callable[..., Visitor], tmp_path: Path
) -> None:
    site = request.getfixturevalue("empty_site" if world == "fresh" else "site")
    people = FRESH if world == "fresh" else DEMO
    cast = Cast(site, {part: people[part] for part in PARTS}, visitor)
    if world == "fresh":
        everybody_joins(cast, tmp_path)
    else:
        everybody_signs_in(cast)
    code = f"CURVE-{world}".upper()
    instructor_makes_the_course(cast, code, tmp_path)
    visitor_finds_the_course(cast, code)
    student_enrols_at_once(cast, code)
    student_takes_the_quiz_in_two_browsers(cast)
    certificate = student_gets_a_certificate(cast, code)
    anybody_checks_it(cast, certificate)
    offices_decide_on_applications(cast, code)
    instructor_sees_who_finished(cast, code, certificate)
    home_takes_out_completions(cast, certificate)
    altered_certificate_says_so(cast, certificate)
    revoked_certificate_says_so(cast, certificate)
