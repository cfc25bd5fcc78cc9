"""What instructors and coordinators do in the browser."""

import io
from datetime import timedelta

import pytest
from PIL import Image
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from lms.accounts import services as accounts
from lms.accounts.consents import HOME, Consenting
from lms.accounts.models import Consent
from lms.core import waiting, workflow
from lms.core.access import Grant
from lms.core.db import db
from lms.courses import services
from lms.courses.flow import ENROLMENT
from lms.courses.models import Course, Offering
from lms.courses.queries import teaching
from lms.institutions.rules import sharing_with
from tests.courses.factories import (
    DESCRIBED,
    add_quiz,
    join,
    make_course,
    make_instructor,
    make_offering,
    make_sub_centre,
)
from tests.factories import actor_of, make_institution, make_person, post, sign_in


def share(person, institution_id) -> Consent:
    """Somebody lets the coordinators of an institution see their record."""
    consenting = Consenting(HOME.name, "A university", "LA", "en", context=sharing_with(institution_id))
    return accounts.give_consent(actor_of(person), person_id=person.id, consenting=consenting)


def text_of(response):
    return response.get_data(as_text=True)


def png():
    content = io.BytesIO()
    Image.new("RGB", (8, 8), "teal").save(content, "PNG")
    return content.getvalue()


@pytest.fixture
def instructor(client, system):
    person = make_instructor(system)
    sign_in(client, person)
    return person


@pytest.fixture
def course(system, instructor) -> Course:
    return make_course(system, instructor, code="EPI-101")


def described(home, **changes):
    return DESCRIBED | {"code": "NEW-1", "institution_id": home, "sub_centre_ids": make_sub_centre().id} | changes


def wall(instant):
    return instant.strftime("%Y-%m-%dT%H:%M")


def offering_form(system, institution_id, **changes):
    now = system.now
    return {
        "code": "EPI-101-A",
        "mode": "open",
        "capacity": "",
        "zone": "Asia/Bangkok",
        "enrol_opens": wall(now),
        "enrol_closes": wall(now + timedelta(days=5)),
        "starts": wall(now),
        "ends": wall(now + timedelta(days=30)),
        "requires_pages": "y",
        "pass_mark": "60",
        "institution_id": institution_id,
        "signatory_name": "Dr Malee",
        "signatory_office_en": "Dean",
        "signatory_office_zh": "院长",
    } | changes


# --- making -----------------------------------------------------------------------------------------


def test_from_an_empty_form_to_a_published_course(client, system, instructor):
    home = instructor.home_institution_id
    answer = post(client, "/courses/new", described(home))
    assert answer.location == "/courses/NEW-1/workshop"
    blocked = text_of(client.get(answer.location))
    assert "Add at least one page or quiz" in blocked
    post(client, "/courses/NEW-1/steps/new/page", {"title": "Read", "body": "Text with $x^2$."})
    quiz = post(client, "/courses/NEW-1/steps/new/quiz", {"title": "Quiz", "attempts_allowed": "2"}).location
    for kind, fields in {
        "single_choice": {"option_1": "Yes", "right_1": "y", "option_2": "No"},
        "multiple_choice": {"option_1": "A", "right_1": "y", "option_2": "B", "right_2": "y", "option_3": "C"},
        "true_false": {"correct": "false"},
        "numeric": {"value": "2,5", "tolerance": "0.1"},
        "short_text": {"accepted": "Snow\nJohn Snow"},
    }.items():
        answer = post(client, f"{quiz}/new/{kind}", {"text": f"A {kind}?", "points": "1", **fields})
        assert answer.status_code == 303, kind
    shown = text_of(client.get(quiz))
    assert "Question 5" in shown
    assert "John Snow" in shown
    post(client, "/courses/NEW-1/offerings/new", offering_form(system, home, code="NEW-1-A"))
    assert post(client, "/courses/NEW-1/do/publish").status_code == 303
    assert "NEW-1-A" in text_of(client.get("/courses/NEW-1"))
    assert "Field epidemiology" in text_of(client.get("/courses/?q=epidem"))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"code": "epi 101!"}, "capital letters"),
        ({"title_en": ""}, "Title in English"),
        ({"hours": "0"}, "Learning hours"),
        ({"institution_id": "999999"}, "Institution"),
        ({"code": "EPI-101"}, "taken"),
    ],
)
def test_a_wrong_course_form_comes_back_with_what_was_typed(client, course, instructor, changes, message):
    answer = post(client, "/courses/new", described(instructor.home_institution_id, **changes))
    assert answer.status_code == 422
    assert message in text_of(answer)
    assert "How to investigate an outbreak." in text_of(answer)


