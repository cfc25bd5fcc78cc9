"""Reading, answering, completing, being certified."""

import pytest

from lms.core import clock, storage
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import Conflict, Refused
from lms.courses import marking, services
from lms.courses.queries import learning, teaching
from lms.credentials import queries as credentials
from lms.credentials import rules as credential_rules
from tests.courses.factories import RIGHT, add_quiz, join, later, make_course, make_offering, offering_values, run_relay
from tests.factories import actor_of, make_person


def answers(attempt, values=RIGHT):
    questions = learning.questions_of(attempt)
    return {
        question.id: marking.answer_from(question.kind, given)
        for question, given in zip(questions, values, strict=True)
    }


def start(student, enrolment, quiz):
    attempt = services.start_attempt(actor_of(student), enrolment, quiz)
    return learning.attempt_visible_to(actor_of(student), attempt.ref)


def classroom(system, *, course=None, person=None, **offering):
    course = course or make_course(system)
    quiz = add_quiz(system, course, **offering.pop("quiz", {}))
    offering = make_offering(system, course, **offering)
    student = person or make_person(system, name="Souphaphone", name_local="ສຸພາພອນ", name_local_lang="lo")
    return student, join(student, offering), quiz, course


def read_all(student, enrolment, course):
    for step in teaching.steps_of(course.id):
        if step.kind == "page":
            services.mark_read(actor_of(student), enrolment, step)


def test_completing_by_rule_issues_a_certificate(system: Actor):
    student, enrolment, quiz, course = classroom(system)
    read_all(student, enrolment, course)
    assert enrolment.state == "enrolled"
    attempt = start(student, enrolment, quiz)
    services.save_answers(actor_of(student), attempt, answers(attempt))
    services.submit_attempt(actor_of(student), attempt)
    assert attempt.score == 10_000
    assert enrolment.state == "completed"
    assert enrolment.done_count == 2
    (credential,) = credentials.credentials_of(student.id)
    content = credential_rules.content_of(credential)
    assert content["holder"] == {"name": "ສຸພາພອນ", "lang": "lo", "other_forms": ["Souphaphone"]}
    assert content["title"]["zh"] == "现场流行病学"
    assert content["hours"] == 24
    run_relay()
    db.session.refresh(credential)
    file = db.session.get(storage.StoredFile, credential.pdf_id)
    assert file.owner_id == student.id
    with storage.open_content(file) as content:
        assert content.read(5) == b"%PDF-"


def test_a_failed_quiz_does_not_complete_and_the_best_attempt_counts(system: Actor):
    student, enrolment, quiz, course = classroom(system, quiz={"attempts_allowed": 2})
    read_all(student, enrolment, course)
    first = start(student, enrolment, quiz)
    services.submit_attempt(actor_of(student), first)
    assert (first.score, enrolment.state) == (0, "enrolled")
    second = start(student, enrolment, quiz)
    assert second.number == 2
    services.save_answers(actor_of(student), second, answers(second))
    services.submit_attempt(actor_of(student), second)
    assert enrolment.state == "completed"
    with pytest.raises(Refused):
        services.start_attempt(actor_of(student), enrolment, quiz)


def test_starting_twice_goes_on_with_the_same_attempt(system: Actor):
    student, enrolment, quiz, _course = classroom(system)
    assert start(student, enrolment, quiz).id == start(student, enrolment, quiz).id


def test_answers_are_kept_until_submission_and_not_after(system: Actor):
    student, enrolment, quiz, _course = classroom(system)
    attempt = start(student, enrolment, quiz)
    first, second, *_rest = attempt.question_ids
    services.save_answers(actor_of(student), attempt, {first: {"chosen": ["2"]}})
    services.save_answers(actor_of(student), attempt, {second: {"chosen": ["1"]}})
    services.save_answers(actor_of(student), attempt, {first: {"chosen": ["1"]}})
    saved = {number: row.answer for number, row in learning.responses_of(attempt).items()}
    assert saved == {first: {"chosen": ["1"]}, second: {"chosen": ["1"]}}
    services.submit_attempt(actor_of(student), attempt)
    with pytest.raises(Conflict):
        services.save_answers(actor_of(student), attempt, {first: {"chosen": ["2"]}})


