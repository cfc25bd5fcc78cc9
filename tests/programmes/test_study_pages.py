"""Pages of curricula, students, grades and awards, as each reader sees them."""

import io
import re
from datetime import timedelta

import pytest

from lms.core import workflow
from lms.core.db import db
from lms.core.outbox import relay
from lms.programmes.flow import CURRICULUM
from lms.programmes.queries import curriculum as curricula
from lms.programmes.queries import study as queries
from tests.factories import actor_of, make_person, post, sign_in
from tests.programmes.studying import (
    BEST,
    draft_curriculum,
    grade_all,
    make_programme,
    make_student,
    make_world,
    propose,
    sheet,
)


def text_of(response):
    return response.get_data(as_text=True)


def person_of(student):
    return queries.student_by_id(student.id).person


_ODD_NUMBERS = {"kind": "numbers", "best": "NaN", "worst": "0", "passing": "1e400", "step": "Infinity", "letters": ""}


# --- curriculum -------------------------------------------------------------------------------------------


def test_universities_make_the_curriculum_in_the_browser(client, system):
    world = make_programme(system)
    sign_in(client, world.coordinator)
    path = f"/programmes/office/{world.programme.ref}/curricula"
    assert "No curriculum yet" in text_of(client.get(path))
    made = post(client, f"{path}/new")
    assert made.status_code == 303
    page = text_of(client.get(made.location))
    assert "has not chosen its grade scale yet" in page
    frame = {
        "credit_system": "ects",
        "credits_required": "30",
        "semesters": "2",
        "double_limit": "5",
        "scale": "cn-100",
    }
    assert post(client, f"{made.location}/frame", frame).status_code == 303
    assert post(client, f"{made.location}/frame", frame | {"credits_required": "x"}).status_code == 422
    terms = {
        "credit_system": "cn", "factor": "1.5", "factor_source": "Annex 1", "rounding_step": "0.01",
        "least_credits": "10", "scale": "cn-100", "method": "none",
    }  # fmt: skip
    assert post(client, f"{made.location}/parties/{world.here.slug}", terms).status_code == 303
    assert client.get(f"{made.location}/parties/{world.there.slug}").status_code == 404
    refused = post(client, f"{made.location}/parties/{world.here.slug}", terms | {"factor": "x"})
    assert refused.status_code == 422
    assert "fraction such as 5/3" in text_of(refused)
    module = {
        "institution": str(world.here.id), "code": "PH1", "title_en": "Epidemiology", "credits": "10", "semester": "1",
        "is_compulsory": "y",
    }  # fmt: skip
    assert post(client, f"{made.location}/modules/new", module).status_code == 303
    assert post(client, f"{made.location}/modules/new", module).status_code == 422
    foreign = module | {"institution": str(world.there.id), "code": "X"}
    assert post(client, f"{made.location}/modules/new", foreign).status_code == 422
    assert ">PH1<" in text_of(client.get(made.location))
    blocked = post(client, f"{made.location}/do/propose")
    assert blocked.status_code == 422


def test_a_confirmed_curriculum_is_public_and_a_draft_is_not(client, system):
    world = make_programme(system)
    path = f"/programmes/{world.programme.ref}/curriculum"
    assert client.get(path).status_code == 404
    draft = draft_curriculum(world)
    assert client.get(f"/programmes/curricula/{draft.ref}").status_code == 302
    stranger = make_person(system)
    assert sign_in(client, stranger).get(f"/programmes/curricula/{draft.ref}").status_code == 404
    sign_in(client, world.coordinator)
    assert post(client, f"/programmes/curricula/{draft.ref}/do/propose").status_code == 303
    for person in (world.coordinator, world.partner):
        sign_in(client, person)
        assert post(client, f"/programmes/curricula/{draft.ref}/do/confirm").status_code == 303
    visitor = text_of(client.get(path))
    for shown in ("Biostatistics", "5/3", "Thai letter scale", "At most 10"):
        assert shown in visitor


def test_sending_back_needs_a_reason_on_the_page(client, system):
    world = make_programme(system)
    draft = draft_curriculum(world)
    workflow.perform(CURRICULUM, draft, "propose", actor=actor_of(world.coordinator))
    sign_in(client, world.partner)
    path = f"/programmes/curricula/{draft.ref}/do/send_back"
    assert post(client, path).status_code == 422
    assert post(client, path, {"send_back-reason": "Field work is missing"}).status_code == 303
    assert curricula.curriculum_by_id(draft.id).state == "draft"
    assert post(client, f"/programmes/curricula/{draft.ref}/do/take_effect").status_code == 404


