"""A course in figures."""

from lms.core import workflow
from lms.core.actor import Actor
from lms.courses.flow import ENROLMENT
from lms.courses.models import Attempt
from lms.courses.queries import learning
from tests.courses.factories import add_quiz, join, make_course, make_instructor, make_offering
from tests.factories import actor_of, make_person, sign_in


def test_enrolment_and_the_best_marks_are_counted(client, system: Actor, session):
    teacher = make_instructor(system)
    course = make_course(system, teacher)
    quiz = add_quiz(system, course)
    offering = make_offering(system, course)
    learners = [make_person(system) for _ in range(3)]
    enrolments = [join(person, offering) for person in learners]
    gone = learning.enrolment_visible_to(actor_of(learners[2]), enrolments[2].ref)
    workflow.perform(ENROLMENT, gone, "withdraw", actor=actor_of(learners[2]))
    for number, score in enumerate((3000, 9500), start=1):
        session.add(
            Attempt(
                ref=f"attempt{number}",
                enrolment_id=enrolments[0].id,
                activity_id=quiz.id,
                number=number,
                state="marked",
                seed=1,
                question_ids=[],
                started_at=system.now,
                submitted_at=system.now,
                score=score,
            )
        )
    session.flush()
    address = f"/courses/{course.code}/figures"

    sign_in(client, teacher)
    page = client.get(address).text
    enrolled = client.get(f"{address}?plot=completion").text.splitlines()
    marks = client.get(f"{address}?plot=quiz-{quiz.ref}").text.splitlines()

    assert "Marks: Check yourself" in page
    assert enrolled[1] == f"{offering.code},2,0"
    assert marks[10] == "90–100,1"
    assert marks[4] == "30–39,0"
    assert sign_in(client, learners[0]).get(address).status_code in (403, 404)
