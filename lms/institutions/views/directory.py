"""The public directory, and proposing what is missing."""

from datetime import timedelta

from flask import Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from lms.core.access import PUBLIC, SIGNED_IN
from lms.core.i18n import in_reader_language
from lms.core.i18n import lazy_gettext as _l
from lms.core.paging import Key, in_order_of, looked_up
from lms.core.web import Column, access, current_actor, render_form, render_list
from lms.core.web.limits import hit
from lms.institutions import queries, services
from lms.institutions.flow import INSTITUTION
from lms.institutions.forms import ProposeForm
from lms.institutions.models import Institution
from lms.institutions.policy import EDIT_INSTITUTION, MANAGE_INSTITUTION, MERGE_INSTITUTIONS
from lms.institutions.rules import KINDS
from lms.institutions.views.blueprint import bp

_PROPOSALS_PER_DAY = 20


def _filters() -> dict[str, str]:
    return {name: request.args.get(name, "") for name in ("q", "country", "kind", "member")}


_COUNTRY = looked_up(Institution.country, "name_en")


@bp.get("/")
@access(PUBLIC)
def index() -> Response:
    """The directory: search, filters, pages, CSV."""
    actor, kept = current_actor(), _filters()
    query = queries.directory(
        actor, q=kept["q"], country=kept["country"], kind=kept["kind"], member=kept["member"] == "yes"
    )
    return render_list(
        "institutions/index.html",
        query=query,
        order=[Key(_COUNTRY), Key(Institution.name_en), Key(Institution.id)],
        columns=[
            Column(_l("Institution"), lambda row: row.name_en, "name", Institution.name_en),
            Column(_l("Name in its own script"), lambda row: row.name_local),
            Column(_l("Name in Chinese"), lambda row: row.name_zh),
            Column(_l("Kind"), lambda row: KINDS[row.kind], "kind", in_order_of(Institution.kind, KINDS)),
            Column(_l("Country"), lambda row: in_reader_language(row.country, "name"), "country", _COUNTRY),
            Column(_l("City"), lambda row: row.city, "city", Institution.city),
            Column(_l("Domain"), lambda row: row.domain),
            Column(_l("ROR"), lambda row: row.ror_id),
            Column(_l("Website"), lambda row: row.website),
            Column(_l("Member of the consortium"), _membership),
            Column(_l("Source"), lambda row: row.source),
        ],
        name="institutions",
        kept={name: value for name, value in kept.items() if value},
        countries=queries.countries(),
        kinds=KINDS,
    )


def _membership(row: Institution) -> object:
    if row.is_member is None:
        return _l("Not confirmed")
    return _l("Yes") if row.is_member else _l("No")


@bp.get("/propose")
@access(SIGNED_IN)
def propose() -> Response:
    """The form for an institution that is missing."""
    return render_form("institutions/propose.html", ProposeForm(name_en=request.args.get("name", "")))


@bp.post("/propose")
@access(SIGNED_IN)
def propose_now() -> AnyResponse:
    """Propose it; one may belong to it at once. The secretariat looks at each, so nobody proposes without end."""
    actor = current_actor()
    hit(actor, f"propose:{actor.person_id}", limit=_PROPOSALS_PER_DAY, per=timedelta(days=1))
    form = ProposeForm()
    institution = form.submit(lambda: services.propose(current_actor(), values=form.proposed()))
    if institution:
        flash(
            str(_l("Thank you. The secretariat checks it. You can choose it as your institution already.")),
            "success",
        )
        return redirect(url_for("institutions.join", slug=institution.slug), 303)
    return render_form("institutions/propose.html", form)


@bp.get("/<slug>")
@access(PUBLIC, load=queries.institution_visible_to)
def show(institution: Institution) -> str | AnyResponse:
    """What is known of an institution, and from where; the address of one that was merged leads to the other."""
    if request.view_args and request.view_args["slug"] != institution.slug:
        return redirect(url_for("institutions.show", slug=institution.slug), 301)
    actor = current_actor()
    return render_template(
        "institutions/show.html",
        institution=institution,
        state=INSTITUTION.state_of(institution),
        kind=KINDS[institution.kind],
        children=queries.children_of(institution.id),
        may_manage=MANAGE_INSTITUTION.allows(actor, institution),
        may_edit=EDIT_INSTITUTION.allows(actor, institution),
        may_merge=MERGE_INSTITUTIONS.allows(actor),
    )
