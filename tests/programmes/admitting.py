"""Agreements, intakes and applications for tests, each where it is by what people did."""

import io
from datetime import timedelta
from typing import Any

from lms.accounts.models import Person
from lms.applications.eligibility import Facts
from lms.applications.services import applying as shared
from lms.core import clock, storage, workflow
from lms.core.actor import Actor, system_actor
from lms.core.db import db
from lms.core.outbox import KeptMail, relay
from lms.institutions.models import Institution
from lms.programmes.flow import ADMISSION, AGREEMENT, AGREEMENT_PARTY, INTAKE, PROGRAMME
from lms.programmes.models import Agreement, Application, Intake, NationalApproval, PartyDecision
from lms.programmes.queries import admission as queries
from lms.programmes.queries import agreements as agreement_queries
from lms.programmes.queries.applying import recipients_of
from lms.programmes.queries.programmes import programme_by_id
from lms.programmes.services import agreements, applying, deciding, intakes, programmes
from lms.programmes.services.deciding import Asked
from tests.factories import actor_of, make_institution, make_person
from tests.programmes.studying import World, confirm_curriculum, draft_curriculum

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
CENTER = "ASEAN-China Public Health Science and Technology Cooperation Center"
FACTS = Facts(nationality="TH", degree="bachelor", languages={"en": "fluent"})


def begin(system: Actor) -> World:
    """Two universities with their coordinators, and a programme that is being prepared."""
    here = make_institution(system, country="CN", name_zh="样例大学", name="Sample University")
    there = make_institution(system, country="TH", name="Partner University")
    coordinator = make_person(system, name="Wu Lan", institution=here, affiliation="coordinator")
    partner = make_person(system, name="Malee", institution=there, affiliation="coordinator")
    programme = programmes.make_programme(
        actor_of(coordinator),
        coordinating_id=here.id,
        title_en="Master of Global Health",
        title_zh="全球卫生硕士",
        summary_en="Two years at two universities.",
        summary_zh="在两所大学学习两年。",
        level="master",
        field="global_health",
        languages=["en"],
        months=24,
    )
    return World(system, here, there, coordinator, partner, programme)


def rows(world: World, **seats: int | None) -> list[dict[str, Any]]:
    """The parties of an agreement; `here` and `there` are the seats of each."""
    degree = {"degree_en": "Master of Public Health", "degree_zh": "公共卫生硕士"}
    return [
        {"institution_id": world.here.id, "seats": seats.get("here"), **degree},
        {"institution_id": world.there.id, "seats": seats.get("there"), **degree},
    ]


def draft(world: World, *, here: int | None = None, there: int | None = None, **terms: Any) -> Agreement:
    """A version of the agreement, in draft."""
    today = world.system.now.date()
    columns: dict[str, Any] = {
        "award": "double", "valid_from": today, "valid_to": today + timedelta(days=900), "seats": 10, "fees": "",
    }  # fmt: skip
    return agreements.draft_agreement(
        actor_of(world.coordinator), world.programme, parties=rows(world, here=here, there=there), **(columns | terms)
    )


def propose(world: World, agreement: Agreement) -> Agreement:
    """Send it to the parties."""
    workflow.perform(AGREEMENT, agreement, "propose", actor=actor_of(world.coordinator))
    return agreement_queries.agreement_by_id(agreement.id)


def sign(agreement: Agreement, person: Person) -> None:
    """Confirm the side of the university that somebody coordinates."""
    side = next(one for one in agreement.parties if one.institution_id == person.home_institution_id)
    workflow.perform(AGREEMENT_PARTY, side, "confirm", actor=actor_of(person), signature=person.name)


def agree(world: World, **terms: Any) -> Agreement:
    """An agreement that all parties confirmed."""
    agreement = propose(world, draft(world, **terms))
    for person in (world.coordinator, world.partner):
        sign(agreement, person)
    return agreement_queries.agreement_by_id(agreement.id)


def approval_of(world: World, institution: Institution) -> NationalApproval:
    """A party's national approval."""
    found = agreement_queries.approvals_of(world.programme.id)
    return next(one for one in found if one.institution_id == institution.id)


def approve(world: World) -> None:
    """One state has granted it, the other needs none."""
    until = clock.now().date() + timedelta(days=700)
    agreements.state_approval(
        actor_of(world.partner), approval_of(world, world.there), "say_granted", version=None,
        authority="Ministry of Higher Education", number="17/2026", valid_until=until,
    )  # fmt: skip
    agreements.state_approval(
        actor_of(world.coordinator), approval_of(world, world.here), "say_not_needed", version=None, note="Rule 4."
    )


