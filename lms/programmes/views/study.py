"""Pages of students: the list, one study with plan and grades, the plan, registrations, transcripts."""

from collections.abc import Sequence
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.accounts.forms import EmptyForm
from lms.core import waiting
from lms.core.access import SIGNED_IN
from lms.core.errors import NotFound
from lms.core.i18n import Text, in_reader_language
from lms.core.i18n import lazy_gettext as _l
from lms.core.paging import Key, in_order_of, looked_up
from lms.core.web import Column, access, current_actor, is_htmx, render_form, render_list
from lms.core.web.actions import Action, actions_for, perform_posted
from lms.core.workflow import histories_of
from lms.credentials.queries import credentials_of
from lms.programmes.flow import REGISTRATION_MACHINE, STUDENT
from lms.programmes.flow.grades import TRANSCRIPT
from lms.programmes.forms.study import plan_form
from lms.programmes.models import Registration, Student
from lms.programmes.queries import award as awards
from lms.programmes.queries import grades
from lms.programmes.queries import study as queries
from lms.programmes.queries.supervision import supervision_of
from lms.programmes.services import award as award_services
from lms.programmes.services import study as services
from lms.programmes.study_policy import OWN_STUDY, PLAN_STUDY, PROPOSE_AWARD, REGISTRATION, STUDENTS, VIEW_STUDENT
from lms.programmes.tally import converted, semester_of, shown, tally
from lms.programmes.views.blueprint import bp

# --- lists ------------------------------------------------------------------------------------------------


def _own_registrations(student: Student) -> list[Registration]:
    """Those that a list shows: of the reader's own universities, to the secretariat all."""
    actor = current_actor()
    mine = actor.scopes_of("coordinator", "institution")
    return [one for one in student.registrations if actor.is_secretariat or one.institution_id in mine]


def _numbers(student: Student) -> str:
    return ", ".join(one.student_number for one in _own_registrations(student) if one.student_number)


def _registration_states(student: Student) -> str:
    return ", ".join(str(REGISTRATION_MACHINE.state_of(one).label) for one in _own_registrations(student))


_COLUMNS = [
    Column(_l("Name"), lambda row: row.person.name, "name", looked_up(Student.person, "name")),
    Column(_l("Name in own script"), lambda row: row.person.name_local),
    Column(
        _l("Programme"),
        lambda row: in_reader_language(row.programme, "title"),
        "programme",
        looked_up(Student.programme, "title_en"),
    ),
    Column(
        _l("Entered through"),
        lambda row: in_reader_language(row.home_institution, "name"),
        "home",
        looked_up(Student.home_institution, "name_en"),
    ),
    Column(_l("Student numbers"), _numbers),
    Column(_l("Registration"), _registration_states),
    Column(_l("Began on"), lambda row: row.started_on, "started", Student.started_on),
    Column(_l("State"), lambda row: STUDENT.state_of(row).label, "state", in_order_of(Student.state, STUDENT.states)),
]


@bp.get("/students/")
@access(STUDENTS)
def students() -> Response:
    """The students of my university in joint programmes."""
    actor = current_actor()
    kept = {name: request.args.get(name, "").strip() for name in ("q", "programme", "state")}
    if kept["state"] not in STUDENT.states:
        kept["state"] = ""
    return render_list(
        "programmes/study/students.html",
        query=queries.students_of(actor, **kept),
        order=[Key(Student.started_on, descending=True), Key(Student.id, descending=True)],
        columns=_COLUMNS,
        name="students",
        machine=STUDENT,
        kept=kept,
        programmes=[(one.ref, in_reader_language(one, "title")) for one in queries.programmes_with_students(actor)],
        numbers=_numbers,
        registration_states=_registration_states,
    )


@bp.get("/study/")
@access(SIGNED_IN)
def my_study() -> ResponseReturnValue:
    """My programme; a list only where there are several."""
    own = queries.own_studies(current_actor())
    if len(own) == 1:
        return redirect(url_for("programmes.student", ref=own[0].ref))
    return render_template("programmes/study/mine.html", studies=own, machine=STUDENT)


# --- one student ------------------------------------------------------------------------------------------


@bp.get("/students/<ref>")
@access(VIEW_STUDENT, load=queries.student_visible_to)
def student(student: Student) -> ResponseReturnValue:
    """One study: where registered, what is planned when, which grades there are, what is lacking."""
    return _page(student)


