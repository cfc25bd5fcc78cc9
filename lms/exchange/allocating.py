"""From a call's posts, choices and rankings to an instance of `allocation/1`, and from its result to decisions. Pure.

Applications and posts are named by their references, so that whoever gets the published file can find
their own line and nobody else's name.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from lms.core.i18n import Text
from lms.core.i18n import lazy_gettext as _l

Outcome = Literal["offer", "waitlist", "reject"]
OUTCOMES: dict[str, Text] = {
    "offer": _l("Offer"),
    "waitlist": _l("Waiting list"),
    "reject": _l("Not selected"),
}
OUTCOME_TONES = {"offer": "success", "waitlist": "accent", "reject": "neutral"}

EXPLANATIONS: dict[str, Text] = {
    "assigned": _l("Gets this post: the best choice that could be given."),
    "post_full": _l("Every place went to people whom the host ranked higher."),
    "unit_full": _l("Every place of the lab or host went to people who stand higher."),
    "unacceptable": _l("The host refused consent or did not rank this person."),
    "forbidden": _l("Excluded because of a tie between host and applicant."),
    "not_needed": _l("A better choice was given."),
}


@dataclass(frozen=True)
class RankedPost:
    """A post with its places, the applications that its host accepts, best first, and the limit right above it."""

    ref: str
    places: int
    priority: Sequence[str]
    within: str | None = None


@dataclass(frozen=True)
class LimitedUnit:
    """A host or lab that takes at most so many people, and the limit above it."""

    key: str
    seats: int
    within: str | None = None


def build_instance(
    choices: Mapping[str, Sequence[str]],
    posts: Sequence[RankedPost],
    *,
    forbidden: Collection[tuple[str, str]],
    seed: int,
    units: Sequence[LimitedUnit] = (),
) -> dict[str, Any]:
    """The instance: `choices` are the posts of each application, most wanted first. Unknown posts are left out.

    `units` are the limits of hosts and labs; they bind whatever lies within them.
    """
    known = {post.ref for post in posts}
    return {
        "format": "allocation/1",
        "applicants": {
            ref: {"choices": [post for post in wanted if post in known]} for ref, wanted in sorted(choices.items())
        },
        "posts": {
            post.ref: {
                "capacity": post.places,
                "priority": [ref for ref in post.priority if ref in choices],
                "within": post.within,
            }
            for post in sorted(posts, key=lambda post: post.ref)
        },
        "units": {unit.key: {"capacity": unit.seats, "within": unit.within} for unit in units},
        "forbidden": sorted([ref, post] for ref, post in forbidden if ref in choices and post in known),
        "tie_break": {"seed": seed},
    }


def outcome_of(ref: str, instance: Mapping[str, Any], result: Mapping[str, Any]) -> Outcome:
    """Offer for a matched application; waiting list where a host of a chosen post accepts it; else not selected."""
    if result["assignments"].get(ref):
        return "offer"
    forbidden = {tuple(pair) for pair in instance["forbidden"]}
    for post in instance["applicants"][ref]["choices"]:
        if ref in instance["posts"][post]["priority"] and (ref, post) not in forbidden:
            return "waitlist"
    return "reject"


def rank_of_choice(ref: str, instance: Mapping[str, Any], result: Mapping[str, Any]) -> int | None:
    """Which choice of the applicant the obtained post is, 1 for the first."""
    post = result["assignments"].get(ref)
    return instance["applicants"][ref]["choices"].index(post) + 1 if post else None
