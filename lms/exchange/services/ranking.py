"""Hosts rank the candidates for their posts, or refuse consent with a reason."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from sqlalchemy import delete

from lms.applications.services.editing import begin_edit
from lms.core import audit, waiting
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import Conflict, Invalid, Refused
from lms.core.i18n import lazy_gettext as _l
from lms.core.i18n import lazy_ngettext
from lms.exchange import messages
from lms.exchange.flow.deciding_steps import ask_host
from lms.exchange.models import HostRanking, Post
from lms.exchange.queries import ranking as queries


@dataclass(frozen=True)
class Opinion:
    """What a host says about a candidate: a position (1 first), or a refusal with its reason, or nothing yet."""

    position: int | None = None
    reason: str = ""


def save_ranking(actor: Actor, post: Post, *, opinions: Mapping[str, Opinion], version: int | None) -> None:
    """Keep a ranking that is not handed in yet; `opinions` by the applications' references.

    Positions are counted anew from 1 in the order given. Raises Invalid for a position used twice or
    beside a refusal, Conflict when ranking is over, was handed in, or for a stale page.
    """
    begin_edit(post, version)
    _require_open(post)
    by_ref = {application.ref: application.id for application in queries.candidates_of(actor, post)}
    known = {ref: opinion for ref, opinion in opinions.items() if ref in by_ref}
    ordered = _in_order(known)
    assert actor.person_id is not None
    db.session.execute(
        delete(HostRanking).where(HostRanking.post_id == post.id).execution_options(synchronize_session="fetch")
    )
    places = {ref: number for number, ref in enumerate(ordered, start=1)}
    for ref, opinion in known.items():
        if ref not in places and not opinion.reason:
            continue
        db.session.add(
            HostRanking(
                post_id=post.id,
                application_id=by_ref[ref],
                position=places.get(ref),
                reason="" if ref in places else opinion.reason,
                ranked_by_id=actor.person_id,
                ranked_at=actor.now,
            )
        )
    db.session.flush()


def move(
    actor: Actor, post: Post, *, ref: str, direction: str, opinions: Mapping[str, Opinion], version: int | None
) -> None:
    """Save, with one candidate moved `up` or `down` by one place; an unranked one joins at the end."""
    order = _in_order(opinions)
    if ref not in order:
        order.append(ref)
    elif 0 <= (there := order.index(ref) + (-1 if direction == "up" else 1)) < len(order):
        here = order.index(ref)
        order[here], order[there] = order[there], order[here]
    moved = {one: Opinion(number) for number, one in enumerate(order, start=1)}
    rest = {one: opinion for one, opinion in opinions.items() if one not in moved}
    save_ranking(actor, post, opinions={**moved, **rest}, version=version)


def submit_ranking(actor: Actor, post: Post, *, opinions: Mapping[str, Opinion], version: int | None) -> None:
    """Save a ranking and hand it in. Raises Refused when a candidate has neither a position nor a refusal."""
    save_ranking(actor, post, opinions=opinions, version=version)
    said = queries.rankings_of(post)
    missing = sum(application.id not in said for application in queries.candidates_of(actor, post))
    if missing:
        raise Refused(
            [
                lazy_ngettext(
                    "%(num)d candidate has neither a position nor a refusal with a reason.",
                    "%(num)d candidates have neither a position nor a refusal with a reason.",
                    missing,
                )
            ]
        )
    post.ranked_at = actor.now
    db.session.flush()
    waiting.close_items(actor, subject=("post_ranking", post.id), kind=messages.RANK)
    refused = [row.application_id for row in said.values() if row.position is None]
    audit.record(
        actor,
        "ranking.submitted",
        subject=("post", post.id),
        detail={"ranked": [row.application_id for row in said.values() if row.position], "refused": refused},
    )


def reopen_ranking(actor: Actor, post: Post, *, due_at: datetime | None = None) -> None:
    """Let the host change a ranking that was handed in. Raises Conflict when deciding has begun."""
    begin_edit(post, None)
    if post.call.state != "ranking" or post.ranked_at is None:
        raise Conflict(_l("This ranking cannot be opened again. Look at it as it stands now."))
    post.ranked_at = None
    db.session.flush()
    ask_host(actor, post.call, post, due_at)
    audit.record(actor, "ranking.reopened", subject=("post", post.id))


def _require_open(post: Post) -> None:
    if post.call.state != "ranking":
        raise Conflict(_l("Ranking is not open for this call. Look at the page as it stands now."))
    if post.ranked_at is not None:
        raise Conflict(_l("This ranking was handed in. Ask the secretariat to open it again."))


def _in_order(opinions: Mapping[str, Opinion]) -> list[str]:
    placed: Sequence[tuple[int, str]] = sorted(
        (opinion.position, ref) for ref, opinion in opinions.items() if opinion.position is not None
    )
    for (position, _ref), (next_position, ref) in pairwise(placed):
        if position == next_position:
            raise Invalid(_l("Two candidates have the same position. Give each its own."), f"position-{ref}")
    for ref, opinion in opinions.items():
        if opinion.position is not None and opinion.reason:
            message = _l("A candidate has both a position and a refusal. Leave one of them empty.")
            raise Invalid(message, f"reason-{ref}")
    return [ref for _position, ref in placed]
