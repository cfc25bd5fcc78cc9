"""What coordinators do for their institution: its people, departments and labs."""

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response as AnyResponse

from lms.core.i18n import lazy_gettext as _l
from lms.core.imports.views import TABLE, upload
from lms.core.paging import Key, in_order_of, looked_up
from lms.core.web import Column, access, current_actor, render_form, render_list
from lms.core.web.fields import choices
from lms.core.web.templating import in_reader_language
from lms.institutions import queries, services
from lms.institutions.flow import AFFILIATION
from lms.institutions.forms import DepartmentForm, LabForm
from lms.institutions.imports import LABS
from lms.institutions.models import Affiliation, Institution
from lms.institutions.policy import MANAGE_INSTITUTION
from lms.institutions.rules import ROLES
from lms.institutions.views.blueprint import bp


@bp.get("/<slug>/members")
@access(MANAGE_INSTITUTION, load=queries.institution_visible_to)
def members(institution: Institution) -> Response:
    """The institution's own people."""
    kept = {name: request.args.get(name, "") for name in ("q", "role", "state", "sub_centre")}
    return render_list(
        "institutions/members.html",
        query=queries.members(institution.id, **kept),
        order=[Key(Affiliation.started_at, descending=True), Key(Affiliation.id, descending=True)],
        columns=[
            Column(_l("Name"), lambda row: row.person.name, "name", looked_up(Affiliation.person, "name")),
            Column(_l("Name in own script"), lambda row: row.person.name_local),
            Column(_l("E-mail"), lambda row: row.person.email),
            Column(_l("Role"), lambda row: ROLES[row.role], "role", in_order_of(Affiliation.role, ROLES)),
            Column(
                _l("State"),
                lambda row: AFFILIATION.state_of(row).label,
                "state",
                in_order_of(Affiliation.state, AFFILIATION.states),
            ),
            Column(_l("Department"), lambda row: row.department, "department", Affiliation.department),
            Column(_l("Position"), lambda row: row.position),
            Column(_l("Since"), lambda row: row.started_at, "since", Affiliation.started_at),
        ],
        name=f"people-{institution.slug}",
        institution=institution,
        kept={name: value for name, value in kept.items() if value},
        roles=ROLES,
        states=AFFILIATION.states,
        sub_centres=[(one.code, in_reader_language(one, "name")) for one in queries.sub_centres()],
    )


def _lab_form(institution: Institution) -> LabForm:
    form = LabForm(prefix="lab-")
    form.department.choices = choices([("", "–"), *((str(one.id), one.name_en) for one in institution.departments)])
    return form


def _show_units(institution: Institution, failed: DepartmentForm | None = None) -> Response:
    lab_form = failed if isinstance(failed, LabForm) else _lab_form(institution)
    department_form = failed if failed and failed is not lab_form else DepartmentForm(prefix="department-")
    return render_form(
        "institutions/units.html",
        failed or lab_form,
        institution=institution,
        labs=queries.labs_of([institution.id]),
        lab_form=lab_form,
        department_form=department_form,
    )


@bp.get("/<slug>/units")
@access(MANAGE_INSTITUTION, load=queries.institution_visible_to)
def units(institution: Institution) -> Response:
    """Departments and labs, and who hosts in them."""
    return _show_units(institution)


@bp.post("/<slug>/departments")
@access(MANAGE_INSTITUTION, load=queries.institution_visible_to)
def add_department(institution: Institution) -> AnyResponse:
    """Add a department."""
    form = DepartmentForm(prefix="department-")
    if form.submit(lambda: services.add_department(current_actor(), institution=institution, **form.values())):
        flash(str(_l("The department is added.")), "success")
        return redirect(url_for("institutions.units", slug=institution.slug), 303)
    return _show_units(institution, form)


@bp.post("/<slug>/labs")
@access(MANAGE_INSTITUTION, load=queries.institution_visible_to)
def add_lab(institution: Institution) -> AnyResponse:
    """Add a laboratory."""
    form = _lab_form(institution)
    lab = form.submit(
        lambda: services.add_lab(
            current_actor(),
            institution=institution,
            name_en=form.name_en.data or "",
            name_local=form.name_local.data or "",
            department_id=int(form.department.data) if form.department.data else None,
        )
    )
    if lab:
        flash(str(_l("The laboratory is added. Invite somebody to host there.")), "success")
        return redirect(url_for("accounts.office_invitations", scope_kind="lab", code=lab.ref), 303)
    return _show_units(institution, form)


@bp.route("/<slug>/labs/import", methods=["GET", "POST"])
@access(MANAGE_INSTITUTION, load=queries.institution_visible_to, uploads=[TABLE])
def import_labs(institution: Institution) -> ResponseReturnValue:
    """Add many laboratories from a table."""
    back = url_for("institutions.units", slug=institution.slug)
    return upload(LABS, institution, target={"slug": institution.slug}, back=back)
