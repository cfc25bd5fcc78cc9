"""The life of a credential: held until it can be printed, issued, and perhaps revoked or replaced."""

from zoneinfo import ZoneInfo

from lms.accounts import queries as people
from lms.core import outbox, workflow
from lms.core.actor import Actor, system_actor
from lms.core.db import db
from lms.core.errors import Refused
from lms.core.i18n import Text
from lms.core.i18n import lazy_gettext as _l
from lms.core.ids import new_code
from lms.core.waiting import Title, WaitingKind, close_items, open_item, register_kind
from lms.core.workflow import Context, Input, Machine, State, Transition
from lms.credentials import messages, policy, rules, signing
from lms.credentials.models import Credential
from lms.notifications import services as notifications

HELD = register_kind(
    WaitingKind("credential.held", _l("Correct your name, so that your certificate can be printed"), "credentials.show")
)


# --- guards -----------------------------------------------------------------------------------------


def _name_is_printable(context: Context) -> Text | None:
    missing = rules.unprintable_characters(people.person_by_id(context.subject.person_id))
    if not missing:
        return None
    return _l(
        "The name holds characters that cannot be printed: %(characters)s. Correct it in the profile.",
        characters=" ".join(missing),
    )


def _name_was_corrected(context: Context) -> Text | None:
    person = people.person_by_id(context.subject.person_id)
    if rules.content_of(context.subject)["holder"] != rules.holder_names(person):
        return None
    return _l("The certificate already shows the name of the profile. Correct the name in the profile first.")


# --- stamps and effects -----------------------------------------------------------------------------


def _sign(context: Context) -> None:
    credential: Credential = context.subject
    with db.session.no_autoflush:  # The state is not to be written before its signature is there.
        person = people.person_by_id(credential.person_id)
    issued_on = context.actor.now.astimezone(ZoneInfo(credential.claim["zone"])).date().isoformat()
    credential.content = signing.canonical(rules.signed_content(credential, person, issued_on))
    credential.signature = signing.sign(credential.content)
    credential.issued_at = context.actor.now


def _end(context: Context) -> None:
    context.subject.ended_at = context.actor.now
    context.subject.ended_reason = context.inputs["reason"]


def _order_pdf(context: Context) -> None:
    credential_id = context.subject.id
    outbox.enqueue(
        context.actor,
        "credentials.pdf",
        {"credential_id": credential_id},
        key=f"credentials.pdf:{credential_id}",
        owner_id=context.subject.person_id,
    )


def _stop_waiting(context: Context) -> None:
    close_items(context.actor, subject=("credential", context.subject.id))


def _tell_issued(context: Context) -> None:
    _tell(context.actor, context.subject, messages.CREDENTIAL_ISSUED)


def _tell_revoked(context: Context) -> None:
    _tell(context.actor, context.subject, messages.CREDENTIAL_REVOKED)


def _tell(actor: Actor, credential: Credential, message: messages.Message) -> None:
    title = rules.content_of(credential)["title"]
    notifications.notify(
        actor,
        person_id=credential.person_id,
        message=message,
        values={
            "title_en": title["en"],
            "title_zh": title["zh"],
            "code": credential.code,
            "reason": credential.ended_reason,
            "path": f"/credentials/{credential.code}",
        },
        key=str(credential.id),
    )


def _issue_successor(context: Context) -> None:
    old: Credential = context.subject
    successor = Credential(
        code=new_code(),
        kind=old.kind,
        person_id=old.person_id,
        issuer_id=old.issuer_id,
        subject_kind=old.subject_kind,
        subject_id=old.subject_id,
        claim=old.claim,
        created_at=context.actor.now,
        replaces_id=old.id,
    )
    begin(context.actor, successor)


def begin(actor: Actor, credential: Credential) -> None:
    """Start a new credential and issue it at once, or let it wait until the holder's name can be printed."""
    actor = system_actor(actor.now)
    workflow.start(CREDENTIAL, credential, actor=actor)
    try:
        workflow.perform(CREDENTIAL, credential, "issue", actor=actor)
    except Refused:
        open_item(
            actor,
            HELD,
            to=credential.person_id,
            subject=("credential", credential.id),
            about=[Title(credential.claim["title"]["en"], credential.claim["title"]["zh"])],
            url_values={"code": credential.code},
        )
        _tell(actor, credential, messages.CREDENTIAL_HELD)


_REASON = Input("reason", _l("Reason"), hint=_l("Whoever checks the certificate reads this."))

CREDENTIAL = Machine(
    "credential",
    model=Credential,
    initial="held",
    states=(
        State("held", _l("Held back"), "warning"),
        State("issued", _l("Valid"), "success", is_final=True),
        State("revoked", _l("Revoked"), "danger", is_final=True),
        State("replaced", _l("Replaced"), "neutral", is_final=True),
    ),
    transitions=(
        Transition(
            "issue",
            _l("Issue the certificate now"),
            ("held",),
            "issued",
            permission=policy.RELEASE,
            guards=(_name_is_printable,),
            stamps=(_sign,),
            effects=(_stop_waiting, _order_pdf, _tell_issued),
            event="credential_issued",
            done_label=_l("Issued"),
        ),
        Transition(
            "replace",
            _l("Issue again with the corrected name"),
            ("issued",),
            "replaced",
            permission=policy.MANAGE,
            guards=(_name_is_printable, _name_was_corrected),
            inputs=(_REASON,),
            stamps=(_end,),
            effects=(_issue_successor,),
            done_label=_l("Replaced by a new certificate"),
            confirm=_l("Issue it again? The old certificate then shows as replaced."),
        ),
        Transition(
            "revoke",
            _l("Revoke"),
            ("issued",),
            "revoked",
            permission=policy.REVOKE,
            inputs=(_REASON,),
            stamps=(_end,),
            effects=(_tell_revoked,),
            event="credential_revoked",
            tone="danger",
            done_label=_l("Revoked"),
            confirm=_l("Revoke this certificate? Whoever checks it will see that, and this cannot be undone."),
        ),
    ),
)
