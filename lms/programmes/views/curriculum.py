"""Pages of curricula: what is studied, for everybody; and how universities make and confirm it."""

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from lms.accounts.forms import EmptyForm
from lms.core.access import PUBLIC
from lms.core.actor import Actor
from lms.core.errors import NotFound
from lms.core.i18n import in_reader_language
from lms.core.i18n import lazy_gettext as _l
from lms.core.web import access, current_actor, render_form
from lms.core.web.actions import Action, actions_for, perform_posted
from lms.core.web.fields import choices
from lms.core.workflow import history_of
from lms.institutions import queries as institutions
from lms.programmes.flow import CURRICULUM
from lms.programmes.forms.curriculum import FrameForm, ModuleForm, ScaleForm, TermsForm
from lms.programmes.models import Curriculum, CurriculumParty, Institution, Module, Programme
from lms.programmes.policy import SEE_OFFICE
from lms.programmes.queries import curriculum as queries
from lms.programmes.queries.programmes import office_programme, public_programme
from lms.programmes.services import curriculum as services
from lms.programmes.study_policy import FRAME_CURRICULUM, MANAGE_CURRICULUM, SCALES
from lms.programmes.tally import content_faults, converted, shown
from lms.programmes.transcript import explained
from lms.programmes.views.blueprint import bp
from lms.recognition import METHODS, credit_system, scale_from


def _described(curriculum: Curriculum) -> dict[str, Any]:
    """What every page of a curriculum shows: modules by semester, credits converted, each party's terms in words."""
    return {
        "curriculum": curriculum,
        "programme": curriculum.programme,
        "semesters": [
            (number, [one for one in curriculum.modules if one.semester == number])
            for number in sorted({one.semester for one in curriculum.modules})
        ],
        "worth": {one.id: shown(converted(curriculum, one).value) for one in curriculum.modules},
        "replaced": {one.id: one for one in curriculum.modules},
        "shown": shown,
        "system_name": lambda code: in_reader_language(credit_system(code), "name"),
        "methods": METHODS,
        "explained": lambda kept: explained(scale_from(kept.definition)),
    }


@bp.get("/<ref>/curriculum")
@access(PUBLIC, load=public_programme)
def curriculum(programme: Programme) -> str:
    """What is studied where, semester by semester, as all universities confirmed it."""
    held = queries.confirmed_curriculum(programme.id)
    if held is None:
        raise NotFound
    return render_template("programmes/curriculum/show.html", **_described(held))


# --- making it --------------------------------------------------------------------------------------------


@bp.get("/office/<ref>/curricula")
@access(SEE_OFFICE, load=office_programme)
def curricula(programme: Programme) -> str:
    """The versions of a programme's curriculum, for those who make them."""
    return render_template(
        "programmes/curriculum/versions.html",
        programme=programme,
        versions=queries.managed_curricula(current_actor(), programme.id),
        draft=queries.draft_of(programme.id),
        may_begin=services.may_begin(current_actor(), programme),
        machine=CURRICULUM,
        form=EmptyForm(formdata=None),
    )


@bp.post("/office/<ref>/curricula/new")
@access(SEE_OFFICE, load=office_programme)
def new_curriculum(programme: Programme) -> ResponseReturnValue:
    """Begin a version: a copy of the one that holds, or the first."""
    form = EmptyForm()
    made = form.submit(lambda: services.new_version(current_actor(), programme))
    if made is None:
        for message in form.form_errors:
            flash(message, "error")
        return redirect(url_for("programmes.curricula", ref=programme.ref), 303)
    return redirect(url_for("programmes.manage_curriculum", ref=made.ref), 303)


@bp.get("/curricula/<ref>")
@access(MANAGE_CURRICULUM, load=queries.managed_curriculum)
def manage_curriculum(curriculum: Curriculum) -> ResponseReturnValue:
    """One version: what it says, what is missing, who has confirmed it."""
    return _page(curriculum)


def _page(curriculum: Curriculum, refused: Action | None = None) -> ResponseReturnValue:
    actor = current_actor()
    actions = actions_for(CURRICULUM, curriculum)
    page = render_template(
        "programmes/curriculum/manage.html",
        **_described(curriculum),
        state=CURRICULUM.state_of(curriculum),
        machine=CURRICULUM,
        is_draft=curriculum.state == "draft",
        faults=content_faults(curriculum) if curriculum.state == "draft" else [],
        may_frame=FRAME_CURRICULUM.allows(actor, curriculum),
        speaks_for=_speaks_for(actor, curriculum),
        actions=[refused if refused and refused.transition is one.transition else one for one in actions],
        history_rows=history_of("curriculum", curriculum.id, public_only=False),
    )
    return page, 422 if refused else 200


def _speaks_for(actor: Actor, curriculum: Curriculum) -> list[CurriculumParty]:
    """The parties whose side the actor keeps: their own, or for the secretariat all."""
    mine = actor.scopes_of("coordinator", "institution")
    return [one for one in curriculum.parties if actor.is_secretariat or one.institution_id in mine]