def _page(
    student: Student, *, refused: Action | None = None, of: str = "", problems: Sequence[Text] = ()
) -> ResponseReturnValue:
    actor, curriculum = current_actor(), student.curriculum
    today = actor.now.date()
    sides = queries.shown_sides(actor, student)
    is_whole = sides >= {one.institution_id for one in student.registrations}
    items = [item for item in student.plan if item.module.institution_id in sides]
    holding = grades.holding_entries([item.id for item in items])
    earned = {item.module_id for item in items if item.id in holding and holding[item.id].outcome in _EARNING}
    page = render_template(
        "programmes/study/student.html",
        student=student,
        programme=student.programme,
        curriculum=curriculum,
        state=STUDENT.state_of(student),
        machine=STUDENT,
        registration_machine=REGISTRATION_MACHINE,
        registrations=[(one, one.institution_id in sides, _actions(one, refused, of)) for one in student.registrations],
        semesters=[
            (number, [item for item in student.plan if item.semester == number])
            for number in sorted({item.semester for item in student.plan})
        ],
        current=semester_of(student.started_on, today, curriculum.semesters) if student.started_on <= today else None,
        sides=sides,
        is_whole=is_whole,
        holding=holding,
        conversion_of=grades.conversion_of,
        worth={one.id: shown(converted(curriculum, one).value) for one in curriculum.modules},
        shown=shown,
        earned=tally(curriculum, earned),
        planned=tally(curriculum, services.planned(student)),
        lacking=awards.faults_shown_to(actor, student, sides) if student.state == "active" else [],
        awards=awards.awards_to(student.id),
        supervision=supervision_of(student.id),
        may_propose=PROPOSE_AWARD.allows(actor, student),
        may_plan=PLAN_STUDY.allows(actor, student) and student.state == "active",
        is_mine=OWN_STUDY.allows(actor, student),
        shows_contact=actor.is_secretariat or _may_see_contact(student),
        credentials=_papers(student),
        problems=problems,
        form=EmptyForm(formdata=None),
        actions=[
            refused if refused and of == student.ref and refused.transition is one.transition else one
            for one in actions_for(STUDENT, student)
        ],
        next=_next(student, sides),
        names={("registration", one.id): in_reader_language(one.institution, "name") for one in student.registrations},
        history_rows=histories_of(
            [
                ("student", student.id),
                *(("registration", one.id) for one in student.registrations if one.institution_id in sides),
            ],
            public_only=False,
        ),
    )
    return page, 422 if refused or problems else 200


_EARNING = ("passed", "credited")


def _may_see_contact(student: Student) -> bool:
    """The university that somebody entered through has their address; the others where the agreement shares it."""
    actor = current_actor()
    mine = actor.scopes_of("coordinator", "institution")
    return student.home_institution_id in mine or (
        bool(mine & {one.institution_id for one in student.registrations})
        and queries.shares_contact(student.programme_id)
    )


def _papers(student: Student) -> list[Any]:
    """The transcripts and certificates of this study, for the student."""
    if not OWN_STUDY.allows(current_actor(), student):
        return []
    degrees = [paper for award in awards.awards_to(student.id) for paper in awards.certificates_of(award)]
    transcripts = [
        one for one in credentials_of(student.person_id) if (one.kind, one.subject_id) == (TRANSCRIPT, student.id)
    ]
    return [*degrees, *transcripts]


def _actions(registration: Registration, refused: Action | None, of: str) -> list[Action]:
    return [
        refused if refused and of == registration.ref and refused.transition is one.transition else one
        for one in actions_for(REGISTRATION_MACHINE, registration)
    ]


def _next(student: Student, sides: frozenset[int]) -> list[dict[str, Any]]:
    """What waits about a study, as far as the reader may know."""
    subjects = [("student", student.id)]
    subjects += [("registration", one.id) for one in student.registrations if one.institution_id in sides]
    names = {one.institution_id: in_reader_language(one.institution, "name") for one in student.registrations}
    return [
        {
            "what": waiting.kind_named(item.kind).label,
            "who": names.get(item.scope_id or 0) or student.person.name,
            "until": item.due_at,
        }
        for item in waiting.items_about_all(subjects)
    ]


