"""Whether a place may be given by hand beside all other decisions of a call."""

from lms.core.actor import Actor
from lms.core.errors import Invalid
from lms.core.i18n import lazy_gettext as _l
from lms.core.i18n import lazy_listed
from lms.exchange.guarantees import Group, Guarantees, full_quota, reserved_for_others
from lms.exchange.models import Application, Post
from lms.exchange.queries import capacities, guarantees
from lms.exchange.queries import deciding as queries


def check_place(actor: Actor, application: Application, post: Post, *, overrides: bool) -> bool:
    """Whether the place is one that is reserved for others, given all the same because of `overrides`.

    The post's lab and host must be loaded. Raises Invalid for a place that is not there, against a tie or a quota,
    and for a reserved one without `overrides`.
    """
    others = queries.decisions_of(application.call)
    taken = [one for one in others.values() if one.post_id == post.id and one.application_id != application.id]
    if len(taken) >= post.places:
        raise Invalid(_l("Every place of this post is given in other decisions. Change those first."), "post")
    if capacities.is_full_by_decisions(post, besides=application.id):
        raise Invalid(
            _l("Its lab or host takes nobody more: other decisions fill its limit. Change those first."), "post"
        )
    if queries.tied_pairs(actor, [application], [post]):
        raise Invalid(_l("The applicant hosts in the lab of this post. Choose another one."), "post")
    kept = guarantees.guarantees_of(application.call_id)
    names = guarantees.Names(application.call_id)
    _check_quotas(application, kept, names)
    keeps = _kept_for(application, post, kept)
    if keeps and not overrides:
        groups = lazy_listed(names.group(group) for group in keeps)
        message = _l("This place is reserved for others who wait for it: %(groups)s.", groups=groups)
        raise Invalid(message, "overrides")
    return bool(keeps)


def _check_quotas(application: Application, kept: Guarantees, names: guarantees.Names) -> None:
    if not kept.limits:
        return
    decided = guarantees.decided_places(application.call_id, kept, besides=application.id)
    full = full_quota(kept, guarantees.groups_of(application, kept.kinds), decided)
    if full is not None:
        message = _l(
            "Other decisions fill the quota of the call: %(group)s. Change those first, or the quota with its reason.",
            group=names.group(full.group),
        )
        raise Invalid(message, "post")


def _kept_for(application: Application, post: Post, kept: Guarantees) -> list[Group]:
    """The groups for whom the place is kept and of whom somebody waits for it."""
    reserves = [one for one in kept.reserves if one.post == post.ref]
    if not reserves:
        return []
    placed = guarantees.decided_at(post, kept, besides=application.id)
    groups = reserved_for_others(reserves, post.places, placed, guarantees.groups_of(application, kept.kinds))
    waiting = guarantees.waiting_for(post, kept, besides=application.id) if groups else frozenset()
    return [group for group in groups if group in waiting]