def test_publishing_lists_everything_that_is_missing(client, system, instructor):
    course = make_course(system, instructor, summary_en="", description="")
    services.add_page(system, course, title="Empty page")
    services.add_quiz(system, course, title="Empty quiz")
    services.add_page(system, course, title="Wordless", body="![](curve.png)")
    page = text_of(post(client, f"/courses/{course.code}/do/publish"))
    for reason in ("Write a summary", "Describe what", "Empty page", "Empty quiz", "Wordless", "curve.png"):
        assert reason in page, reason
    assert db.session.get(Course, course.id).state == "draft"


def test_a_stale_description_does_not_overwrite(client, course):
    form = described(course.institution_id, title_en="Mine", version="1")
    path = f"/courses/{course.code}/describe"
    assert post(client, path, form).status_code == 303
    assert post(client, path, form | {"title_en": "Theirs"}).status_code == 409
    assert "Mine" in text_of(client.get(f"/courses/{course.code}/workshop"))


def test_a_preview_shows_the_text_and_saves_nothing(client, course):
    step = teaching.steps_of(course.id)[0]
    path = f"/courses/{course.code}/steps/{step.ref}"
    answer = post(client, path, {"title": "Welcome", "body": "A **new** text", "preview": "1"})
    assert "<strong>new</strong>" in text_of(answer)
    db.session.refresh(step)
    assert step.body == "Read **this**."
    partial = post(client, f"/courses/{course.code}/preview", {"body": "*x* <script>"}, headers={"HX-Request": "true"})
    assert "<em>x</em>" in text_of(partial)
    assert "<script>" not in text_of(partial)
    assert "<html" not in text_of(partial)


def test_steps_move_and_go(client, system, course):
    services.add_page(system, course, title="Second", body="x")
    first, second = teaching.steps_of(course.id)
    base = f"/courses/{course.code}/steps"
    assert post(client, f"{base}/{second.ref}/move", {"direction": "up"}).status_code == 303
    assert [step.title for step in teaching.steps_of(course.id)] == ["Second", "Welcome"]
    assert post(client, f"{base}/{second.ref}/move", {"direction": "up"}).status_code == 303
    assert post(client, f"{base}/{second.ref}/move", {"direction": "sideways"}).status_code == 404
    assert post(client, f"{base}/{first.ref}/remove").status_code == 303
    assert [step.title for step in teaching.steps_of(course.id)] == ["Second"]


def test_questions_move_change_and_go(client, system, course):
    quiz = add_quiz(system, course)
    one, two, *_rest = teaching.questions_in(quiz.id)
    base = f"/courses/{course.code}/steps/{quiz.ref}/questions"
    post(client, f"{base}/{one.ref}/move", {"direction": "down"})
    assert [question.id for question in teaching.questions_in(quiz.id)][:2] == [two.id, one.id]
    form = {"text": "Changed?", "points": "2", "option_1": "Yes", "right_1": "y", "option_2": "No"}
    assert post(client, f"{base}/{one.ref}", form).status_code == 303
    assert "Changed?" in text_of(client.get(base))
    wrong = post(client, f"{base}/{one.ref}", form | {"right_2": "y"})
    assert wrong.status_code == 422
    assert 'id="option_1-error"' in text_of(wrong)
    assert "exactly one" in text_of(wrong)
    assert post(client, f"{base}/{two.ref}/remove").status_code == 303
    assert len(teaching.questions_in(quiz.id)) == 4


@pytest.mark.parametrize(
    ("kind", "fields", "message"),
    [
        ("single_choice", {"option_1": "Only", "right_1": "y"}, "at least two"),
        ("multiple_choice", {"option_1": "A", "option_2": "B"}, "at least one"),
        ("true_false", {}, "There is a problem"),
        ("numeric", {"value": "two"}, "Enter a number"),
        ("numeric", {"value": "2", "tolerance": "-1"}, "zero or more"),
        ("short_text", {"accepted": " .. "}, "at least one accepted"),
    ],
)
def test_a_question_that_nobody_can_answer_is_refused(client, system, course, kind, fields, message):
    quiz = services.add_quiz(system, course, title="Quiz")
    path = f"/courses/{course.code}/steps/{quiz.ref}/questions/new/{kind}"
    answer = post(client, path, {"text": "Well?", "points": "1", **fields})
    assert answer.status_code == 422
    assert message in text_of(answer)
    assert not teaching.questions_in(quiz.id)


