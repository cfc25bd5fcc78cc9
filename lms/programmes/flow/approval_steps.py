"""What must hold when a party states its national approval, and what follows."""

from datetime import timedelta

from lms.core import outbox, waiting
from lms.core.actor import Actor
from lms.core.i18n import Text
from lms.core.i18n import lazy_gettext as _l
from lms.core.ids import new_ref
from lms.core.waiting import WaitingKind
from lms.core.workflow import Context, machine_named, start
from lms.programmes import messages
from lms.programmes.flow.agreement_steps import midnight, office_of
from lms.programmes.models import NationalApproval
from lms.programmes.queries import agreements as queries
from lms.programmes.rules import RENEW_DAYS


def is_valid(context: Context) -> Text | None:
    """An approval that has ended allows nothing."""
    until = context.inputs.get("valid_until")
    if until is None or until >= queries.today(context.actor.now):
        return None
    return _l("This approval has ended. State the one that holds now.")


def ends_soon(context: Context) -> Text | None:
    """The clock may ring for an approval that was renewed meanwhile."""
    until = context.subject.valid_until
    if until is not None and until - timedelta(days=RENEW_DAYS) <= queries.today(context.actor.now):
        return None
    return _l("The end is still far away.")


def is_over(context: Context) -> Text | None:
    """It ends with its last day."""
    until = context.subject.valid_until
    if until is not None and until < queries.today(context.actor.now):
        return None
    return _l("The last day has not passed.")


def stamp(context: Context) -> None:
    """What was stated; what belongs to another state is emptied."""
    approval: NationalApproval = context.subject
    approval.authority = str(context.inputs.get("authority", ""))
    approval.number = str(context.inputs.get("number", ""))
    approval.valid_until = context.inputs.get("valid_until")
    approval.note = str(context.inputs.get("note", ""))
    approval.file_id = context.inputs.get("file_id", approval.file_id)
    approval.stated_at = context.actor.now


def ask_parties(context: Context) -> None:
    """Every party of an agreement says how it stands with its state; who was asked for this programme is not again."""
    agreement = queries.agreement_by_id(context.subject.id)
    known = {one.institution_id for one in queries.approvals_of(agreement.programme_id)}
    for party in agreement.parties:
        if party.institution_id in known:
            continue
        approval = NationalApproval(
            ref=new_ref(), programme_id=agreement.programme_id, institution_id=party.institution_id
        )
        start(machine_named("national_approval"), approval, actor=context.actor)
        ask(context.actor, approval, messages.STATE_APPROVAL)


def stated(context: Context) -> None:
    """The party has said how it stands; while it still waits for its state, it is asked again later."""
    approval: NationalApproval = context.subject
    waiting.close_items(context.actor, subject=("national_approval", approval.id))
    if approval.state == "applied":
        ask(context.actor, approval, messages.STATE_APPROVAL)


def watch_end(context: Context) -> None:
    """The clock asks for the renewal in time, and ends what was not renewed."""
    approval: NationalApproval = context.subject
    assert approval.valid_until is not None
    warn_at = max(context.actor.now, midnight(approval.valid_until - timedelta(days=RENEW_DAYS)))
    over_at = midnight(approval.valid_until + timedelta(days=1))
    for transition, due_at in (("warn", warn_at), ("expire", over_at)):
        outbox.schedule_transition(
            context.actor, machine="national_approval", subject_id=approval.id, transition=transition, due_at=due_at
        )


def ask_to_renew(context: Context) -> None:
    """The party renews it while it holds, or as soon as it can."""
    ask(context.actor, context.subject, messages.RENEW_APPROVAL)


def ask(actor: Actor, approval: NationalApproval, kind: WaitingKind) -> None:
    """It waits for the party's coordinators, where an approval holds until it ends."""
    found = queries.approval_by_ref(actor, approval.ref)
    ends = midnight(found.valid_until + timedelta(days=1)) if found.valid_until else None
    waiting.open_item(
        actor,
        kind,
        to=office_of(found.institution_id),
        subject=("national_approval", found.id),
        about=[found.programme],
        url_values={"ref": found.ref},
        due_at=ends if ends and ends > actor.now else None,
    )
