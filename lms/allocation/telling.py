"""What each party of a call is told about a result. Whoever runs the call or audits it sees all of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from lms.allocation.instance import Instance
from lms.allocation.market import build
from lms.allocation.messages import Disclosure, Explanation, because
from lms.allocation.result import Cutoff, Result


@dataclass(frozen=True, slots=True)
class Told:
    """One line for an applicant: `explanation` holds only what the setting tells, `because` says it in English."""

    explanation: Explanation
    because: str


def tell_applicant(lines: Sequence[Explanation], disclosure: Disclosure) -> tuple[Told, ...]:
    """The lines of one applicant under a setting: with positions, with reasons only, or only what was obtained."""
    if disclosure is Disclosure.OUTCOME:
        lines = [line for line in lines if line.got]
    if disclosure is not Disclosure.FULL:
        lines = [replace(line, position=None, last_position=None) for line in lines]
    return tuple(Told(line, because(line, disclosure)) for line in lines)


@dataclass(frozen=True, slots=True)
class HostReport:
    """What a post ended with, for its host.

    `got` in the order of the post's list, people placed beforehand first. `last_position` is where the last one
    admitted stands, None where one place would make it point at a person. `preferred_another` counts people who
    stand above the last one admitted and went to a post they like better. `always_empty`: the `empty` places
    stay empty in every stable allocation, not only in this one.
    """

    post: str
    places: int
    got: tuple[str, ...]
    last_position: int | None
    preferred_another: int | None
    empty: int
    always_empty: bool


def tell_hosts(instance: Instance, result: Result, disclosure: Disclosure) -> Iterator[HostReport]:
    """A report per post, in the order of the ids; counts and positions only where the setting is full."""
    lists = _Lists(instance, result)
    full = disclosure is Disclosure.FULL
    # The rural hospitals theorem: a post without caps around it that is not filled has the same people whatever
    # stable allocation is chosen (Roth 1986).
    plain = instance.objective == "stable" and not instance.limits and not instance.units and not instance.fixed
    for post in sorted(instance.posts):
        got, places = lists.admitted(post), instance.posts[post].capacity or 0
        last = result.cutoffs[post].last_position
        tells = full and places > 1 and last is not None
        yield HostReport(
            post=post,
            places=places,
            got=tuple(got),
            last_position=last if tells else None,
            preferred_another=lists.above(post) if tells else None,
            empty=places - len(got),
            always_empty=plain and not instance.posts[post].reserves and len(got) < places,
        )


def tell_cutoffs(instance: Instance, result: Result, disclosure: Disclosure) -> Mapping[str, Cutoff]:
    """The cut-offs that may be published: under the full setting, and for no node with one place."""
    if disclosure is not Disclosure.FULL:
        return {}
    return {
        name: cutoff if (instance.node(name).capacity or 2) > 1 else replace(cutoff, last_position=None)
        for name, cutoff in result.cutoffs.items()
    }


class _Lists:
    """Who stands where on which list, ties as the lottery decided them."""

    def __init__(self, instance: Instance, result: Result) -> None:
        self._market = build(instance)
        self._at = {name: node for node, name in enumerate(self._market.nodes)}
        self._last = [result.cutoffs[name].last_position or 0 for name in self._market.nodes]
        self._people: dict[str, list[int]] = {post: [] for post in instance.posts}
        self._above = dict.fromkeys(self._market.posts, 0)
        for person, name in enumerate(self._market.people):
            obtained = result.assignments[name]
            if obtained is not None:
                self._people[obtained].append(person)
                self._count_above(person, self._at[obtained])

    def _count_above(self, person: int, obtained: int) -> None:
        choices = self._market.choices[person]
        if person in self._market.fixed or obtained not in choices:
            return
        for post in choices[choices.index(obtained) + 1 :]:
            self._above[post] += self._market.accepts(person, post) and self._place(person, post) < self._last[post]

    def _place(self, person: int, post: int) -> int:
        """From 1; people placed beforehand are compared with nobody and come first."""
        market = self._market
        if person in market.fixed or not (market.by_order or market.is_ranked(person, post)):
            return 0
        return 1 + (market.order_places[person] if market.by_order else market.ranks[market.list_of[post]][person])

    def admitted(self, post: str) -> list[str]:
        """Who got the post, best first."""
        people = sorted(self._people[post], key=lambda person: self._place(person, self._at[post]))
        return [self._market.people[person] for person in people]

    def above(self, post: str) -> int:
        """How many stand before the last one admitted to the post and went to a post that they like better."""
        return self._above[self._at[post]]
