"""Setting how many people a host institution or a lab takes in a call, over all its posts."""

from collections.abc import Mapping

from lms.applications.services.editing import begin_edit
from lms.core import audit
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import Conflict, Invalid, NotPermitted
from lms.core.i18n import lazy_gettext as _l
from lms.exchange.models import Call, CallCapacity, Institution
from lms.exchange.queries import capacities as queries

MOST_SEATS = 500
# Once decisions are being released, offers follow from them.
OPEN_STATES = ("draft", "preparing", "published", "closed", "ranking", "deciding")


def set_capacities(actor: Actor, call: Call, seats: Mapping[str, int | None], *, version: int | None = None) -> None:
    """Set, change or lift (None) the limits of units that the actor may set, by their keys.

    Raises NotPermitted for another unit, Invalid for a number out of range, Conflict after the decisions and Stale
    when the call or one of its limits was changed since the page was opened.
    """
    begin_edit(call, version)
    if call.state not in OPEN_STATES:
        raise Conflict(_l("The decisions of this call are released or about to be. Its limits can no longer change."))
    units = {unit.key: unit for host in queries.units_of(actor, call) for unit in (host, *host.labs)}
    kept = {queries.unit_key(capacity): capacity for capacity in queries.capacities_of(call)}
    for key, wanted in seats.items():
        if key not in units:
            raise NotPermitted(_l("Only the host's own coordinators and the secretariat set its limits."))
        if wanted is not None and not 1 <= wanted <= MOST_SEATS:
            raise Invalid(_l("Enter a number from 1 to %(most)d, or leave it empty.", most=MOST_SEATS), key)
        _set(actor, call, units[key], kept.get(key), wanted)


def _set(actor: Actor, call: Call, unit: queries.Unit, kept: CallCapacity | None, wanted: int | None) -> None:
    before = kept.seats if kept else None
    if before == wanted:
        return
    if kept is not None and wanted is None:
        db.session.delete(kept)
    elif kept is not None and wanted is not None:
        kept.seats = wanted
    elif wanted is not None:
        is_host = isinstance(unit.thing, Institution)
        db.session.add(
            CallCapacity(
                call_id=call.id,
                institution_id=unit.thing.id if is_host else None,
                lab_id=None if is_host else unit.thing.id,
                seats=wanted,
            )
        )
    db.session.flush()
    detail = {"unit": unit.key, "before": before, "after": wanted}
    audit.record(actor, "call.capacity_set", subject=("call", call.id), detail=detail)
