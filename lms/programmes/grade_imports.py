"""Grades of a sheet as a table: student number, module, grade."""

from collections.abc import Sequence

from lms.core.actor import Actor
from lms.core.errors import Invalid
from lms.core.i18n import lazy_gettext as _l
from lms.core.imports import ImportKind, register_import
from lms.core.imports.kinds import Values
from lms.core.tabular import Column
from lms.programmes.models import GradeSheet, PlanItem
from lms.programmes.queries import grades as queries
from lms.programmes.services import grades as services
from lms.programmes.services.grades import Typed
from lms.programmes.study_policy import ENTER_GRADES


def _columns(_actor: Actor, _sheet: GradeSheet) -> Sequence[Column]:
    return (
        Column("number", ("Student number", "学号"), hint=_l("As your university registered the student.")),
        Column("module", ("Module", "Code", "课程代码"), hint=_l("The code of the module.")),
        Column("grade", ("Grade", "成绩"), hint=_l("On the scale of your university.")),
    )


def _item(actor: Actor, sheet: GradeSheet, values: Values) -> PlanItem:
    """The module of the student whom a row names, among those that the actor grades. Raises Invalid."""
    is_office = actor.holds("coordinator", "institution", sheet.institution_id)
    rows = [
        item
        for item in queries.rows_of(sheet, examiner_id=None if is_office else actor.person_id)
        if any(one.student_number == values["number"] for one in item.student.registrations)
    ]
    if not rows:
        raise Invalid(_l("Nobody with this number is on this sheet."), "number")
    found = next((item for item in rows if item.module.code.casefold() == values["module"].casefold()), None)
    if found is None:
        raise Invalid(_l("This student does not take this module in this semester."), "module")
    return found


def _is_known(actor: Actor, sheet: GradeSheet, values: Values) -> bool:
    item = _item(actor, sheet, values)
    readable, faults = services.read_grades(actor, sheet, [Typed(item, values["grade"], "grade")])
    if faults:
        raise Invalid(faults[0][1], "grade")
    if item.id in queries.holding_entries([item.id]):
        raise Invalid(_l("This grade is confirmed already. Correct it on the page of the student, with a reason."))
    entry = queries.open_entries([item.id]).get(item.id)
    return entry is not None and entry.text == readable[item.id][0].text


def _write(actor: Actor, sheet: GradeSheet, values: Values) -> object:
    return services.enter_grades(
        actor, sheet, [Typed(_item(actor, sheet, values), values["grade"], "grade")], version=None
    )


GRADES = register_import(
    ImportKind(
        "grades",
        _l("Grades of a semester"),
        _columns,
        ENTER_GRADES,
        lambda actor, target: queries.sheet_visible_to(actor, target["ref"]),
        _is_known,
        _write,
        key=lambda values: (values["number"], values["module"].casefold()),
        max_rows=2000,
    )
)
