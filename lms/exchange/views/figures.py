"""What the secretariat sees of a run beside its lines: figures, and what another limit would change."""

from collections.abc import Iterator, Mapping
from typing import Any

from flask import request

from lms.allocation import Instance, InstanceError, OutOfTime, Watch, solve
from lms.allocation.changes import Document, WhatIf, what_if, with_capacity, with_quota
from lms.applications.queries.facts import country_namer
from lms.core.i18n import Text, current_language
from lms.core.i18n import lazy_gettext as _l
from lms.core.ids import whole_number
from lms.core.web import current_actor
from lms.core.web.templating import in_reader_language
from lms.exchange.guarantees import group_of
from lms.exchange.models import AllocationRun
from lms.exchange.queries import deciding as queries
from lms.exchange.queries.capacities import keys_above
from lms.exchange.queries.guarantees import Names

_SECONDS = 3
_MOST_PLACES = 999
_NOT_SAID = _l("Not stated")
_GENDERS: Mapping[str, Text] = {"f": _l("Women"), "m": _l("Men"), "x": _l("Other"), "": _NOT_SAID}


def seen_by(run: AllocationRun) -> dict[str, Any]:
    """The figures of a run as plots, and the answer to the question that the address asks, if it asks one."""
    limits = dict(_limits(run))
    return {"plots": list(_plots(run)), "limits": limits, "asked": _asked(run, limits)}


def _plots(run: AllocationRun) -> Iterator[tuple[Text, list[dict[str, Any]]]]:
    """A title and bars each: people by the choice that they got, places by host, people by what they are."""
    groups, everybody = run.facts.get("groups", {}), len(run.result["assignments"])
    hosts, homes = run.facts.get("hosts", {}), groups.get("home", {})
    known = queries.institutions_named({*hosts, *homes})
    country = country_namer(current_language().code)
    yield (
        _l("People by the choice that they got"),
        [
            _bar(_l("Choice %(number)d", number=number), some, everybody)
            for number, some in enumerate(run.facts.get("choices", []), start=1)
        ],
    )
    yield (
        _l("Places given, by host"),
        [_bar(_name(host, known), *share) for host, share in sorted(hosts.items())],
    )
    yield (
        _l("People with a post, by country"),
        [_bar(country(code) if code else _NOT_SAID, *share) for code, share in groups.get("country", {}).items()],
    )
    yield (
        _l("People with a post, by gender"),
        [_bar(_GENDERS.get(code, _NOT_SAID), *share) for code, share in groups.get("gender", {}).items()],
    )
    yield (
        _l("People with a post, by home institution"),
        [_bar(_name(home, known) if home else _NOT_SAID, *share) for home, share in homes.items()],
    )


def _name(english: str, known: Mapping[str, Any]) -> str:
    """The name of an institution in the language of the reader; of one that was renamed since, the old one."""
    return in_reader_language(known[english], "name") if english in known else english


def _bar(label: Text, some: int, total: int) -> dict[str, Any]:
    return {"label": label, "value": some, "text": _l("%(value)s of %(maximum)s", value=some, maximum=total)}


def _limits(run: AllocationRun) -> Iterator[tuple[str, str]]:
    """Every post and every limit above one, by which a question may be asked, with its name."""
    units = run.instance.get("units", {})
    for post in queries.approved_posts(run.call):
        if post.ref in run.instance["posts"]:
            yield post.ref, in_reader_language(post, "title")
        for key, thing in zip(keys_above(post), (post.lab, post.institution), strict=True):
            if key in units:
                yield key, in_reader_language(thing, "name")
    names = Names(run.call_id)
    for quota in run.instance.get("quotas", []):
        name = f"quota:{quota['attribute']}={quota['value']}"
        yield name, str(_l("Quota: %(group)s", group=names.group(group_of(name))))


def _asked(run: AllocationRun, limits: Mapping[str, str]) -> dict[str, Any] | None:
    """Who would move with another number of places. Nothing of it is kept."""
    node, places = request.args.get("node", ""), whole_number(request.args.get("places", ""))
    if node not in limits or places is None or not 0 <= places <= _MOST_PLACES:
        return None
    asked: dict[str, Any] = {"node": node, "places": places, "label": limits[node], "found": None}
    watch = Watch(seconds=_SECONDS)
    try:
        instance = Instance.from_dict(run.instance)
        found = what_if(solve(instance, watch), instance, _changed(run, node, places), watch)
    except OutOfTime:
        return asked
    except InstanceError:
        return {**asked, "is_below_fixed": True}
    return {**asked, "found": found, "moves": _moves(run, found)}


def _changed(run: AllocationRun, node: str, places: int) -> Document:
    if not node.startswith("quota:"):
        return with_capacity(run.instance, node, places)
    attribute, _, value = node.removeprefix("quota:").partition("=")
    return with_quota(run.instance, attribute, value, places)


def _moves(run: AllocationRun, found: WhatIf) -> list[dict[str, Any]]:
    """Who would move but oneself: nobody learns of their own place before the release."""
    posts = {post.ref: post for post in queries.approved_posts(run.call)}
    people = {one.ref: one for one in queries.applications_by_ref(run.call, [move.applicant for move in found.moves])}
    return [
        {
            "application": people[move.applicant],
            "before": posts.get(move.before or ""),
            "after": posts.get(move.after or ""),
            "better": move.better,
        }
        for move in found.moves
        if people[move.applicant].person_id != current_actor().person_id
    ]
