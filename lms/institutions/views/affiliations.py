"""One's own institution, and how a place there is confirmed."""

from flask import Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from lms.accounts.consents import HOME
from lms.accounts.forms import consent_note
from lms.core import storage
from lms.core.access import SIGNED_IN
from lms.core.errors import NotFound
from lms.core.i18n import current_language
from lms.core.i18n import lazy_gettext as _l
from lms.core.paging import Key, paginate
from lms.core.storage import serving
from lms.core.web import DOCUMENTS, Upload, access, afterwards, current_actor, render_form
from lms.core.web.actions import actions_for, perform_posted
from lms.core.web.fields import choices
from lms.core.web.queues import on_to_next, queue_of
from lms.core.web.templating import in_reader_language
from lms.core.workflow import history_of
from lms.institutions import queries, services
from lms.institutions.flow import AFFILIATION, REQUEST
from lms.institutions.forms import JoinForm, SubCentresForm
from lms.institutions.models import Affiliation, Institution
from lms.institutions.policy import OPEN_LETTER, VIEW_AFFILIATION
from lms.institutions.rules import NEED_CONFIRMATION, ROLES
from lms.institutions.views.blueprint import bp

_LETTER = Upload("letter", kinds=frozenset({"pdf", "png", "jpeg", "webp"}) & DOCUMENTS)


@bp.get("/home")
@access(SIGNED_IN)
def choose_home() -> str:
    """The actor's institutions, and the search for another one."""
    actor = current_actor()
    q = request.args.get("q", "").strip()
    page = None
    if q:
        found = queries.directory(actor, q=q)
        page = paginate(found, [Key(Institution.name_en), Key(Institution.id)], cursor=request.args.get("cursor", ""))
    mine = [(entry, AFFILIATION.state_of(entry)) for entry in queries.affiliations_of(actor)]
    subjects = _subjects_form(sub_centre_ids=queries.sub_centre_ids_of(actor.person_id or 0))
    return render_template("institutions/home.html", mine=mine, roles=ROLES, q=q, page=page, form=subjects)


def _subjects_form(**data: object) -> SubCentresForm:
    form = SubCentresForm(**data)
    form.sub_centre_ids.choices = choices((one.id, in_reader_language(one, "name")) for one in queries.sub_centres())
    return form


@bp.post("/home/sub-centres")
@access(SIGNED_IN)
def choose_sub_centres() -> AnyResponse:
    """Keep what the actor works on."""
    form = _subjects_form()
    actor = current_actor()

    def act() -> bool:
        services.choose_sub_centres(actor, sub_centre_ids=form.sub_centre_ids.data or [])
        return True

    if form.submit(act):
        flash(str(_l("Saved.")), "success")
        return redirect(url_for("institutions.choose_home"), 303)
    mine = [(entry, AFFILIATION.state_of(entry)) for entry in queries.affiliations_of(actor)]
    return render_form("institutions/home.html", form, mine=mine, roles=ROLES, q="", page=None)


def _form(institution: Institution) -> JoinForm:
    form = JoinForm()
    names = {
        "recipient": in_reader_language(institution, "name"),
        "country": in_reader_language(institution.country, "name"),
    }
    form.consent.label.text = HOME.text(current_language().code, **names)
    form.consent.description = consent_note(HOME, draft=HOME.draft(**names))
    return form


@bp.get("/<slug>/join")
@access(SIGNED_IN, load=queries.institution_visible_to)
def join(institution: Institution) -> Response:
    """State that one studies or works here."""
    return render_form("institutions/join.html", _form(institution), institution=institution)


@bp.post("/<slug>/join")
@access(SIGNED_IN, load=queries.institution_visible_to, uploads=[_LETTER])
def join_now(institution: Institution) -> AnyResponse:
    """Keep it, and ask for confirmation where that is needed."""
    form = _form(institution)
    affiliation = form.submit(lambda: _join(form, institution))
    if affiliation is None:
        return render_form("institutions/join.html", form, institution=institution)
    if affiliation.role in NEED_CONFIRMATION:
        flash(str(_l("Saved. Your role is shown as not proven until it is confirmed.")), "success")
    else:
        flash(str(_l("Saved.")), "success")
    return redirect(url_for("institutions.choose_home"), 303)


def _join(form: JoinForm, institution: Institution) -> Affiliation:
    return services.join(
        current_actor(),
        institution=institution,
        role=form.role.data,
        department=form.department.data or "",
        position=form.position.data or "",
        is_home=form.is_home.data,
        letter=form.letter.data[0] if form.letter.data else None,
        consent=services.home_consent(institution, current_language().code) if form.consent.data else None,
    )


@bp.get("/affiliations/<ref>")
@access(VIEW_AFFILIATION, load=queries.affiliation_visible_to)
def affiliation(found: Affiliation) -> str:
    """Somebody's place at an institution: what was stated, shown and confirmed."""
    return _show(found, actions_for(AFFILIATION, found))


def _show(found: Affiliation, actions: list) -> str:
    actor = current_actor()
    is_own = found.person_id == actor.person_id
    return render_template(
        "institutions/affiliation.html",
        affiliation=found,
        state=AFFILIATION.state_of(found),
        role=ROLES[found.role],
        actions=actions,
        machine=AFFILIATION,
        history=history_of("affiliation", found.id, public_only=True),
        letter=queries.letter_of(found) if OPEN_LETTER.allows(actor, found) else None,
        is_own=is_own,
        shares_record=not is_own and found.institution_id in queries.shared_with(found.person_id),
        queue=queue_of(REQUEST, besides=("affiliation", found.id)),
    )


@bp.post("/affiliations/<ref>/do/<name>")
@access(VIEW_AFFILIATION, load=queries.affiliation_visible_to)
def act_on_affiliation(found: Affiliation, name: str) -> AnyResponse | tuple[str, int]:
    """Confirm, decline, ask again or end."""
    failed = perform_posted(AFFILIATION, found, name)
    if failed is not None:
        others = [action for action in actions_for(AFFILIATION, found) if action.transition.name != name]
        return _show(found, [failed, *others]), 422
    done = AFFILIATION.transitions[name].timeline_label
    flash(_l("%(task)s: %(subject)s", task=done, subject=found.person.name), "success")
    if found.person_id == current_actor().person_id:
        return redirect(url_for("institutions.choose_home"), 303)
    here = url_for("institutions.affiliation", ref=found.ref)
    return on_to_next(REQUEST, otherwise=here) if name in ("confirm", "decline") else redirect(here, 303)


@bp.get("/affiliations/<ref>/letter")
@access(OPEN_LETTER, load=queries.affiliation_visible_to)
def letter(found: Affiliation) -> Response:
    """The letter, for the secretariat; its owner sees who opened it."""
    stored, actor = queries.letter_of(found), current_actor()
    if stored is None:
        raise NotFound
    if stored.owner_id != actor.person_id:
        afterwards(lambda own: storage.record_opening(own, stored, actor))
    return serving.send(stored, inline=True)