def test_a_university_keeps_its_own_scale(client, system):
    world = make_programme(system)
    sign_in(client, world.partner)
    values = {
        "institution": str(world.there.id), "name_en": "Our letters", "valid_from": "2026-09-01", "source": "Senate",
        "kind": "letters", "letters": "A = 4\nB = 3", "failing": "F = 0", "codes": "I = open",
    }  # fmt: skip
    assert post(client, "/programmes/scales/", values).status_code == 303
    assert "Our letters" in text_of(client.get("/programmes/scales/"))
    for wrong in ({"letters": "A\nA"}, {"codes": "I"}, {"kind": "numbers"}, {"valid_from": "2026-09-01"}, _ODD_NUMBERS):
        assert post(client, "/programmes/scales/", values | {"name_en": "Our letters"} | wrong).status_code == 422


# --- students ---------------------------------------------------------------------------------------------


def test_a_student_sees_registrations_plan_and_grades(client, system):
    world = make_world(system)
    student = make_student(world)
    grade_all(world, student)
    sign_in(client, person_of(student))
    assert client.get("/programmes/study/").location == f"/programmes/students/{student.ref}"
    page = text_of(client.get(f"/programmes/students/{student.ref}"))
    for shown in ("Registered", "PH501", "92", "93.3", "65 of 60", "Take a transcript"):
        assert shown in page
    assert "Not shared" not in page


def test_who_has_not_begun_is_in_no_semester_yet(client, system):
    student = make_student(make_world(system), started_on=system.now.date() + timedelta(days=200))
    page = text_of(sign_in(client, person_of(student)).get(f"/programmes/students/{student.ref}"))
    assert "Studies begin: " in page
    assert "now in semester" not in page
    assert "Now</" not in page


def test_the_plan_is_checked_while_choosing(client, system):
    world = make_world(system)
    student = make_student(world)
    elective = next(one for one in student.curriculum.modules if not one.is_compulsory)
    path = f"/programmes/students/{student.ref}/plan"
    sign_in(client, person_of(student))
    answer = post(client, path, {"check": "1", f"m{elective.id}": ""}, headers={"HX-Request": "true"})
    assert "10 of at least 15 credits" in text_of(answer)
    assert "fulfils all" in text_of(
        post(client, path, {"check": "1", f"m{elective.id}": "2"}, headers={"HX-Request": "true"})
    )
    for odd in ("9", "x", "-1", "9" * 40):
        assert post(client, path, {f"m{elective.id}": odd}).status_code == 422
        checked = {"check": "1", f"m{elective.id}": odd}
        assert post(client, path, checked, headers={"HX-Request": "true"}).status_code == 200
    assert post(client, path, {f"m{elective.id}": "3"}).status_code == 303
    assert elective.id in {item.module_id for item in queries.student_by_id(student.id).plan}


def test_each_university_registers_on_the_page(client, system):
    world = make_world(system)
    person = make_person(system)
    from lms.programmes.services import study

    student = study.enter(system, programme=world.programme, person_id=person.id, starts_on=system.now.date(),
                          home_institution_id=world.there.id)  # fmt: skip
    own, other = student.registrations
    sign_in(client, world.coordinator)
    values = {"register-student_number": "2026-17", "register-from_on": "2026-09-01"}
    assert post(client, f"/programmes/registrations/{own.ref}/do/register", {}).status_code == 422
    assert post(client, f"/programmes/registrations/{other.ref}/do/register", values).status_code == 404
    assert post(client, f"/programmes/registrations/{own.ref}/do/register", values).status_code == 303
    page = text_of(client.get(f"/programmes/students/{student.ref}"))
    assert "Student number 2026-17" in page
    assert "the agreement does not share it" in page


def test_the_list_of_students_is_of_my_university_and_says_only_its_side(client, system):
    world = make_world(system)
    student = make_student(world)
    other = make_world(system)
    stranger = make_student(other, person=make_person(system, name="Somebody Else"))
    sign_in(client, world.partner)
    page = text_of(client.get("/programmes/students/"))
    mine, theirs = queries.student_by_id(student.id).registrations
    assert theirs.student_number in page
    assert mine.student_number not in page
    assert "Somebody Else" not in page
    table = text_of(client.get("/programmes/students/?format=csv"))
    assert theirs.student_number in table
    assert mine.student_number not in table
    assert text_of(client.get(f"/programmes/students/?q={mine.student_number}")).count(student.ref) == 0
    assert client.get(f"/programmes/students/{stranger.ref}").status_code == 404


