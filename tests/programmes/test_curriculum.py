"""Curricula: made by each university for its own side, confirmed by all, and kept for those who began with them."""

from decimal import Decimal

import pytest

from lms.core import waiting, workflow
from lms.core.errors import Conflict, Invalid, NotPermitted, Refused
from lms.programmes.flow import CURRICULUM
from lms.programmes.queries import curriculum as queries
from lms.programmes.services import curriculum as service
from lms.programmes.tally import converted
from tests.factories import actor_of, make_person
from tests.programmes.studying import confirm_curriculum, draft_curriculum, make_programme, make_world, module, terms


def test_admission_waits_for_a_curriculum_that_all_parties_confirmed(system):
    world = make_programme(system)
    assert [str(one) for one in queries.faults(world.programme)] == ["There is no curriculum yet."]
    draft = draft_curriculum(world)
    assert "not confirmed by all parties" in str(queries.faults(world.programme)[0])
    workflow.perform(CURRICULUM, draft, "propose", actor=actor_of(world.coordinator))
    workflow.perform(CURRICULUM, draft, "confirm", actor=actor_of(world.coordinator))
    assert queries.faults(world.programme)
    (item,) = waiting.items_for(actor_of(world.partner))
    assert item.kind == "confirm_curriculum"
    workflow.perform(CURRICULUM, queries.curriculum_by_id(draft.id), "confirm", actor=actor_of(world.partner))
    assert queries.faults(world.programme) == []
    assert not waiting.items_for(actor_of(world.partner))
    assert {one.signed_name for one in queries.confirmed_curriculum(world.programme.id).parties} == {"Wu Lan", "Malee"}


def test_a_draft_says_everything_that_is_missing(system):
    world = make_programme(system)
    draft = service.new_version(actor_of(world.coordinator), world.programme)
    with pytest.raises(Refused):
        workflow.perform(CURRICULUM, draft, "propose", actor=actor_of(world.coordinator))
    from lms.programmes.tally import content_faults

    told = " ".join(str(one) for one in content_faults(queries.curriculum_by_id(draft.id)))
    for reason in ("has not chosen its grade scale", "has no module yet", "fewer credits than the degree requires"):
        assert reason in told


def test_each_university_keeps_its_own_side(system):
    world = make_programme(system)
    draft = draft_curriculum(world)
    here, there = actor_of(world.coordinator), actor_of(world.partner)
    other = draft.parties[1]
    with pytest.raises(NotPermitted):
        service.change_terms(here, draft, other, terms(), version=None)
    with pytest.raises(NotPermitted):
        service.save_module(there, draft, None, module(world, code="X1"), version=None)
    mine = next(one for one in draft.modules if one.code == "PH501")
    with pytest.raises(NotPermitted):
        service.save_module(there, draft, mine, module(world, institution_id=world.there.id), version=None)
    with pytest.raises(NotPermitted):
        service.remove_module(there, draft, mine, version=None)
    with pytest.raises(NotPermitted):
        service.change_frame(there, draft, credit_system="ects", credits_required=Decimal(1), semesters=4,
                             double_limit=Decimal(0), scale="", version=None)  # fmt: skip


def test_a_confirmed_version_is_never_changed_and_a_new_one_replaces_it_whole(system):
    world = make_world(system)
    held = queries.confirmed_curriculum(world.programme.id)
    here = actor_of(world.coordinator)
    with pytest.raises(Conflict):
        service.save_module(here, held, None, module(world, code="NEW"), version=None)
    draft = service.new_version(here, world.programme)
    with pytest.raises(Conflict):
        service.new_version(here, world.programme)
    fresh = queries.curriculum_by_id(draft.id)
    assert {one.code for one in fresh.modules} == {one.code for one in held.modules}
    assert {one.id for one in fresh.modules}.isdisjoint({one.id for one in held.modules})
    confirm_curriculum(world, fresh)
    assert (queries.curriculum_by_id(held.id).state, queries.confirmed_curriculum(world.programme.id).number) == (
        "replaced",
        2,
    )


