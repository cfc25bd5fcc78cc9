"""Students: registered at each party, planned under the rules, graded for ever, awarded by the word of all."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from sqlalchemy import select

from lms.core import clock, waiting, workflow
from lms.core.actor import system_actor
from lms.core.db import db
from lms.core.errors import Conflict, Invalid, NotPermitted, Refused
from lms.credentials import queries as credentials
from lms.credentials.rules import Standing, content_of, standing
from lms.programmes.flow import GRADE_SHEET, REGISTRATION_MACHINE, STUDENT
from lms.programmes.models import Award, GradeEntry
from lms.programmes.queries import award as awards
from lms.programmes.queries import grades as grade_queries
from lms.programmes.queries import study as queries
from lms.programmes.services import award as award_service
from lms.programmes.services import grades, study
from lms.programmes.tally import semester_begins, semester_of, tally
from tests.databases import committed
from tests.factories import actor_of, make_person
from tests.programmes.studying import (
    BEST,
    concur,
    confirm,
    enter,
    entry_of,
    grade_all,
    make_student,
    make_world,
    propose,
    sheet,
)


def student_actor(student):
    return actor_of(queries.student_by_id(student.id).person)


def item(student, code):
    return next(one for one in queries.student_by_id(student.id).plan if one.module.code == code)


def module_ids(student, *codes):
    return {one.id for one in student.curriculum.modules if one.code in codes}


# --- registration and plan --------------------------------------------------------------------------------


def test_a_student_is_one_person_with_a_registration_at_each_university(system):
    world = make_world(system)
    person = make_person(system)
    student = study.enter(system, programme=world.programme, person_id=person.id, starts_on=system.now.date(),
                          home_institution_id=world.there.id)  # fmt: skip
    assert {one.institution_id for one in student.registrations} == {world.here.id, world.there.id}
    assert {one.module.code for one in student.plan} == {"PH501", "PH502", "PH600", "TH1"}
    assert {one.kind for one in waiting.items_for(actor_of(person))} == {"plan_study"}
    for who in (world.coordinator, world.partner):
        assert "register_student" in {one.kind for one in waiting.items_for(actor_of(who))}
    with pytest.raises(Conflict, match="studies in the programme already"):
        study.enter(system, programme=world.programme, person_id=person.id, starts_on=system.now.date(),
                    home_institution_id=None)  # fmt: skip


def test_each_university_keeps_its_own_registration(system):
    world = make_world(system)
    student = make_student(world)
    own, other = queries.student_by_id(student.id).registrations
    with pytest.raises(NotPermitted):
        workflow.perform(REGISTRATION_MACHINE, other, "begin_leave", actor=actor_of(world.coordinator), reason="x")
    workflow.perform(REGISTRATION_MACHINE, own, "begin_leave", actor=actor_of(world.coordinator), reason="Illness")
    states = [one.state for one in queries.student_by_id(student.id).registrations]
    assert states == ["on_leave", "registered"]
    second = make_student(world)
    taken = queries.student_by_id(student.id).registrations[0].student_number
    fresh = queries.student_by_id(second.id).registrations[0]
    fresh.state = "pending"
    db.session.flush()
    with pytest.raises(Refused, match="has this number"):
        workflow.perform(REGISTRATION_MACHINE, fresh, "register", actor=actor_of(world.coordinator),
                         student_number=taken, from_on=system.now.date())  # fmt: skip


def test_leaving_ends_every_registration_and_keeps_the_grades(system):
    world = make_world(system)
    student = make_student(world)
    grade_all(world, student)
    workflow.perform(STUDENT, queries.student_by_id(student.id), "withdraw", actor=student_actor(student),
                     reason="Family")  # fmt: skip
    left = queries.student_by_id(student.id)
    assert (left.state, left.ended_reason) == ("withdrawn", "Family")
    assert {one.state for one in left.registrations} == {"ended"}
    assert entry_of(student, "PH501").text == "92"
    with pytest.raises(Conflict):
        study.change_plan(student_actor(student), left, {}, version=None)


def test_the_tally_counts_shares_doubles_and_what_is_missing(system):
    world = make_world(system)
    student = make_student(world)
    curriculum = student.curriculum
    every = tally(curriculum, module_ids(student, "PH501", "PH502", "PH600", "TH1", "TH2"))
    assert (every.total, list(every.missing), list(every.faults)) == (Decimal(65), [], [])
    assert [share.credits for share in every.shares] == [45, 20]
    few = tally(curriculum, module_ids(student, "PH501"))
    told = " ".join(str(one) for one in few.missing)
    assert "3 compulsory modules are missing" in told
    assert "10 of at least 20 credits" in told
    assert "0 of at least 15 credits" in told
    assert "10 of 60 credits in all" in told
    thai = next(one for one in curriculum.modules if one.code == "TH1")
    thai.stands_for_id = next(iter(module_ids(student, "PH501")))
    both = tally(curriculum, module_ids(student, "PH501", "TH1"))
    assert "cannot both be taken" in str(both.faults[0])
    alone = tally(curriculum, module_ids(student, "TH1"))
    assert [share.credits for share in alone.shares] == [10, 10]
    curriculum.double_limit = Decimal(9)
    assert "limit is 9" in str(tally(curriculum, module_ids(student, "TH1")).faults[0])
    db.session.rollback()


def test_compulsory_modules_stay_and_graded_ones_cannot_be_taken_off(system):
    world = make_world(system)
    student = make_student(world)
    enter(world, sheet(world, student, world.there, 2), {"TH2": "A"})
    planned = study.change_plan(student_actor(student), queries.student_by_id(student.id), {}, version=None)
    assert {one.module.code for one in planned.plan} == set(BEST)


def test_semesters_follow_the_first_day():
    from datetime import date

    assert [semester_of(date(2026, 9, 1), day, 4) for day in (date(2026, 8, 1), date(2027, 2, 28), date(2027, 3, 1))] == [1, 1, 2]  # fmt: skip
    assert semester_of(date(2020, 9, 1), date(2026, 9, 1), 4) == 4
    assert semester_begins(date(2026, 8, 31), 2) == date(2027, 2, 28)


# --- grades ------------------------------------------------------------------------------------------------


def test_grades_are_entered_handed_in_and_confirmed(system):
    world = make_world(system)
    student = make_student(world)
    page = sheet(world, student, world.here, 1)
    here = actor_of(world.coordinator)
    with pytest.raises(Refused, match="not entered yet"):
        workflow.perform(GRADE_SHEET, page, "hand_in", actor=here)
    with pytest.raises(Refused, match="from 0 to 100"):
        enter(world, page, {"PH501": "A+"})
    enter(world, page, {"PH501": "91"})
    enter(world, page, {"PH501": "92"})
    assert entry_of(student, "PH501") is None
    confirm(world, page)
    held = entry_of(student, "PH501")
    assert (held.text, held.outcome, held.confirmed_by_id) == ("92", "passed", world.coordinator.id)
    with pytest.raises(Conflict):
        enter(world, page, {"PH501": "99"})
    assert len(db.session.scalars(select(GradeEntry)).all()) == 1


def test_no_university_grades_for_another(system):
    world = make_world(system)
    student = make_student(world)
    page = sheet(world, student, world.here, 1)
    rows = grade_queries.rows_of(page)
    with pytest.raises(NotPermitted):
        grades.enter_grades(actor_of(world.partner), page, [grades.Typed(rows[0], "80", "x")], version=None)
    with pytest.raises(NotPermitted):
        workflow.perform(GRADE_SHEET, page, "hand_in", actor=actor_of(world.partner))


def test_a_converted_grade_stands_beside_the_original(system):
    world = make_world(system)
    student = make_student(world)
    grade_all(world, student)
    thai = entry_of(student, "TH1")
    conversion = grade_queries.conversion_of(thai)
    assert (thai.text, thai.scale.code) == ("B+", "th-letters")
    assert (conversion.value, conversion.method, conversion.scale.code) == ("93.3", "linear", "cn-100")
    assert conversion.decided_by_id is None
    assert entry_of(student, "PH501").conversions == []


def test_another_conversion_keeps_the_one_before(system):
    world = make_world(system, shares_grades=True)
    student = make_student(world)
    grade_all(world, student)
    fresh = queries.student_by_id(student.id)
    options = {"method": "table", "parameters": {"pairs": [("B+", "85")]}, "reason": "Annex 4", "version": None}
    grades.decide_conversion(actor_of(world.coordinator), fresh, item(student, "TH1"), **options)
    for actor in (student_actor(student), system):
        with pytest.raises(NotPermitted):
            grades.decide_conversion(actor, fresh, item(student, "TH1"), **options)
    entry = entry_of(student, "TH1")
    assert [(one.value, one.replaced_at is None) for one in entry.conversions] == [("93.3", False), ("85", True)]
    assert entry.conversions[1].decided_by_id == world.coordinator.id


def test_a_correction_needs_a_reason_keeps_both_and_ends_transcripts(system):
    world = make_world(system)
    student = make_student(world)
    grade_all(world, student)
    paper = award_service.issue_transcript(student_actor(student), queries.student_by_id(student.id))
    here, fresh = actor_of(world.coordinator), queries.student_by_id(student.id)
    with pytest.raises(Invalid) as refusal:
        grades.correct(here, fresh, item(student, "PH501"), text="93", reason="", version=None)
    assert refusal.value.field == "reason"
    with pytest.raises(NotPermitted):
        grades.correct(actor_of(world.partner), fresh, item(student, "PH501"), text="93", reason="x", version=None)
    with pytest.raises(Invalid, match="holds already"):
        grades.correct(here, fresh, item(student, "PH501"), text="92.0", reason="x", version=None)
    grades.correct(here, fresh, item(student, "PH501"), text="93", reason="A sheet was overlooked", version=None)
    newest, oldest = grade_queries.history_of_grade(item(student, "PH501").id)
    assert (newest.text, newest.reason, oldest.text) == ("93", "A sheet was overlooked", "92")
    assert oldest.replaced_at is not None
    assert standing(credentials.checked_by_code(paper.code), clock.now()) is Standing.REVOKED


# --- the transcript ---------------------------------------------------------------------------------------


def test_the_transcript_holds_both_universities_with_original_and_converted(system):
    world = make_world(system)
    student = make_student(world)
    with pytest.raises(Refused):
        award_service.issue_transcript(student_actor(student), queries.student_by_id(student.id))
    grade_all(world, student)
    paper = award_service.issue_transcript(student_actor(student), queries.student_by_id(student.id))
    assert standing(credentials.checked_by_code(paper.code), clock.now()) is Standing.VALID
    body = content_of(paper)["body"]
    rows = {row["code"]: row for term in body["terms"] for row in term["rows"]}
    thai = rows["TH1"]
    assert (thai["grade"], thai["converted_grade"], thai["credits"], thai["converted_credits"]) == ("B+", "93.3", "6", "10")  # fmt: skip
    assert thai["scale"]["en"] == "Thai letter scale"
    assert thai["institution"]["en"] == "Partner University"
    assert rows["PH501"]["grade"] == "92"
    assert [note["factor"] for note in body["notes"]] == ["1 ECTS = 1 ECTS", "1 TH = 5/3 ECTS"]


def test_a_name_that_cannot_be_printed_is_refused_before_issue(system):
    world = make_world(system)
    student = make_student(world, person=make_person(system, name="Ada \U00013000"))
    grade_all(world, student)
    paper = award_service.issue_transcript(student_actor(student), queries.student_by_id(student.id))
    assert paper.state == "held"
    assert "credential.held" in {one.kind for one in waiting.items_for(student_actor(student))}


# --- the award ---------------------------------------------------------------------------------------------


def test_an_award_needs_everything_and_says_what_is_lacking(system):
    world = make_world(system, shares_grades=True)
    student = make_student(world)
    with pytest.raises(Refused) as refusal:
        propose(world, student)
    told = " ".join(str(one) for one in refusal.value.reasons)
    assert "4 compulsory modules are missing" in told
    assert "The thesis is not passed yet." in told


def test_what_the_other_side_lacks_is_not_told_unless_it_is_shared(system):
    world = make_world(system)
    student = make_student(world)
    for semester in (1, 2, 4):
        page = sheet(world, student, world.here, semester)
        enter(world, page, BEST)
        confirm(world, page)
    with pytest.raises(Refused) as refusal:
        propose(world, student)
    assert [str(one) for one in refusal.value.reasons] == ["The side of another university is not complete yet."]


def test_a_joint_degree_is_one_certificate_after_the_word_of_all(system):
    world = make_world(system)
    student = make_student(world)
    grade_all(world, student)
    award = propose(world, student)
    concur(world, award, world.coordinator)
    assert awards.award_by_id(award.id).state == "proposed"
    with pytest.raises(Refused, match="has concurred already"):
        concur(world, award, world.coordinator)
    concur(world, award, world.partner)
    done = awards.award_by_id(award.id)
    assert done.state == "conferred"
    assert queries.student_by_id(student.id).state == "awarded"
    (certificate,) = awards.certificates_of(done)
    content = content_of(certificate)
    assert content["issuer"]["en"] == "Sample University · Partner University"
    assert [one["name"] for one in content["signatories"]] == ["Wu Lan", "Malee"]
    assert standing(certificate, clock.now()) is Standing.VALID


def test_a_double_degree_is_a_certificate_of_each(system):
    world = make_world(system, award="double")
    student = make_student(world)
    grade_all(world, student)
    award = propose(world, student)
    for person in (world.coordinator, world.partner):
        concur(world, award, person)
    papers = [one for one in credentials.credentials_of(student.person_id) if one.kind == "degree.award"]
    assert {content_of(one)["issuer"]["en"] for one in papers} == {"Sample University", "Partner University"}


def test_a_refused_award_can_be_proposed_again(system):
    from lms.programmes.flow import AWARD

    world = make_world(system)
    student = make_student(world)
    grade_all(world, student)
    award = propose(world, student)
    with pytest.raises(Conflict):
        propose(world, student)
    workflow.perform(AWARD, award, "refuse", actor=actor_of(world.partner), reason="The thesis is not deposited")
    assert not [one for one in waiting.items_for(actor_of(world.coordinator)) if one.kind == "concur_award"]
    assert propose(world, student).state == "proposed"


def test_a_failed_module_keeps_the_award_away(system):
    world = make_world(system, shares_grades=True)
    student = make_student(world)
    grade_all(world, student, BEST | {"PH600": "59"})
    with pytest.raises(Refused) as refusal:
        propose(world, student)
    assert "thesis is not passed" in " ".join(str(one) for one in refusal.value.reasons)


def test_two_universities_that_concur_at_the_same_moment_confer_once(own_app):
    def prepare():
        world = make_world(system_actor(clock.now()))
        student = make_student(world)
        grade_all(world, student)
        return propose(world, student).id, actor_of(world.coordinator), actor_of(world.partner), student.person_id

    def say(actor, award_id):
        from lms.programmes.flow import AWARD

        workflow.perform(AWARD, awards.award_by_id(award_id), "concur", actor=actor)

    award_id, here, there, person_id = committed(own_app, prepare)
    with ThreadPoolExecutor(2) as pool:
        for future in [pool.submit(committed, own_app, say, actor, award_id) for actor in (here, there)]:
            future.result(60)
    state = committed(own_app, lambda: db.session.get_one(Award, award_id).state)
    papers = committed(own_app, lambda: [one.kind for one in credentials.credentials_of(person_id)])
    assert (state, papers) == ("conferred", ["degree.award"])


# --- the one record ----------------------------------------------------------------------------------------


def test_the_degree_stands_in_the_one_record_with_the_word_of_each_university(system):
    from lms.programmes.queries.record import record_entries

    world = make_world(system)
    student = make_student(world)
    (entry,) = record_entries(student.person_id)
    assert (entry.is_complete, list(entry.facts), list(entry.confirmations)) == (False, [], [])
    grade_all(world, student)
    award = propose(world, student)
    for person in (world.coordinator, world.partner):
        concur(world, award, person)
    (entry,) = record_entries(student.person_id)
    assert entry.is_complete
    assert [one.name for one in entry.confirmations] == ["Wu Lan", "Malee"]
    assert entry.facts[0]["value"] == "65 / 60 ECTS"
    (paper,) = [one for one in credentials.credentials_of(student.person_id) if one.kind == "degree.award"]
    assert entry.code == paper.code
