"""Offices: making a programme, keeping its page, and what it still lacks before it may admit."""

from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.core.i18n import in_reader_language
from lms.core.i18n import lazy_gettext as _l
from lms.core.paging import Key, in_order_of, looked_up
from lms.core.web import Column, access, current_actor, render_form, render_list
from lms.core.web.actions import actions_for, perform_posted
from lms.core.web.fields import choices
from lms.core.web.translating import translation_page
from lms.core.workflow import history_of
from lms.institutions import queries as institutions
from lms.programmes.flow import AGREEMENT, INTAKE, NATIONAL_APPROVAL, PROGRAMME
from lms.programmes.forms.programmes import NewProgrammeForm, ProgrammeForm
from lms.programmes.models import Programme
from lms.programmes.policy import KEEP_PROGRAMME, MAKE_PROGRAMME, OFFICE, SEE_OFFICE, SEE_SUPERVISORS
from lms.programmes.queries import agreements
from lms.programmes.queries import programmes as queries
from lms.programmes.queries.curriculum import faults
from lms.programmes.rules import LEVELS
from lms.programmes.services import programmes as services
from lms.programmes.views.blueprint import bp

_COLUMNS = [
    Column(_l("Programme"), lambda row: in_reader_language(row, "title"), "title", Programme.title_en),
    Column(
        _l("Coordinating university"),
        lambda row: in_reader_language(row.coordinating, "name"),
        "university",
        looked_up(Programme.coordinating, "name_en"),
    ),
    Column(_l("Level"), lambda row: str(LEVELS[row.level]), "level", in_order_of(Programme.level, LEVELS)),
    Column(
        _l("State"),
        lambda row: str(PROGRAMME.state_of(row).label),
        "state",
        in_order_of(Programme.state, PROGRAMME.states),
    ),
]


@bp.get("/office/")
@access(OFFICE)
def office() -> Response:
    """The programmes that my office makes, keeps or is asked to carry."""
    q, state = request.args.get("q", "").strip(), request.args.get("state", "")
    return render_list(
        "programmes/office/list.html",
        query=queries.office_programmes(current_actor(), q=q, state=state),
        order=[Key(Programme.title_en), Key(Programme.id)],
        columns=_COLUMNS,
        name="programmes",
        machine=PROGRAMME,
        levels=LEVELS,
        q=q,
        state=state,
    )


@bp.route("/office/new", methods=["GET", "POST"])
@access(MAKE_PROGRAMME)
def new_programme() -> ResponseReturnValue:
    """Begin a programme for a university that I coordinate; the secretariat for any."""
    actor = current_actor()
    form = NewProgrammeForm()
    mine = institutions.institutions(actor.scopes_of("coordinator", "institution")).values()
    offered = institutions.confirmed_institutions() if actor.is_secretariat else mine
    form.coordinating_id.choices = choices((one.id, in_reader_language(one, "name")) for one in offered)
    if made := form.submit(lambda: services.make_programme(actor, **form.values())):
        flash(_l("The programme is begun. Draft its agreement next."), "success")
        return redirect(url_for("programmes.office_programme", ref=made.ref), 303)
    return render_form("programmes/office/form.html", form, programme=None)


@bp.get("/office/<ref>")
@access(SEE_OFFICE, load=queries.office_programme)
def office_programme(programme: Programme) -> str:
    """What a programme holds, and what it lacks before it may admit."""
    return render_template("programmes/office/programme.html", **_workspace(programme))


def _workspace(programme: Programme) -> dict[str, Any]:
    actor = current_actor()
    keeps = KEEP_PROGRAMME.allows(actor, programme)
    versions = agreements.versions_of(programme.id)
    return {
        "programme": programme,
        "state": PROGRAMME.state_of(programme),
        "keeps": keeps,
        "actions": actions_for(PROGRAMME, programme),
        "versions": [one for one in versions if keeps or _is_shown(one)],
        "has_draft": any(one.state in ("draft", "proposed") for one in versions),
        "agreement_machine": AGREEMENT,
        "approvals": agreements.approvals_of(programme.id),
        "approval_machine": NATIONAL_APPROVAL,
        "mine": actor.scopes_of("coordinator", "institution"),
        "faults": [*agreements.standing_faults(programme, actor.now), *faults(programme)],
        "intakes": [one for one in queries.intakes_of(programme) if keeps or _is_carried(one)],
        "sees_supervisors": SEE_SUPERVISORS.allows(actor, programme),
        "intake_machine": INTAKE,
        "history_rows": history_of("programme", programme.id, public_only=False),
        "machine": PROGRAMME,
    }


def _is_carried(intake: Any) -> bool:
    return intake.agreement is None or _is_shown(intake.agreement)


def _is_shown(agreement: Any) -> bool:
    return bool(agreement.shown_to_ids & current_actor().scopes_of("coordinator", "institution"))


@bp.route("/office/<ref>/edit", methods=["GET", "POST"])
@access(KEEP_PROGRAMME, load=queries.office_programme)
def edit_programme(programme: Programme) -> ResponseReturnValue:
    """Texts and facts."""
    form = ProgrammeForm.of(programme)
    if form.submit(lambda: _edit(programme, form)):
        flash(_l("Saved."), "success")
        return redirect(url_for("programmes.office_programme", ref=programme.ref), 303)
    return render_form("programmes/office/form.html", form, programme=programme)


def _edit(programme: Programme, form: ProgrammeForm) -> bool:
    services.edit_programme(current_actor(), programme, version=form.seen_version, **form.values())
    return True


@bp.route("/office/<ref>/languages", methods=["GET", "POST"])
@access(KEEP_PROGRAMME, load=queries.office_programme)
def translate_programme(programme: Programme) -> ResponseReturnValue:
    """Its texts in further languages."""
    return translation_page(
        programme,
        fields={"title": _l("Title"), "summary": _l("Summary")},
        save=lambda language, texts, version: services.translate_programme(
            current_actor(), programme, language=language, texts=texts, version=version
        ),
        title=in_reader_language(programme, "title"),
        back=url_for("programmes.office_programme", ref=programme.ref),
    )


@bp.post("/office/<ref>/do/<any(publish,close):transition>")
@access(KEEP_PROGRAMME, load=queries.office_programme)
def do_programme(programme: Programme, transition: str) -> ResponseReturnValue:
    """Publish it, or take it out of the catalogue."""
    if failed := perform_posted(PROGRAMME, programme, transition):
        page = _workspace(programme)
        page["actions"] = [failed if one.transition is failed.transition else one for one in page["actions"]]
        return render_template("programmes/office/programme.html", **page), 422
    flash(PROGRAMME.transitions[transition].timeline_label, "success")
    return redirect(url_for("programmes.office_programme", ref=programme.ref), 303)
