"""A student in a programme, and the registration at each party with a life of its own."""

from lms.core import waiting
from lms.core.actor import Actor, system_actor
from lms.core.i18n import Text
from lms.core.i18n import lazy_gettext as _l
from lms.core.waiting import Office
from lms.core.workflow import Context, Input, Machine, State, Transition, perform
from lms.notifications.services import notify, notify_office
from lms.programmes import study_messages as messages
from lms.programmes.models import Registration, Student
from lms.programmes.queries import study as queries
from lms.programmes.queries.agreements import today
from lms.programmes.study_policy import END_STUDY, LEAVE, REGISTRATION

_REASON = Input("reason", _l("Reason"))


def values_of(student: Student) -> dict[str, object]:
    """What every message about a student names; programme and person must be loaded."""
    return {
        "student": student.person.name,
        "programme_en": student.programme.title_en,
        "programme_zh": student.programme.title_zh,
        "path": f"/programmes/students/{student.ref}",
    }


def open_for_party(actor: Actor, student: Student, kind: waiting.WaitingKind, institution_id: int) -> None:
    """It waits for the coordinators of one party."""
    waiting.open_item(
        actor,
        kind,
        to=Office("coordinator", "institution", institution_id),
        subject=("registration", next(one.id for one in student.registrations if one.institution_id == institution_id)),
        about=[student.person.name, student.programme],
        url_values={"ref": student.ref},
    )


# --- registrations -----------------------------------------------------------------------------------


def _number_is_free(context: Context) -> Text | None:
    number = context.inputs.get("student_number")
    registration: Registration = context.subject
    if number is not None and not str(number).strip():
        return _l("Enter the student number.")
    if number and queries.number_is_taken(registration.institution_id, str(number).strip(), besides=registration.id):
        return _l("Another student of your university has this number.")
    return None


def _leave_is_in_order(context: Context) -> Text | None:
    day, since = context.inputs.get("until_on"), context.subject.from_on
    if day is not None and since is not None and day < since:
        return _l("This day lies before the first day of the registration.")
    return None


def _stamp_registered(context: Context) -> None:
    registration: Registration = context.subject
    registration.student_number = str(context.inputs["student_number"]).strip()
    registration.from_on = context.inputs["from_on"]


def _stamp_reason(context: Context) -> None:
    context.subject.reason = str(context.inputs["reason"])


def _stamp_back(context: Context) -> None:
    context.subject.reason = ""


def _stamp_ended(context: Context) -> None:
    context.subject.until_on = context.inputs.get("until_on") or today(context.actor.now)
    context.subject.reason = str(context.inputs.get("reason") or "")


def _registered(context: Context) -> None:
    registration: Registration = context.subject
    waiting.close_items(context.actor, subject=("registration", registration.id))
    student = queries.student_by_id(registration.student_id)
    party = next(one for one in student.registrations if one.id == registration.id).institution
    notify(
        context.actor,
        person_id=student.person_id,
        message=messages.STUDY_REGISTERED,
        values={
            **values_of(student),
            "institution_en": party.name_en,
            "institution_zh": party.name_zh,
            "number": registration.student_number,
        },
        key=registration.ref,
    )


def _stop_waiting(context: Context) -> None:
    waiting.close_items(context.actor, subject=("registration", context.subject.id))


