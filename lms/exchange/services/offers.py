"""After the release: offers from the waiting list, more time to answer, and closing the list."""

from datetime import datetime

from lms.core import audit, workflow
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import Conflict, Invalid
from lms.core.i18n import lazy_gettext as _l
from lms.exchange.flow import APPLICATION
from lms.exchange.flow import offer_steps as flow
from lms.exchange.models import Application, Call, Offer
from lms.exchange.queries import deciding as queries
from lms.exchange.queries import offers as offer_queries


def extend_offer(actor: Actor, application: Application, *, until: datetime) -> Offer:
    """Give an applicant more time to answer.

    Raises Conflict when there is no open offer, Invalid for an earlier time.
    """
    db.session.refresh(application, attribute_names=["state", "version"], with_for_update=True)
    offer = queries.open_offer(application.id)
    if offer is None or actor.now >= offer.expires_at:
        raise Conflict(_l("There is no open offer any more. Look at the application as it stands now."))
    if until <= offer.expires_at:
        raise Invalid(_l("Choose a later day than the present one."), "until_on")
    offer.expires_at = until
    db.session.flush()
    flow.wait_for_answer(actor, application, offer)
    audit.record(actor, "offer.extended", subject=("application", application.id), detail={"offer_id": offer.id})
    return offer


def offer_free_places(actor: Actor, call: Call) -> list[Application]:
    """Offer every place that is free to those waiting in line; who got one. Raises Conflict before the release."""
    if call.state != "released":
        raise Conflict(_l("Places are offered after the decisions were released."))
    return flow.offer_free_places(actor, call)


def close_waiting_list(actor: Actor, call: Call, *, reason: str) -> int:
    """Tell everybody who still waits that no place will come free; how many. Raises Refused while offers are open."""
    if not reason:
        raise Invalid(_l("Say why; everybody on the list reads it."), "reason")
    waiting_now = offer_queries.waitlisted(actor, call)
    for application in waiting_now:
        workflow.perform(APPLICATION, application, "close_list", actor=actor, reason=reason)
    return len(waiting_now)
