"""Mentors for mentees: a score of named parts for each pair, and the allocation that a scheme asks for.

    scheme = Scheme(objective="fair", floor=300)
    matching = match(scheme, mentees, mentors)
    matching.pairs["lina"]           # Pair(mentor, score, parts), or None
    matching.result, matching.document

A score is a sum of parts, each a weight times a share that both people can check by themselves ("2 of the 3 methods
that Lina asked for"). The pairs become an instance of `allocation/1`, so that certificate, checker and command line
hold for mentors as for posts.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from lms.allocation.document import FORMAT
from lms.allocation.instance import Instance, Objective
from lms.allocation.result import Result
from lms.allocation.solver import solve

SLOTS = 7 * 48
"""Half hours of a week; some zones of the region differ from the others by half an hour."""


class Criterion(StrEnum):
    """What a score is made of."""

    FIELDS = "fields"
    METHODS = "methods"
    LANGUAGES = "languages"
    HOURS = "hours"
    SENIORITY = "seniority"
    MENTEE_WISH = "mentee_wish"
    MENTOR_WISH = "mentor_wish"


EVEN = {
    Criterion.FIELDS: 250,
    Criterion.METHODS: 150,
    Criterion.LANGUAGES: 100,
    Criterion.HOURS: 100,
    Criterion.SENIORITY: 100,
    Criterion.MENTEE_WISH: 150,
    Criterion.MENTOR_WISH: 150,
}
"""Weights to begin with, 1,000 together. Every scheme publishes its own."""

Ranking = Sequence[Sequence[str]]
"""Ids of the other side, best first; the members of one group are equally welcome."""


@dataclass(frozen=True, kw_only=True)
class Person:
    """What both sides say about themselves. `slots` are half hours of the week in UTC, see `weekly_slots`."""

    id: str
    fields: frozenset[str] = frozenset()
    methods: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    slots: frozenset[int] = frozenset()
    years: int | None = None
    wishes: Ranking = ()


@dataclass(frozen=True, kw_only=True)
class Mentee(Person):
    """Who looks for a mentor: `fields` and `methods` are those asked for, `years` those of own experience."""


@dataclass(frozen=True, kw_only=True)
class Mentor(Person):
    """Who offers to guide up to `capacity` mentees; `unit` is the department or country whose limit counts too."""

    capacity: int = 1
    unit: str | None = None


@dataclass(frozen=True, kw_only=True)
class Scheme:
    """How a scheme matches. Raises ValueError when it contradicts itself.

    `required` criteria exclude a pair that earns nothing there (a common language, say). `full_hours` a week count in
    full, as do `full_years` more of experience. Pairs below `floor` do not come about. `units` limits mentees under
    the mentors of a unit. "stable" goes by wishes first and scores without wishes after them, so that nobody climbs a
    mentor's list by wishing; the others go by scores alone.
    """

    objective: Objective = "best-total"
    weights: Mapping[Criterion, int] = field(default_factory=lambda: dict(EVEN))
    required: frozenset[Criterion] = frozenset({Criterion.LANGUAGES})
    floor: int = 0
    full_hours: int = 4
    full_years: int = 5
    units: Mapping[str, int] = field(default_factory=dict[str, int])
    seed: int = 0

    def __post_init__(self) -> None:
        if min(self.weights.values(), default=0) < 0 or not sum(self.weights.values()):
            raise ValueError("weights are whole numbers, none below 0 and one at least above")
        if self.full_hours < 1 or self.full_years < 1:
            raise ValueError("hours and years that count in full are at least 1")

    @property
    def counted(self) -> Mapping[Criterion, int]:
        """The weights of what earns points."""
        apart = (Criterion.MENTEE_WISH, Criterion.MENTOR_WISH) if self.objective == "stable" else ()
        return {criterion: weight for criterion, weight in self.weights.items() if criterion not in apart}


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a score: `points` of at most `weight`, for `met` of what was `wanted`; `shared` names it."""

    criterion: Criterion
    points: int
    weight: int
    met: int
    wanted: int
    shared: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pair:
    """A mentor for a mentee, and why."""

    mentor: str
    score: int
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Matching:
    """Who guides whom, with the instance that was solved and its result, which prove and repeat it."""

    pairs: Mapping[str, Pair | None]
    document: Mapping[str, Any]
    result: Result


