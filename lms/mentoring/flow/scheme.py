"""A scheme: made, open for mentors and mentees, running with its pairs, finished."""

from lms.core import outbox, waiting
from lms.core.actor import Actor
from lms.core.i18n import Text
from lms.core.i18n import lazy_gettext as _l
from lms.core.workflow import Context, Input, Machine, State, Transition
from lms.mentoring import messages
from lms.mentoring.flow.telling import office_of, values_of
from lms.mentoring.indexing import index_scheme
from lms.mentoring.models import MentoringScheme
from lms.mentoring.policy import MANAGE_SCHEME
from lms.mentoring.queries import schemes as queries
from lms.mentoring.queries.participants import people_in
from lms.notifications.services import notify


def _has_texts(context: Context) -> Text | None:
    scheme: MentoringScheme = context.subject
    if scheme.title_zh and scheme.summary_en and scheme.summary_zh:
        return None
    return _l("Write title and summary in English and in Chinese.")


def _has_coordinator(context: Context) -> Text | None:
    if queries.has_member(context.actor, context.subject.id, "coordinator"):
        return None
    return _l("Invite a coordinator to the office of the scheme first. They approve mentors and look after pairs.")


def _has_safeguarding(context: Context) -> Text | None:
    if queries.has_member(context.actor, context.subject.id, "safeguarding"):
        return None
    return _l("Invite a safeguarding contact to the office of the scheme first. Concerns go to them.")


def _closes_later(context: Context) -> Text | None:
    if context.actor.now < context.subject.closes_at:
        return None
    return _l("The closing date lies in the past. Change it first.")


def _may_close(context: Context) -> Text | None:
    """The clock closes at the closing date, which may have been moved; the office whenever it says why."""
    if context.actor.is_system and context.actor.now < context.subject.closes_at:
        return _l("The closing date was moved.")
    return None


def _nothing_goes_on(context: Context) -> Text | None:
    counts = queries.counts_of(context.subject)
    if counts.mentorships or counts.proposals:
        return _l("Mentorships or proposals are still under way.")
    return None


def open_to_all(context: Context) -> None:
    """Everybody can find it, and the clock closes it."""
    schedule_close(context.actor, context.subject)
    refresh_index(context)


def schedule_close(actor: Actor, scheme: MentoringScheme) -> None:
    """Let the clock end joining at the closing date."""
    outbox.schedule_transition(
        actor, machine="mentoring_scheme", subject_id=scheme.id, transition="close", due_at=scheme.closes_at
    )


def refresh_index(context: Context) -> None:
    """What the search finds follows from the state."""
    index_scheme(queries.scheme_by_id(context.subject.id))


def _ask_to_match(context: Context) -> None:
    """Drafts can no longer be sent; the coordinators look for pairs."""
    scheme: MentoringScheme = context.subject
    for participant in people_in(scheme.id, ("draft",)):
        waiting.close_items(context.actor, subject=("mentoring_participant", participant.id))
    waiting.open_item(
        context.actor,
        messages.RUN_MATCHING,
        to=office_of(scheme.id),
        subject=("mentoring_scheme", scheme.id),
        about=[scheme],
        url_values={"ref": scheme.ref},
    )


def _tell_cancelled(context: Context) -> None:
    scheme: MentoringScheme = context.subject
    waiting.close_items(context.actor, subject=("mentoring_scheme", scheme.id))
    for participant in people_in(scheme.id, ("draft", "submitted", "active", "on_leave")):
        waiting.close_items(context.actor, subject=("mentoring_participant", participant.id))
        notify(
            context.actor,
            person_id=participant.person_id,
            message=messages.SCHEME_CANCELLED,
            values={**values_of(scheme, "/mentoring/"), "reason": str(context.inputs["reason"])},
            key=scheme.ref,
        )
    refresh_index(context)


SCHEME = Machine(
    "mentoring_scheme",
    model=MentoringScheme,
    initial="draft",
    states=[
        State("draft", _l("Draft")),
        State("published", _l("Published"), "success"),
        State("running", _l("Pairs are at work"), "accent"),
        State("finished", _l("Finished"), "neutral", is_final=True),
        State("cancelled", _l("Cancelled"), "danger", is_final=True),
    ],
    transitions=[
        Transition(
            "publish",
            _l("Publish"),
            ("draft",),
            "published",
            MANAGE_SCHEME,
            guards=(_has_texts, _has_coordinator, _has_safeguarding, _closes_later),
            effects=(open_to_all,),
            tone="success",
            confirm=_l("Publish this scheme? Everybody can read it from now on."),
            done_label=_l("Published"),
        ),
        Transition(
            "close",
            _l("End joining now"),
            ("published",),
            "running",
            MANAGE_SCHEME,
            guards=(_may_close,),
            effects=(_ask_to_match, refresh_index),
            by_clock=True,
            confirm=_l("End joining now? Nobody can send a profile any longer."),
            done_label=_l("Joining ended"),
        ),
        Transition(
            "finish",
            _l("Finish the scheme"),
            ("running",),
            "finished",
            MANAGE_SCHEME,
            guards=(_nothing_goes_on,),
            effects=(refresh_index,),
            tone="success",
            done_label=_l("Finished"),
        ),
        Transition(
            "cancel",
            _l("Cancel the scheme"),
            ("draft", "published", "running"),
            "cancelled",
            MANAGE_SCHEME,
            guards=(_nothing_goes_on,),
            inputs=(Input("reason", _l("Reason"), hint=_l("Everybody who takes part reads this.")),),
            effects=(_tell_cancelled,),
            tone="danger",
            confirm=_l("Cancel this scheme? Everybody who takes part is told at once."),
            done_label=_l("Cancelled"),
        ),
    ],
)
