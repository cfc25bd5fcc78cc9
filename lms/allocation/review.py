"""What a finished allocation proves and tells: certificate, cut-offs, reasons.

Everything here is counted anew from the assignments, so that a fault of the solver would show as a blocking
pair or a broken capacity instead of being certified away.
"""

from collections.abc import Iterator, Mapping

from lms.allocation.instance import Instance
from lms.allocation.market import Market, Standing
from lms.allocation.result import BlockingPair, Certificate, Code, Cutoff, Explanation, Result, Unmet


def review(instance: Instance, market: Market, assignments: Mapping[str, str | None]) -> Result:
    """Turn assignments into a Result."""
    books = _Books(instance, market, assignments)
    explanations: dict[str, tuple[Explanation, ...]] = {}
    blocking: list[BlockingPair] = []
    for applicant in sorted(assignments):
        explanations[applicant] = tuple(books.explain(applicant, blocking))
    return Result(
        input_sha256=instance.sha256,
        seed=instance.seed,
        assignments={applicant: assignments[applicant] for applicant in sorted(assignments)},
        certificate=Certificate(
            feasible=books.feasible(),
            stable=not blocking,
            blocking=tuple(blocking),
            unmet=tuple(books.unmet()),
        ),
        cutoffs={node: books.cutoff(node) for node in sorted(market.capacity)},
        explanations=explanations,
    )


class _Books:
    """Per node: how many people are there, who of them stands worst, and which lists meet there."""

    def __init__(self, instance: Instance, market: Market, assignments: Mapping[str, str | None]) -> None:
        self._instance, self._market, self._assignments = instance, market, assignments
        self._count = dict.fromkeys(market.capacity, 0)
        self._worst: dict[str, Standing] = {}
        self._last: dict[str, int] = {}
        self._lists: dict[str, set[str | None]] = {node: set() for node in market.capacity}
        for post, path in market.paths.items():
            for node in path:
                self._lists[node].add(market.carrier[post])
        for applicant, post in assignments.items():
            if post is not None:
                self._enter(applicant, post)

    def _enter(self, applicant: str, post: str) -> None:
        path = self._market.paths[post]
        for node in path:
            self._count[node] += 1
        if applicant in self._instance.fixed:
            return
        standing = self._market.standing(applicant, post)
        position = self._market.positions[post][applicant]
        for node in path:
            self._worst[node] = max(self._worst.get(node, standing), standing)
            self._last[node] = max(self._last.get(node, position), position)

    def explain(self, applicant: str, blocking: list[BlockingPair]) -> Iterator[Explanation]:
        """One line per choice, best first; pairs without a reason are added to `blocking`."""
        obtained = self._assignments[applicant]
        choices = self._market.choices[applicant]
        fixed = applicant in self._instance.fixed
        if fixed and obtained not in choices:
            yield Explanation(str(obtained), Code.ASSIGNED, fixed=True)
        settled = fixed
        for post in choices:
            if post == obtained:
                settled = True
                yield Explanation(post, Code.ASSIGNED, fixed=fixed)
            elif settled:
                yield Explanation(post, Code.NOT_NEEDED, fixed=fixed)
            elif (applicant, post) in self._instance.forbidden:
                yield Explanation(post, Code.FORBIDDEN)
            elif applicant not in self._market.positions[post]:
                yield Explanation(post, Code.UNACCEPTABLE)
            elif (node := self._refusing(applicant, post)) is not None:
                yield Explanation(post, Code.POST_FULL if node == post else Code.UNIT_FULL, node)
            else:
                blocking.append(BlockingPair(applicant, post, "capacity"))

    def _refusing(self, applicant: str, post: str) -> str | None:
        """The innermost node around the post that is full of people who all stand better."""
        standing = self._market.standing(applicant, post)
        for node in self._market.paths[post]:
            worst = self._worst.get(node)
            if self._full(node) and (worst is None or worst < standing):
                return node
        return None

    def _full(self, node: str) -> bool:
        capacity = self._market.capacity[node]
        return capacity is not None and self._count[node] >= capacity

    def feasible(self) -> bool:
        """Whether capacities hold, fixed pairs stand and everybody else has an acceptable choice or none."""
        return all(
            capacity is None or self._count[node] <= capacity for node, capacity in self._market.capacity.items()
        ) and all(self._allowed(applicant, post) for applicant, post in self._assignments.items())

    def _allowed(self, applicant: str, post: str | None) -> bool:
        if applicant in self._instance.fixed:
            return post == self._instance.fixed[applicant]
        return post is None or (
            post in self._market.choices[applicant]
            and applicant in self._market.positions[post]
            and (applicant, post) not in self._instance.forbidden
        )

    def cutoff(self, node: str) -> Cutoff:
        """Where the node stopped."""
        one_list = len(self._lists[node]) == 1
        return Cutoff(self._last.get(node) if one_list else None, self._full(node))

    def unmet(self) -> Iterator[Unmet]:
        """The minimums of units that are not reached."""
        for name, unit in sorted(self._instance.units.items()):
            if self._count[name] < unit.minimum:
                yield Unmet(f"minimum:{name}", unit.minimum, self._count[name])