def weekly_slots(local: Iterable[tuple[int, int]], zone: str, week: date) -> frozenset[int]:
    """Local half hours as (weekday from Monday 0, half hour of the day 0 to 47) in UTC, in the week of that day.

    Clocks change in some zones and not in others: ask for the week in which the meetings begin.
    """
    monday = datetime.combine(week - timedelta(days=week.weekday()), datetime.min.time(), ZoneInfo("UTC"))
    found = set()
    for weekday, half in local:
        day = monday.date() + timedelta(days=weekday)
        there = datetime(day.year, day.month, day.day, half // 2, half % 2 * 30, tzinfo=ZoneInfo(zone))
        found.add(int((there - monday) / timedelta(minutes=30)) % SLOTS)
    return frozenset(found)


def match(
    scheme: Scheme,
    mentees: Sequence[Mentee],
    mentors: Sequence[Mentor],
    excluded: Iterable[tuple[str, str]] = (),
    kept: Mapping[str, str] | None = None,
) -> Matching:
    """Match by the rules of the scheme. `excluded` pairs (mentee, mentor) do not come about; `kept` ones stay.

    Raises ValueError where an id repeats, and InstanceError where a kept pair is excluded or does not fit.
    """
    scorer = Scorer(scheme, mentees, mentors)
    published = document(scheme, mentees, mentors, excluded, kept)
    result = solve(Instance.from_dict(published))
    by_id = {mentor.id: mentor for mentor in mentors}
    return Matching(
        pairs={
            mentee.id: None if (name := result.assignments[mentee.id]) is None else scorer.pair(mentee, by_id[name])
            for mentee in mentees
        },
        document=published,
        result=result,
    )


class Scorer:
    """The scores of a scheme for the people who take part."""

    def __init__(self, scheme: Scheme, mentees: Sequence[Mentee], mentors: Sequence[Mentor]) -> None:
        self._scheme, self._weights = scheme, scheme.counted
        self._wanted_by = {(who.id, other): share for who in mentees for other, share in _welcome(who)}
        self._wanted_at = {(other, who.id): share for who in mentors for other, share in _welcome(who)}

    def score(self, mentee: Mentee, mentor: Mentor) -> int | None:
        """The whole score; None where a required criterion earns nothing, so that the pair is excluded."""
        if any(not self._share(criterion, mentee, mentor)[0] for criterion in self._scheme.required):
            return None
        total = 0
        for criterion, weight in self._weights.items():
            met, wanted = self._share(criterion, mentee, mentor)
            total += weight * met // wanted
        return total

    def pair(self, mentee: Mentee, mentor: Mentor) -> Pair:
        """The score in its parts, in the order of the weights of the scheme."""
        parts = tuple(self._parts(mentee, mentor))
        return Pair(mentor.id, sum(part.points for part in parts), parts)

    def _parts(self, mentee: Mentee, mentor: Mentor) -> Iterator[Part]:
        shared = {
            Criterion.FIELDS: mentee.fields & mentor.fields,
            Criterion.METHODS: mentee.methods & mentor.methods,
            Criterion.LANGUAGES: mentee.languages & mentor.languages,
        }
        for criterion, weight in self._weights.items():
            met, wanted = self._share(criterion, mentee, mentor)
            names = tuple(sorted(shared.get(criterion, ())))
            yield Part(criterion, weight * met // wanted, weight, met, wanted, names)

    def _share(self, criterion: Criterion, mentee: Mentee, mentor: Mentor) -> tuple[int, int]:
        """How much of what is wanted is met; the second number is at least 1."""
        match criterion:
            case Criterion.FIELDS:
                return len(mentee.fields & mentor.fields), max(1, len(mentee.fields))
            case Criterion.METHODS:
                return len(mentee.methods & mentor.methods), max(1, len(mentee.methods))
            case Criterion.LANGUAGES:
                return int(not mentee.languages.isdisjoint(mentor.languages)), 1
            case Criterion.HOURS:
                common = len(mentee.slots & mentor.slots) // 2
                return min(common, self._scheme.full_hours), self._scheme.full_hours
            case Criterion.SENIORITY:
                return self._seniority(mentee.years, mentor.years), self._scheme.full_years
            case Criterion.MENTEE_WISH:
                return self._wanted_by.get((mentee.id, mentor.id), (0, 1))
            case Criterion.MENTOR_WISH:
                return self._wanted_at.get((mentee.id, mentor.id), (0, 1))

    def _seniority(self, mentee: int | None, mentor: int | None) -> int:
        if mentee is None or mentor is None:
            return 0
        return min(max(mentor - mentee, 0), self._scheme.full_years)


def _welcome(who: Person) -> Iterator[tuple[str, tuple[int, int]]]:
    """Everybody on a list of wishes with the share that they count for: all of it for the first group, then less."""
    for place, group in enumerate(who.wishes):
        for other in group:
            yield other, (len(who.wishes) - place, len(who.wishes))


def document(
    scheme: Scheme,
    mentees: Sequence[Mentee],
    mentors: Sequence[Mentor],
    excluded: Iterable[tuple[str, str]] = (),
    kept: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """The instance of `allocation/1` for a scheme: mentees are its applicants, mentors its posts.

    Whoever is on both sides never guides themselves. A kept pair stays even below the floor, where it has no score.
    Raises ValueError where an id repeats.
    """
    for side in (mentees, mentors):
        if len({who.id for who in side}) < len(side):
            raise ValueError("an id stands twice on one side")
    apart, stays = set(excluded), set((kept or {}).items())
    scores = dict(_scores(scheme, mentees, mentors, apart, stays))
    chosen: dict[str, list[tuple[str, int]]] = {mentee.id: [] for mentee in mentees}
    ranked: dict[str, list[tuple[str, int]]] = {mentor.id: [] for mentor in mentors}
    for (mentee, mentor), score in scores.items():
        chosen[mentee].append((mentor, score))
        ranked[mentor].append((mentee, score))
    by_wishes = scheme.objective == "stable"
    return {
        "format": FORMAT,
        "objective": scheme.objective,
        "applicants": {who.id: {"choices": _ranking(who, chosen[who.id], by_wishes)} for who in mentees},
        "posts": {
            who.id: {
                "capacity": who.capacity,
                "within": who.unit if who.unit in scheme.units else None,
                "priority": _ranking(who, ranked[who.id], by_wishes),
            }
            for who in mentors
        },
        "units": {name: {"capacity": places} for name, places in scheme.units.items()},
        "scores": [[mentee, mentor, score] for (mentee, mentor), score in scores.items()],
        "floor": scheme.floor,
        "forbidden": [list(pair) for pair in sorted(apart)],
        "fixed": [list(pair) for pair in sorted(stays)],
        "tie_break": {"seed": scheme.seed},
    }


def _scores(
    scheme: Scheme,
    mentees: Sequence[Mentee],
    mentors: Sequence[Mentor],
    apart: Collection[tuple[str, str]],
    stays: Collection[tuple[str, str]],
) -> Iterator[tuple[tuple[str, str], int]]:
    """The pairs that may come about, with their scores."""
    scorer = Scorer(scheme, mentees, mentors)
    for mentee in mentees:
        for mentor in mentors:
            pair = (mentee.id, mentor.id)
            if pair in apart or mentee.id == mentor.id:
                continue
            score = scorer.score(mentee, mentor)
            if score is not None and not (pair in stays and score < scheme.floor):
                yield pair, score


def _ranking(who: Person, others: Iterable[tuple[str, int]], by_wishes: bool) -> list[list[str]]:
    """Those on the list of wishes first, where wishes decide, and the rest by score; equal ones are tied."""
    last = len(who.wishes)
    place = {other: index for index, group in enumerate(who.wishes) for other in group} if by_wishes else {}

    def standing(other: tuple[str, int]) -> tuple[int, int]:
        wished = place.get(other[0], last)
        return (wished, 0) if wished < last else (last, -other[1])

    return [[name for name, _ in group] for _, group in groupby(sorted(others, key=standing), key=standing)]