def draft_intake(world: World, **changes: Any) -> Intake:
    """An intake that is prepared."""
    now = clock.now()
    values: dict[str, Any] = {
        "title_en": "Autumn intake", "title_zh": "秋季招生", "zone": "Asia/Shanghai",
        "opens_at": now - timedelta(minutes=1), "closes_at": now + timedelta(days=30),
        "starts_on": (now + timedelta(days=200)).date(), "seats": 5, "answer_days": 14, "document_kinds": ["cv"],
        "rules": [{"kind": "degree_or_experience", "degree": "bachelor"},
                  {"kind": "language", "any_of": ["en"], "level": "working"}],
    }  # fmt: skip
    return intakes.draft_intake(actor_of(world.coordinator), programme_by_id(world.programme.id), **(values | changes))


def open_intake(world: World, **changes: Any) -> Intake:
    """An intake that takes applications."""
    intake = draft_intake(world, **changes)
    workflow.perform(INTAKE, intake.call, "publish", actor=actor_of(world.coordinator))
    return fresh(intake)


def make_open(
    system: Actor, *, here: int | None = None, there: int | None = None, seats: int = 5, **terms: Any
) -> World:
    """Everything that an intake needs, and the intake as `world.intake`."""
    world = begin(system)
    agree(world, here=here, there=there, **terms)
    approve(world)
    confirm_curriculum(world, draft_curriculum(world))
    workflow.perform(PROGRAMME, world.programme, "publish", actor=actor_of(world.coordinator))
    open_intake(world, seats=seats)
    return world


def the_intake(world: World) -> Intake:
    """The intake of the programme."""
    from lms.programmes.queries.programmes import intakes_of

    return queries.intake_of_call(intakes_of(world.programme)[0].call_id)


def fresh(intake: Intake) -> Intake:
    """The intake as it stands now."""
    db.session.expire_all()
    return queries.intake_of_call(intake.call_id)


def staged(name: str = "cv.pdf") -> storage.StagedFile:
    """A stored PDF."""
    return storage.stage(io.BytesIO(PDF), name, kinds=frozenset({"pdf"}))


def fill_in(person: Person, application: Application, *, party: Institution | None = None) -> Application:
    """Complete a draft."""
    actor = actor_of(person)
    shared.save_facts(actor, application, version=None, facts=FACTS)
    if party is not None:
        admission = queries.admission_of(application.id)
        applying.save_university(actor, application, admission, version=None, party_id=party.id)
    shared.save_statement(actor, application, version=None, statement="I want to work across the border.")
    for kind in application.call.document_kinds:
        shared.add_document(actor, application, version=None, kind=kind, staged=staged(f"{kind}.pdf"))
    return queries.own_application(actor, application.ref)


def submit(person: Person, application: Application) -> Application:
    """Submit with all consents."""
    needed = recipients_of(application, queries.admission_of(application.id), center=CENTER)
    applying.submit(actor_of(person), application, version=None, needed=needed, given=needed)
    return queries.own_application(actor_of(person), application.ref)


def apply(world: World, *, name: str = "Somsri", party: Institution | None = None) -> Application:
    """A submitted application of a new student, who enters through the partner unless said otherwise."""
    person = make_person(world.system, name=name, institution=world.there, nationality="TH")
    application = applying.start_application(actor_of(person), the_intake(world))
    return submit(person, fill_in(person, application, party=party or world.there))


def person_of(application: Application) -> Person:
    """The applicant."""
    return db.session.get_one(Person, application.person_id)


def decision_at(application: Application, person: Person) -> PartyDecision:
    """What the university of a coordinator decides about an application."""
    found = queries.decisions_of(application.id)
    ref = next(one.ref for one in found if one.institution_id == person.home_institution_id)
    return queries.decision_of_my_office(actor_of(person), ref)


def admit(application: Application, *people: Person, condition: str = "") -> Application:
    """Admitted by the universities of these coordinators, by the first of them perhaps under a condition."""
    for number, person in enumerate(people):
        due_at = clock.now() + timedelta(days=60)
        asked = [Asked(condition, due_at)] if condition and number == 0 else []
        deciding.admit(actor_of(person), decision_at(application, person), version=None, conditions=asked)
    return again(application)


def refuse(application: Application, person: Person, reason: str) -> Application:
    """Refused by one university."""
    deciding.perform(actor_of(person), decision_at(application, person), "refuse", version=None, reason=reason)
    return again(application)


def answer(application: Application, name: str) -> Application:
    """Accept or decline as the applicant."""
    actor = actor_of(person_of(application))
    workflow.perform(ADMISSION, queries.own_application(actor, application.ref), name, actor=actor)
    return again(application)


def again(application: Application) -> Application:
    """The application as it stands now."""
    db.session.expire_all()
    return queries.application_by_id(application.id)


def later(**by: float) -> Actor:
    """Move the clock, let the relay do what is due, and be the platform then."""
    clock.move(timedelta(**by))
    db.session.commit()
    relay.run_until_idle()
    db.session.expire_all()
    return system_actor(clock.now())


def mails(subject_part: str) -> list[KeptMail]:
    """The kept mails whose subject holds these words, after the relay has run."""
    db.session.commit()
    relay.run_until_idle()
    return [mail for mail in db.session.query(KeptMail).order_by(KeptMail.id) if subject_part in mail.subject]
