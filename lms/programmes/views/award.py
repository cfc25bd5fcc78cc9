"""Pages of awards: those that wait for the word of my university, and one award."""

from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.core.i18n import in_reader_language
from lms.core.i18n import lazy_gettext as _l
from lms.core.paging import Key, in_order_of, looked_up
from lms.core.web import Column, access, current_actor, render_list
from lms.core.web.actions import Action, actions_for, perform_posted
from lms.core.workflow import history_of
from lms.programmes.flow import AWARD
from lms.programmes.models import Award
from lms.programmes.queries import award as queries
from lms.programmes.queries import study as students
from lms.programmes.rules import AWARDS as KINDS
from lms.programmes.study_policy import AWARDS, VIEW_AWARD
from lms.programmes.tally import shown, tally
from lms.programmes.views.blueprint import bp

_COLUMNS = [
    Column(_l("Student"), lambda row: row.student.person.name, "name", looked_up(Award.student, "person", "name")),
    Column(
        _l("Programme"),
        lambda row: in_reader_language(row.student.programme, "title"),
        "programme",
        looked_up(Award.student, "programme", "title_en"),
    ),
    Column(_l("Award"), lambda row: KINDS[row.kind]),
    Column(_l("Proposed at"), lambda row: row.proposed_at, "proposed", Award.proposed_at),
    Column(_l("State"), lambda row: AWARD.state_of(row).label, "state", in_order_of(Award.state, AWARD.states)),
]


@bp.get("/awards/")
@access(AWARDS)
def awards() -> Response:
    """The awards to students of my university."""
    q, state = request.args.get("q", "").strip(), request.args.get("state", "")
    state = state if state in AWARD.states else ""
    return render_list(
        "programmes/study/awards.html",
        query=queries.awards_of(current_actor(), q=q, state=state),
        order=[Key(Award.proposed_at, descending=True), Key(Award.id, descending=True)],
        columns=_COLUMNS,
        name="awards",
        machine=AWARD,
        kinds=KINDS,
        q=q,
        state=state,
    )


@bp.get("/awards/<ref>")
@access(VIEW_AWARD, load=queries.award_visible_to)
def award(award: Award) -> ResponseReturnValue:
    """One award: what it rests on, who has concurred, what it led to."""
    return _page(award)


def _page(award: Award, refused: Action | None = None) -> ResponseReturnValue:
    actor = current_actor()
    student = students.student_visible_to(actor, award.student.ref)
    page = render_template(
        "programmes/study/award.html",
        award=award,
        student=student,
        programme=student.programme,
        state=AWARD.state_of(award),
        machine=AWARD,
        kinds=KINDS,
        **_standing(student),
        papers=_papers(award),
        actions=[
            refused if refused and refused.transition is one.transition else one for one in actions_for(AWARD, award)
        ],
        history_rows=history_of("award", award.id, public_only=False),
    )
    return page, 422 if refused else 200


def _standing(student: Any) -> dict[str, Any]:
    """What the student has earned, as far as the reader may see it."""
    sides = students.shown_sides(current_actor(), student)
    passed = queries.grades.passed_modules(student.id)
    visible = {one.id for one in student.curriculum.modules if one.id in passed and one.institution_id in sides}
    return {
        "sides": sides,
        "is_whole": sides >= {one.institution_id for one in student.registrations},
        "earned": tally(student.curriculum, visible),
        "lacking": queries.faults_shown_to(current_actor(), student, sides) if student.state == "active" else [],
        "shown": shown,
    }


def _papers(award: Award) -> list[Any]:
    """The certificates, for the graduate and for the coordinators of the issuing university."""
    actor = current_actor()
    mine = actor.scopes_of("coordinator", "institution")
    sees_all = actor.is_secretariat or actor.person_id == award.student.person_id
    return [one for one in queries.certificates_of(award) if sees_all or one.issuer_id in mine]


@bp.post("/awards/<ref>/do/<transition>")
@access(VIEW_AWARD, load=queries.award_visible_to)
def do_award(award: Award, transition: str) -> ResponseReturnValue:
    """Give the word of one's university."""
    if (refused := perform_posted(AWARD, award, transition)) is not None:
        return _page(queries.award_by_id(award.id), refused)
    flash(AWARD.transitions[transition].timeline_label, "success")
    return redirect(url_for("programmes.award", ref=award.ref), 303)
