"""What must hold before an agreement moves on, and what follows when it did."""

from datetime import date, datetime, time, timedelta

from lms.accounts.queries import office_member_ids
from lms.core import outbox, waiting
from lms.core.actor import system_actor
from lms.core.clock import CENTER_ZONE, deadline_in_zone
from lms.core.db import db
from lms.core.i18n import Text, lazy_names
from lms.core.i18n import lazy_gettext as _l
from lms.core.waiting import Office
from lms.core.workflow import Context, machine_named, perform
from lms.notifications.messages import Message
from lms.notifications.services import notify_office
from lms.programmes import messages
from lms.programmes.models import Agreement, AgreementParty
from lms.programmes.queries import agreements as queries
from lms.programmes.rules import RENEW_DAYS

# --- guards -----------------------------------------------------------------------------------------


def ends_later(context: Context) -> Text | None:
    """An agreement that is over binds nobody."""
    if context.subject.valid_to > queries.today(context.actor.now):
        return None
    return _l("The validity has ended. Change its last day first.")


def parties_can_answer(context: Context) -> Text | None:
    """Every party has somebody who can confirm its side."""
    lacking = [
        party.institution
        for party in context.subject.parties
        if not office_member_ids(office_of(party.institution_id), context.actor.now)
    ]
    if not lacking:
        return None
    return _l(
        "Nobody coordinates these universities on the platform yet: %(universities)s. Invite a coordinator first.",
        universities=lazy_names(lacking, "name"),
    )


def only_one_proposed(context: Context) -> Text | None:
    """Parties decide on one version at a time."""
    agreement: Agreement = context.subject
    others = [one for one in queries.versions_of(agreement.programme_id) if one.state == "proposed"]
    return _l("An earlier version still waits for the parties. Withdraw it first.") if others else None


def all_confirmed(context: Context) -> Text | None:
    """An agreement binds when every party has confirmed its side."""
    if set(queries.answers_to(context.subject)) == {"confirmed"}:
        return None
    return _l("Not every party has confirmed its side.")


def is_signed(context: Context) -> Text | None:
    """A name stands for the signature."""
    if "signature" not in context.inputs or str(context.inputs["signature"]).strip():
        return None
    return _l("Write your full name.")


def ends_soon(context: Context) -> Text | None:
    """The clock may ring for a version that was renewed meanwhile."""
    if context.subject.valid_to - timedelta(days=RENEW_DAYS) <= queries.today(context.actor.now):
        return None
    return _l("The end is still far away.")


def is_over(context: Context) -> Text | None:
    """It ends with its last day."""
    if context.subject.valid_to < queries.today(context.actor.now):
        return None
    return _l("The last day has not passed.")


# --- stamps -----------------------------------------------------------------------------------------


def stamp_confirmed(context: Context) -> None:
    """When the last party confirmed."""
    context.subject.confirmed_at = context.actor.now


def stamp_reason(context: Context) -> None:
    """Why it ended."""
    context.subject.ended_reason = str(context.inputs["reason"])


def stamp_signature(context: Context) -> None:
    """Name and time are the signature."""
    side: AgreementParty = context.subject
    side.signed_name = str(context.inputs["signature"]).strip()
    side.decided_at, side.decided_by_id = context.actor.now, context.actor.person_id


def stamp_refusal(context: Context) -> None:
    """Who refused, when and why."""
    side: AgreementParty = context.subject
    side.reason = str(context.inputs["reason"])
    side.decided_at, side.decided_by_id = context.actor.now, context.actor.person_id


# --- what follows -----------------------------------------------------------------------------------


def ask_parties(context: Context) -> None:
    """Every party confirms or refuses its own side."""
    platform = system_actor(context.actor.now)
    for party in context.subject.parties:
        perform(machine_named("agreement_party"), party, "ask", actor=platform)


def ask_party(context: Context) -> None:
    """It waits for the coordinators of one party."""
    side: AgreementParty = context.subject
    agreement = queries.agreement_by_id(side.agreement_id)
    office = office_of(side.institution_id)
    waiting.open_item(
        context.actor,
        messages.SIGN_AGREEMENT,
        to=office,
        subject=("agreement_party", side.id),
        about=[agreement.programme],
        url_values={"ref": agreement.ref},
    )
    notify_office(context.actor, office=office, message=messages.AGREEMENT_ASKED, values=_values(agreement))


def close_side(context: Context) -> None:
    """This party has answered, or need not any more."""
    waiting.close_items(context.actor, subject=("agreement_party", context.subject.id))


