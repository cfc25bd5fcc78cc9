"""What waits for people because of their accounts, and the life of a request to be erased."""

from datetime import timedelta

from lms.accounts import policy
from lms.accounts.models import Erasure
from lms.accounts.queries import contacts, office_member_ids
from lms.core import outbox
from lms.core.i18n import Text
from lms.core.i18n import lazy_gettext as _l
from lms.core.waiting import Office, WaitingKind, close_items, register_kind
from lms.core.workflow import Context, Input, Machine, State, Transition

INVITED = register_kind(
    WaitingKind("invitation", _l("Answer an invitation"), "accounts.invitation_of_mine", is_public=False)
)
ERASURE_ASKED = register_kind(
    WaitingKind("erasure.decide", _l("Decide on a request to erase an account"), "accounts.erasure", is_public=False)
)
COOLING_OFF = timedelta(days=7)
"""How long somebody may think again before their data is erased."""


def _may_not_think_again(context: Context) -> Text | None:
    if context.actor.now >= context.subject.ready_at:
        return None
    return _l("They may still think again. It can be approved after seven days.")


def _is_not_last_administrator(context: Context) -> Text | None:
    if office_member_ids(Office("admin", "platform"), context.actor.now) != [context.subject.person_id]:
        return None
    return _l("This is the last administrator. Give the role to somebody else first.")


def _stamp_decided(context: Context) -> None:
    request: Erasure = context.subject
    request.decided_at, request.decided_by_id = context.actor.now, context.actor.person_id
    request.decided_reason = str(context.inputs.get("reason") or "")


def _stop_waiting(context: Context) -> None:
    close_items(context.actor, subject=("erasure", context.subject.id))


def _order(context: Context) -> None:
    erasure_id = context.subject.id
    key = f"erase:{erasure_id}"
    outbox.enqueue(context.actor, "accounts.erase", {"erasure_id": erasure_id}, key=key)


def _tell_refused(context: Context) -> None:
    request: Erasure = context.subject
    if contact := contacts([request.person_id]).get(request.person_id):
        values = {
            "name": contact.display_name,
            "reason": request.decided_reason,
            "path": "/accounts/my-data",
            "zone": contact.zone,
        }
        outbox.send_mail(context.actor, outbox.MailMessage(contact.email, "erasure_refused", contact.language, values))


ERASURE = Machine(
    "erasure",
    model=Erasure,
    initial="asked",
    states=(
        State("asked", _l("Asked for"), "info"),
        State("withdrawn", _l("Taken back"), "neutral", is_final=True),
        State("refused", _l("Refused"), "danger", is_final=True),
        State("approved", _l("Approved, being carried out"), "accent"),
        State("partly", _l("Erased, but for what is kept for a while"), "warning"),
        State("done", _l("Erased"), "success", is_final=True),
    ),
    transitions=(
        Transition(
            "withdraw",
            _l("Keep my account"),
            ("asked",),
            "withdrawn",
            permission=policy.OWN_ERASURE,
            effects=(_stop_waiting,),
            done_label=_l("Taken back"),
        ),
        Transition(
            "approve",
            _l("Erase it all"),
            ("asked",),
            "approved",
            permission=policy.DECIDE_ERASURE,
            guards=(_may_not_think_again, _is_not_last_administrator),
            stamps=(_stamp_decided,),
            effects=(_stop_waiting, _order),
            tone="danger",
            done_label=_l("Approved"),
            confirm=_l("Erase this person? It cannot be undone."),
        ),
        Transition(
            "refuse",
            _l("Refuse"),
            ("asked",),
            "refused",
            permission=policy.DECIDE_ERASURE,
            inputs=(Input("reason", _l("Reason"), hint=_l("The person reads it.")),),
            stamps=(_stamp_decided,),
            effects=(_stop_waiting, _tell_refused),
            tone="danger",
            done_label=_l("Refused"),
        ),
        Transition("keep_rest", _l("Keep the rest for a while"), ("approved", "partly"), "partly"),
        Transition("finish", _l("Finish"), ("approved", "partly"), "done"),
    ),
)
