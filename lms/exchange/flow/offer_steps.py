"""Offers: made, answered, lapsed, and passed on to the next in line."""

import logging

from lms.allocation import Instance, InstanceError, solve
from lms.applications.rules import end_of_day
from lms.applications.services.reviews import remove_all
from lms.core import audit, outbox, waiting
from lms.core.actor import Actor, system_actor
from lms.core.db import db
from lms.core.errors import Conflict, Refused
from lms.core.i18n import Text
from lms.core.i18n import lazy_gettext as _l
from lms.core.workflow import Context, machine_named, perform
from lms.exchange import messages
from lms.exchange.flow.placement_steps import begin_placement, end_placement_of
from lms.exchange.flow.screening_steps import tell
from lms.exchange.guarantees import full_quota
from lms.exchange.models import Application, Call, Offer, Post
from lms.exchange.queries import capacities, guarantees
from lms.exchange.queries import deciding as queries
from lms.exchange.queries.instance import rerun_of
from lms.notifications.messages import Message

log = logging.getLogger(__name__)

# --- guards -----------------------------------------------------------------------------------------


def has_open_offer(context: Context) -> Text | None:
    """An offer is answered before it expires; at that very instant it is too late."""
    offer = queries.open_offer(context.subject.id)
    if offer is None:
        return _l("There is no offer to answer any more.")
    if context.actor.now >= offer.expires_at:
        return _l("The time to answer this offer is over.")
    return None


def has_expired(context: Context) -> Text | None:
    """The clock lets an offer lapse once it has expired, not before: its time may have been extended."""
    offer = queries.open_offer(context.subject.id)
    if offer is None or context.actor.now < offer.expires_at:
        return _l("This offer has not expired.")
    return None


def nobody_answers(context: Context) -> Text | None:
    """While an offer is open, its place may still come free."""
    if queries.count_by_state(context.subject.call_id).get("offered"):
        return _l("Offers are still unanswered, so that a place may come free. Wait for the answers.")
    return None


def quota_has_room(context: Context) -> Text | None:
    """No group gets more places of the call than its quota."""
    application: Application = context.subject
    kept = guarantees.guarantees_of(application.call_id)
    if not kept.limits:
        return None
    groups = guarantees.groups_of(application, kept.kinds)
    if full_quota(kept, groups, guarantees.offered_places(application.call_id, kept)) is None:
        return None
    return _l("The quota of the call for this group has no place left.")


# --- making an offer --------------------------------------------------------------------------------


def make_offer(context: Context) -> None:
    """The place is held for the applicant until the end of the last day to answer, in the call's zone.

    Raises Refused when the post, its lab or its host has no place left: somebody else was faster.
    """
    application: Application = context.subject
    call = application.call
    post = lock_post(context.inputs["post_id"])
    if post.state != "approved" or not capacities.places_free(post):
        raise Refused([_l("Every place of this post is offered or taken.")])
    offer = Offer(
        application_id=application.id,
        post_id=post.id,
        made_at=context.actor.now,
        expires_at=end_of_day(context.actor.now, call.answer_days, call.zone),
    )
    db.session.add(offer)
    db.session.flush()
    wait_for_answer(context.actor, application, offer)
    _tell(context, messages.OFFER_MADE, offer)


def wait_for_answer(actor: Actor, application: Application, offer: Offer) -> None:
    """The applicant answers until the offer expires; then the clock lets it lapse."""
    outbox.schedule_transition(
        actor, machine="application", subject_id=application.id, transition="lapse", due_at=offer.expires_at
    )
    waiting.open_item(
        actor,
        messages.ANSWER_OFFER,
        to=application.person_id,
        subject=("application", application.id),
        about=[application.call],
        url_values={"ref": application.ref},
        due_at=offer.expires_at,
    )


def tell_waitlisted(context: Context) -> None:
    """The applicant learns that a place may still come free."""
    tell(context, messages.APPLICATION_WAITLISTED)


def tell_rejected(context: Context) -> None:
    """The applicant learns the reason."""
    tell(context, messages.APPLICATION_REJECTED, reason=context.subject.decided_reason)


# --- what becomes of it -----------------------------------------------------------------------------


def take_place(context: Context) -> None:
    """The offer is accepted; the stay begins to be prepared."""
    offer = _answer(context, "accepted")
    if offer is not None:
        begin_placement(context.actor, context.subject, offer)