def conclude_if_all(context: Context) -> None:
    """The last confirmation concludes the agreement, and the version before gives way: one holds at any time.

    The row is locked, so that two confirmations at once conclude it once.
    """
    agreement = _locked(context.subject.agreement_id)
    if set(queries.answers_to(agreement)) != {"confirmed"}:
        return
    machine, platform = machine_named("agreement"), system_actor(context.actor.now)
    if (earlier := queries.confirmed_agreement(agreement.programme_id)) is not None:
        perform(machine, earlier, "supersede", actor=platform)
    perform(machine, agreement, "conclude", actor=platform)


def refuse_whole(context: Context) -> None:
    """An agreement that one party refuses is not concluded."""
    perform(
        machine_named("agreement"),
        _locked(context.subject.agreement_id),
        "refuse",
        actor=system_actor(context.actor.now),
        reason=context.subject.reason,
    )


def ask_nobody(context: Context) -> None:
    """Nobody needs to answer any more, nor to renew."""
    platform = system_actor(context.actor.now)
    waiting.close_items(context.actor, subject=("agreement", context.subject.id))
    for party in queries.agreement_by_id(context.subject.id).parties:
        if party.state == "asked":
            perform(machine_named("agreement_party"), party, "release", actor=platform)


def ask_to_revise(context: Context) -> None:
    """The coordinating university makes a version on which the parties can agree."""
    agreement = queries.agreement_by_id(context.subject.id)
    office = office_of(agreement.programme.coordinating_id)
    waiting.open_item(
        context.actor,
        messages.REVISE_AGREEMENT,
        to=office,
        subject=("programme_agreement", agreement.programme_id),
        about=[agreement.programme],
        url_values={"ref": agreement.ref},
    )


def tell_confirmed(context: Context) -> None:
    """All parties know that it binds; nobody needs to revise it."""
    agreement = queries.agreement_by_id(context.subject.id)
    waiting.close_items(context.actor, subject=("programme_agreement", agreement.programme_id))
    _tell_parties(context, agreement, messages.AGREEMENT_CONFIRMED)


def tell_ended(context: Context) -> None:
    """All parties that had it know that it ended, and why."""
    agreement = queries.agreement_by_id(context.subject.id)
    _tell_parties(context, agreement, messages.AGREEMENT_ENDED, reason=agreement.ended_reason)


def watch_end(context: Context) -> None:
    """The clock asks for the renewal in time, and ends what was not renewed."""
    agreement: Agreement = context.subject
    warn_at = max(context.actor.now, midnight(agreement.valid_to - timedelta(days=RENEW_DAYS)))
    over_at = midnight(agreement.valid_to + timedelta(days=1))
    for transition, due_at in (("warn", warn_at), ("expire", over_at)):
        outbox.schedule_transition(
            context.actor, machine="agreement", subject_id=agreement.id, transition=transition, due_at=due_at
        )


def ask_to_renew(context: Context) -> None:
    """The coordinating university copies it to a version with later dates."""
    agreement = queries.agreement_by_id(context.subject.id)
    waiting.open_item(
        context.actor,
        messages.RENEW_AGREEMENT,
        to=office_of(agreement.programme.coordinating_id),
        subject=("agreement", agreement.id),
        about=[agreement.programme],
        url_values={"ref": agreement.ref},
        due_at=midnight(agreement.valid_to + timedelta(days=1)),
    )


def office_of(institution_id: int) -> Office:
    """The coordinators of a university."""
    return Office("coordinator", "institution", institution_id)


def midnight(day: date) -> datetime:
    """The instant at which a day begins at the Center."""
    return deadline_in_zone(datetime.combine(day, time()), CENTER_ZONE)


def _locked(agreement_id: int) -> Agreement:
    db.session.flush()
    agreement = queries.agreement_by_id(agreement_id)
    queries.lock(agreement)
    return agreement


def _tell_parties(context: Context, agreement: Agreement, message: Message, **values: object) -> None:
    for institution_id in sorted(agreement.shown_to_ids):
        notify_office(
            context.actor, office=office_of(institution_id), message=message, values=_values(agreement) | values
        )


def _values(agreement: Agreement) -> dict[str, object]:
    return {
        "programme_en": agreement.programme.title_en,
        "programme_zh": agreement.programme.title_zh,
        "number": agreement.number,
        "path": f"/programmes/agreements/{agreement.ref}",
    }
