"""Asking for the home side's word, by one of three routes, and everything that may become of it."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from lms.accounts.consents import SUBMISSION, Consenting
from lms.accounts.queries import digest, office_member_ids
from lms.accounts.rules import normal_email
from lms.accounts.services.consents import give_consent
from lms.applications import messages
from lms.applications.flow import ENDORSEMENT
from lms.applications.flow.endorsement_effects import open_for, remind, schedule, values_of
from lms.applications.models import Application, Endorsement
from lms.applications.queries.endorsements import (
    endorsements_of,
    endorsing_body,
    links_asked_by,
    live_endorsement,
    loaded_endorsement,
)
from lms.applications.rules import WAITS_FOR_HOME, end_of_day, wish_problem
from lms.applications.services.editing import begin_edit
from lms.core import audit, outbox, storage, waiting, workflow
from lms.core.actor import Actor, system_actor
from lms.core.errors import Conflict, Invalid
from lms.core.i18n import lazy_gettext as _l
from lms.core.ids import new_code, new_ref, new_token
from lms.core.outbox import MailMessage
from lms.core.waiting import Office
from lms.notifications.services import notify_office

_DAY = timedelta(days=1)
# Each goes to an address that the applicant names, so that many would be a way to flood somebody.
_LINKS_A_DAY = 5


def request_endorsement(actor: Actor, application: Application, *, days: int, zone: str) -> Endorsement:
    """Ask for the endorsement that the application wishes for, to be answered within `days`.

    Raises Invalid when the wish is incomplete, when nobody coordinates the named institution here, or when the
    applicant has asked for many links today.
    """
    wish = application.endorsement_wish
    if problem := wish_problem(wish):
        raise Invalid(problem, "route")
    check_office(actor, wish)
    if wish["route"] == "link" and links_asked_by(application.person_id, actor.now - _DAY) >= _LINKS_A_DAY:
        raise Invalid(_l("You have asked for several links today. Wait a day, or choose another way."), "route")
    token = new_token() if wish["route"] == "link" else None
    endorsement = Endorsement(
        ref=new_ref(),
        application_id=application.id,
        route=wish["route"],
        institution_id=wish.get("institution_id") if wish["route"] == "platform" else None,
        endorser_name=wish.get("name", ""),
        endorser_email=wish.get("email", ""),
        endorser_office=wish.get("office", ""),
        language=wish.get("language", "en"),
        token_digest=digest(token) if token else None,
        code=new_code(),
        requested_at=actor.now,
        due_at=end_of_day(actor.now, days, zone),
    )
    workflow.start(ENDORSEMENT, endorsement, actor=actor)
    loaded = loaded_endorsement(endorsement.id)
    open_for(actor, loaded, token)
    _tell_endorser(actor, loaded, token)
    return loaded


def check_wish(actor: Actor, application: Application, wish: Mapping[str, Any]) -> None:
    """Raise Invalid for an incomplete wish, one's own address, or an office in which nobody else sits."""
    if problem := wish_problem(wish):
        raise Invalid(problem, "route")
    if normal_email(wish.get("email", "")) == normal_email(application.person.email):
        raise Invalid(_l("You cannot endorse yourself. Name somebody of the office."), "email")
    check_office(actor, wish)


def check_office(actor: Actor, wish: Mapping[str, Any]) -> None:
    """Raise Invalid when an endorsement on the platform would reach nobody."""
    if wish.get("route") != "platform":
        return
    institution_id = wish["institution_id"]
    assert isinstance(institution_id, int)
    members = office_member_ids(Office("coordinator", "institution", institution_id), actor.now)
    if not [member for member in members if member != actor.person_id]:
        raise Invalid(
            _l("Nobody coordinates this institution on the platform yet. Choose the signed link or the printed sheet."),
            "route",
        )


def ask_another_way(actor: Actor, application: Application, *, wish: Mapping[str, Any]) -> Endorsement:
    """Cancel what still waits and ask by another route, with the applicant's consent to who is asked.

    Raises Conflict once an endorsement was given or the application waits for none, Invalid for an incomplete
    wish or one's own address.
    """
    if application.state not in WAITS_FOR_HOME:
        raise Conflict(_l("Your application needs no endorsement any more. Look at where it stands now."))
    current = live_endorsement(application)
    if current is None and any(one.state == "given" for one in endorsements_of(application)):
        raise Conflict(_l("Your application is endorsed already."))
    check_wish(actor, application, wish)
    if current is not None:
        workflow.perform(ENDORSEMENT, current, "cancel", actor=actor)
    application.endorsement_wish = dict(wish)
    body, country = endorsing_body(application, wish, actor.language)
    consenting = Consenting(SUBMISSION.name, body, country, actor.language, f"application:{application.ref}")
    give_consent(actor, person_id=application.person_id, consenting=consenting)
    for old in endorsements_of(application):
        _close_ask_again(actor, old)
    call = application.call
    audit.record(actor, "endorsement.route_changed", subject=("application", application.id))
    return request_endorsement(actor, application, days=call.endorsement_days, zone=call.zone)


