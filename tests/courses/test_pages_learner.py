"""What visitors and learners see and do in the browser."""

import re
from datetime import timedelta

import pytest

from lms.core.db import db
from lms.courses import services
from lms.courses.queries import learning, teaching
from tests.courses.factories import (
    RIGHT,
    add_quiz,
    join,
    later,
    make_course,
    make_instructor,
    make_offering,
    make_sub_centre,
)
from tests.factories import actor_of, make_institution, make_person, post, sign_in

HTMX = {"HX-Request": "true"}


def text_of(response):
    return response.get_data(as_text=True)


# --- catalogue --------------------------------------------------------------------------------------


def test_a_visitor_finds_a_course_by_search_and_filters(client, system):
    make_offering(system, make_course(system, title_en="Dengue control", title_zh="登革热防控", code="DEN-101"))
    make_offering(system, make_course(system, title_en="Health economics", title_zh="卫生经济学", level="advanced"))
    make_course(system, title_en="Dengue draft")
    page = text_of(client.get("/courses/"))
    assert "Dengue control" in page
    assert "Health economics" in page
    assert "Dengue draft" not in page
    for query in ({"q": "deng"}, {"q": "登革"}, {"q": "DEN-101"}, {"q": "dengue mahidol"}, {"level": "introductory"}):
        page = text_of(client.get("/courses/", query_string=query))
        assert "Dengue control" in page, query
        assert "Health economics" not in page, query


def test_filters_by_centre_country_mode_and_window(client, system):
    make_offering(system, make_course(system, title_en="Dengue control"))
    other = make_institution(system, name="Peking University", country="CN")
    course = make_course(system, make_instructor(system, other), title_en="Health economics")
    course.sub_centres = [make_sub_centre("hsc")]
    services.publish(system, course)
    for query in ({"sub_centre": "hsc"}, {"country": "CN"}):
        page = text_of(client.get("/courses/", query_string=query))
        assert "Health economics" in page, query
        assert "Dengue control" not in page, query
    for query in ({"open": "now"}, {"mode": "open"}, {"country": "TH"}):
        page = text_of(client.get("/courses/", query_string=query))
        assert "Dengue control" in page, query
        assert "Health economics" not in page, query
    assert "No course fits" in text_of(client.get("/courses/", query_string={"q": "zzz"}))


def test_the_catalogue_names_the_next_deadline_with_its_zone(client, system):
    make_offering(system)
    assert re.search(r"Enrolment closes \d+ \w+ \d{4}, \d\d:\d\d \([^)]+\)", text_of(client.get("/courses/")))


def test_the_catalogue_comes_out_as_csv(client, system):
    make_offering(system, make_course(system, code="DEN-101"))
    answer = client.get("/courses/?format=csv")
    assert answer.mimetype == "text/csv"
    assert "DEN-101" in text_of(answer)


def test_the_catalogue_costs_the_same_with_1_and_with_30_courses(client, system, count_queries):
    instructor = make_instructor(system)
    make_offering(system, make_course(system, instructor))
    with count_queries() as one:
        client.get("/courses/")
    for _ in range(29):
        make_offering(system, make_course(system, instructor))
    with count_queries() as thirty:
        client.get("/courses/")
    assert len(one) == len(thirty) <= 12


def test_a_draft_is_hidden_and_an_unknown_code_is_not_found(client, system):
    course = make_course(system)
    client_of_stranger = sign_in(client, make_person(system))
    assert client_of_stranger.get(f"/courses/{course.code}").status_code == 404
    assert client.get("/courses/NO-SUCH").status_code == 404


def test_a_course_is_found_whatever_the_capitals(client, system):
    course = make_offering(system).course
    page = text_of(client.get(f"/courses/{course.code.lower()}"))
    assert "Field epidemiology" in page
    assert "Welcome" in page


def test_script_in_a_text_is_shown_as_text(client, system):
    course = make_course(system, title_en="<script>alert(1)</script>", description="<img src=x onerror=alert(1)>")
    make_offering(system, course)
    page = text_of(client.get(f"/courses/{course.code}"))
    assert "<script>alert" not in page
    assert "<img src=x" not in page


# --- the way in -------------------------------------------------------------------------------------


def test_a_visitor_is_led_to_sign_in(client, system):
    offering = make_offering(system)
    assert "Sign in to take part" in text_of(client.get(f"/courses/offerings/{offering.ref}"))
    assert post(client, f"/courses/offerings/{offering.ref}/enrol").status_code == 303


def test_a_student_enrols_and_starts(client, system):
    offering = make_offering(system)
    student = make_person(system)
    answer = post(sign_in(client, student), f"/courses/offerings/{offering.ref}/enrol")
    assert answer.status_code == 303
    home = text_of(client.get(answer.location))
    assert "You are enrolled" in home
    assert "Welcome" in home
    assert post(client, f"/courses/offerings/{offering.ref}/enrol").status_code == 409
    assert "Go on learning" in text_of(client.get(f"/courses/offerings/{offering.ref}"))
    assert "Field epidemiology" in text_of(client.get("/courses/mine"))