def test_sending_back_forgets_every_word_given(system):
    world = make_programme(system)
    draft = draft_curriculum(world)
    workflow.perform(CURRICULUM, draft, "propose", actor=actor_of(world.coordinator))
    workflow.perform(CURRICULUM, draft, "confirm", actor=actor_of(world.coordinator))
    workflow.perform(CURRICULUM, draft, "send_back", actor=actor_of(world.partner), reason="Field work is missing")
    fresh = queries.curriculum_by_id(draft.id)
    assert fresh.state == "draft"
    assert all(one.confirmed_at is None for one in fresh.parties)


def test_credits_are_converted_by_the_agreed_factor_with_its_source(system):
    world = make_world(system)
    curriculum = queries.confirmed_curriculum(world.programme.id)
    thai = next(one for one in curriculum.modules if one.code == "TH1")
    result = converted(curriculum, thai)
    assert (result.original, result.source_system, result.value, result.target_system) == (6, "th", 10, "ects")
    assert (str(result.factor), result.source) == ("5/3", "agreed in annex 2")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"factor": "0"}, "factor"),
        ({"factor": "two"}, "factor"),
        ({"factor": "1/0"}, "factor"),
        ({"factor": "1e999999999"}, "factor"),
        ({"credit_system": "moon"}, "credit_system"),
        ({"scale": "moon"}, "scale"),
        ({"method": "rank"}, "method"),
        ({"method": "table"}, "pairs"),
        ({"method": "table", "pairs": [("101", "90")]}, "pairs"),
    ],
)
def test_terms_that_cannot_be_are_refused_beside_their_field(system, changes, field):
    world = make_programme(system)
    draft = draft_curriculum(world)
    with pytest.raises(Invalid) as refusal:
        service.change_terms(actor_of(world.coordinator), draft, draft.parties[0], terms(**changes), version=None)
    assert refusal.value.field == field


def test_a_code_stands_for_one_module_and_equivalents_are_at_another_university(system):
    world = make_programme(system)
    draft = draft_curriculum(world)
    here = actor_of(world.coordinator)
    own = next(one for one in draft.modules if one.code == "PH501")
    for changes, field in (
        ({"code": "PH501"}, "code"),
        ({"code": "N1", "stands_for": own.ref}, "stands_for"),
        ({"code": "N1", "semester": 5}, "semester"),
        ({"code": "N1", "examiner": "nobody@example.test"}, "examiner"),
    ):
        with pytest.raises(Invalid) as refusal:
            service.save_module(here, queries.curriculum_by_id(draft.id), None, module(world, **changes), version=None)
        assert refusal.value.field == field


def test_an_examiner_works_at_the_university_of_the_module(system):
    world = make_programme(system)
    draft = draft_curriculum(world)
    own = next(one for one in draft.modules if one.code == "PH501")
    staff = make_person(system, institution=world.here, affiliation="staff", email="examiner@example.test")
    make_person(system, institution=world.there, affiliation="staff", email="elsewhere@example.test")
    here = actor_of(world.coordinator)
    saved = service.save_module(here, draft, own, module(world, examiner="examiner@example.test"), version=None)
    assert saved.examiner_id == staff.id
    with pytest.raises(Invalid, match="Nobody who works"):
        service.save_module(here, draft, own, module(world, examiner="elsewhere@example.test"), version=None)


def test_an_institution_keeps_dated_versions_of_its_own_scale(system):
    world = make_programme(system)
    here = actor_of(world.coordinator)
    definition = {
        "code": "own", "name_en": "Our scale", "source": "Senate", "kind": "numbers",
        "best": "20", "worst": "0", "pass": "10", "step": "0.5",
    }  # fmt: skip
    first = service.add_scale(here, world.here, valid_from=system.now.date(), definition=definition)
    with pytest.raises(Invalid):
        service.add_scale(here, world.here, valid_from=system.now.date(), definition=definition)
    with pytest.raises(NotPermitted):
        service.add_scale(here, world.there, valid_from=system.now.date(), definition=definition)
    draft = draft_curriculum(world)
    kept = service.change_terms(here, draft, draft.parties[0], terms(scale=str(first.id)), version=None)
    assert kept.scale_id == first.id
    with pytest.raises(Invalid):
        service.change_terms(actor_of(world.partner), draft, draft.parties[1], terms(scale=str(first.id)), version=None)
