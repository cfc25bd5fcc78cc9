"""The page of a call on which host coordinators and the secretariat limit how many people a host or a lab takes."""

from typing import Any

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from lms.core.i18n import lazy_gettext as _l
from lms.core.web import access, current_actor, render_form
from lms.exchange.forms.capacities import CapacitiesForm, capacities_form
from lms.exchange.models import Call
from lms.exchange.policy import SET_CAPACITIES
from lms.exchange.queries import capacities as queries
from lms.exchange.services import capacities as services
from lms.exchange.views.blueprint import bp


@bp.route("/calls/<ref>/capacities", methods=["GET", "POST"])
@access(SET_CAPACITIES, load=queries.call_to_limit)
def capacities(call: Call) -> ResponseReturnValue:
    """How many people each host and lab takes over all its posts; empty means as many as the posts have places."""
    actor = current_actor()
    hosts = queries.units_of(actor, call)
    form = capacities_form(hosts, call.version)
    if form.submit(lambda: (services.set_capacities(actor, call, form.seats, version=form.seen_version),)):
        flash(_l("Saved."), "success")
        return redirect(url_for("exchange.capacities", ref=call.ref), 303)
    return render_form("exchange/manage/capacities.html", form, call=call, **_page(call, hosts, form))


def _page(call: Call, hosts: list[queries.Unit], form: CapacitiesForm) -> dict[str, Any]:
    return {
        "hosts": hosts,
        "fields": {key: form[name] for key, name in form.names.items()},
        "may_change": call.state in services.OPEN_STATES,
    }
