"""What a finished allocation proves and tells: certificate, cut-offs, reasons."""

from collections.abc import Iterator, Mapping, Sequence

from lms.allocation.books import Books, Refusal
from lms.allocation.instance import Instance
from lms.allocation.market import Market
from lms.allocation.messages import Code, Explanation
from lms.allocation.result import BlockingPair, Certificate, Cutoff, Result, Unmet


def review(instance: Instance, books: Books) -> Result:
    """Turn an allocation that was counted anew into a Result."""
    market, got = books.market, books.got
    blocking = tuple(_blocking(instance, books)) if instance.objective == "stable" else ()
    return Result(
        input_sha256=instance.sha256,
        seed=instance.seed,
        assignments={name: _name(market, post) for name, post in zip(market.people, got, strict=True)},
        total=None if instance.objective == "stable" else _total(instance, market, got),
        certificate=Certificate(
            feasible=books.is_feasible(),
            stable=not blocking if instance.objective == "stable" else None,
            blocking=blocking,
            unmet=tuple(_unmet(instance, market, books)),
        ),
        cutoffs=_cutoffs(market, books),
        explanations=_Explanations(instance, books),
    )


def _name(market: Market, post: int) -> str | None:
    return market.nodes[post] if post >= 0 else None


def _total(instance: Instance, market: Market, got: Sequence[int]) -> int:
    """The sum of the scores; a fixed pair without one adds nothing."""
    return sum(
        instance.scores.get((market.people[person], market.nodes[post]), 0)
        for person, post in enumerate(got)
        if post >= 0
    )


def _blocking(instance: Instance, books: Books) -> Iterator[BlockingPair]:
    market = books.market
    for person, post, refusal in books.blocking():
        because = "capacity" if refusal is None else instance.limits[refusal.limit or 0].name
        yield BlockingPair(market.people[person], market.nodes[post], because)


def _unmet(instance: Instance, market: Market, books: Books) -> Iterator[Unmet]:
    """The minimums of units and quotas that are not reached."""
    for node in range(len(market.posts), len(market.nodes)):
        needed = instance.units[market.nodes[node]].minimum
        if books.count[node] < needed:
            yield Unmet(f"minimum:{market.nodes[node]}", needed, books.count[node])
    for quota in instance.quotas:
        placed = sum(
            post >= 0 and instance.applicants[name].is_in(quota)
            for name, post in zip(market.people, books.got, strict=True)
        )
        if placed < quota.least:
            yield Unmet(quota.name, quota.least, placed)


def _cutoffs(market: Market, books: Books) -> dict[str, Cutoff]:
    """Where each node stopped, in the order of the ids."""
    cutoffs = {
        name: Cutoff(books.last[node] if _one_list(market, node) else None, books.is_full(node))
        for node, name in enumerate(market.nodes)
    }
    return dict(sorted(cutoffs.items()))


def _one_list(market: Market, node: int) -> bool:
    """Whether one order speaks for everything under the node."""
    return market.by_order or len(market.lists_under[node]) == 1


class _Explanations(Mapping[str, tuple[Explanation, ...]]):
    """The reasons of each applicant, made when they are asked for."""

    def __init__(self, instance: Instance, books: Books) -> None:
        self._books, self._market = books, books.market
        self._by_total = instance.objective != "stable"
        self._scored = {name: set[str]() for name in self._market.people} if self._by_total else {}
        for applicant, post in instance.scores if self._by_total else ():
            self._scored[applicant].add(post)
        self._limits = [limit.quota.name for limit in self._market.limits]
        self._at = {name: person for person, name in enumerate(self._market.people)}

    def __getitem__(self, name: str) -> tuple[Explanation, ...]:
        return tuple(self._lines(self._at[name]))

    def __iter__(self) -> Iterator[str]:
        return iter(self._market.people)

    def __len__(self) -> int:
        return len(self._market.people)

    def _lines(self, person: int) -> Iterator[Explanation]:
        """A line per choice, best first; for a fixed person without the choice, the fixed post first."""
        obtained, fixed = self._books.got[person], person in self._market.fixed
        choices = self._market.choices[person]
        if fixed and obtained not in choices:
            yield Explanation(self._market.nodes[obtained], Code.ASSIGNED, fixed=True)
        settled = fixed
        for post in choices:
            name = self._market.nodes[post]
            if post == obtained:
                settled = True
                yield Explanation(name, Code.ASSIGNED, fixed=fixed, by_total=self._by_total)
            elif settled and not self._by_total:
                yield Explanation(name, Code.NOT_NEEDED, fixed=fixed)
            elif (person, post) in self._market.forbidden:
                yield Explanation(name, Code.FORBIDDEN)
            elif not self._accepts(person, post):
                yield Explanation(name, Code.UNACCEPTABLE, by_total=self._by_total)
            else:
                yield self._refused(person, post, self._refusal(person, post))

    def _accepts(self, person: int, post: int) -> bool:
        if self._by_total and self._market.nodes[post] not in self._scored[self._market.people[person]]:
            return False
        return self._books.accepts(person, post)

    def _refusal(self, person: int, post: int) -> Refusal | None:
        return self._books.shortage(person, post) if self._by_total else self._books.refusal(person, post)

    def _refused(self, person: int, post: int, refusal: Refusal | None) -> Explanation:
        name, by_total = self._market.nodes[post], self._by_total
        if refusal is None:
            return Explanation(name, Code.NOT_NEEDED, by_total=by_total)
        if refusal.node is None:
            return Explanation(name, Code.QUOTA_FULL, quota=self._limits[refusal.limit or 0], by_total=by_total)
        node = refusal.node
        position, last = self._positions(person, post, node)
        return Explanation(
            name,
            Code.POST_FULL if node == post else Code.UNIT_FULL,
            self._market.nodes[node],
            position=position,
            last_position=last,
            by_total=by_total,
        )

    def _positions(self, person: int, post: int, node: int) -> tuple[int, int] | tuple[None, None]:
        """Where the person and the last one admitted stand, where that says something and points at nobody."""
        last = self._books.last[node]
        few = self._market.capacity[node] <= 1
        if self._by_total or few or last is None or not _one_list(self._market, node):
            return None, None
        position = self._books.position(person, post)
        # A reserved place may have gone to somebody who stands lower: then the numbers would only puzzle.
        return (position, last) if position > last else (None, None)
