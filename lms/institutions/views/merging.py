"""Institutions that were entered twice: finding them, seeing what refers to both, and making one of them."""

from flask import Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from lms.core.i18n import in_reader_language
from lms.core.i18n import lazy_gettext as _l
from lms.core.web import Form, access, current_actor, render_form
from lms.institutions import duplicates, queries, references, services
from lms.institutions.models import Institution
from lms.institutions.policy import MERGE_INSTITUTIONS, SECRETARIAT
from lms.institutions.views.blueprint import bp


@bp.get("/duplicates")
@access(MERGE_INSTITUTIONS)
def possible_duplicates() -> str:
    """Entries that look alike, the likeliest first, and a search for any other."""
    q = request.args.get("q", "").strip()
    return render_template(
        "institutions/duplicates.html",
        pairs=duplicates.pairs_among(queries.present_institutions()),
        found=_found(q),
        q=q,
        is_secretariat=SECRETARIAT.allows(current_actor()),
    )


def _found(q: str) -> list[Institution]:
    ids = queries.institutions_called(q) if q else []
    rows = queries.institutions(ids)
    return [rows[one] for one in ids]


@bp.get("/<slug>/merge")
@access(MERGE_INSTITUTIONS, load=queries.to_be_merged)
def choose_other(institution: Institution) -> str:
    """Choose the entry that stays."""
    q = request.args.get("q", "").strip()
    pairs = duplicates.pairs_among(queries.present_institutions())
    alike = [
        pair.other if pair.one.id == institution.id else pair.one
        for pair in pairs
        if institution in (pair.one, pair.other)
    ]
    others = _found(q) if q else alike
    return render_template(
        "institutions/merge_choose.html",
        institution=institution,
        others=[one for one in others if one.id != institution.id and one.state == "confirmed"],
        q=q,
    )


def _show(source: Institution, into: Institution, form: Form) -> Response:
    return render_form(
        "institutions/merge.html",
        form,
        source=source,
        into=into,
        counts=references.counts("institution", source.id, into.id),
        conflicts=references.conflicts("institution", source.id, into.id) if not form.errors else [],
    )


@bp.route("/<slug>/merge/<into>", methods=["GET", "POST"])
@access(MERGE_INSTITUTIONS, load=queries.to_be_merged)
def merge(institution: Institution, into: str) -> Response | AnyResponse:
    """See what refers to both, then make one of them."""
    actor, form = current_actor(), Form()
    other = queries.to_be_merged(actor, into)
    if form.submit(lambda: services.merge(actor, source=institution, into=other) or True):
        flash(_l("Both are one now: %(name)s.", name=in_reader_language(other, "name")), "success")
        return redirect(url_for("institutions.show", slug=other.slug), 303)
    return _show(institution, other, form)