def give_place_back(context: Context) -> None:
    """Declined: the place goes to the next in line."""
    _pass_on(context.actor, _answer(context, "declined"))


def let_lapse(context: Context) -> None:
    """Not answered in time: the place goes to the next in line."""
    offer = _answer(context, "lapsed")
    if offer is not None:
        _tell(context, messages.OFFER_LAPSED, offer)
    _pass_on(context.actor, offer)


def take_back(context: Context) -> None:
    """Rescinded: the applicant learns why, a stay that was being prepared ends, the place goes on."""
    offer = _answer(context, "rescinded")
    if offer is None:
        return
    end_placement_of(context.actor, context.subject, reason=context.subject.decided_reason)
    _tell(context, messages.OFFER_RESCINDED, offer)
    _pass_on(context.actor, offer)


def leave(context: Context) -> None:
    """A withdrawn application needs no reviews; a place that was offered to it goes to the next in line."""
    remove_all(context.actor, context.subject, reason=str(_l("The application was withdrawn.")))
    _pass_on(context.actor, _answer(context, "withdrawn"))


def offer_free_places(actor: Actor, call: Call, *, near: Post | None = None) -> list[Application]:
    """Run the allocation again for the waiting list and offer what it gives; who got an offer.

    Who holds a place keeps it, and every limit, quota and reserved place of the call counts as before. `near` is the
    post at which a place came free. The call's row is locked, so that two places that come free at once are not
    given twice.
    """
    db.session.refresh(call, attribute_names=["state", "version"], with_for_update=True)
    document = rerun_of(actor, call, near=near)
    if document is None:
        return []
    try:
        result = solve(Instance.from_dict(document))
    except InstanceError as error:  # More is held than a limit of today allows: nothing is free.
        log.warning("call %s has no place to pass on: %s at %s", call.ref, error.reason, error.path)
        return []
    posts = {post.ref: post for post in queries.approved_posts(call)}
    stands = {ref for ref, _post in document.get("fixed", [])}
    given = {ref: post for ref, post in result.assignments.items() if post is not None and ref not in stands}
    platform = system_actor(actor.now)
    got: list[Application] = []
    for application in queries.applications_by_ref(call, list(given)):
        post = posts[given[application.ref]]
        try:
            perform(machine_named("application"), application, "offer_next", actor=platform, post_id=post.id)
        except Conflict:  # Withdrawn in this very moment.
            continue
        audit.record(actor, "offer.passed_on", subject=("application", application.id), detail={"post_id": post.id})
        got.append(application)
    return got


def lock_post(post_id: int) -> Post:
    """The post, locked together with the limits above it: whoever counts places holds these.

    The limits come first, so that two that share one never wait for each other's post.
    """
    capacities.capacities_above(db.session.get_one(Post, post_id), lock=True)
    return db.session.get_one(Post, post_id, with_for_update=True, populate_existing=True)


def _pass_on(actor: Actor, offer: Offer | None) -> None:
    """To the next in line: for the post, or wherever its limit or its quota was what held somebody back."""
    if offer is not None:
        post = db.session.get_one(Post, offer.post_id)
        offer_free_places(actor, db.session.get_one(Call, post.call_id), near=post)


def _answer(context: Context, answer: str) -> Offer | None:
    """Close the offer with its answer. A rescinded one may have been accepted before."""
    application: Application = context.subject
    live = [offer for offer in queries.offers_of(application.id) if offer.answer in queries.TAKEN]
    waiting.close_items(context.actor, subject=("application", application.id), kind=messages.ANSWER_OFFER)
    if not live:
        return None
    offer = live[0]
    offer.answer, offer.answered_at = answer, context.actor.now
    db.session.flush()
    audit.record(
        context.actor, f"offer.{answer}", subject=("application", application.id), detail={"offer_id": offer.id}
    )
    return offer


def _tell(context: Context, message: Message, offer: Offer) -> None:
    post = db.session.get_one(Post, offer.post_id)
    tell(
        context,
        message,
        post_en=post.title_en,
        post_zh=post.title_zh,
        expires_at=offer.expires_at.isoformat(),
        reason=context.subject.decided_reason,
        path=f"/exchange/offers/{context.subject.ref}",
    )