def test_the_clock_closes_an_attempt_with_what_was_saved(system: Actor):
    student, enrolment, quiz, _course = classroom(system, quiz={"minutes_allowed": 30})
    attempt = start(student, enrolment, quiz)
    first = attempt.question_ids[0]
    services.save_answers(actor_of(student), attempt, {first: {"chosen": ["1"]}})
    later(minutes=31)
    with pytest.raises(Refused):
        services.save_answers(actor_of(student), attempt, answers(attempt))
    run_relay()
    db.session.refresh(attempt)
    assert (attempt.state, attempt.score) == ("marked", 2_000)
    assert run_relay() == 0


def test_submitting_late_counts_what_was_saved(system: Actor):
    student, enrolment, quiz, _course = classroom(system, quiz={"minutes_allowed": 30})
    attempt = start(student, enrolment, quiz)
    later(minutes=31)
    services.submit_attempt(actor_of(student), attempt)
    assert attempt.score == 0


def test_after_the_end_nothing_more_is_learned(system: Actor):
    student, enrolment, quiz, course = classroom(system)
    page = teaching.steps_of(course.id)[0]
    attempt = start(student, enrolment, quiz)
    later(days=61)
    assert clock.now() > enrolment.offering.ends_at
    with pytest.raises(Refused):
        services.mark_read(actor_of(student), enrolment, page)
    with pytest.raises(Refused):
        services.save_answers(actor_of(student), attempt, answers(attempt))
    run_relay()
    db.session.refresh(attempt)
    assert attempt.state == "marked"


def test_reading_twice_changes_nothing(system: Actor):
    student, enrolment, _quiz, course = classroom(system)
    read_all(student, enrolment, course)
    read_all(student, enrolment, course)
    assert enrolment.done_count == 1


def test_pages_alone_complete_where_no_mark_is_asked(system: Actor):
    student, enrolment, _quiz, course = classroom(system, pass_mark=None)
    read_all(student, enrolment, course)
    assert enrolment.state == "completed"


def test_progress_survives_withdrawing_and_coming_back(system: Actor):
    from lms.core import workflow
    from lms.courses.flow import ENROLMENT

    student, enrolment, _quiz, course = classroom(system)
    read_all(student, enrolment, course)
    workflow.perform(ENROLMENT, enrolment, "withdraw", actor=actor_of(student))
    again = join(student, enrolment.offering)
    assert (again.id, again.state, again.done_count) == (enrolment.id, "enrolled", 1)


def test_work_of_learners_protects_steps_and_questions(system: Actor):
    student, enrolment, quiz, course = classroom(system)
    read_all(student, enrolment, course)
    attempt = start(student, enrolment, quiz)
    services.save_answers(actor_of(student), attempt, answers(attempt))
    steps = teaching.steps_of(course.id)
    for step in steps:
        with pytest.raises(Refused):
            services.remove_activity(system, step)
    with pytest.raises(Refused):
        services.remove_question(system, steps[1].questions[0])


def test_a_milder_rule_completes_those_who_meet_it_now(system: Actor):
    student, enrolment, _quiz, course = classroom(system)
    read_all(student, enrolment, course)
    offering = enrolment.offering
    services.change_offering(system, offering, **offering_values(system, offering.institution_id, pass_mark=None))
    run_relay()
    db.session.refresh(enrolment)
    assert enrolment.state == "completed"


def test_a_step_taken_out_completes_those_who_did_the_rest(system: Actor):
    course = make_course(system)
    extra = services.add_page(system, course, title="Extra", body="x")
    student = make_person(system)
    enrolment = join(student, make_offering(system, course))
    services.mark_read(actor_of(student), enrolment, teaching.steps_of(course.id)[0])
    assert enrolment.state == "enrolled"
    services.remove_activity(system, teaching.activity_visible_to(system, course.code, extra.ref))
    run_relay()
    db.session.refresh(enrolment)
    assert enrolment.state == "completed"


def test_an_emptied_quiz_cannot_be_started(system: Actor):
    student, enrolment, quiz, _course = classroom(system)
    for question in teaching.questions_in(quiz.id):
        services.remove_question(system, question)
    with pytest.raises(Refused):
        services.start_attempt(actor_of(student), enrolment, quiz)
