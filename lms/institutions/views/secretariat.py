"""What the secretariat does: decide on proposals, correct entries, set official names."""

from flask import Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from lms.accounts import queries as people
from lms.core import settings
from lms.core.i18n import in_reader_language
from lms.core.i18n import lazy_gettext as _l
from lms.core.paging import Key, in_order_of, looked_up
from lms.core.web import Column, access, current_actor, render_form, render_list
from lms.core.web.actions import actions_for, perform_posted
from lms.core.web.queues import on_to_next, queue_of
from lms.institutions import queries, services
from lms.institutions.flow import INSTITUTION, PROPOSAL
from lms.institutions.forms import CenterNamesForm, CountryForm, EditForm
from lms.institutions.models import Country, Institution
from lms.institutions.policy import EDIT_INSTITUTION, SECRETARIAT
from lms.institutions.rules import KINDS
from lms.institutions.views.blueprint import bp


@bp.get("/proposals/")
@access(SECRETARIAT)
def proposals() -> Response:
    """What was proposed."""
    query = queries.proposals()
    state = request.args.get("state", "")
    if state in INSTITUTION.states:
        query = query.where(Institution.state == state)
    if q := request.args.get("q", "").strip():
        query = query.where(Institution.name_en.icontains(q, autoescape=True))
    return render_list(
        "institutions/proposals.html",
        query=query,
        order=[Key(Institution.id, descending=True)],
        columns=[
            Column(_l("Institution"), lambda row: row.name_en, "name", Institution.name_en),
            Column(_l("Kind"), lambda row: KINDS[row.kind], "kind", in_order_of(Institution.kind, KINDS)),
            Column(
                _l("Country"),
                lambda row: in_reader_language(row.country, "name"),
                "country",
                looked_up(Institution.country, "name_en"),
            ),
            Column(
                _l("State"),
                lambda row: INSTITUTION.state_of(row).label,
                "state",
                in_order_of(Institution.state, INSTITUTION.states),
            ),
            Column(_l("Proposed on"), lambda row: row.created_at, "proposed", Institution.id),
            Column(_l("Reason"), lambda row: row.decided_reason),
        ],
        name="proposals",
        machine=INSTITUTION,
        kinds=KINDS,
    )


@bp.get("/proposals/<slug>")
@access(SECRETARIAT, load=queries.institution_visible_to)
def proposal(institution: Institution) -> str:
    """A proposed institution, with what the secretariat may do."""
    return _show(institution, actions_for(INSTITUTION, institution))


def _show(institution: Institution, actions: list) -> str:
    return render_template(
        "institutions/proposal.html",
        institution=institution,
        state=INSTITUTION.state_of(institution),
        kind=KINDS[institution.kind],
        proposer=people.people([institution.proposed_by_id]).get(institution.proposed_by_id or 0),
        actions=actions,
        queue=queue_of(PROPOSAL, besides=("institution", institution.id)),
    )


@bp.post("/proposals/<slug>/do/<name>")
@access(SECRETARIAT, load=queries.institution_visible_to)
def decide(institution: Institution, name: str) -> AnyResponse | tuple[str, int]:
    """Confirm or decline it."""
    failed = perform_posted(INSTITUTION, institution, name)
    if failed is not None:
        others = [action for action in actions_for(INSTITUTION, institution) if action.transition.name != name]
        return _show(institution, [failed, *others]), 422
    flash(_l("Decided about %(name)s. Whoever proposed it is told.", name=institution.name_en), "success")
    return on_to_next(PROPOSAL, otherwise=url_for("institutions.proposals"))


@bp.get("/<slug>/edit")
@access(EDIT_INSTITUTION, load=queries.institution_visible_to)
def edit(institution: Institution) -> Response:
    """Correct what is known."""
    return render_form("institutions/edit.html", _edit_form(institution), institution=institution)


def _edit_form(institution: Institution) -> EditForm:
    membership = {True: "yes", False: "no"}.get(institution.is_member, "")  # type: ignore[call-overload]
    return EditForm(obj=institution, membership=membership, version=str(institution.version))


@bp.post("/<slug>/edit")
@access(EDIT_INSTITUTION, load=queries.institution_visible_to)
def edit_now(institution: Institution) -> AnyResponse:
    """Save the correction."""
    form = _edit_form(institution)
    if form.submit(
        lambda: services.edit_institution(
            current_actor(), institution=institution, version=form.seen_version, values=form.corrected()
        )
    ):
        flash(str(_l("Saved.")), "success")
        return redirect(url_for("institutions.show", slug=institution.slug), 303)
    return render_form("institutions/edit.html", form, institution=institution)


@bp.get("/official-names")
@access(SECRETARIAT)
def official_names() -> Response:
    """The Center's legal names and the names of the states."""
    names = settings.center_names()
    form = CenterNamesForm(name_en=names["en"], name_zh=names["zh"])
    return render_form("institutions/official_names.html", form, countries=queries.countries())


@bp.post("/official-names")
@access(SECRETARIAT)
def set_center_names() -> AnyResponse:
    """Set the Center's legal names."""
    form = CenterNamesForm()
    if form.submit(lambda: _rename_center(form)):
        flash(str(_l("The names are set. Certificates issued from now on print them.")), "success")
        return redirect(url_for("institutions.official_names"), 303)
    return render_form("institutions/official_names.html", form, countries=queries.countries())


def _rename_center(form: CenterNamesForm) -> bool:
    services.rename_center(current_actor(), name_en=form.name_en.data or "", name_zh=form.name_zh.data or "")
    return True


@bp.get("/countries/<code>")
@access(SECRETARIAT, load=queries.country_by_code)
def country(found: Country) -> Response:
    """The names of a state."""
    return render_form("institutions/country.html", CountryForm(obj=found), country=found)


@bp.post("/countries/<code>")
@access(SECRETARIAT, load=queries.country_by_code)
def rename_country(found: Country) -> AnyResponse:
    """Correct them."""
    form = CountryForm()
    if form.submit(lambda: services.rename_country(current_actor(), country=found, **form.values())):
        flash(str(_l("Saved.")), "success")
        return redirect(url_for("institutions.official_names"), 303)
    return render_form("institutions/country.html", form, country=found)
