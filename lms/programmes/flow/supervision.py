"""A round that matches students with supervisors, and a supervision to which both sides agree."""

from datetime import datetime, time

from lms.core import outbox, waiting
from lms.core.actor import Actor, system_actor
from lms.core.clock import CENTER_ZONE, deadline_in_zone
from lms.core.db import db
from lms.core.i18n import Text
from lms.core.i18n import lazy_gettext as _l
from lms.core.ids import new_ref
from lms.core.workflow import Context, Input, Machine, State, Transition, machine_named, perform, start
from lms.notifications.messages import Message
from lms.notifications.services import notify
from lms.programmes import supervision_messages as messages
from lms.programmes.models import Student
from lms.programmes.models.supervision import Supervision, SupervisionRound, Supervisor
from lms.programmes.queries import supervision as queries
from lms.programmes.supervision_policy import (
    AGREE_AS_STUDENT,
    AGREE_AS_SUPERVISOR,
    DECLINE,
    END_SUPERVISION,
    KEEP_ROUND,
)

# --- rounds -------------------------------------------------------------------------------------------


def ask_everybody(actor: Actor, one: SupervisionRound) -> None:
    """Students without a supervisor, and everybody who is offered as one, say whom they want; programme loaded."""
    due_at = deadline_in_zone(datetime.combine(one.closes_on, time(23, 59)), CENTER_ZONE)
    asked = [(row.person_id, messages.RANK_SUPERVISORS) for row in queries.students_in(one.programme_id)]
    asked += [(row.person_id, messages.RANK_STUDENTS) for row in queries.offered_in(one.programme_id)]
    for person_id, kind in asked:
        waiting.open_item(
            actor,
            kind,
            to=person_id,
            subject=("supervision_round", one.id),
            about=[one.programme],
            url_values={"ref": one.ref},
            due_at=due_at,
        )
        values = {
            "programme_en": one.programme.title_en,
            "programme_zh": one.programme.title_zh,
            "due_at": due_at.isoformat(),
            "path": "/programmes/supervision/",
        }
        notify(actor, person_id=person_id, message=messages.SUPERVISION_ASKED, values=values, key=one.ref)


def _somebody_wishes(context: Context) -> Text | None:
    instance = queries.instance_of(context.subject)
    if any(who["choices"] for who in instance["applicants"].values()):  # type: ignore[attr-defined]
        return None
    return _l("No student has named a supervisor yet.")


def _compute(context: Context) -> None:
    one: SupervisionRound = context.subject
    one.instance, one.result, one.facts = queries.instance_of(one), {}, {}
    waiting.close_items(context.actor, subject=("supervision_round", one.id))
    outbox.enqueue(
        context.actor,
        "supervision.match",
        {"round_id": one.id},
        key=f"supervision.match:{one.id}:{one.version}",
        owner_id=context.actor.person_id,
    )


def _keep_result(context: Context) -> None:
    context.subject.result, context.subject.facts = context.inputs["result"], context.inputs["facts"]


def _nothing_changed(context: Context) -> Text | None:
    if queries.instance_of(context.subject) == context.subject.instance:
        return None
    return _l("A student or a supervisor has left or was added since. Discard the result and match again.")


def _propose(context: Context) -> None:
    """Every new pair becomes a supervision that waits for the word of both."""
    one: SupervisionRound = context.subject
    students = {row.ref: row for row in queries.students_in(one.programme_id)}
    supervisors = {row.ref: row for row in queries.offered_in(one.programme_id)}
    for student_ref, supervisor_ref in one.result["assignments"].items():
        if student_ref in students and supervisor_ref is not None:
            _begin(context.actor, one, students[student_ref], supervisors[supervisor_ref])


def _begin(actor: Actor, one: SupervisionRound, student: Student, supervisor: Supervisor) -> None:
    supervision = Supervision(
        ref=new_ref(), round_id=one.id, student_id=student.id, supervisor_id=supervisor.id, created_at=actor.now
    )
    start(SUPERVISION, supervision, actor=actor)
    for person_id in (student.person_id, supervisor.person_id):
        waiting.open_item(
            actor,
            messages.CONFIRM_SUPERVISION,
            to=person_id,
            subject=("supervision", supervision.id),
            about=[one.programme],
            url_values={"ref": supervision.ref},
        )
    _tell(actor, queries.supervision_by_id(supervision.id), messages.SUPERVISION_PROPOSED)


def _stop_asking(context: Context) -> None:
    waiting.close_items(context.actor, subject=("supervision_round", context.subject.id))