def test_applying_without_a_word_is_refused_beside_the_field(client, system):
    offering = make_offering(system, mode="restricted")
    sign_in(client, make_person(system))
    answer = post(client, f"/courses/offerings/{offering.ref}/enrol", {"motivation": "  "})
    assert answer.status_code == 422
    assert "Write a few words" in text_of(answer)
    answer = post(client, f"/courses/offerings/{offering.ref}/enrol", {"motivation": "I work there."})
    assert "Waiting for approval" in text_of(client.get(answer.location))


def test_a_closed_window_is_said_on_the_page_and_refused(client, system):
    offering = make_offering(system)
    student = make_person(system)
    later(days=21)
    sign_in(client, student)
    assert "Enrolment closed" in text_of(client.get(f"/courses/offerings/{offering.ref}"))
    answer = post(client, f"/courses/offerings/{offering.ref}/enrol")
    assert answer.status_code == 422
    assert "Enrolment has closed" in text_of(answer)


def test_withdrawing_frees_the_place_and_a_second_click_is_a_conflict(client, system):
    offering = make_offering(system, capacity=1)
    first, second = make_person(system), make_person(system)
    mine, queued = join(first, offering), join(second, offering)
    sign_in(client, first)
    path = f"/courses/enrolments/{mine.ref}/do/withdraw"
    version = {"withdraw-version": str(mine.version)}
    assert post(client, path, version).status_code == 303
    assert queued.state == "enrolled"
    assert post(client, path, version).status_code == 409


def test_somebody_elses_enrolment_is_not_found(client, system):
    offering = make_offering(system)
    enrolment = join(make_person(system), offering)
    other = make_institution(system)
    stranger = make_person(system, roles=[("coordinator", "institution", other.id)])
    sign_in(client, stranger)
    for path in (f"/courses/enrolments/{enrolment.ref}", f"/courses/learn/{enrolment.ref}"):
        assert client.get(path).status_code == 404
    assert post(client, f"/courses/enrolments/{enrolment.ref}/do/withdraw").status_code == 404


# --- learning ---------------------------------------------------------------------------------------


@pytest.fixture
def lesson(client, system):
    """A student in the browser, enrolled in a course of a page and a quiz."""
    course = make_course(system)
    quiz = add_quiz(system, course)
    student = make_person(system)
    enrolment = join(student, make_offering(system, course))
    sign_in(client, student)
    return student, enrolment, quiz, course


def test_a_page_is_read_and_leads_on(client, lesson):
    _student, enrolment, quiz, course = lesson
    page = teaching.steps_of(course.id)[0]
    path = f"/courses/learn/{enrolment.ref}/{page.ref}"
    shown = text_of(client.get(path))
    assert "<strong>this</strong>" in shown
    answer = post(client, f"{path}/read")
    assert answer.location.endswith(quiz.ref)
    assert post(client, f"{path}/read").status_code == 303
    assert "1 of 2" in text_of(client.get(f"/courses/learn/{enrolment.ref}"))


def test_before_the_start_one_reads_but_nothing_counts(client, system):
    course = make_course(system)
    offering = make_offering(system, course, starts_at=system.now.replace(microsecond=0) + timedelta(days=2))
    student = make_person(system)
    enrolment = join(student, offering)
    sign_in(client, student)
    page = teaching.steps_of(course.id)[0]
    path = f"/courses/learn/{enrolment.ref}/{page.ref}"
    assert client.get(path).status_code == 200
    answer = post(client, f"{path}/read")
    assert answer.status_code == 422
    assert "has not started yet" in text_of(answer)


def start(client, enrolment, quiz):
    answer = post(client, f"/courses/learn/{enrolment.ref}/{quiz.ref}/start")
    assert answer.status_code == 303
    return answer.location


def attempt_at(student, path):
    return learning.attempt_visible_to(actor_of(student), path.rsplit("/", 1)[1])


def seen(page):
    return dict(re.findall(r'name="(seen-\w+)" value="(\w+)"', page))


def filled(attempt, values=RIGHT):
    return {f"q-{question.ref}": given for question, given in zip(learning.questions_of(attempt), values, strict=True)}


def test_a_whole_quiz_without_script(client, lesson):
    student, enrolment, quiz, course = lesson
    post(client, f"/courses/learn/{enrolment.ref}/{teaching.steps_of(course.id)[0].ref}/read")
    path = start(client, enrolment, quiz)
    page = text_of(client.get(path))
    attempt = attempt_at(student, path)
    answer = post(client, path, seen(page) | filled(attempt))
    assert answer.location.endswith("/finish")
    assert "Every question is answered" in text_of(client.get(answer.location))
    assert post(client, f"{path}/do/submit").status_code == 303
    review = text_of(client.get(path))
    assert "Passed" in review
    assert "Because." in review
    assert post(client, f"{path}/do/submit").status_code == 303
    assert "Completed" in text_of(client.get(f"/courses/enrolments/{enrolment.ref}"))