def upload(client, course, content, name="curve 1.png", alt="An epidemic curve"):
    data = {"picture": (io.BytesIO(content), name), "alt": alt}
    return post(client, f"/courses/{course.code}/pictures", data, content_type="multipart/form-data")


def test_a_picture_is_uploaded_shown_and_protected_while_in_use(client, app, system, course):
    assert upload(client, course, png()).status_code == 303
    page = services.add_page(system, course, title="Curve", body="![An epidemic curve](curve-1.png)")
    address = f"/courses/{course.code}/pictures/curve-1.png"
    assert client.get(address).mimetype == "image/png"
    assert app.test_client().get(address).status_code == 404
    assert post(client, f"{address}/remove").status_code == 422
    services.remove_activity(system, teaching.activity_visible_to(system, course.code, page.ref))
    assert post(client, f"{address}/remove").status_code == 303
    assert client.get(address).status_code == 404


@pytest.mark.parametrize(
    ("content", "name", "alt"),
    [(b"GIF89a", "x.png", "Words"), (png(), "x.png", ""), (b"", "x.png", "Words"), (png(), "x.svg", "Words")],
)
def test_a_wrong_picture_is_refused(client, course, content, name, alt):
    assert upload(client, course, content, name, alt).status_code == 422
    assert not teaching.picture_names(course.id)


def test_somebody_elses_course_cannot_be_changed(client, app, system, course):
    make_offering(system, course)
    stranger = sign_in(app.test_client(), make_instructor(system, make_institution(system)))
    step = teaching.steps_of(course.id)[0]
    assert stranger.get(f"/courses/{course.code}").status_code == 200
    for path in ("workshop", "describe", "steps/new/page", f"steps/{step.ref}", "offerings/new"):
        assert stranger.get(f"/courses/{course.code}/{path}").status_code == 403, path
    assert post(stranger, f"/courses/{course.code}/do/archive").status_code == 403
    student = sign_in(app.test_client(), make_person(system))
    assert student.get("/courses/new").status_code == 403
    assert student.get("/courses/teaching").status_code == 403


def test_an_archived_course_comes_back(client, app, system, course):
    make_offering(system, course)
    do, visitor = f"/courses/{course.code}/do", app.test_client()
    assert post(client, f"{do}/reopen").status_code == 409
    assert post(client, f"{do}/archive").status_code == 303
    assert course.title_en not in text_of(visitor.get("/courses/"))
    assert post(client, f"{do}/reopen").status_code == 303
    assert course.title_en in text_of(visitor.get("/courses/"))
    assert course.title_en in text_of(visitor.get(f"/courses/?q={course.code}"))


def test_my_courses_lists_mine_alone(client, system, course):
    make_course(system, make_instructor(system, make_institution(system)), title_en="Somebody else's")
    page = text_of(client.get("/courses/teaching"))
    assert "EPI-101" in page
    assert "Somebody else" not in page
    assert "EPI-101" in text_of(client.get("/courses/teaching?q=epi"))
    assert "No course fits" in text_of(client.get("/courses/teaching?q=economics"))
    assert "No course fits" in text_of(client.get("/courses/teaching?state=published"))
    assert "EPI-101" in text_of(client.get("/courses/teaching?format=csv"))


# --- offerings --------------------------------------------------------------------------------------


def test_times_are_taken_in_the_zone_that_was_chosen(client, system, course):
    form = offering_form(
        system,
        course.institution_id,
        enrol_opens="2026-12-01T09:00",
        enrol_closes="2026-12-05T17:00",
        starts="2026-12-01T09:00",
        ends="2027-01-31T17:00",
    )
    assert post(client, f"/courses/{course.code}/offerings/new", form).status_code == 303
    offering = db.session.query(Offering).one()
    assert offering.enrol_closes_at.isoformat() == "2026-12-05T10:00:00+00:00"
    shown = text_of(client.get(f"/courses/offerings/{offering.ref}/edit"))
    assert 'value="2026-12-05T17:00"' in shown
    assert "Bangkok (UTC+07:00)" in shown