ROUND = Machine(
    "supervision_round",
    model=SupervisionRound,
    initial="open",
    states=[
        State("open", _l("Both sides say whom they want"), "info"),
        State("running", _l("Being computed"), "info"),
        State("proposed", _l("To be looked at"), "accent"),
        State("released", _l("Proposed to both sides"), "success", is_final=True),
        State("cancelled", _l("Cancelled"), "neutral", is_final=True),
    ],
    transitions=[
        Transition(
            "match",
            _l("Match students and supervisors"),
            ("open",),
            "running",
            KEEP_ROUND,
            guards=(_somebody_wishes,),
            effects=(_compute,),
            confirm=_l("Match now? Nobody can change their wishes afterwards."),
            done_label=_l("Matching begun"),
        ),
        Transition("finish", _l("Finish"), ("running",), "proposed", stamps=(_keep_result,), done_label=_l("Computed")),
        Transition("fail", _l("Fail"), ("running",), "open", done_label=_l("Could not be computed")),
        Transition(
            "release",
            _l("Propose these pairs to both sides"),
            ("proposed",),
            "released",
            KEEP_ROUND,
            guards=(_nothing_changed,),
            effects=(_propose,),
            tone="success",
            confirm=_l("Propose these pairs? Students and supervisors are told at once."),
            done_label=_l("Proposed to both sides"),
        ),
        Transition(
            "discard", _l("Discard the result"), ("proposed",), "open", KEEP_ROUND, done_label=_l("Result discarded")
        ),
        Transition(
            "cancel",
            _l("Cancel the round"),
            ("open", "proposed"),
            "cancelled",
            KEEP_ROUND,
            inputs=(Input("reason", _l("Reason")),),
            effects=(_stop_asking,),
            tone="danger",
            done_label=_l("Cancelled"),
        ),
    ],
)

# --- supervisions ---------------------------------------------------------------------------------------


def _student_waits(context: Context) -> Text | None:
    return _l("You have agreed already. It waits for the other side.") if context.subject.student_agreed_at else None


def _supervisor_waits(context: Context) -> Text | None:
    said = context.subject.supervisor_agreed_at
    return _l("You have agreed already. It waits for the other side.") if said else None


def _stamp_student(context: Context) -> None:
    context.subject.student_agreed_at = context.actor.now


def _stamp_supervisor(context: Context) -> None:
    context.subject.supervisor_agreed_at = context.actor.now


def _confirm_if_both(context: Context) -> None:
    supervision: Supervision = context.subject
    waiting.close_items(context.actor, subject=("supervision", supervision.id), person_id=context.actor.person_id)
    if supervision.student_agreed_at and supervision.supervisor_agreed_at:
        perform(machine_named("supervision"), supervision, "confirm", actor=system_actor(context.actor.now))


def _stamp_reason(context: Context) -> None:
    context.subject.reason = str(context.inputs["reason"])


def _tell_confirmed(context: Context) -> None:
    _tell(context.actor, queries.supervision_by_id(context.subject.id), messages.SUPERVISION_CONFIRMED)


def _tell_over(context: Context) -> None:
    waiting.close_items(context.actor, subject=("supervision", context.subject.id))
    _tell(context.actor, queries.supervision_by_id(context.subject.id), messages.SUPERVISION_OVER)


def _tell(actor: Actor, supervision: Supervision, message: Message) -> None:
    student, supervisor = supervision.student, supervision.supervisor
    for receiver, other in ((student, supervisor), (supervisor, student)):
        if receiver.person_id == actor.person_id:
            continue
        values = {
            "other": other.person.name,
            "programme_en": student.programme.title_en,
            "programme_zh": student.programme.title_zh,
            "reason": supervision.reason,
            "path": f"/programmes/supervisions/{supervision.ref}",
        }
        notify(actor, person_id=receiver.person_id, message=message, values=values)
    db.session.flush()


SUPERVISION = Machine(
    "supervision",
    model=Supervision,
    initial="proposed",
    states=[
        State("proposed", _l("Waits for the word of both"), "info"),
        State("confirmed", _l("Confirmed by both"), "success"),
        State("declined", _l("Declined"), "neutral", is_final=True),
        State("ended", _l("Ended"), "neutral", is_final=True),
    ],
    transitions=[
        Transition(
            "agree_as_student",
            _l("Agree to this supervisor"),
            ("proposed",),
            None,
            AGREE_AS_STUDENT,
            guards=(_student_waits,),
            stamps=(_stamp_student,),
            effects=(_confirm_if_both,),
            tone="success",
            done_label=_l("The student agreed"),
        ),
        Transition(
            "agree_as_supervisor",
            _l("Agree to supervise this student"),
            ("proposed",),
            None,
            AGREE_AS_SUPERVISOR,
            guards=(_supervisor_waits,),
            stamps=(_stamp_supervisor,),
            effects=(_confirm_if_both,),
            tone="success",
            done_label=_l("The supervisor agreed"),
        ),
        Transition(
            "confirm",
            _l("Confirm"),
            ("proposed",),
            "confirmed",
            effects=(_tell_confirmed,),
            done_label=_l("Confirmed by both"),
        ),
        Transition(
            "decline",
            _l("Decline"),
            ("proposed",),
            "declined",
            DECLINE,
            inputs=(Input("reason", _l("Reason"), hint=_l("The other side and the universities read this.")),),
            stamps=(_stamp_reason,),
            effects=(_tell_over,),
            tone="danger",
            done_label=_l("Declined"),
        ),
        Transition(
            "end",
            _l("End the supervision"),
            ("confirmed",),
            "ended",
            END_SUPERVISION,
            inputs=(Input("reason", _l("Reason"), hint=_l("Student and supervisor read this.")),),
            stamps=(_stamp_reason,),
            effects=(_tell_over,),
            tone="danger",
            done_label=_l("Ended"),
        ),
    ],
)
