"""Pages of grades: sheets of a semester, and one grade with its history, correction and conversion."""

from collections.abc import Sequence

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.core.i18n import Text, in_reader_language
from lms.core.i18n import lazy_gettext as _l
from lms.core.imports.views import TABLE, upload
from lms.core.paging import Key, in_order_of, looked_up
from lms.core.web import Column, Form, access, current_actor, render_list
from lms.core.web.actions import Action, actions_for, perform_posted
from lms.core.workflow import history_of
from lms.programmes.flow import GRADE_SHEET
from lms.programmes.forms.study import ConvertForm, CorrectForm, GradesForm, grades_form
from lms.programmes.grade_imports import GRADES
from lms.programmes.models import GradeSheet, PlanItem, Student
from lms.programmes.queries import grades as queries
from lms.programmes.queries import study as students
from lms.programmes.services import grades as services
from lms.programmes.services.grades import Typed
from lms.programmes.study_policy import CONFIRM_GRADES, ENTER_GRADES, RECOGNISE, SHEETS, VIEW_SHEET, VIEW_STUDENT
from lms.programmes.transcript import explained
from lms.programmes.views.blueprint import bp
from lms.programmes.views.study import require_side
from lms.recognition import METHODS, scale_from

_COLUMNS = [
    Column(
        _l("Programme"),
        lambda row: in_reader_language(row.programme, "title"),
        "programme",
        looked_up(GradeSheet.programme, "title_en"),
    ),
    Column(
        _l("University"),
        lambda row: in_reader_language(row.institution, "name"),
        "university",
        looked_up(GradeSheet.institution, "name_en"),
    ),
    Column(_l("Began on"), lambda row: row.started_on, "started", GradeSheet.started_on),
    Column(_l("Semester"), lambda row: row.semester, "semester", GradeSheet.semester),
    Column(_l("Due on"), lambda row: row.due_on, "due", GradeSheet.due_on),
    Column(
        _l("State"),
        lambda row: GRADE_SHEET.state_of(row).label,
        "state",
        in_order_of(GradeSheet.state, GRADE_SHEET.states),
    ),
]


@bp.get("/sheets/")
@access(SHEETS)
def sheets() -> Response:
    """The grade sheets that I enter or confirm."""
    q, state = request.args.get("q", "").strip(), request.args.get("state", "")
    state = state if state in GRADE_SHEET.states else ""
    return render_list(
        "programmes/study/sheets.html",
        query=queries.sheets_of(current_actor(), q=q, state=state),
        order=[Key(GradeSheet.due_on), Key(GradeSheet.id)],
        columns=_COLUMNS,
        name="grade-sheets",
        machine=GRADE_SHEET,
        q=q,
        state=state,
    )


@bp.get("/sheets/<ref>")
@access(VIEW_SHEET, load=queries.sheet_visible_to)
def sheet(sheet: GradeSheet) -> ResponseReturnValue:
    """The grades of one semester: entered here, handed in, confirmed."""
    return _page(sheet)


def _rows(sheet: GradeSheet) -> Sequence[PlanItem]:
    """All of it for the university's coordinators, for an examiner their own modules."""
    actor = current_actor()
    is_office = actor.holds("coordinator", "institution", sheet.institution_id)
    return queries.rows_of(sheet, examiner_id=None if is_office else actor.person_id)


def _form(sheet: GradeSheet, rows: Sequence[PlanItem]) -> GradesForm:
    actor, ids = current_actor(), [item.id for item in rows]

    def read(typed: Sequence[Typed]) -> list[tuple[str, Text]]:
        return services.read_grades(actor, sheet, typed)[1]

    return grades_form(sheet, rows, queries.open_entries(ids), queries.holding_entries(ids), read)


def _page(sheet: GradeSheet, *, refused: Action | None = None, sent: GradesForm | None = None) -> ResponseReturnValue:
    rows = _rows(sheet)
    ids = [item.id for item in rows]
    form = sent or _form(sheet, rows)
    people: dict[int, list[PlanItem]] = {}
    for item in rows:
        people.setdefault(item.student_id, []).append(item)
    page = render_template(
        "programmes/study/sheet.html",
        sheet=sheet,
        programme=sheet.programme,
        state=GRADE_SHEET.state_of(sheet),
        machine=GRADE_SHEET,
        people=list(people.values()),
        modules=list({item.module_id: item.module for item in rows}.values()),
        scales=services.scales_on(sheet, rows),
        explained=lambda kept: explained(scale_from(kept.definition)),
        form=form,
        fields={item.id: form[name] for name, item in form.items.items()},
        entries=queries.open_entries(ids),
        holding=queries.holding_entries(ids),
        may_enter=sheet.state in services.ENTERING and bool(form.items),
        may_correct=CONFIRM_GRADES.allows(current_actor(), sheet),
        actions=[
            refused if refused and refused.transition is one.transition else one
            for one in actions_for(GRADE_SHEET, sheet)
        ],
        history_rows=history_of("grade_sheet", sheet.id, public_only=False),
    )
    return page, _status(refused, sent)


