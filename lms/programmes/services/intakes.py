"""Preparing intakes, nominating students for them, and what becomes of free seats and the waiting list."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from lms.accounts.queries import person_by_email
from lms.applications.queries.calls import current_rules
from lms.applications.rules import not_open_reason
from lms.applications.services.editing import begin_edit
from lms.core import audit, waiting, workflow
from lms.core.actor import Actor, system_actor
from lms.core.db import db
from lms.core.errors import Conflict, Invalid, Refused
from lms.core.events import Event, subscribe
from lms.core.i18n import lazy_gettext as _l
from lms.core.ids import new_ref
from lms.institutions.queries import affiliation_at
from lms.notifications.services import notify
from lms.programmes import messages
from lms.programmes.flow import ADMISSION, INTAKE
from lms.programmes.flow.intake import schedule_close
from lms.programmes.flow.offer_steps import offer_free_seats
from lms.programmes.models import Admission, Application, Call, EligibilityRules, Intake, Programme
from lms.programmes.queries import admission as queries
from lms.programmes.queries.programmes import intakes_of, programme_by_id

Rules = Sequence[dict[str, Any]]


def draft_intake(
    actor: Actor, programme: Programme, *, seats: int, starts_on: date, rules: Rules, **columns: Any
) -> Intake:
    """An intake in preparation. Raises Invalid for dates that do not hold together."""
    _check_dates(actor, starts_on, columns)
    call = Call(
        ref=new_ref(),
        kind=queries.KIND,
        criteria=[],
        created_by_id=actor.person_id,
        created_at=actor.now,
        **columns,
    )
    workflow.start(INTAKE, call, actor=actor)
    intake = Intake(call_id=call.id, programme_id=programme.id, seats=seats, starts_on=starts_on)
    db.session.add(intake)
    _keep_rules(actor, call, rules)
    return queries.intake_of_call(call.id)


def edit_intake(
    actor: Actor, intake: Intake, *, version: int | None, seats: int, starts_on: date, rules: Rules, **columns: Any
) -> None:
    """Change dates, seats, documents and rules. An open intake keeps its documents, and no fewer seats than are taken.

    Raises Conflict once it is closed, Invalid beside the field that does not hold, Stale for an old page.
    """
    call = intake.call
    begin_edit(call, version)
    if call.state not in ("draft", "published"):
        raise Conflict(_l("This intake can no longer be changed."))
    _check_dates(actor, starts_on, columns)
    queries.lock_intake(intake.id)
    if call.state == "published":
        if columns["document_kinds"] != call.document_kinds:
            raise Invalid(_l("People apply already: the documents stay as they are."), "document_kinds")
        if seats > queries.terms(intake).seats:
            raise Invalid(_l("The agreement allows fewer seats."), "seats")
        if seats < sum(queries.seats_taken(intake).values()):
            raise Invalid(_l("More seats are offered or taken already."), "seats")
    intake.seats, intake.starts_on = seats, starts_on
    for name, value in columns.items():
        setattr(call, name, value)
    _keep_rules(actor, call, rules)
    audit.record(actor, "intake.edited", subject=("intake", call.id), detail={"fields": sorted(columns)})
    if call.state == "published":
        schedule_close(actor, call)
        offer_free_seats(actor, intake.id)


def nominate(actor: Actor, intake: Intake, *, institution_id: int, email: str, note: str) -> Application:
    """Start an application for one of the people of a university that the actor coordinates.

    The student completes it, consents and submits; a party's nominee enters through that party. Raises Invalid for
    anybody who does not belong there (whether or not they have an account), Refused when the intake is not open
    or the student has an application already.
    """
    call = intake.call
    if institution_id not in actor.scopes_of("coordinator", "institution"):
        raise Invalid(_l("Choose a university that you coordinate."), "institution_id")
    if reason := not_open_reason(call, actor.now):
        raise Refused([reason])
    person = person_by_email(email)
    home = affiliation_at(person.id, institution_id) if person else None
    if person is None or home is None or home.state == "declined":
        raise Invalid(
            _l("Nobody with this address belongs to your university. Ask them to register and to join it."),
            "email",
        )
    if person.id == actor.person_id:
        raise Invalid(_l("Ask a colleague to nominate you."), "email")
    if queries.live_application(person.id, call) is not None:
        raise Refused([_l("This student has an application to this intake already.")])
    application = start_for(
        actor,
        intake,
        person_id=person.id,
        home_institution_id=person.home_institution_id,
        nominating_id=institution_id,
        nominated_by_id=actor.person_id,
        nominated_at=actor.now,
        nomination_note=note,
    )
    values = {
        "programme_en": intake.programme.title_en,
        "programme_zh": intake.programme.title_zh,
        "closes_at": call.closes_at.isoformat(),
        "path": f"/programmes/applications/{application.ref}",
    }
    notify(actor, person_id=person.id, message=messages.NOMINATED, values=values)
    return application


def start_for(
    actor: Actor,
    intake: Intake,
    *,
    person_id: int,
    home_institution_id: int | None,
    facts: dict[str, Any] | None = None,
    **nomination: Any,
) -> Application:
    """A draft for a person, which they finish until the intake closes."""
    application = Application(
        ref=new_ref(),
        call_id=intake.call_id,
        person_id=person_id,
        home_institution_id=home_institution_id,
        facts=facts or {},
        created_at=actor.now,
    )
    workflow.start(ADMISSION, application, actor=actor)
    party_id = nomination.get("nominating_id") or home_institution_id
    is_party = party_id in queries.terms(intake).limits
    admission = Admission(
        application_id=application.id, intake_id=intake.id, party_id=party_id if is_party else None, **nomination
    )
    db.session.add(admission)
    waiting.open_item(
        actor,
        messages.FINISH_ADMISSION,
        to=person_id,
        subject=("application", application.id),
        about=[intake.programme],
        url_values={"ref": application.ref},
        due_at=intake.call.closes_at,
    )
    return queries.application_by_id(application.id)


def close_waiting_list(actor: Actor, intake: Intake, *, reason: str) -> int:
    """Tell everybody who still waits that no seat will come free; how many.

    Raises Invalid without a reason, Refused while offers are open or the intake still takes applications.
    """
    if not reason:
        raise Invalid(_l("Say why; everybody on the list reads it."), "reason")
    queries.lock_intake(intake.id)
    counts = queries.count_by_state(intake)
    if counts.get("offered"):
        raise Refused([_l("Offers are still unanswered, so that a seat may come free. Wait for the answers.")])
    if intake.call.state != "closed":
        raise Refused([_l("Close the intake for applications first.")])
    platform = system_actor(actor.now)
    in_line = queries.waiting_in_line(intake)
    for admission in in_line:
        workflow.perform(ADMISSION, admission.application, "close_list", actor=platform, reason=reason)
    audit.record(actor, "intake.list_closed", subject=("intake", intake.call_id), detail={"people": len(in_line)})
    return len(in_line)


@subscribe("agreement_confirmed")
@subscribe("approval_stated")
def _admit_again(event: Event) -> None:
    """What held an intake up may be gone: offer what is free to those in line."""
    programme = programme_by_id(event.subject.programme_id)
    for intake in intakes_of(programme, states=("published", "closed")):
        offer_free_seats(event.actor, intake.id)


def _keep_rules(actor: Actor, call: Call, rules: Rules) -> None:
    """A new version of the rules, if they changed."""
    last = current_rules(call)
    if last is not None and list(last.rules) == list(rules):
        return
    number = last.number + 1 if last else 1
    made = EligibilityRules(
        call_id=call.id, number=number, rules=list(rules), made_at=actor.now, made_by_id=actor.person_id
    )
    db.session.add(made)
    db.session.flush()


def _check_dates(actor: Actor, starts_on: date, columns: dict[str, Any]) -> None:
    if columns["closes_at"] <= columns["opens_at"]:
        raise Invalid(_l("The intake must close after it opens."), "closes_local")
    if columns["closes_at"] <= actor.now:
        raise Invalid(_l("The closing date lies in the past."), "closes_local")
    if starts_on <= columns["closes_at"].date():
        raise Invalid(_l("Studies begin after the intake has closed."), "starts_on")
