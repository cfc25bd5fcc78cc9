"""Setting what a call limits, reserves and aims at over all its posts."""

from lms.applications.services.editing import begin_edit
from lms.core import audit
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import Conflict, Invalid
from lms.core.i18n import lazy_gettext as _l
from lms.exchange import messages
from lms.exchange.guarantees import Guarantees, problem_in
from lms.exchange.models import Call, CallGuarantees
from lms.exchange.queries import capacities
from lms.exchange.queries import guarantees as queries
from lms.exchange.queries.calls import applications_in
from lms.exchange.queries.deciding import approved_posts
from lms.notifications.services import notify

# From the publication on people apply under what the call says.
FREE_STATES = ("draft", "preparing")
OPEN_STATES = (*FREE_STATES, "published", "closed", "ranking", "deciding")
_CONCERNED = ("submitted", "returned", "in_review")


def set_guarantees(actor: Actor, call: Call, wanted: Guarantees, *, reason: str, version: int | None) -> None:
    """Replace them. Once the call is public this makes a new version, of which everybody who has submitted is told.

    Raises Invalid with a JSON Pointer for what cannot be kept and for a missing reason, Conflict after the decisions,
    Stale when the call was changed since the page was opened.
    """
    begin_edit(call, version)
    if call.state not in OPEN_STATES:
        raise Conflict(_l("The decisions of this call are released or about to be. Its quotas can no longer change."))
    versions = queries.versions_of(call.id)
    last = versions[0] if versions else None
    if wanted.as_json() == (last.kept if last else queries.NOTHING.as_json()):
        return
    is_public = call.state not in FREE_STATES
    if is_public and not reason:
        raise Invalid(_l("The call is public. Say why; everybody who has applied reads it."), "/reason")
    _check(call, wanted)
    if last is None or is_public:
        number = last.number + 1 if last else 1
        last = CallGuarantees(call_id=call.id, number=number, reason=reason if is_public else "")
        db.session.add(last)
    last.kept, last.made_at, last.made_by_id = wanted.as_json(), actor.now, actor.person_id
    db.session.flush()
    audit.record(actor, "call.guarantees_set", subject=("call", call.id), detail={"number": last.number})
    if is_public:
        _tell(actor, call, last)


def _check(call: Call, wanted: Guarantees) -> None:
    posts = approved_posts(call)
    problem = problem_in(
        wanted,
        {post.ref: post.places for post in posts},
        {post.ref: post.institution.slug for post in posts},
        {capacities.unit_key(one): one.seats for one in capacities.capacities_of(call)},
    )
    if problem is not None:
        raise Invalid(problem.message, problem.pointer)


def _tell(actor: Actor, call: Call, made: CallGuarantees) -> None:
    values = {
        "call_en": call.title_en,
        "call_zh": call.title_zh,
        "reason": made.reason,
        "path": f"/exchange/calls/{call.ref}#guarantees",
    }
    for application in applications_in(call, _CONCERNED):
        notify(
            actor,
            person_id=application.person_id,
            message=messages.GUARANTEES_CHANGED,
            values=values,
            key=f"{call.ref}:{made.number}",
        )
