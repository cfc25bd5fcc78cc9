"""What must hold before a call moves on, and what follows when it did."""

from lms.applications.queries.calls import current_rules
from lms.core import outbox, waiting
from lms.core.actor import Actor, system_actor
from lms.core.i18n import Text
from lms.core.i18n import lazy_gettext as _l
from lms.core.workflow import Context, machine_named, perform
from lms.exchange import messages
from lms.exchange.indexing import index_call, index_post
from lms.exchange.models import Call
from lms.exchange.queries import calls as queries
from lms.exchange.queries.posts import count_approved, posts_of_call
from lms.exchange.rules import criteria_problem
from lms.notifications.services import notify


def has_rules(context: Context) -> Text | None:
    """A call says who is eligible."""
    rules = current_rules(context.subject)
    return None if rules and rules.rules else _l("Add at least one eligibility rule.")


def has_texts(context: Context) -> Text | None:
    """A call is readable in both languages."""
    call = context.subject
    if all((call.title_en, call.title_zh, call.summary_en, call.summary_zh)):
        return None
    return _l("Write the title and the summary in English and in Chinese.")


def has_documents(context: Context) -> Text | None:
    """Applicants know what to hand in."""
    return None if context.subject.document_kinds else _l("Say which documents an application must hold.")


def has_criteria(context: Context) -> Text | None:
    """Reviewers know what to score."""
    return criteria_problem(context.subject.criteria)


def has_posts(context: Context) -> Text | None:
    """There is something to apply for."""
    return None if count_approved(context.subject) else _l("Approve at least one post first.")


def closes_later(context: Context) -> Text | None:
    """There is still time to apply."""
    if context.subject.closes_at > context.actor.now:
        return None
    return _l("The closing date has passed. Move it first.")


def may_close(context: Context) -> Text | None:
    """The clock may ring for a closing date that was moved; people close early with a reason."""
    if context.actor.is_system and context.actor.now < context.subject.closes_at:
        return _l("The closing date has not come yet.")
    return None


def schedule_close(actor: Actor, call: Call) -> None:
    """Let the clock close the call at its closing date."""
    outbox.schedule_transition(actor, machine="call", subject_id=call.id, transition="close", due_at=call.closes_at)


def open_to_all(context: Context) -> None:
    """The call and its approved posts become findable, and the clock will close it."""
    schedule_close(context.actor, context.subject)
    refresh_index(context)


def refresh_index(context: Context) -> None:
    """Bring search up to date with the call's state."""
    index_call(context.subject)
    for post in posts_of_call(context.subject):
        index_post(post)


def end_drafts(context: Context) -> None:
    """Nobody can finish a draft any longer."""
    for application in queries.applications_in(context.subject, ("draft",)):
        waiting.close_items(context.actor, subject=("application", application.id), kind=messages.FINISH_APPLICATION)


def tell_cancelled(context: Context) -> None:
    """Every application ends; its applicant learns why."""
    call = context.subject
    actor = system_actor(context.actor.now)
    reason = str(context.inputs.get("reason", ""))
    for application in queries.applications_in(call, ("draft", "submitted", "returned", "in_review")):
        note = _l("The call was cancelled.")
        perform(machine_named("application"), application, "withdraw", actor=actor, note=str(note))
        values = {
            "call_en": call.title_en,
            "call_zh": call.title_zh,
            "reason": reason,
            "path": f"/exchange/calls/{call.ref}",
        }
        notify(context.actor, person_id=application.person_id, message=messages.CALL_CANCELLED, values=values)
    waiting.close_items(context.actor, subject=("call", call.id))
    refresh_index(context)