def test_leaving_is_asked_for_its_reason(client, system):
    world = make_world(system)
    student = make_student(world)
    sign_in(client, person_of(student))
    path = f"/programmes/students/{student.ref}/do/withdraw"
    assert post(client, path).status_code == 422
    assert post(client, path, {"withdraw-reason": "Family"}).status_code == 303
    assert "Withdrawn" in text_of(client.get(f"/programmes/students/{student.ref}"))
    assert (
        post(client, f"/programmes/students/{student.ref}/do/transfer_out", {"transfer_out-reason": "x"}).status_code
        == 404
    )


# --- grades -----------------------------------------------------------------------------------------------


def test_grades_are_entered_on_the_grid_with_faults_beside_their_cells(client, system):
    world = make_world(system)
    student = make_student(world)
    page = sheet(world, student, world.there, 2)
    item = next(one for one in queries.student_by_id(student.id).plan if one.module.code == "TH2")
    sign_in(client, world.partner)
    path = f"/programmes/sheets/{page.ref}"
    assert "Not entered" not in text_of(client.get(path))
    wrong = post(client, path, {f"g{item.id}": "A+"})
    assert wrong.status_code == 422
    assert 'value="A+"' in text_of(wrong)
    assert "not on the scale" in text_of(wrong)
    assert post(client, path, {f"g{item.id}": "b+"}).status_code == 303
    assert 'value="B+"' in text_of(client.get(path))
    assert post(client, f"{path}/do/hand_in").status_code == 303
    assert post(client, path, {f"g{item.id}": "A"}).status_code == 409
    assert post(client, f"{path}/do/confirm").status_code == 303
    assert "B+" in text_of(sign_in(client, person_of(student)).get(f"/programmes/students/{student.ref}"))


def test_an_examiner_sees_and_enters_their_own_modules_only(client, system):
    world = make_world(system)
    student = make_student(world)
    examiner = make_person(system, institution=world.here, affiliation="staff")
    next(one for one in student.curriculum.modules if one.code == "PH501").examiner_id = examiner.id
    db.session.flush()
    sign_in(client, examiner)
    page = sheet(world, student, world.here, 1)
    other = sheet(world, student, world.here, 2)
    assert page.ref in text_of(client.get("/programmes/sheets/"))
    assert client.get(f"/programmes/sheets/{page.ref}").status_code == 200
    assert client.get(f"/programmes/sheets/{other.ref}").status_code == 404
    assert post(client, f"/programmes/sheets/{page.ref}/do/confirm").status_code == 404
    assert client.get(f"/programmes/students/{student.ref}").status_code == 404


def test_grades_come_in_from_a_table(client, system):
    world = make_world(system)
    student = make_student(world)
    page = sheet(world, student, world.here, 1)
    number, other = (
        queries.student_by_id(one.id).registrations[0].student_number for one in (student, make_student(world))
    )
    sign_in(client, world.coordinator)
    table = f"Student number,Module,Grade\n{number},PH501,88\nNobody,PH501,80\n{number},TH1,A\n{other},PH501,200\n"
    files = {"table": (io.BytesIO(table.encode()), "grades.csv")}
    answer = post(client, f"/programmes/sheets/{page.ref}/import", files, content_type="multipart/form-data")
    assert answer.status_code == 303
    db.session.commit()
    relay.run_until_idle()
    found = text_of(client.get(answer.location))
    for told in ("Nobody with this number", "does not take this module", "from 0 to 100"):
        assert told in found
    assert post(client, f"{answer.location}/write").status_code == 303
    db.session.commit()
    relay.run_until_idle()
    assert 'value="88"' in text_of(client.get(f"/programmes/sheets/{page.ref}"))


def test_a_correction_and_a_conversion_on_the_page_of_the_grade(client, system):
    world = make_world(system, shares_grades=True)
    student = make_student(world)
    grade_all(world, student)
    fresh = queries.student_by_id(student.id)
    ref = next(one.ref for one in fresh.curriculum.modules if one.code == "TH1")
    path = f"/programmes/students/{student.ref}/grades/{ref}"
    sign_in(client, world.partner)
    assert post(client, f"{path}/correct", {"correct-grade": "A"}).status_code == 422
    values = {"correct-grade": "A", "correct-reason": "A page was overlooked"}
    assert post(client, f"{path}/correct", values).status_code == 303
    sign_in(client, world.coordinator)
    values = {"convert-method": "table", "convert-pairs": "A = 95", "convert-reason": "Annex 4"}
    assert post(client, f"{path}/correct", {"correct-grade": "C", "correct-reason": "x"}).status_code == 403
    assert post(client, f"{path}/convert", values).status_code == 303
    page = text_of(sign_in(client, person_of(student)).get(path))
    for shown in ("A page was overlooked", "B+", "95", "Annex 4", "Wu Lan", "Replaced"):
        assert shown in page


