"""How a run kept what the call guarantees: quotas and what they cost, targets that were missed, pairs kept apart."""

from collections.abc import Iterator, Mapping
from typing import Any

from lms.core.i18n import Text
from lms.core.i18n import lazy_gettext as _l
from lms.core.web import current_actor
from lms.exchange.guarantees import group_of
from lms.exchange.models import AllocationRun
from lms.exchange.queries import deciding as queries
from lms.exchange.queries.guarantees import Names

_BINDING: Mapping[str, Text] = {
    "capacity": _l("There are not enough places: %(where)s"),
    "demand": _l("Too few people who ask for it are accepted there."),
    "full": _l("People who count towards it found no place: %(where)s"),
    "wishes": _l("Enough people would be accepted, but they got a post that they like better."),
}


def kept_by(run: AllocationRun, limits: Mapping[str, str]) -> dict[str, Any]:
    """What the page of a run shows; `limits` are the names of its posts, hosts, labs and quotas."""
    named = Names(run.call_id).group
    people = {one.ref: one for one in queries.applications_by_ref(run.call, list(_concerned(run)))}
    posts = {post.ref: post for post in queries.approved_posts(run.call)}
    mine = current_actor().person_id

    def rows(pairs: Any) -> list[dict[str, Any]]:
        """Pairs of person and post but one's own: nobody learns of their own place before the release."""
        return [
            {"application": people[ref], "post": posts.get(post), "quota": quota and named(group_of(quota))}
            for ref, post, quota in pairs
            if people[ref].person_id != mine
        ]

    return {
        "quotas": list(_quotas(run, named)),
        "missed": [_missed(one, limits, named) for one in run.facts.get("shortfalls", [])],
        "apart": rows(
            (pair["applicant"], pair["post"], pair["because"])
            for pair in run.result["certificate"]["blocking"]
            if pair["because"].startswith("quota:")
        ),
        "by_hand": rows((ref, post, "") for ref, post in run.instance.get("fixed", [])),
    }


def _concerned(run: AllocationRun) -> Iterator[str]:
    yield from (pair["applicant"] for pair in run.result["certificate"]["blocking"])
    yield from (ref for ref, _post in run.instance.get("fixed", []))


def _quotas(run: AllocationRun, named: Any) -> Iterator[dict[str, Any]]:
    """Each quota and target with the places that its group got, and what it cost where that could be computed."""
    costs = {one["quota"]: one for one in run.facts.get("costs", [])}
    for quota in run.instance.get("quotas", []):
        attribute, value = quota["attribute"], quota["value"]
        name = f"quota:{attribute}={value}"
        got = sum(
            post is not None and run.instance["applicants"][ref].get("attributes", {}).get(attribute) == value
            for ref, post in run.result["assignments"].items()
        )
        yield {
            "group": named(group_of(name)),
            "most": quota.get("max"),
            "least": quota["min"],
            "got": got,
            "cost": costs.get(name),
        }


def _missed(short: Mapping[str, Any], limits: Mapping[str, str], named: Any) -> dict[str, Any]:
    where = short["where"] or ""
    label = limits.get(where) or (named(group_of(where)) if where.startswith("quota:") else where)
    what = short["what"]
    return {
        "what": named(group_of(what)) if what.startswith("quota:") else limits.get(what.removeprefix("minimum:"), what),
        "needed": short["needed"],
        "got": short["got"],
        "why": str(_BINDING[short["binding"]]) % {"where": label},
    }
