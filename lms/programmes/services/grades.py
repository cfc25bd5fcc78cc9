"""Entering, correcting and converting grades. Each is kept for ever; what was wrong is replaced, never overwritten."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm.attributes import set_committed_value

from lms.applications.services.editing import begin_edit
from lms.core import audit
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import Conflict, Invalid, NotPermitted, Refused
from lms.core.i18n import Text
from lms.core.i18n import lazy_gettext as _l
from lms.programmes.flow.grades import end_transcripts, hold
from lms.programmes.models import Curriculum, GradeConversion, GradeEntry, GradeSheet, PlanItem, ScaleVersion, Student
from lms.programmes.queries import curriculum as curricula
from lms.programmes.queries import grades as queries
from lms.programmes.queries import study as students
from lms.programmes.study_policy import RECOGNISE
from lms.programmes.tally import party_of
from lms.recognition import Grade, RecognitionError, convert, scale_from

ENTERING = ("planned", "open")


@dataclass(frozen=True)
class Typed:
    """What was typed for one module of one student, and where a fault is shown."""

    item: PlanItem
    text: str
    field: str


def scale_of(item: PlanItem, curriculum: Curriculum) -> ScaleVersion:
    """The scale on which a module is graded: that of its university. Raises Invalid where there is none."""
    scale = party_of(curriculum, item.module.institution_id).scale
    if scale is None:
        raise Invalid(_l("The university has not chosen its grade scale."))
    return scale


def enter_grades(actor: Actor, sheet: GradeSheet, typed: Sequence[Typed], *, version: int | None) -> int:
    """Keep what was typed on a sheet, and how much that was; empty takes back what is not confirmed.

    Raises Refused when anything cannot be read (see `read_grades`), Conflict when the sheet was handed in,
    NotPermitted for a module that the actor does not grade, Stale.
    """
    begin_edit(sheet, version)
    if sheet.state not in ENTERING:
        raise Conflict(_l("This sheet was handed in. Ask for it to be sent back, or correct a grade with a reason."))
    readable, faults = read_grades(actor, sheet, typed)
    if faults:
        raise Refused([message for _field, message in faults])
    items = [one.item.id for one in typed]
    known, holding = queries.open_entries(items), queries.holding_entries(items)
    for one in typed:
        if one.item.id in holding:
            continue
        _keep(actor, one.item, known.get(one.item.id), readable.get(one.item.id))
    db.session.flush()
    audit.record(actor, "grades.entered", subject=("grade_sheet", sheet.id), detail={"count": len(readable)})
    return len(readable)


def read_grades(
    actor: Actor, sheet: GradeSheet, typed: Sequence[Typed]
) -> tuple[dict[int, tuple[Grade, ScaleVersion]], list[tuple[str, Text]]]:
    """What the texts mean on the scales of their modules, by plan item, and what cannot be read."""
    is_office = actor.is_system or actor.holds("coordinator", "institution", sheet.institution_id)
    readable: dict[int, tuple[Grade, ScaleVersion]] = {}
    faults: list[tuple[str, Text]] = []
    scales: dict[int, ScaleVersion] = {}
    for one in typed:
        if not is_office and one.item.module.examiner_id != actor.person_id:
            raise NotPermitted(_l("Each examiner grades their own modules."))
        curriculum_id = one.item.module.curriculum_id
        if curriculum_id not in scales:
            scales[curriculum_id] = scale_of(one.item, curricula.curriculum_by_id(curriculum_id))
        if not one.text:
            continue
        try:
            grade = scale_from(scales[curriculum_id].definition).read(one.text)
        except RecognitionError as error:
            faults.append((one.field, error.message))
        else:
            readable[one.item.id] = (grade, scales[curriculum_id])
    return readable, faults


def _keep(actor: Actor, item: PlanItem, entry: GradeEntry | None, grade: tuple[Grade, ScaleVersion] | None) -> None:
    if grade is None:
        if entry is not None:
            db.session.delete(entry)
        return
    read, scale = grade
    if entry is not None and (entry.text, entry.scale_id) == (read.text, scale.id):
        return
    if entry is None:
        entry = GradeEntry(plan_item_id=item.id)
        db.session.add(entry)
    entry.text, entry.outcome, entry.scale_id = read.text, read.outcome, scale.id
    entry.entered_at, entry.entered_by_id = actor.now, actor.person_id


def correct(
    actor: Actor, student: Student, item: PlanItem, *, text: str, reason: str, version: int | None
) -> GradeEntry:
    """Replace a grade that holds by another one, with the reason; both stay. Transcripts with the old one end.

    Raises NotPermitted for the grade of another university, Refused where no grade holds or it is the same, Stale,
    and Invalid for a grade that is not on the scale.
    """
    _begin(actor, student, item, version)
    before = queries.holding_entries([item.id]).get(item.id)
    if before is None:
        raise Refused([_l("There is no confirmed grade to be corrected. Enter it on the sheet.")])
    if not reason:
        raise Invalid(_l("Say why the grade is corrected."), "reason")
    scale = scale_of(item, student.curriculum)
    try:
        grade = scale_from(scale.definition).read(text)
    except RecognitionError as error:
        raise Invalid(error.message, "grade") from error
    if grade.text == before.text and scale.id == before.scale_id:
        raise Invalid(_l("This is the grade that holds already."), "grade")
    entry = GradeEntry(
        plan_item_id=item.id,
        text=grade.text,
        outcome=grade.outcome,
        scale_id=scale.id,
        reason=reason,
        entered_at=actor.now,
        entered_by_id=actor.person_id,
    )
    db.session.add(entry)
    db.session.flush()
    set_committed_value(entry, "scale", scale)
    hold(actor, entry)
    audit.record(actor, "grade.corrected", subject=("grade_entry", entry.id), detail={"replaces": before.id})
    return entry


def decide_conversion(
    actor: Actor,
    student: Student,
    item: PlanItem,
    *,
    method: str,
    parameters: Mapping[str, Any],
    reason: str,
    version: int | None,
) -> GradeConversion:
    """Convert one grade by another method than the curriculum's. The conversion before it stays, as replaced.

    Any party of the student decides how it recognises a grade that it may read. Raises NotPermitted for others,
    Refused where no grade holds or there is no scale, Invalid, Stale.
    """
    begin_edit(student, version)
    if not RECOGNISE.allows(actor, student) or item.module.institution_id not in students.shown_sides(actor, student):
        raise NotPermitted(_l("The universities of the student decide how a grade is recognised."))
    entry = queries.holding_entries([item.id]).get(item.id)
    if entry is None:
        raise Refused([_l("There is no confirmed grade to be converted.")])
    if student.curriculum.scale is None:
        raise Refused([_l("The curriculum names no scale to convert onto.")])
    if not reason:
        raise Invalid(_l("Say why it is converted in this way."), "reason")
    target = scale_from(student.curriculum.scale.definition)
    try:
        result = convert(method, entry.text, scale_from(entry.scale.definition), target, **parameters)
    except RecognitionError as error:
        raise Invalid(error.message, "method") from error
    if (before := queries.conversion_of(entry)) is not None:
        before.replaced_at = actor.now
        db.session.flush()
    row = GradeConversion(
        entry_id=entry.id,
        scale_id=student.curriculum.scale.id,
        value=result.value,
        method=result.method,
        parameters=dict(result.parameters),
        basis=result.basis,
        reason=reason,
        decided_at=actor.now,
        decided_by_id=actor.person_id,
    )
    db.session.add(row)
    db.session.flush()
    audit.record(actor, "grade.converted", subject=("grade_entry", entry.id), detail={"method": method})
    end_transcripts(actor, student.id)
    return row


def _begin(actor: Actor, student: Student, item: PlanItem, version: int | None) -> None:
    begin_edit(student, version)
    gives = actor.holds("coordinator", "institution", item.module.institution_id)
    if not (gives and RECOGNISE.allows(actor, student)):
        raise NotPermitted(_l("The university that gave a grade corrects it."))


def scales_on(sheet: GradeSheet, rows: Sequence[PlanItem]) -> list[ScaleVersion]:
    """The scales on which the modules of a sheet are graded: one, unless the curriculum changed between students."""
    found: dict[int, ScaleVersion] = {}
    for curriculum_id in dict.fromkeys(item.module.curriculum_id for item in rows):
        scale = party_of(curricula.curriculum_by_id(curriculum_id), sheet.institution_id).scale
        if scale is not None:
            found[scale.id] = scale
    return list(found.values())
