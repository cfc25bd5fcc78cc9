"""What must hold before a post moves on, and what follows when it did."""

from datetime import datetime

from lms.accounts.queries import office_member_ids
from lms.core import waiting
from lms.core.i18n import Text
from lms.core.i18n import lazy_gettext as _l
from lms.core.waiting import Office
from lms.core.workflow import Context
from lms.exchange import messages
from lms.exchange.indexing import index_post
from lms.exchange.models import Post
from lms.exchange.queries.posts import applicants_of_post, has_live_offer
from lms.notifications.messages import Message
from lms.notifications.services import notify

SECRETARIAT = Office("secretariat", "platform")


def call_takes_posts(context: Context) -> Text | None:
    """Posts come while the call is prepared, or late while one can still apply."""
    call = context.subject.call
    if call.state == "preparing" or (call.state == "published" and context.actor.now < call.closes_at):
        return None
    return _l("This call takes no posts now.")


def nobody_placed(context: Context) -> Text | None:
    """A place that is offered or taken binds the host."""
    if has_live_offer(context.subject):
        return _l("A place of this post is offered or taken. Ask the secretariat to rescind the offer first.")
    return None


def ask_for_approval(context: Context) -> None:
    """The secretariat looks at the post."""
    post: Post = context.subject
    waiting.close_items(context.actor, subject=("post", post.id))
    waiting.open_item(
        context.actor,
        messages.APPROVE_POST,
        to=SECRETARIAT,
        subject=("post", post.id),
        about=[post],
        url_values={"ref": post.ref},
        due_at=_approval_due(context.actor.now, post),
    )
    index_post(post)


def _approval_due(now: datetime, post: Post) -> datetime:
    """In a few working days, and before the call opens; for a post that comes late, before it closes."""
    call = post.call
    return min(messages.APPROVE_POST.due_from(now), call.opens_at if now < call.opens_at else call.closes_at)


def tell_approved(context: Context) -> None:
    """The host learns it, and the post is findable once its call is public."""
    waiting.close_items(context.actor, subject=("post", context.subject.id))
    _tell_author(context, messages.POST_APPROVED)
    index_post(context.subject)


def ask_for_correction(context: Context) -> None:
    """The lab's hosts, or else its coordinators, correct the post."""
    post: Post = context.subject
    waiting.close_items(context.actor, subject=("post", post.id))
    waiting.open_item(
        context.actor,
        messages.CORRECT_POST,
        to=host_office(context, post),
        subject=("post", post.id),
        about=[post],
        url_values={"ref": post.ref},
        due_at=post.call.closes_at,
    )
    _tell_author(context, messages.POST_RETURNED)


def tell_withdrawn(context: Context) -> None:
    """Whoever chose the post learns that it is gone, while they can still choose another."""
    post: Post = context.subject
    waiting.close_items(context.actor, subject=("post", post.id))
    index_post(post)
    for person_id, ref in applicants_of_post(post):
        values = {**_values(post), "path": f"/exchange/applications/{ref}"}
        notify(context.actor, person_id=person_id, message=messages.POST_WITHDRAWN, values=values, key=post.ref)


def host_office(context: Context, post: Post) -> Office:
    """The hosts of the lab; the institution's coordinators where the lab has none yet."""
    office = Office("host", "lab", post.lab_id)
    if office_member_ids(office, context.actor.now):
        return office
    return Office("coordinator", "institution", post.institution_id)


def _values(post: Post) -> dict[str, object]:
    return {
        "post_en": post.title_en,
        "post_zh": post.title_zh,
        "call_en": post.call.title_en,
        "call_zh": post.call.title_zh,
        "reason": post.returned_reason,
    }


def _tell_author(context: Context, message: Message) -> None:
    post: Post = context.subject
    if post.created_by_id is not None:
        values = {**_values(post), "path": f"/exchange/my-posts/{post.ref}"}
        notify(context.actor, person_id=post.created_by_id, message=message, values=values)