REGISTRATION_MACHINE = Machine(
    "registration",
    model=Registration,
    initial="pending",
    states=[
        State("pending", _l("To be registered"), "warning"),
        State("registered", _l("Registered"), "success"),
        State("on_leave", _l("On leave"), "info"),
        State("ended", _l("Ended"), "neutral", is_final=True),
    ],
    transitions=[
        Transition(
            "register",
            _l("Register"),
            ("pending",),
            "registered",
            REGISTRATION,
            guards=(_number_is_free,),
            inputs=(
                Input("student_number", _l("Student number"), kind="text", hint=_l("As your university gives it.")),
                Input("from_on", _l("Registered from"), kind="date"),
            ),
            stamps=(_stamp_registered,),
            effects=(_registered,),
            tone="success",
            done_label=_l("Registered"),
        ),
        Transition(
            "begin_leave",
            _l("Grant leave"),
            ("registered",),
            "on_leave",
            REGISTRATION,
            inputs=(_REASON,),
            stamps=(_stamp_reason,),
            done_label=_l("Leave granted"),
        ),
        Transition(
            "end_leave",
            _l("End the leave"),
            ("on_leave",),
            "registered",
            REGISTRATION,
            stamps=(_stamp_back,),
            done_label=_l("Back from leave"),
        ),
        Transition(
            "end",
            _l("End the registration"),
            ("pending", "registered", "on_leave"),
            "ended",
            REGISTRATION,
            guards=(_leave_is_in_order,),
            inputs=(_REASON, Input("until_on", _l("Last day"), kind="date")),
            stamps=(_stamp_ended,),
            effects=(_stop_waiting,),
            tone="danger",
            done_label=_l("Registration ended"),
        ),
    ],
)


# --- the student -------------------------------------------------------------------------------------


def _stamp_left(context: Context) -> None:
    context.subject.ended_on = today(context.actor.now)
    context.subject.ended_reason = str(context.inputs.get("reason") or "")


def end_registrations(actor: Actor, student: Student, reason: str) -> None:
    """Every registration that still runs ends today."""
    system = system_actor(actor.now)
    for registration in student.registrations:
        if registration.state != "ended":
            perform(REGISTRATION_MACHINE, registration, "end", actor=system, reason=reason)


def _leave(context: Context) -> None:
    student = queries.student_by_id(context.subject.id)
    end_registrations(context.actor, student, student.ended_reason)
    waiting.close_items(context.actor, subject=("student", student.id))
    values = {**values_of(student), "reason": student.ended_reason}
    for registration in student.registrations:
        office = Office("coordinator", "institution", registration.institution_id)
        notify_office(context.actor, office=office, message=messages.STUDY_LEFT, values=values, key=student.ref)
    notify(context.actor, person_id=student.person_id, message=messages.STUDY_LEFT, values=values, key=student.ref)


def _finish(context: Context) -> None:
    student = queries.student_by_id(context.subject.id)
    end_registrations(context.actor, student, "")
    waiting.close_items(context.actor, subject=("student", student.id))


STUDENT = Machine(
    "student",
    model=Student,
    initial="active",
    states=[
        State("active", _l("Studying"), "success"),
        State("awarded", _l("Degree awarded"), "accent", is_final=True),
        State("transferred", _l("Transferred out"), "neutral", is_final=True),
        State("withdrawn", _l("Withdrawn"), "neutral", is_final=True),
    ],
    transitions=[
        Transition(
            "withdraw",
            _l("Leave the programme"),
            ("active",),
            "withdrawn",
            LEAVE,
            inputs=(Input("reason", _l("Reason"), hint=_l("Student and all universities read this.")),),
            stamps=(_stamp_left,),
            effects=(_leave,),
            tone="danger",
            confirm=_l("Leave the programme at all universities? The grades so far are kept."),
            done_label=_l("Left the programme"),
        ),
        Transition(
            "transfer_out",
            _l("Transfer to another programme"),
            ("active",),
            "transferred",
            END_STUDY,
            inputs=(Input("reason", _l("Where to, and why"), hint=_l("Student and all universities read this.")),),
            stamps=(_stamp_left,),
            effects=(_leave,),
            tone="warning",
            confirm=_l("Transfer out? The registrations at all universities end today."),
            done_label=_l("Transferred out"),
        ),
        Transition(
            "award",
            _l("Award the degree"),
            ("active",),
            "awarded",
            stamps=(_stamp_left,),
            effects=(_finish,),
            event="degree_awarded",
            done_label=_l("Degree awarded"),
        ),
    ],
)
