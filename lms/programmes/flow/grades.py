"""A grade sheet: opened by the clock, entered, confirmed; after that a grade is corrected one by one, with a reason."""

from datetime import datetime, time

from lms.core import audit, waiting
from lms.core.actor import Actor, system_actor
from lms.core.clock import CENTER_ZONE, deadline_in_zone
from lms.core.db import db
from lms.core.i18n import Text, lazy_ngettext
from lms.core.i18n import lazy_gettext as _l
from lms.core.pdf import bilingual
from lms.core.waiting import Office, Title
from lms.core.workflow import Context, Input, Machine, State, Transition, machine_named, perform
from lms.credentials.queries import credentials_of
from lms.notifications.services import notify
from lms.programmes import study_messages as messages
from lms.programmes.flow.study import values_of
from lms.programmes.models import GradeConversion, GradeEntry, GradeSheet, PlanItem, Student
from lms.programmes.queries import grades as queries
from lms.programmes.queries import study as students
from lms.programmes.study_policy import CONFIRM_GRADES, ENTER_GRADES
from lms.programmes.tally import party_of
from lms.recognition import RecognitionError, convert, scale_from

TRANSCRIPT = "degree.transcript"


def _all_entered(context: Context) -> Text | None:
    items = [item.id for item in queries.rows_of(context.subject)]
    known = queries.open_entries(items).keys() | queries.holding_entries(items).keys()
    missing = len(items) - len(known)
    if not items:
        return _l("Nobody takes a module in this semester.")
    if missing:
        return lazy_ngettext("%(num)d grade is not entered yet.", "%(num)d grades are not entered yet.", missing)
    return None


def _ask_to_enter(context: Context) -> None:
    if queries.rows_of(context.subject):
        _open(context, messages.ENTER_GRADES)


def _ask_to_confirm(context: Context) -> None:
    _close(context)
    _open(context, messages.CONFIRM_GRADES)


def _open(context: Context, kind: waiting.WaitingKind) -> None:
    sheet = queries.sheet_by_id(context.subject.id)
    due_at = deadline_in_zone(datetime.combine(sheet.due_on, time(23, 59)), CENTER_ZONE)
    offices: list[Office | int] = [Office("coordinator", "institution", sheet.institution_id)]
    if kind is messages.ENTER_GRADES:
        offices += sorted(queries.examiner_ids(sheet))
    for to in offices:
        waiting.open_item(
            context.actor,
            kind,
            to=to,
            subject=("grade_sheet", sheet.id),
            about=[sheet.programme, Title(f"Semester {sheet.semester}", f"第{sheet.semester}学期")],
            url_values={"ref": sheet.ref},
            due_at=due_at if kind is messages.ENTER_GRADES else None,
        )


def _close(context: Context) -> None:
    waiting.close_items(context.actor, subject=("grade_sheet", context.subject.id))


def _confirm_all(context: Context) -> None:
    """Every grade of the sheet holds from now on, and is converted as the curriculum says."""
    _close(context)
    items = queries.rows_of(context.subject)
    entries = queries.open_entries([item.id for item in items])
    student_ids = []
    for item in items:
        if item.id in entries:
            hold(context.actor, entries[item.id])
            student_ids.append(item.student_id)
    for student_id in dict.fromkeys(student_ids):
        student = students.student_by_id(student_id)
        values = {**values_of(student), "semester": context.subject.semester}
        key = f"{context.subject.ref}:{student.ref}:{context.subject.version}"
        notify(context.actor, person_id=student.person_id, message=messages.GRADES_CONFIRMED, values=values, key=key)


