"""An intake: prepared, opened when agreement, approvals and curriculum allow it, closed by the clock."""

from lms.applications.queries.calls import current_rules
from lms.core import outbox, waiting
from lms.core.actor import Actor, system_actor
from lms.core.i18n import Text, lazy_listed, lazy_ngettext
from lms.core.i18n import lazy_gettext as _l
from lms.core.workflow import Context, Input, Machine, State, Transition, machine_named, perform
from lms.notifications.services import notify
from lms.programmes import messages
from lms.programmes.models import Call
from lms.programmes.policy import KEEP_INTAKE
from lms.programmes.queries import admission as queries
from lms.programmes.queries.agreements import confirmed_agreement, standing_faults
from lms.programmes.queries.curriculum import faults as curriculum_faults

# --- guards: each says what is missing ----------------------------------------------------------------


def programme_is_public(context: Context) -> Text | None:
    """One applies to what one can read about."""
    if queries.intake_of_call(context.subject.id).programme.state == "published":
        return None
    return _l("Publish the programme in the catalogue first.")


def programme_may_admit(context: Context) -> Text | None:
    """Agreement and national approvals allow it."""
    faults = standing_faults(queries.intake_of_call(context.subject.id).programme, context.actor.now)
    return lazy_listed(faults) if faults else None


def has_curriculum(context: Context) -> Text | None:
    """Students know what they will study."""
    faults = curriculum_faults(queries.intake_of_call(context.subject.id).programme)
    return _l("The curriculum is not ready: %(faults)s", faults=lazy_listed(faults)) if faults else None


def seats_are_agreed(context: Context) -> Text | None:
    """No more seats than the parties agreed on."""
    intake = queries.intake_of_call(context.subject.id)
    agreement = confirmed_agreement(intake.programme_id)
    if agreement is None or intake.seats <= agreement.seats:
        return None
    return lazy_ngettext(
        "The agreement allows %(num)d seat in an intake.",
        "The agreement allows %(num)d seats in an intake.",
        agreement.seats,
    )


def has_documents(context: Context) -> Text | None:
    """Applicants know what to hand in."""
    return None if context.subject.document_kinds else _l("Say which documents an application must hold.")


def has_rules(context: Context) -> Text | None:
    """Applicants know at once whether they are eligible."""
    rules = current_rules(context.subject)
    return None if rules and rules.rules else _l("Add at least one eligibility rule.")


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


# --- what follows -----------------------------------------------------------------------------------


def bind_to_terms(context: Context) -> None:
    """The intake keeps the version of the agreement under which people apply to it."""
    intake = queries.lock_intake(queries.intake_of_call(context.subject.id).id)
    agreement = confirmed_agreement(intake.programme_id)
    assert agreement is not None
    intake.agreement = agreement


def watch_closing(context: Context) -> None:
    """The clock closes it at its closing date."""
    schedule_close(context.actor, context.subject)


def schedule_close(actor: Actor, call: Call) -> None:
    """Let the clock close an intake at its closing date."""
    outbox.schedule_transition(actor, machine="intake", subject_id=call.id, transition="close", due_at=call.closes_at)


def end_drafts(context: Context) -> None:
    """Nobody can finish a draft any longer."""
    intake = queries.intake_of_call(context.subject.id)
    for application in queries.applications_in(intake, ("draft",)):
        waiting.close_items(context.actor, subject=("application", application.id), kind=messages.FINISH_ADMISSION)


def tell_cancelled(context: Context) -> None:
    """Every application that is under way ends; its applicant learns why."""
    call: Call = context.subject
    intake = queries.intake_of_call(call.id)
    platform, note = system_actor(context.actor.now), str(_l("The intake was cancelled."))
    values = {
        "programme_en": intake.programme.title_en,
        "programme_zh": intake.programme.title_zh,
        "intake_en": call.title_en,
        "intake_zh": call.title_zh,
        "reason": str(context.inputs["reason"]),
        "path": f"/programmes/{intake.programme.ref}",
    }
    under_way = ("draft", "submitted", "returned", "waitlisted", "offered", "conditional")
    # Those in line go first, so that none of them is offered a seat that is about to end.
    order = sorted(queries.applications_in(intake, under_way), key=lambda one: one.state != "waitlisted")
    for application in order:
        perform(machine_named("admission"), application, "withdraw", actor=platform, note=note)
        notify(context.actor, person_id=application.person_id, message=messages.INTAKE_CANCELLED, values=values)


INTAKE = Machine(
    "intake",
    model=Call,
    initial="draft",
    states=[
        State("draft", _l("In preparation")),
        State("published", _l("Open"), "success"),
        State("closed", _l("Closed for applications"), "accent"),
        State("cancelled", _l("Cancelled"), "danger", is_final=True),
    ],
    transitions=[
        Transition(
            "publish",
            _l("Open for admission"),
            ("draft",),
            "published",
            KEEP_INTAKE,
            guards=(
                programme_is_public,
                programme_may_admit,
                has_curriculum,
                seats_are_agreed,
                has_documents,
                has_rules,
                closes_later,
            ),
            effects=(bind_to_terms, watch_closing),
            tone="success",
            confirm=_l("Open this intake? Everybody can read it, and apply from its opening date on."),
            done_label=_l("Opened for admission"),
        ),
        Transition(
            "close",
            _l("Close for applications"),
            ("published",),
            "closed",
            KEEP_INTAKE,
            guards=(may_close,),
            inputs=(Input("reason", _l("Reason"), hint=_l("Why the intake closes before its closing date.")),),
            effects=(end_drafts,),
            by_clock=True,
            done_label=_l("Closed for applications"),
        ),
        Transition(
            "cancel",
            _l("Cancel the intake"),
            ("draft", "published", "closed"),
            "cancelled",
            KEEP_INTAKE,
            inputs=(Input("reason", _l("Reason"), hint=_l("Applicants read this.")),),
            effects=(tell_cancelled,),
            tone="danger",
            confirm=_l("Cancel this intake? Every application that is under way ends."),
            done_label=_l("Cancelled"),
        ),
    ],
)