def _status(refused: Action | None, sent: Form | None) -> int:
    if sent is not None and sent.is_stale:
        return 409
    return 422 if refused or sent else 200


@bp.post("/sheets/<ref>")
@access(ENTER_GRADES, load=queries.sheet_visible_to)
def enter_grades(sheet: GradeSheet) -> ResponseReturnValue:
    """Keep what was entered."""
    form = _form(sheet, _rows(sheet))
    kept = form.submit(
        lambda: (services.enter_grades(current_actor(), sheet, form.typed(), version=form.seen_version),)
    )
    if kept is None:
        return _page(sheet, sent=form)
    flash(_l("Saved. Hand the sheet in once all grades are entered."), "success")
    return redirect(url_for("programmes.sheet", ref=sheet.ref), 303)


@bp.post("/sheets/<ref>/do/<transition>")
@access(VIEW_SHEET, load=queries.sheet_visible_to)
def do_sheet(sheet: GradeSheet, transition: str) -> ResponseReturnValue:
    """Hand in, send back, confirm."""
    if (refused := perform_posted(GRADE_SHEET, sheet, transition)) is not None:
        return _page(sheet, refused=refused)
    flash(GRADE_SHEET.transitions[transition].timeline_label, "success")
    return redirect(url_for("programmes.sheet", ref=sheet.ref), 303)


@bp.route("/sheets/<ref>/import", methods=["GET", "POST"])
@access(ENTER_GRADES, load=queries.sheet_visible_to, uploads=[TABLE])
def import_grades(sheet: GradeSheet) -> ResponseReturnValue:
    """Enter the grades of a sheet from a table, tried row by row first."""
    back = url_for("programmes.sheet", ref=sheet.ref)
    return upload(GRADES, sheet, target={"ref": sheet.ref}, back=back)


# --- one grade --------------------------------------------------------------------------------------------


@bp.get("/students/<ref>/grades/<module_ref>")
@access(VIEW_STUDENT, load=students.student_visible_to)
def grade(student: Student, module_ref: str) -> ResponseReturnValue:
    """Every grade that was given for a module, with what it was converted into, by whom, when and why."""
    item = queries.item_of(student, module_ref)
    require_side(student, item.module.institution_id)
    return _grade_page(student, item)


def _grade_page(
    student: Student, item: PlanItem, *, correction: CorrectForm | None = None, conversion: ConvertForm | None = None
) -> ResponseReturnValue:
    actor = current_actor()
    history = queries.history_of_grade(item.id)
    holds = any(one.confirmed_at is not None and one.replaced_at is None for one in history)
    gives = actor.holds("coordinator", "institution", item.module.institution_id)
    version = str(student.version)
    may_recognise = holds and RECOGNISE.allows(actor, student)
    may_correct = may_recognise and gives
    may_convert = may_recognise and student.curriculum.scale is not None
    page = render_template(
        "programmes/study/grade.html",
        student=student,
        programme=student.programme,
        item=item,
        module=item.module,
        history=[one for one in history if one.confirmed_at is not None or gives],
        methods=METHODS,
        correction=(correction or CorrectForm(formdata=None, prefix="correct-", version=version))
        if may_correct
        else None,
        conversion=(conversion or ConvertForm(formdata=None, prefix="convert-", version=version))
        if may_convert
        else None,
    )
    sent = correction or conversion
    return page, 200 if sent is None else 409 if sent.is_stale else 422


@bp.post("/students/<ref>/grades/<module_ref>/correct")
@access(RECOGNISE, load=students.student_visible_to)
def correct_grade(student: Student, module_ref: str) -> ResponseReturnValue:
    """Correct a grade, with the reason."""
    item = _gradable(student, module_ref)
    form = CorrectForm(prefix="correct-", version=str(student.version))
    done = form.submit(
        lambda: services.correct(
            current_actor(),
            student,
            item,
            text=form.grade.data or "",
            reason=form.reason.data or "",
            version=form.seen_version,
        )
    )
    return _graded(student, module_ref) if done else _grade_page(student, item, correction=form)


@bp.post("/students/<ref>/grades/<module_ref>/convert")
@access(RECOGNISE, load=students.student_visible_to)
def convert_grade(student: Student, module_ref: str) -> ResponseReturnValue:
    """Convert one grade by another method, with the reason."""
    item = _gradable(student, module_ref)
    form = ConvertForm(prefix="convert-", version=str(student.version))
    done = form.submit(
        lambda: services.decide_conversion(
            current_actor(),
            student,
            item,
            method=form.method.data,
            parameters=form.parameters(),
            reason=form.reason.data or "",
            version=form.seen_version,
        )
    )
    return _graded(student, module_ref) if done else _grade_page(student, item, conversion=form)


def _gradable(student: Student, module_ref: str) -> PlanItem:
    item = queries.item_of(student, module_ref)
    require_side(student, item.module.institution_id)
    return item


def _graded(student: Student, module_ref: str) -> ResponseReturnValue:
    flash(_l("Saved. What was there before stays in the history."), "success")
    return redirect(url_for("programmes.grade", ref=student.ref, module_ref=module_ref), 303)
