"""From a call's posts, choices and rankings to an instance of `allocation/1`, and from its result to decisions. Pure.

Applications and posts are named by their references, so that whoever gets the published file can find
their own line and nobody else's name.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from lms.allocation import Code, Disclosure, Explanation, Instance, OutOfTime, Result, Watch
from lms.allocation.figures import costs, figures
from lms.allocation.shortfalls import shortfalls
from lms.allocation.telling import tell_applicant, tell_hosts
from lms.core.i18n import Text
from lms.core.i18n import lazy_gettext as _l
from lms.exchange.guarantees import Group, Guarantees, group_of, quotas_in_instance, reserves_in_instance

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
    "post_full_apart": _l("Every place went to people whom the host ranked higher, was reserved or given by hand."),
    "unit_full_apart": _l("Every place of the lab or host went to people who stand higher, was reserved or given."),
    "quota_full": _l("There was room, but the quota of the call was full."),
    "unacceptable": _l("The host refused consent or did not rank this person."),
    "forbidden": _l("Excluded because of a tie between host and applicant."),
    "not_needed": _l("A better choice was given."),
}

# What applicants read about their own choices.
TOLD: dict[str, Text] = {
    "assigned": _l("The allocation gave you this post."),
    "post_full": _l("Every place went to people who stand higher in the host's order."),
    "unit_full": _l("The places of the lab or host went to people who stand higher."),
    "post_full_apart": _l("Every place went to people who stand higher in the host's order, or was reserved."),
    "unit_full_apart": _l("The places of the lab or host went to people who stand higher, or were reserved."),
    "quota_full": _l("There was room, but the quota of the call was full."),
    "unacceptable": _l("The host did not include you in its order."),
    "forbidden": _l("A rule of the call excludes this post for you."),
    "not_needed": _l("The allocation gave you a post that you wanted more."),
}
DISCLOSURES: dict[str, Text] = {
    "full": _l("The reason for each choice, with your position and the last one admitted"),
    "reasons": _l("The reason for each choice, without positions"),
    "outcome": _l("The outcome only"),
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
    """A host or lab that takes at most so many people (None: no limit), its target, and the unit above it."""

    key: str
    seats: int | None
    within: str | None = None
    minimum: int = 0


def build_instance(
    choices: Mapping[str, Sequence[str]],
    posts: Sequence[RankedPost],
    *,
    forbidden: Collection[tuple[str, str]],
    seed: int,
    units: Sequence[LimitedUnit] = (),
    guarantees: Guarantees = Guarantees(),
    attributes: Mapping[str, Mapping[str, str]] | None = None,
    order: Sequence[str] = (),
    fixed: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """The instance: `choices` are the posts of each application, most wanted first. Unknown posts are left out.

    `units` are the limits of hosts and labs; they bind whatever lies within them. `attributes` say what `guarantees`
    go by, `order` is the call's own; whoever is `fixed` has that post already.
    """
    known = {post.ref for post in posts}
    described = attributes or {}
    document: dict[str, Any] = {
        "format": "allocation/1",
        "applicants": {
            ref: {"choices": [post for post in wanted if post in known]}
            | ({"attributes": dict(described[ref])} if described.get(ref) else {})
            for ref, wanted in sorted(choices.items())
        },
        "posts": {post.ref: _post(post, choices, guarantees) for post in sorted(posts, key=lambda post: post.ref)},
        "units": {unit.key: _unit(unit) for unit in units},
        "forbidden": sorted([ref, post] for ref, post in forbidden if ref in choices and post in known),
        "tie_break": {"seed": seed},
    }
    if guarantees.quotas:
        quotas = quotas_in_instance(guarantees)
        document |= {"quotas": quotas, "quota_rule": guarantees.rule, "order": list(order)}
    if fixed:
        document["fixed"] = sorted([ref, post] for ref, post in fixed.items())
    return document


def _post(post: RankedPost, choices: Collection[str], guarantees: Guarantees) -> dict[str, Any]:
    document = {
        "capacity": post.places,
        "priority": [ref for ref in post.priority if ref in choices],
        "within": post.within,
    }
    reserves = reserves_in_instance(guarantees, post.ref)
    return {**document, "reserves": reserves} if reserves else document


def _unit(unit: LimitedUnit) -> dict[str, Any]:
    document = {"capacity": unit.seats, "within": unit.within}
    return {**document, "minimum": unit.minimum} if unit.minimum else document


def outcome_of(ref: str, instance: Mapping[str, Any], result: Mapping[str, Any]) -> Outcome:
    """Offer for a matched application; waiting list where a host of a chosen post accepts it; else not selected."""
    if result["assignments"].get(ref):
        return "offer"
    forbidden = {tuple(pair) for pair in instance["forbidden"]}
    for post in instance["applicants"][ref]["choices"]:
        if ref in instance["posts"][post]["priority"] and (ref, post) not in forbidden:
            return "waitlist"
    return "reject"


def facts_of(
    instance: Instance, result: Result, people: Mapping[str, Mapping[str, str]], hosts: Mapping[str, str]
) -> dict[str, Any]:
    """What stands behind a result, as JSON: each line with its positions, what each post ended with, and figures.

    `people` describes applications by values such as the country, for the figures alone: none of it was allocated
    by. `hosts` names the host of each post.
    """
    applicants = {
        name: replace(who, attributes=people.get(name, who.attributes)) for name, who in instance.applicants.items()
    }
    seen = figures(replace(instance, applicants=applicants), result)
    filled: dict[str, list[int]] = {}
    for post, host in hosts.items():
        share = seen.nodes[post]
        before = filled.get(host, [0, 0])
        filled[host] = [before[0] + share.some, before[1] + share.all]
    return {
        "lines": {name: [asdict(line) for line in lines] for name, lines in result.explanations.items()},
        "posts": {report.post: asdict(report) for report in tell_hosts(instance, result, Disclosure.FULL)},
        "choices": list(seen.choices),
        "groups": {
            attribute: {value: [share.some, share.all] for value, share in values.items()}
            for attribute, values in seen.groups.items()
        },
        "hosts": filled,
        "shortfalls": [one.to_dict() for one in shortfalls(instance, result)],
        "costs": _costs(instance, result),
    }


_COST_SECONDS = 60
"""What a quota cost needs a solution without it; where that takes too long it is left out."""


def _costs(instance: Instance, result: Result) -> list[dict[str, Any]]:
    try:
        return [asdict(cost) for cost in costs(instance, result, Watch(seconds=_COST_SECONDS))]
    except OutOfTime:
        return []


GroupName = Callable[[Group], Text]
"""How a group is called in the language of the reader."""


def posts_apart(instance: Mapping[str, Any]) -> list[str]:
    """The posts where not every place goes by the order of the host, nor in the units around them."""

    def path(post: str) -> Iterator[str]:
        yield post
        unit = instance["posts"][post]["within"]
        while unit is not None:
            yield unit
            unit = instance["units"][unit]["within"]

    held = {post for _ref, post in instance.get("fixed", [])}
    kept = {post for post, told in instance["posts"].items() if told.get("reserves") or post in held}
    nodes = {node for post in kept for node in path(post)}
    return [post for post in instance["posts"] if not nodes.isdisjoint(path(post))]


def explained(
    line: Mapping[str, Any], texts: Mapping[str, Text], named: GroupName, apart: Collection[str] = ()
) -> Text:
    """Why a choice was obtained or not, in one of the two sets of texts; a full quota with its group.

    `apart` are the posts of `posts_apart`.
    """
    code = str(line["code"])
    if code == Code.QUOTA_FULL and line.get("quota"):
        group = named(group_of(line["quota"]))
        return _l("There was room, but the quota of the call was full: %(group)s.", group=group)
    return texts[f"{code}_apart"] if line["post"] in apart and f"{code}_apart" in texts else texts[code]


def told(
    lines: Sequence[Mapping[str, Any]], disclosure: str, named: GroupName, apart: Collection[str] = ()
) -> list[tuple[str, Text]]:
    """What an applicant reads about each choice under the setting of the call: the post's reference and the text."""
    if disclosure == Disclosure.OUTCOME:
        return []
    known = [Explanation(**{**line, "code": Code(line["code"])}) for line in lines]
    return [_told(one.explanation, named, apart) for one in tell_applicant(known, Disclosure(disclosure))]


def _told(line: Explanation, named: GroupName, apart: Collection[str]) -> tuple[str, Text]:
    text = explained({"code": line.code, "quota": line.quota, "post": line.post}, TOLD, named, apart)
    if line.position is None:
        return line.post, text
    return line.post, _l(
        "%(reason)s You were number %(position)d there, the last one admitted was number %(last)d.",
        reason=text,
        position=line.position,
        last=line.last_position,
    )


def rank_of_choice(ref: str, instance: Mapping[str, Any], result: Mapping[str, Any]) -> int | None:
    """Which choice of the applicant the obtained post is, 1 for the first."""
    post = result["assignments"].get(ref)
    return instance["applicants"][ref]["choices"].index(post) + 1 if post else None