def test_the_other_side_stays_hidden_unless_grades_are_shared(client, system):
    for shares in (False, True):
        world = make_world(system, shares_grades=shares)
        student = make_student(world)
        grade_all(world, student, BEST | {"TH1": "C+"})
        sign_in(client, world.coordinator)
        page = text_of(client.get(f"/programmes/students/{student.ref}"))
        assert ("C+" in page) is shares
        assert ("Not shared" in page) is not shares
        modules = queries.student_by_id(student.id).curriculum.modules
        ref = next(one.ref for one in modules if one.code == "TH1")
        answer = client.get(f"/programmes/students/{student.ref}/grades/{ref}")
        assert answer.status_code == (200 if shares else 404)
        assert sheet(world, student, world.there, 1).ref not in text_of(client.get("/programmes/sheets/"))


# --- transcript and award ---------------------------------------------------------------------------------


def test_the_transcript_is_taken_shown_printed_and_checked(client, system):
    world = make_world(system)
    student = make_student(world, person=make_person(system, name="SRUN Kanharoth", name_local="ស្រ៊ុន កញ្ញារ័ត្ន", name_local_lang="km"))  # fmt: skip
    grade_all(world, student)
    sign_in(client, person_of(student))
    answer = post(client, f"/programmes/students/{student.ref}/transcript")
    assert answer.status_code == 303
    db.session.commit()
    relay.run_until_idle()
    code = answer.location.rsplit("/", 1)[1]
    assert client.get(f"/credentials/{code}/certificate.pdf").data.startswith(b"%PDF")
    check = text_of(client.get(f"/verify/{code}"))
    for shown in ("This document is valid", "ស្រ៊ុន កញ្ញារ័ត្ន", "B+", "93.3", "Thai letter scale", "Partner University"):
        assert shown in check


def test_only_the_student_takes_a_transcript(client, system):
    world = make_world(system, shares_grades=True)
    student = make_student(world)
    sign_in(client, world.coordinator)
    assert post(client, f"/programmes/students/{student.ref}/transcript").status_code == 404
    sign_in(client, person_of(student))
    refused = post(client, f"/programmes/students/{student.ref}/transcript")
    assert refused.status_code == 422
    assert "no confirmed grade yet" in text_of(refused)


def test_an_award_from_the_proposal_to_the_check(client, system):
    world = make_world(system)
    student = make_student(world, person=make_person(system, name="Duangchai"))
    sign_in(client, world.coordinator)
    refused = post(client, f"/programmes/students/{student.ref}/award")
    assert refused.status_code == 422
    grade_all(world, student)
    assert "Propose the award" in text_of(client.get(f"/programmes/students/{student.ref}"))
    made = post(client, f"/programmes/students/{student.ref}/award")
    assert made.status_code == 303
    for person in (world.coordinator, world.partner):
        sign_in(client, person)
        assert post(client, f"{made.location}/do/concur").status_code == 303
    page = text_of(sign_in(client, person_of(student)).get(made.location))
    assert "Degree conferred" in page
    (code,) = re.findall(r"/credentials/([0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4})", page)
    verdict = text_of(client.get(f"/verify/{code}"))
    for shown in ("is valid", "Duangchai", "Sample University · Partner University"):
        assert shown in verdict


@pytest.mark.parametrize("path", ["students", "sheets", "awards"])
def test_lists_stay_within_a_constant_number_of_queries(client, system, count_queries, path):
    world = make_world(system)
    counts = []
    for _ in range(2):
        for _again in range(2):
            student = make_student(world)
        sign_in(client, world.coordinator)
        client.get(f"/programmes/{path}/")
        with count_queries() as sent:
            assert client.get(f"/programmes/{path}/").status_code == 200
        counts.append(len(sent))
    assert counts[0] == counts[1]
    assert student.ref


def test_a_refused_award_says_why(client, system):
    world = make_world(system)
    student = make_student(world)
    grade_all(world, student)
    award = propose(world, student)
    sign_in(client, world.partner)
    assert post(client, f"/programmes/awards/{award.ref}/do/refuse").status_code == 422
    values = {"refuse-reason": "The thesis is not deposited"}
    assert post(client, f"/programmes/awards/{award.ref}/do/refuse", values).status_code == 303
    page = text_of(sign_in(client, person_of(student)).get(f"/programmes/awards/{award.ref}"))
    assert "The thesis is not deposited" in page
