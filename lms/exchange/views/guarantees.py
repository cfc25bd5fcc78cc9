"""The page of a call on which the secretariat sets quotas, reserved places and targets."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from lms.core.errors import Invalid
from lms.core.i18n import in_reader_language
from lms.core.i18n import lazy_gettext as _l
from lms.core.web import access, current_actor, render_form
from lms.exchange.forms.guarantees import GuaranteesForm, guarantees_form
from lms.exchange.models import Call
from lms.exchange.policy import MANAGE_CALLS
from lms.exchange.queries import calls
from lms.exchange.queries import guarantees as queries
from lms.exchange.queries.deciding import approved_posts
from lms.exchange.services import guarantees as services
from lms.exchange.views.blueprint import bp


@bp.route("/manage/calls/<ref>/guarantees", methods=["GET", "POST"])
@access(MANAGE_CALLS, load=calls.call_visible_to)
def call_guarantees(call: Call) -> ResponseReturnValue:
    """Rows for quotas, reserved places and targets; adding and moving a row keeps nothing yet."""
    names = queries.Names(call.id)
    kept = queries.guarantees_of(call.id)
    form, is_pressed = guarantees_form(
        kept,
        call.version,
        names,
        {country.code: in_reader_language(country, "name") for country in calls.countries()},
        sorted({*(post.institution.slug for post in approved_posts(call)), *(one.host for one in kept.minimums)}),
        request.form,
    )
    if not is_pressed and form.submit(lambda: _set(call, form)):
        flash(_l("Saved."), "success")
        return redirect(url_for("exchange.call_guarantees", ref=call.ref), 303)
    return render_form(
        "exchange/manage/guarantees.html",
        form,
        call=call,
        versions=queries.versions_of(call.id),
        may_change=call.state in services.OPEN_STATES,
        is_public=call.state not in services.FREE_STATES,
    )


def _set(call: Call, form: GuaranteesForm) -> bool:
    try:
        services.set_guarantees(
            current_actor(), call, form.guarantees(), reason=form.reason.data or "", version=form.seen_version
        )
    except Invalid as wrong:
        raise Invalid(wrong.message, form.field_at(wrong.field or "")) from wrong
    return True
