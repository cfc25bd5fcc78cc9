"""From applying to completing. The names are those of the shared spine of applications."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from lms.accounts.queries import person_by_id
from lms.core import outbox, workflow
from lms.core.access import Permission
from lms.core.actor import Actor, system_actor
from lms.core.i18n import Text
from lms.core.i18n import lazy_gettext as _l
from lms.core.pdf import Bilingual
from lms.core.waiting import Office, WaitingKind, close_items, open_item, register_kind
from lms.core.workflow import Context, Guard, Input, Machine, State, Transition
from lms.courses import messages, policy, rules
from lms.courses.models import Enrolment, Offering
from lms.courses.queries import catalogue, learning
from lms.credentials import services as credentials
from lms.notifications import services as notifications
from lms.notifications.messages import Message

DECIDE = register_kind(
    WaitingKind("enrolment.decide", _l("Decide on an application for a course"), "courses.enrolment")
)
# What is signed stands in both languages, whatever the learner's is.
_HEADING: Bilingual = {"en": "Certificate of completion", "zh": "结业证书"}
_STATEMENT: Bilingual = {
    "en": "has met all requirements of the short course",
    "zh": "已达到以下短期课程的全部要求",
}


# --- guards -----------------------------------------------------------------------------------------


def _is_open_mode(context: Context) -> Text | None:
    if learning.offering_of(context.subject).mode == "open":
        return None
    return _l("This offering asks for an application. Apply with a few words on why you want to take part.")


def _is_restricted(context: Context) -> Text | None:
    if learning.offering_of(context.subject).mode == "restricted":
        return None
    return _l("No application is needed here. Enrol directly.")


def _window_is_open(context: Context) -> Text | None:
    match rules.window(learning.offering_of(context.subject), context.actor.now):
        case "soon":
            return _l("Enrolment has not opened yet.")
        case "closed":
            return _l("Enrolment has closed. See whether the course has another offering.")
    return None


def _is_published(context: Context) -> Text | None:
    if learning.offering_of(context.subject).course.state == "published":
        return None
    return _l("This course is not open to learners now.")


def _is_not_over(context: Context) -> Text | None:
    if context.actor.now < learning.offering_of(context.subject).ends_at:
        return None
    return _l("This offering is over.")


def _is_over(context: Context) -> Text | None:
    return None if _is_not_over(context) else _l("This offering is not over yet.")


def _has_place(context: Context) -> Text | None:
    offering = learning.offering_of(context.subject)
    if rules.has_place(offering, catalogue.places_taken(offering.id)):
        return None
    return _l("Every place is taken. Put the applicant on the waiting list, or raise the number of places.")


def _is_full(context: Context) -> Text | None:
    return None if _has_place(context) else _l("There are places. No waiting list is needed.")


# --- stamps -----------------------------------------------------------------------------------------


def _stamp_enrolled(context: Context) -> None:
    context.subject.enrolled_at = context.actor.now


def _stamp_queued(context: Context) -> None:
    context.subject.queued_at = context.actor.now


def _stamp_decided(context: Context) -> None:
    enrolment: Enrolment = context.subject
    enrolment.decided_at = context.actor.now
    enrolment.decided_by_id = context.actor.person_id
    enrolment.decided_reason = str(context.inputs.get("reason") or "")


def _stamp_completed(context: Context) -> None:
    context.subject.completed_at = context.actor.now


# --- effects ----------------------------------------------------------------------------------------


def _ask_office(context: Context) -> None:
    enrolment: Enrolment = context.subject
    offering = learning.offering_of(enrolment)
    office = Office("coordinator", "institution", offering.institution_id)
    applicant = person_by_id(enrolment.person_id).name
    open_item(
        context.actor,
        DECIDE,
        to=office,
        subject=("enrolment", enrolment.id),
        about=[applicant, offering.course],
        url_values={"ref": enrolment.ref},
        due_at=_decision_due(context.actor.now, offering),
    )
    notifications.notify_office(
        context.actor,
        office=office,
        message=messages.APPLICATION_CAME,
        values={**_values(enrolment, offering), "applicant": applicant},
        key=f"{enrolment.id}:{enrolment.version}",
    )


def _decision_due(now: datetime, offering: Offering) -> datetime:
    """In a few working days, and before the course begins; once it runs, before it ends."""
    return min(DECIDE.due_from(now), offering.starts_at if now < offering.starts_at else offering.ends_at)


def _answered(context: Context) -> None:
    close_items(context.actor, subject=("enrolment", context.subject.id))


def _lapse_later(context: Context) -> None:
    schedule_lapse(context.actor, context.subject, learning.offering_of(context.subject))


def schedule_lapse(actor: Actor, enrolment: Enrolment, offering: Offering) -> None:
    """Let the clock close an application or a place in the queue when the offering is over."""
    outbox.schedule_transition(
        actor, machine="enrolment", subject_id=enrolment.id, transition="lapse", due_at=offering.ends_at
    )


def _tell_enrolled(context: Context) -> None:
    _tell(context, messages.ENROLLED)


def _tell_queued(context: Context) -> None:
    _tell(context, messages.WAITLISTED)


def _tell_rejected(context: Context) -> None:
    _tell(context, messages.REJECTED)


def _tell(context: Context, message: Message) -> None:
    enrolment: Enrolment = context.subject
    offering = learning.offering_of(enrolment)
    notifications.notify(
        context.actor,
        person_id=enrolment.person_id,
        message=message,
        values=_values(enrolment, offering),
        key=f"{enrolment.id}:{enrolment.version}",
    )


def _values(enrolment: Enrolment, offering: Offering) -> dict[str, str]:
    return {
        "title_en": offering.course.title_en,
        "title_zh": offering.course.title_zh,
        "reason": enrolment.decided_reason,
        "path": f"/courses/enrolments/{enrolment.ref}",
    }


def _fill_freed_place(context: Context) -> None:
    fill_places(context.actor, learning.offering_of(context.subject))


def fill_places(actor: Actor, offering: Offering) -> None:
    """Promote from the waiting list, in its order, while there are places.

    The caller holds the offering's row lock, so that two cannot give the same place away.
    """
    taken = catalogue.places_taken(offering.id)
    while rules.has_place(offering, taken) and (following := learning.next_in_queue(offering.id)) is not None:
        if actor.now >= offering.ends_at:
            return
        workflow.perform(ENROLMENT, following, "promote", actor=system_actor(actor.now))
        taken += 1


def _issue_certificate(context: Context) -> None:
    enrolment: Enrolment = context.subject
    offering = learning.offering_of(enrolment)
    course, institution = offering.course, offering.institution
    credentials.issue(
        context.actor,
        person_id=enrolment.person_id,
        kind="course.completion",
        subject=("enrolment", enrolment.id),
        heading=_HEADING,
        statement=_STATEMENT,
        title={"en": course.title_en, "zh": course.title_zh},
        issuer={"en": institution.name_en, "zh": institution.name_zh or institution.name_local},
        issuer_id=institution.id,
        signatories=[
            {
                "name": offering.signatory_name,
                "office": {"en": offering.signatory_office_en, "zh": offering.signatory_office_zh},
            }
        ],
        zone=offering.zone,
        hours=course.hours,
        from_on=_local_day(enrolment.enrolled_at or offering.starts_at, offering),
        to_on=_local_day(context.actor.now, offering),
    )


def _local_day(instant: datetime, offering: Offering) -> date:
    return max(instant, offering.starts_at).astimezone(ZoneInfo(offering.zone)).date()


# --- the machine ------------------------------------------------------------------------------------

_LEARNER = Permission("enrolment.own", any_of=[policy.is_learner], hidden=True)
_FRESH = ("draft", "withdrawn")
_TO_ENROL: tuple[Guard, ...] = (_is_published, _is_open_mode, _window_is_open)

ENROLMENT = Machine(
    "enrolment",
    model=Enrolment,
    initial="draft",
    states=(
        State("draft", _l("Not sent"), "neutral"),
        State("submitted", _l("Waiting for approval"), "info"),
        State("waitlisted", _l("On the waiting list"), "warning"),
        State("enrolled", _l("Enrolled"), "success"),
        State("completed", _l("Completed"), "success", is_final=True),
        State("rejected", _l("Not admitted"), "danger", is_final=True),
        State("withdrawn", _l("Withdrawn"), "neutral"),
        State("lapsed", _l("Lapsed"), "neutral", is_final=True),
    ),
    transitions=(
        Transition(
            "enrol",
            _l("Enrol"),
            _FRESH,
            "enrolled",
            permission=_LEARNER,
            guards=(*_TO_ENROL, _has_place),
            stamps=(_stamp_enrolled,),
            effects=(_tell_enrolled,),
            done_label=_l("Enrolled"),
        ),
        Transition(
            "queue",
            _l("Join the waiting list"),
            _FRESH,
            "waitlisted",
            permission=_LEARNER,
            guards=(*_TO_ENROL, _is_full),
            stamps=(_stamp_queued,),
            effects=(_lapse_later, _tell_queued),
            done_label=_l("Joined the waiting list"),
        ),
        Transition(
            "apply",
            _l("Apply"),
            _FRESH,
            "submitted",
            permission=_LEARNER,
            guards=(_is_published, _is_restricted, _window_is_open),
            effects=(_ask_office, _lapse_later),
            done_label=_l("Applied"),
        ),
        Transition(
            "approve",
            _l("Approve"),
            ("submitted",),
            "enrolled",
            permission=policy.DECIDE_ENROLMENT,
            guards=(_is_not_over, _has_place),
            stamps=(_stamp_decided, _stamp_enrolled),
            effects=(_answered, _tell_enrolled),
            tone="success",
            done_label=_l("Approved"),
        ),
        Transition(
            "waitlist",
            _l("Put on the waiting list"),
            ("submitted",),
            "waitlisted",
            permission=policy.DECIDE_ENROLMENT,
            guards=(_is_not_over, _is_full),
            stamps=(_stamp_decided, _stamp_queued),
            effects=(_answered, _tell_queued),
            done_label=_l("Put on the waiting list"),
        ),
        Transition(
            "reject",
            _l("Do not admit"),
            ("submitted", "waitlisted"),
            "rejected",
            permission=policy.DECIDE_ENROLMENT,
            inputs=(Input("reason", _l("Reason"), hint=_l("The applicant reads this.")),),
            stamps=(_stamp_decided,),
            effects=(_answered, _tell_rejected),
            tone="danger",
            done_label=_l("Not admitted"),
        ),
        Transition(
            "promote",
            _l("Promote from the waiting list"),
            ("waitlisted",),
            "enrolled",
            guards=(_has_place,),
            stamps=(_stamp_enrolled,),
            effects=(_tell_enrolled,),
            done_label=_l("A place became free: enrolled from the waiting list"),
        ),
        Transition(
            "withdraw",
            _l("Withdraw"),
            ("submitted", "waitlisted", "enrolled"),
            "withdrawn",
            permission=_LEARNER,
            effects=(_answered, _fill_freed_place),
            tone="danger",
            done_label=_l("Withdrawn"),
            confirm=_l("Withdraw? Your place goes to the next on the waiting list. What you have learned is kept."),
        ),
        Transition(
            "lapse",
            _l("Lapse"),
            ("submitted", "waitlisted"),
            "lapsed",
            guards=(_is_over,),
            effects=(_answered,),
            by_clock=True,
            done_label=_l("Lapsed, because the offering is over"),
        ),
        Transition(
            "complete",
            _l("Complete"),
            ("enrolled",),
            "completed",
            stamps=(_stamp_completed,),
            effects=(_issue_certificate,),
            event="course_completed",
            done_label=_l("Completed"),
        ),
    ),
)