def test_the_next_offering_begins_with_what_the_last_one_said(client, system, course):
    post(client, f"/courses/{course.code}/offerings/new", offering_form(system, course.institution_id))
    shown = text_of(client.get(f"/courses/{course.code}/offerings/new"))
    assert 'value="Dr Malee"' in shown
    assert 'value="院长"' in shown
    assert "EPI-101-A" not in shown


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"enrol_closes": "2020-01-01T00:00"}, "must close after"),
        ({"ends": "2020-01-01T00:00"}, "must end after"),
        ({"enrol_closes": "2030-01-01T00:00"}, "after the course has ended"),
        ({"requires_pages": "", "pass_mark": ""}, "what completes"),
        ({"signatory_name": "Dr \U00013000"}, "cannot be printed"),
        ({"institution_id": "999999"}, "Issuing institution"),
        ({"zone": "Mars/Olympus"}, "Time zone"),
        ({"capacity": "0"}, "Places"),
    ],
)
def test_a_wrong_offering_is_refused(client, system, course, changes, message):
    form = {**offering_form(system, course.institution_id), **changes}
    if not form["requires_pages"]:
        del form["requires_pages"]  # As browsers do with an empty box.
    answer = post(client, f"/courses/{course.code}/offerings/new", form)
    assert answer.status_code == 422
    assert message in text_of(answer)


def test_no_certificates_in_the_name_of_a_foreign_institution(client, system, course):
    other = make_institution(system, name="Peking University")
    answer = post(client, f"/courses/{course.code}/offerings/new", offering_form(system, other.id))
    assert answer.status_code == 422
    assert "Peking University" not in text_of(client.get(f"/courses/{course.code}/offerings/new"))


# --- participants -----------------------------------------------------------------------------------


def sheet(answer):
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(answer.data))
    return workbook.get_sheet_by_index(0).to_python()


def test_the_instructor_sees_who_finished_and_takes_it_out(client, system, course):
    offering = make_offering(system, course, pass_mark=None)
    done, busy = make_person(system, name="Nguyễn Thị Hạnh"), make_person(system, name="Suharto")
    enrolment = join(done, offering)
    join(busy, offering)
    services.mark_read(actor_of(done), enrolment, teaching.steps_of(course.id)[0])
    path = f"/courses/offerings/{offering.ref}/participants"
    page = text_of(client.get(path))
    assert "Nguyễn Thị Hạnh" in page
    assert "Suharto" in page
    finished = text_of(client.get(f"{path}?state=completed"))
    assert "Suharto" not in finished
    assert enrolment.state == "completed"
    rows = sheet(client.get(f"{path}?format=xlsx"))
    assert [row[0] for row in rows[1:]] == ["Nguyễn Thị Hạnh", "Suharto"]
    assert rows[1][2] == "Completed"
    assert text_of(client.get(f"{path}?format=csv")).count("\n") == 3


def test_participants_cost_the_same_with_1_and_with_30(client, system, course, count_queries):
    offering = make_offering(system, course)
    path = f"/courses/offerings/{offering.ref}/participants"
    join(make_person(system), offering)
    with count_queries() as one:
        client.get(path)
    for _ in range(29):
        join(make_person(system), offering)
    with count_queries() as thirty:
        client.get(path)
    assert len(one) == len(thirty) <= 12


def test_the_office_approves_on_the_page(client, app, system, course):
    offering = make_offering(system, course, mode="restricted", capacity=1)
    applicant = make_person(system)
    enrolment, other = join(make_person(system), offering), join(applicant, offering)
    coordinator = make_person(system, roles=[("coordinator", "institution", offering.institution_id)])
    office = sign_in(app.test_client(), coordinator)
    path = f"/courses/enrolments/{enrolment.ref}"
    assert "I work in a district team." in text_of(office.get(path))
    assert post(office, f"{path}/do/approve").status_code == 303
    assert enrolment.state == "enrolled"
    refused = post(office, f"/courses/enrolments/{other.ref}/do/approve")
    assert refused.status_code == 422
    assert "Every place is taken" in text_of(refused)
    without_reason = post(office, f"/courses/enrolments/{other.ref}/do/reject")
    assert without_reason.status_code == 422
    assert other.state == "submitted"
    post(office, f"/courses/enrolments/{other.ref}/do/reject", {"reject-reason": "Only for laboratory staff."})
    learner = sign_in(app.test_client(), applicant)
    assert "Only for laboratory staff." in text_of(learner.get(f"/courses/enrolments/{other.ref}"))
    # The instructor sees the applicant but does not decide.
    assert post(client, f"/courses/enrolments/{other.ref}/do/approve").status_code in (403, 409)


