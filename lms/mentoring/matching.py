"""From a scheme and its people to an instance of the matching, and from its result to pairs with reasons. Pure.

Participants are named by their references, so that whoever gets the published file can find their own line and
nobody's name. What stands already (mentorships, proposals that wait for an answer) takes up places and is left out.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from lms.allocation.mentors import Criterion, Matching, Mentee, Mentor, Scheme, Scorer, match
from lms.core.i18n import Text
from lms.core.i18n import lazy_gettext as _l
from lms.mentoring.rules import slots_of

# Beyond so many pairs a question is not answered on a page.
MOST_PAIRS = 40_000

UNMATCHED: dict[str, Text] = {
    "nobody": _l("There is no mentor with a free place whom this person could be matched with."),
    "language": _l("No mentor with a free place shares a language with this person."),
    "floor": _l("No mentor with a free place reaches the least score of the scheme."),
    "full": _l("The places of the mentors who would fit went to others."),
}


@dataclass(frozen=True)
class Outcome:
    """What came out: for each mentee the pair or why there is none, with the files that prove and repeat it."""

    answer: dict[str, Any]
    instance: dict[str, Any]
    result: dict[str, Any]


def described(participant: Any, week: date, wishes: Sequence[str], *, places: int = 1, unit: str | None = None) -> Any:
    """A participant as the question keeps them. `places` is how many mentees more a mentor can take."""
    return {
        "id": participant.ref,
        "fields": sorted(participant.fields),
        "methods": sorted(participant.methods),
        "languages": sorted(participant.languages),
        "slots": sorted(slots_of(participant.hours, participant.zone, week)),
        "years": participant.years,
        "wishes": list(wishes),
        "places": places,
        "unit": unit,
    }


def question(
    scheme: Any,
    mentees: Sequence[Mapping[str, Any]],
    mentors: Sequence[Mapping[str, Any]],
    *,
    excluded: Collection[tuple[str, str]],
    units: Mapping[str, int],
) -> dict[str, Any]:
    """What a run is computed from, as JSON. `units` is the room that is left at each institution with a limit."""
    return {
        "objective": scheme.objective,
        "weights": dict(scheme.weights),
        "floor": scheme.floor,
        "seed": scheme.seed,
        "mentees": list(mentees),
        "mentors": [one for one in mentors if one["places"] > 0 and units.get(one["unit"], 1) > 0],
        "excluded": sorted(list(pair) for pair in excluded),
        "units": {name: room for name, room in sorted(units.items()) if room > 0},
    }


def answer(asked: Mapping[str, Any]) -> Outcome:
    """Match the people of a question. Raises ValueError where its numbers contradict each other."""
    scheme, mentees, mentors = _read(asked)
    excluded = {(mentee, mentor) for mentee, mentor in asked["excluded"]}
    found = match(scheme, mentees, mentors, excluded)
    return Outcome(
        {"pairs": _pairs(found), "unmatched": _unmatched(found, scheme, mentees, mentors, excluded)},
        dict(found.document),
        found.result.to_dict(),
    )


def is_small(asked: Mapping[str, Any]) -> bool:
    """Whether a question can be answered while somebody waits for a page."""
    return len(asked["mentees"]) * len(asked["mentors"]) <= MOST_PAIRS


def changed(asked: Mapping[str, Any], *, floor: int | None = None, places: Mapping[str, int] | None = None) -> Any:
    """The same question with another least score, or other places of some mentors."""
    new = {**asked, "floor": asked["floor"] if floor is None else floor}
    if places:
        new["mentors"] = [{**one, "places": places.get(one["id"], one["places"])} for one in asked["mentors"]]
        new["mentors"] = [one for one in new["mentors"] if one["places"] > 0]
    return new


def _read(asked: Mapping[str, Any]) -> tuple[Scheme, list[Mentee], list[Mentor]]:
    scheme = Scheme(
        objective=asked["objective"],
        weights={Criterion(name): weight for name, weight in asked["weights"].items()},
        floor=asked["floor"],
        units=asked["units"],
        seed=asked["seed"],
    )
    present = {one["id"] for one in (*asked["mentees"], *asked["mentors"])}
    mentees = [Mentee(**_person(one, present)) for one in asked["mentees"]]
    mentors = [Mentor(**_person(one, present), capacity=one["places"], unit=one["unit"]) for one in asked["mentors"]]
    return scheme, mentees, mentors


def _person(one: Mapping[str, Any], present: Collection[str]) -> dict[str, Any]:
    return {
        "id": one["id"],
        "fields": frozenset(one["fields"]),
        "methods": frozenset(one["methods"]),
        "languages": frozenset(one["languages"]),
        "slots": frozenset(one["slots"]),
        "years": one["years"],
        "wishes": [[other] for other in one["wishes"] if other in present],
    }


def _pairs(found: Matching) -> dict[str, Any]:
    return {
        mentee: {
            "mentor": pair.mentor,
            "score": pair.score,
            "parts": [{**asdict(part), "shared": list(part.shared)} for part in pair.parts],
        }
        for mentee, pair in found.pairs.items()
        if pair is not None
    }


def _unmatched(
    found: Matching,
    scheme: Scheme,
    mentees: Sequence[Mentee],
    mentors: Sequence[Mentor],
    excluded: Collection[tuple[str, str]],
) -> dict[str, str]:
    scorer = Scorer(scheme, mentees, mentors)
    return {
        mentee.id: _why_not(
            [scorer.score(mentee, one) for one in mentors if (mentee.id, one.id) not in excluded], scheme.floor
        )
        for mentee in mentees
        if found.pairs[mentee.id] is None
    }


def _why_not(scores: Sequence[int | None], floor: int) -> str:
    possible = [score for score in scores if score is not None]
    if not scores:
        return "nobody"
    if not possible:
        return "language"
    return "floor" if max(possible) < floor else "full"