@bp.post("/students/<ref>/do/<transition>")
@access(VIEW_STUDENT, load=queries.student_visible_to)
def do_student(student: Student, transition: str) -> ResponseReturnValue:
    """Leave the programme, or transfer out of it."""
    if (refused := perform_posted(STUDENT, student, transition)) is not None:
        return _page(queries.student_by_id(student.id), refused=refused, of=student.ref)
    flash(STUDENT.transitions[transition].timeline_label, "success")
    return redirect(url_for("programmes.student", ref=student.ref), 303)


@bp.post("/registrations/<ref>/do/<transition>")
@access(REGISTRATION, load=queries.registration_by_ref)
def do_registration(registration: Registration, transition: str) -> ResponseReturnValue:
    """Register a student at one's university, grant leave, end it."""
    if (refused := perform_posted(REGISTRATION_MACHINE, registration, transition)) is not None:
        return _page(queries.student_by_id(registration.student_id), refused=refused, of=registration.ref)
    flash(REGISTRATION_MACHINE.transitions[transition].timeline_label, "success")
    return redirect(url_for("programmes.student", ref=registration.student.ref), 303)


# --- the plan ---------------------------------------------------------------------------------------------


@bp.route("/students/<ref>/plan", methods=["GET", "POST"])
@access(PLAN_STUDY, load=queries.student_visible_to)
def plan(student: Student) -> ResponseReturnValue:
    """Choose electives; what they add up to is shown while choosing."""
    form = plan_form(student, grades.graded_modules(student.id))
    if is_htmx() and request.form.get("check"):
        return render_template("programmes/study/_tally.html", **_live(student, form.semesters()))
    saved = form.submit(
        lambda: services.change_plan(current_actor(), student, form.semesters(), version=form.seen_version)
    )
    if saved:
        flash(_l("Your plan is saved.") if OWN_STUDY.allows(current_actor(), student) else _l("Saved."), "success")
        return redirect(url_for("programmes.student", ref=student.ref), 303)
    chosen = form.semesters() if form.is_submitted() else {item.module_id: item.semester for item in student.plan}
    fixed = [item for item in student.plan if f"m{item.module_id}" not in form.modules]
    return render_form(
        "programmes/study/plan.html",
        form,
        student=student,
        programme=student.programme,
        fields=[form[name] for name in form.modules],
        fixed=fixed,
        **_live(student, chosen),
    )


def _live(student: Student, chosen: dict[int, int]) -> dict[str, Any]:
    """What the choice adds up to, with the compulsory modules that nothing stands for."""
    modules = {one.id: one for one in student.curriculum.modules}
    stood_for = {modules[one].stands_for_id for one in chosen if one in modules}
    compulsory = {one.id for one in modules.values() if one.is_compulsory and one.id not in stood_for}
    graded = grades.graded_modules(student.id)
    return {"tally": tally(student.curriculum, {*chosen, *compulsory, *graded}), "shown": shown}


# --- transcripts and awards ---------------------------------------------------------------------------------


@bp.post("/students/<ref>/transcript")
@access(OWN_STUDY, load=queries.student_visible_to)
def take_transcript(student: Student) -> ResponseReturnValue:
    """Take a signed transcript of all confirmed grades so far."""
    form = EmptyForm()
    paper = form.submit(lambda: award_services.issue_transcript(current_actor(), student))
    if paper is None:
        return _page(queries.student_by_id(student.id), problems=form.form_errors)
    return redirect(url_for("credentials.show", code=paper.code), 303)


@bp.post("/students/<ref>/award")
@access(PROPOSE_AWARD, load=queries.student_visible_to)
def propose_award(student: Student) -> ResponseReturnValue:
    """Propose the award of the degree."""
    form = EmptyForm()
    award = form.submit(lambda: award_services.propose_award(current_actor(), student, version=None))
    if award is None:
        return _page(queries.student_by_id(student.id), problems=form.form_errors)
    flash(_l("Proposed. It now waits for the word of every university."), "success")
    return redirect(url_for("programmes.award", ref=award.ref), 303)


def require_side(student: Student, institution_id: int) -> None:
    """Raise NotFound where the reader may not see a university's side of a student."""
    if institution_id not in queries.shown_sides(current_actor(), student):
        raise NotFound