def test_answers_saved_one_by_one_are_there_after_a_closed_browser(client, app, lesson):
    student, enrolment, quiz, _course = lesson
    path = start(client, enrolment, quiz)
    attempt = attempt_at(student, path)
    first = learning.questions_of(attempt)[0]
    answer = post(client, f"{path}/answers/{first.ref}", {f"q-{first.ref}": "1"}, headers=HTMX)
    assert "Saved" in text_of(answer)
    again = sign_in(app.test_client(), student)
    assert start(again, enrolment, quiz) == path
    assert re.search(rf'name="q-{first.ref}" value="1" checked', text_of(again.get(path)))
    assert "4 questions have no answer yet" in text_of(again.get(f"{path}/finish"))


def test_words_where_a_number_is_asked_for_are_told_before_submitting(client, lesson):
    student, enrolment, quiz, _course = lesson
    path = start(client, enrolment, quiz)
    numeric = next(one for one in learning.questions_of(attempt_at(student, path)) if one.kind == "numeric")
    field = f"q-{numeric.ref}"
    assert "not a number" in text_of(post(client, f"{path}/answers/{numeric.ref}", {field: "two"}, headers=HTMX))
    assert "not a number" in text_of(client.get(path))
    assert "not a number" in text_of(client.get(f"{path}/finish"))
    assert "Saved" in text_of(post(client, f"{path}/answers/{numeric.ref}", {field: "2,5"}, headers=HTMX))
    assert "not a number" not in text_of(client.get(f"{path}/finish"))


def test_an_old_tab_does_not_wipe_what_another_has_saved(client, lesson):
    student, enrolment, quiz, _course = lesson
    path = start(client, enrolment, quiz)
    attempt = attempt_at(student, path)
    old_tab = seen(text_of(client.get(path)))
    one, two, *_rest = learning.questions_of(attempt)
    post(client, f"{path}/answers/{one.ref}", {f"q-{one.ref}": "1"}, headers=HTMX)
    post(client, path, old_tab | {f"q-{two.ref}": ["1", "2"]})
    saved = {number: row.answer for number, row in learning.responses_of(attempt).items()}
    assert saved == {one.id: {"chosen": ["1"]}, two.id: {"chosen": ["1", "2"]}}


def test_a_late_answer_is_refused_and_the_rest_counts(client, system):
    course = make_course(system)
    quiz = add_quiz(system, course, minutes_allowed=10)
    student = make_person(system)
    enrolment = join(student, make_offering(system, course))
    path = start(sign_in(client, student), enrolment, quiz)
    attempt = attempt_at(student, path)
    one, two, *_rest = learning.questions_of(attempt)
    post(client, f"{path}/answers/{one.ref}", {f"q-{one.ref}": "1"}, headers=HTMX)
    later(minutes=11)
    answer = post(client, f"{path}/answers/{two.ref}", {f"q-{two.ref}": "1"}, headers=HTMX)
    assert answer.status_code == 422
    assert "The time is up" in text_of(answer)
    assert client.get(path).location.endswith("/finish")
    assert post(client, path, filled(attempt)).location.endswith("/finish")
    assert post(client, f"{path}/do/submit").status_code == 303
    assert "20 %" in text_of(client.get(path))


def test_an_attempt_is_its_learners_alone(client, system, lesson):
    _student, enrolment, quiz, _course = lesson
    path = start(client, enrolment, quiz)
    stranger = make_person(system)
    sign_in(client, stranger)
    for address in (path, f"{path}/finish"):
        assert client.get(address).status_code == 404
    assert post(client, f"{path}/do/submit").status_code == 404


def test_a_question_of_another_quiz_cannot_be_answered(client, system, lesson):
    _student, enrolment, quiz, _course = lesson
    path = start(client, enrolment, quiz)
    foreign = add_quiz(system, make_course(system))
    question = teaching.questions_in(foreign.id)[0]
    answer = post(client, f"{path}/answers/{question.ref}", {f"q-{question.ref}": "1"}, headers=HTMX)
    assert answer.status_code == 404


def test_home_of_77_steps_and_quiz_of_20_stay_within_12_queries(client, system, count_queries):
    course = make_course(system)
    for number in range(75):
        services.add_page(system, course, title=f"Page {number}", body="Text.")
    quiz = services.add_quiz(system, course, title="Twenty")
    for number in range(20):
        options = [("Right", True), ("Wrong", False)]
        services.add_question(system, quiz, kind="single_choice", text=f"Question {number}?", options=options)
    student = make_person(system)
    enrolment = join(student, make_offering(system, course))
    path = start(sign_in(client, student), enrolment, quiz)
    db.session.expire_all()
    with count_queries() as home:
        assert client.get(f"/courses/learn/{enrolment.ref}").status_code == 200
    with count_queries() as page:
        assert client.get(path).status_code == 200
    question = learning.questions_of(attempt_at(student, path))[0]
    with count_queries() as save:
        post(client, f"{path}/answers/{question.ref}", {f"q-{question.ref}": "1"}, headers=HTMX)
    assert len(home) <= 12, home
    assert len(page) <= 12, page
    assert len(save) <= 9, save