def cancel_live(actor: Actor, application: Application) -> None:
    """Take back what still waits, because the application was withdrawn."""
    if current := live_endorsement(application):
        workflow.perform(ENDORSEMENT, current, "cancel", actor=system_actor(actor.now))
    for old in endorsements_of(application):
        _close_ask_again(actor, old)


def upload_sheet(actor: Actor, endorsement: Endorsement, *, staged: storage.StagedFile, version: int | None) -> None:
    """Hand in the photographed or scanned sheet, for the secretariat to check."""
    file = storage.attach(
        staged, owner_id=actor.person_id, purpose="endorsement.sheet", is_personal=True, now=actor.now
    )
    workflow.perform(ENDORSEMENT, endorsement, "upload", actor=actor, version=version, file_id=file.id)


def decide(actor: Actor, endorsement: Endorsement, *, gives: bool, reason: str = "", version: int | None) -> None:
    """Give or refuse the endorsement, as its office or as the holder of its link.

    Raises Invalid for a refusal without a reason, Conflict when it was decided, cancelled or has expired.
    """
    if gives:
        workflow.perform(ENDORSEMENT, endorsement, "give", actor=actor, version=version)
        return
    if not reason.strip():
        raise Invalid(_l("Say why, so that the applicant knows what to do."), "reason")
    workflow.perform(ENDORSEMENT, endorsement, "refuse", actor=actor, version=version, reason=reason)


def check_sheet(
    actor: Actor, endorsement: Endorsement, *, transition: str, reason: str = "", version: int | None
) -> None:
    """Keep what the sheet says after comparing it: `accept_sheet`, `record_refusal`, or ask anew by `refuse_sheet`.

    Raises Invalid for one of the last two without a reason.
    """
    if transition == "accept_sheet":
        workflow.perform(ENDORSEMENT, endorsement, transition, actor=actor, version=version)
        return
    if not reason.strip():
        raise Invalid(_l("Say why, so that the applicant knows what to do."), "reason")
    workflow.perform(ENDORSEMENT, endorsement, transition, actor=actor, version=version, reason=reason)


def remind_if_due(actor: Actor, *, endorsement_id: int, due_at: str, token: str | None) -> None:
    """Remind of an endorsement that still waits for the due time, and by the link, that the reminder was set for."""
    endorsement = loaded_endorsement(endorsement_id)
    if endorsement.state != "requested" or endorsement.due_at.isoformat() != due_at:
        return
    if endorsement.route != "link":
        remind(actor, endorsement)
    elif token is not None and digest(token) == endorsement.token_digest:
        _send_link(actor, endorsement, "endorsement_link_reminder", token)


def send_link_again(actor: Actor, endorsement: Endorsement) -> None:
    """Send the endorser a new link, for mail that was lost. The link before stops working.

    Raises Conflict when no link is being waited for, Invalid when the last one is less than a day old.
    """
    begin_edit(endorsement, None)
    if endorsement.route != "link" or endorsement.state != "requested":
        raise Conflict(_l("Nobody is waiting for this link any more. Open the page anew."))
    if endorsement.link_sent_at is not None and actor.now - endorsement.link_sent_at < _DAY:
        raise Invalid(_l("The last mail went out less than a day ago. Please wait a day before sending another."))
    token = new_token()
    endorsement.token_digest = digest(token)
    schedule(actor, endorsement, token)
    _send_link(actor, endorsement, "endorsement_link_reminder", token)
    audit.record(actor, "endorsement.link_renewed", subject=("endorsement", endorsement.id))


def _tell_endorser(actor: Actor, endorsement: Endorsement, token: str | None) -> None:
    if endorsement.route == "platform":
        office = Office("coordinator", "institution", endorsement.institution_id)
        values = {**values_of(endorsement), "path": f"/endorsements/{endorsement.ref}"}
        notify_office(actor, office=office, message=messages.ENDORSEMENT_ASKED, values=values)
    elif token is not None:
        _send_link(actor, endorsement, "endorsement_link", token)


def _send_link(actor: Actor, endorsement: Endorsement, template: str, token: str) -> None:
    values = {
        **values_of(endorsement),
        "endorser": endorsement.endorser_name,
        "office": endorsement.endorser_office,
        "path": f"/endorsements/link/{token}",
    }
    message = MailMessage(endorsement.endorser_email, template, endorsement.language, values)
    outbox.send_mail(actor, message)
    endorsement.link_sent_at = actor.now


def _close_ask_again(actor: Actor, endorsement: Endorsement) -> None:
    waiting.close_items(actor, subject=("endorsement", endorsement.id), kind=messages.ASK_AGAIN)