def hold(actor: Actor, entry: GradeEntry) -> None:
    """Let an entered grade hold, instead of one that held before, and convert it. Transcripts with the old one end."""
    before = queries.holding_entries([entry.plan_item_id]).get(entry.plan_item_id)
    if before is not None:
        before.replaced_at = actor.now
        db.session.flush()
    entry.confirmed_at, entry.confirmed_by_id = actor.now, actor.person_id
    db.session.flush()
    item = db.session.get_one(PlanItem, entry.plan_item_id)
    _convert(actor, entry, students.student_by_id(item.student_id), item)
    audit.record(actor, "grade.confirmed", subject=("grade_entry", entry.id))
    if before is not None:
        end_transcripts(actor, item.student_id)


def _convert(actor: Actor, entry: GradeEntry, student: Student, item: PlanItem) -> None:
    module = next(one for one in student.curriculum.modules if one.id == item.module_id)
    party = party_of(student.curriculum, module.institution_id)
    if student.curriculum.scale is None or party.method == "none" or student.curriculum.scale_id == entry.scale_id:
        return
    target = scale_from(student.curriculum.scale.definition)
    try:
        result = convert(party.method, entry.text, scale_from(entry.scale.definition), target, pairs=party.pairs)
    except RecognitionError:
        return  # The agreed rule says nothing about this grade. It stands as it is, until somebody decides about it.
    db.session.add(
        GradeConversion(
            entry_id=entry.id,
            scale_id=student.curriculum.scale.id,
            value=result.value,
            method=result.method,
            parameters={"pairs": party.pairs} if result.method == "table" else {},
            basis=result.basis,
            decided_at=actor.now,
            decided_by_id=None,
        )
    )
    db.session.flush()


def end_transcripts(actor: Actor, student_id: int) -> None:
    """Revoke the transcripts that were issued with a grade that was corrected; the student takes a new one."""
    person_id = students.student_by_id(student_id).person_id
    for credential in credentials_of(person_id):
        is_transcript = (credential.kind, credential.subject_id) == (TRANSCRIPT, student_id)
        if is_transcript and credential.state == "issued":
            # Whoever checks the paper reads this, in whatever language: it is kept in both that are printed.
            told = bilingual(_l("A grade in it was corrected or converted anew."))
            reason = f"{told['en']} / {told['zh']}"
            perform(machine_named("credential"), credential, "revoke", actor=system_actor(actor.now), reason=reason)


GRADE_SHEET = Machine(
    "grade_sheet",
    model=GradeSheet,
    initial="planned",
    states=[
        State("planned", _l("Semester under way"), "neutral"),
        State("open", _l("Grades are wanted"), "warning"),
        State("entered", _l("To be confirmed"), "info"),
        State("confirmed", _l("Confirmed"), "success", is_final=True),
    ],
    transitions=[
        Transition(
            "open",
            _l("Ask for the grades"),
            ("planned",),
            "open",
            CONFIRM_GRADES,
            effects=(_ask_to_enter,),
            by_clock=True,
            done_label=_l("Grades asked for"),
        ),
        Transition(
            "hand_in",
            _l("All grades are entered"),
            ("planned", "open"),
            "entered",
            ENTER_GRADES,
            guards=(_all_entered,),
            effects=(_ask_to_confirm,),
            tone="success",
            done_label=_l("Grades entered"),
        ),
        Transition(
            "send_back",
            _l("Send back to whoever entered them"),
            ("entered",),
            "open",
            CONFIRM_GRADES,
            inputs=(Input("reason", _l("Reason")),),
            effects=(_close, _ask_to_enter),
            tone="warning",
            done_label=_l("Sent back"),
        ),
        Transition(
            "confirm",
            _l("Confirm all grades"),
            ("entered",),
            "confirmed",
            CONFIRM_GRADES,
            guards=(_all_entered,),
            effects=(_confirm_all,),
            event="grades_confirmed",
            tone="success",
            confirm=_l("Confirm these grades? Students see them, and a change then needs a reason."),
            done_label=_l("Grades confirmed"),
        ),
        Transition(
            "reopen",
            _l("Open again for late modules"),
            ("confirmed",),
            "open",
            CONFIRM_GRADES,
            effects=(_ask_to_enter,),
            done_label=_l("Opened again"),
        ),
    ],
)
