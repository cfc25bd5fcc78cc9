"""Drafting posts in labs."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from lms.applications.services.editing import begin_edit
from lms.core import audit, workflow
from lms.core.actor import Actor
from lms.core.clock import check_year
from lms.core.db import db
from lms.core.errors import Conflict, Invalid
from lms.core.i18n import lazy_gettext as _l
from lms.core.ids import new_ref
from lms.exchange.flow import POST
from lms.exchange.indexing import index_post
from lms.exchange.models import Post, SubCentre
from lms.exchange.queries.calls import calls_with_posts_open
from lms.exchange.queries.posts import labs_to_post_for, my_post
from lms.exchange.rules import EDITABLE_POST


def draft_post(actor: Actor, *, call_id: int, lab_id: int, sub_centre_ids: Sequence[int] = (), **values: Any) -> Post:
    """A new post in one of the actor's labs. `values` are columns of `Post`.

    Raises Invalid for a call that takes no posts or a lab that is not the actor's.
    """
    if call_id not in {call.id for call in calls_with_posts_open(actor)}:
        raise Invalid(_l("This call takes no posts now."), "call_id")
    lab = next((lab for lab in labs_to_post_for(actor) if lab.id == lab_id), None)
    if lab is None:
        raise Invalid(_l("Choose one of your labs."), "lab_id")
    _check_start(values)
    post = Post(
        ref=new_ref(),
        call_id=call_id,
        lab_id=lab.id,
        institution_id=lab.institution_id,
        sub_centres=_sub_centres(sub_centre_ids),
        created_by_id=actor.person_id,
        created_at=actor.now,
        **values,
    )
    workflow.start(POST, post, actor=actor)
    loaded = my_post(actor, post.ref)
    index_post(loaded)
    return loaded


def edit_post(
    actor: Actor, post: Post, *, version: int | None, sub_centre_ids: Sequence[int] = (), **values: Any
) -> None:
    """Change a post that is a draft or was returned. Raises Conflict for any other."""
    begin_edit(post, version)
    if post.state not in EDITABLE_POST:
        raise Conflict(_l("This post was handed in. It can be changed when the secretariat returns it."))
    _check_start(values)
    for name, value in values.items():
        setattr(post, name, value)
    post.sub_centres = _sub_centres(sub_centre_ids)
    db.session.flush()
    audit.record(actor, "post.edited", subject=("post", post.id), detail={"fields": sorted(values)})
    index_post(post)


def _check_start(values: Mapping[str, Any]) -> None:
    """The dates of a stay are counted from its first day, so its year must be one."""
    if (starts_on := values.get("starts_on")) is not None:
        check_year(starts_on, "starts_on")


def _sub_centres(ids: Sequence[int]) -> list[SubCentre]:
    return list(db.session.scalars(select(SubCentre).where(SubCentre.id.in_(ids)).order_by(SubCentre.position)))