def test_a_decision_leads_to_the_next_application(app, system, course):
    offering = make_offering(system, course, mode="restricted")
    names = ("Thiri Aung", "Siti Rahma", "Nguyen Lan")
    first, second, third = (join(make_person(system, name=name), offering) for name in names)
    coordinator = make_person(system, roles=[("coordinator", "institution", offering.institution_id)])
    office = sign_in(app.test_client(), coordinator)
    page = text_of(office.get(f"/courses/enrolments/{first.ref}"))
    assert "2 more like this wait for you." in page
    assert f"/courses/enrolments/{second.ref}" in page
    here = post(office, f"/courses/enrolments/{first.ref}/do/approve").location
    assert here == f"/courses/enrolments/{second.ref}"
    here = post(office, f"{here}/do/reject", {"reject-reason": "Only for laboratory staff."}).location
    assert here == f"/courses/enrolments/{third.ref}"
    assert "Not admitted: Siti Rahma" in text_of(office.get(here))
    assert "more like this" not in text_of(office.get(here))
    assert post(office, f"{here}/do/approve").location == here  # the last one: there it stays


def test_a_deputy_sees_and_decides_what_waits_while_the_coordinator_is_away(app, system, course):
    offering = make_offering(system, course, mode="restricted")
    office = ("coordinator", "institution", offering.institution_id)
    away, deputy = make_person(system, roles=[office]), make_person(system, roles=[office])
    db.session.scalars(select(Grant).where(Grant.person_id == deputy.id)).one().is_deputy = True
    enrolment = join(make_person(system, name="Thiri Aung"), offering)
    (item,) = waiting.items_for(actor_of(away))
    waiting.take(actor_of(away), item, seen_assignee_id=None)
    browser = sign_in(app.test_client(), deputy)
    assert "Decide on an application for a course: Thiri Aung" in text_of(browser.get("/dashboard"))
    assert post(browser, f"/courses/enrolments/{enrolment.ref}/do/approve").status_code == 303
    assert enrolment.state == "enrolled"


def test_coordinators_take_out_their_own_people_and_nobody_else(client, app, system, course):
    offering = make_offering(system, course, pass_mark=None)
    vientiane, hanoi = make_institution(system, country="LA"), make_institution(system, country="VN")
    ours = make_person(system, name="Souphaphone", institution=vientiane)
    theirs = make_person(system, name="Hạnh", institution=hanoi)
    for person in (ours, theirs):
        enrolment = join(person, offering)
        services.mark_read(actor_of(person), enrolment, teaching.steps_of(course.id)[0])
        share(person, person.home_institution_id)
    applicant = make_person(system, name="Applicant", institution=vientiane)
    share(applicant, vientiane.id)
    waiting = join(applicant, make_offering(system, course, mode="restricted"))
    assert waiting.state == "submitted"
    office = sign_in(app.test_client(), make_person(system, roles=[("coordinator", "institution", vientiane.id)]))
    page = text_of(office.get("/courses/our-people"))
    assert "Souphaphone" in page
    assert "Hạnh" not in page
    assert "Applicant" not in page
    rows = sheet(office.get("/courses/our-people?format=xlsx&state=completed"))
    assert [(row[0], row[4], row[8]) for row in rows[1:]] == [("Souphaphone", "EPI-101", "Completed")]
    assert client.get("/courses/our-people").status_code == 403


def test_only_those_who_share_their_record_are_on_the_list_of_our_people(app, system, course):
    home, second = make_institution(system), make_institution(system)
    person = make_person(system, name="Souphaphone", institution=home)
    join(person, make_offering(system, course))
    office = sign_in(app.test_client(), make_person(system, roles=[("coordinator", "institution", home.id)]))
    share(person, second.id)
    assert "Souphaphone" not in text_of(office.get("/courses/our-people"))
    consent = share(person, home.id)
    assert "Souphaphone" in text_of(office.get("/courses/our-people"))
    assert len(sheet(office.get("/courses/our-people?format=xlsx"))) == 2
    accounts.withdraw_consent(actor_of(person), consent_id=consent.id)
    assert "Souphaphone" not in text_of(office.get("/courses/our-people"))
    assert len(sheet(office.get("/courses/our-people?format=xlsx"))) == 1


def test_a_withdrawn_person_leaves_the_list_of_our_people(app, system, course):
    home = make_institution(system)
    person = make_person(system, name="Souphaphone", institution=home)
    share(person, home.id)
    enrolment = join(person, make_offering(system, course))
    office = sign_in(app.test_client(), make_person(system, roles=[("coordinator", "institution", home.id)]))
    assert "Souphaphone" in text_of(office.get("/courses/our-people"))
    workflow.perform(ENROLMENT, enrolment, "withdraw", actor=actor_of(person))
    assert "Souphaphone" not in text_of(office.get("/courses/our-people"))