@bp.post("/curricula/<ref>/do/<transition>")
@access(MANAGE_CURRICULUM, load=queries.managed_curriculum)
def do_curriculum(curriculum: Curriculum, transition: str) -> ResponseReturnValue:
    """Put it to the parties, confirm it, or send it back."""
    if (refused := perform_posted(CURRICULUM, curriculum, transition)) is not None:
        return _page(curriculum, refused)
    flash(CURRICULUM.transitions[transition].timeline_label, "success")
    return redirect(url_for("programmes.manage_curriculum", ref=curriculum.ref), 303)


def _back(curriculum: Curriculum) -> ResponseReturnValue:
    flash(_l("Saved."), "success")
    return redirect(url_for("programmes.manage_curriculum", ref=curriculum.ref), 303)


@bp.route("/curricula/<ref>/frame", methods=["GET", "POST"])
@access(FRAME_CURRICULUM, load=queries.managed_curriculum)
def frame_curriculum(curriculum: Curriculum) -> ResponseReturnValue:
    """What the degree requires."""
    form = FrameForm.of(curriculum)
    if form.submit(
        lambda: services.change_frame(current_actor(), curriculum, **form.values(), version=form.seen_version)
    ):
        return _back(curriculum)
    return render_form("programmes/curriculum/frame.html", form, curriculum=curriculum)


@bp.route("/curricula/<ref>/parties/<slug>", methods=["GET", "POST"])
@access(MANAGE_CURRICULUM, load=queries.managed_curriculum)
def curriculum_terms(curriculum: Curriculum, slug: str) -> ResponseReturnValue:
    """How one university counts and grades."""
    party = next((one for one in _speaks_for(current_actor(), curriculum) if one.institution.slug == slug), None)
    if party is None:
        raise NotFound
    form = TermsForm.of(curriculum, party, queries.own_scales([party.institution_id]))
    if form.submit(
        lambda: services.change_terms(current_actor(), curriculum, party, form.terms(), version=form.seen_version)
    ):
        return _back(curriculum)
    return render_form("programmes/curriculum/terms.html", form, curriculum=curriculum, party=party)


@bp.route("/curricula/<ref>/modules/new", methods=["GET", "POST"])
@access(MANAGE_CURRICULUM, load=queries.managed_curriculum)
def new_module(curriculum: Curriculum) -> ResponseReturnValue:
    """Add a module to one's own side."""
    return _module(curriculum, None)


@bp.route("/curricula/<ref>/modules/<module_ref>", methods=["GET", "POST"])
@access(MANAGE_CURRICULUM, load=queries.managed_curriculum)
def edit_module(curriculum: Curriculum, module_ref: str) -> ResponseReturnValue:
    """Change a module of one's own side."""
    return _module(curriculum, queries.module_of(curriculum, module_ref))


def _module(curriculum: Curriculum, module: Module | None) -> ResponseReturnValue:
    parties = _speaks_for(current_actor(), curriculum)
    if not parties or (module and module.institution_id not in {one.institution_id for one in parties}):
        raise NotFound
    form = ModuleForm.of(curriculum, module, parties)
    if form.submit(
        lambda: services.save_module(current_actor(), curriculum, module, form.facts(), version=form.seen_version)
    ):
        return _back(curriculum)
    return render_form("programmes/curriculum/module.html", form, curriculum=curriculum, module=module)


@bp.post("/curricula/<ref>/modules/<module_ref>/remove")
@access(MANAGE_CURRICULUM, load=queries.managed_curriculum)
def remove_module(curriculum: Curriculum, module_ref: str) -> ResponseReturnValue:
    """Take a module out."""
    module = queries.module_of(curriculum, module_ref)
    form = EmptyForm()
    form.submit(lambda: services.remove_module(current_actor(), curriculum, module, version=None) or True)
    return redirect(url_for("programmes.manage_curriculum", ref=curriculum.ref), 303)


# --- scales -----------------------------------------------------------------------------------------------


@bp.route("/scales/", methods=["GET", "POST"])
@access(SCALES)
def scales() -> ResponseReturnValue:
    """The grade scales that my universities keep themselves, and a new version of one."""
    mine = current_actor().scopes_of("coordinator", "institution")
    universities = institutions.institutions(mine)
    form = ScaleForm()
    form.institution.choices = choices((one.id, in_reader_language(one, "name")) for one in universities.values())
    if form.submit(lambda: _add_scale(form, universities)):
        flash(_l("Saved. Choose it in the curriculum."), "success")
        return redirect(url_for("programmes.scales"), 303)
    return render_form(
        "programmes/curriculum/scales.html",
        form,
        kept=queries.own_scales(mine),
        universities=universities,
        explained=lambda kept: explained(scale_from(kept.definition)),
    )


def _add_scale(form: ScaleForm, universities: Mapping[int, Institution]) -> object:
    assert form.valid_from.data is not None
    return services.add_scale(
        current_actor(),
        universities[int(form.institution.data)],
        valid_from=form.valid_from.data,
        definition=form.definition(),
    )
