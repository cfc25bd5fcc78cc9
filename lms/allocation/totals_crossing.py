"""The same objectives where limits on kinds of people cross, so that no flow describes them: by integer programming.

A limit on a country and another on women overlap without one lying in the other. CP-SAT of OR-tools solves that
exactly, one worker and one seed, so that the answer is the same each time. It is for calls of hundreds of people; the
work of each step is bounded in CP-SAT's own deterministic seconds.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from lms.allocation.totals_flow import Pairs, ScoreRangeError, within_best_level
from lms.allocation.watch import Watch

if TYPE_CHECKING:
    from lms.allocation.totals_flow import Ints

Cap = tuple[frozenset[int], int]
"""People, and how many of them may be placed."""

ALLOWANCE = 60.0


class UnprovenError(Exception):
    """No answer was proven within the allowance."""


def best_total(pairs: Pairs, caps: Sequence[Cap], watch: Watch) -> "Ints":
    """As `totals_flow.best_total`, under the caps too. Raises ScoreRangeError, UnprovenError and OutOfTime."""
    return _Program(pairs, caps, watch).solve()


def fair(pairs: Pairs, caps: Sequence[Cap], watch: Watch) -> "Ints":
    """As `totals_flow.fair`, under the caps too. Raises ScoreRangeError, UnprovenError and OutOfTime."""
    most = _Program(pairs, caps, watch).most()
    return within_best_level(
        pairs,
        lambda some: _Program(some, caps, watch).can_place(most),
        lambda some: best_total(some, caps, watch),
        watch,
    )


class _Program:
    """One yes-or-no variable for each pair."""

    def __init__(self, pairs: Pairs, caps: Sequence[Cap], watch: Watch) -> None:
        from ortools.sat.python import cp_model

        self._watch = watch
        self._pairs, self._model, self._solver = pairs, cp_model.CpModel(), cp_model.CpSolver()
        self._takes = [self._model.new_bool_var("") for _ in range(len(pairs.score))]
        parameters = self._solver.parameters
        parameters.num_workers, parameters.random_seed = 1, 0
        parameters.max_deterministic_time = ALLOWANCE
        self._limit(caps)

    def _limit(self, caps: Sequence[Cap]) -> None:
        people = self._pairs.person.tolist()
        of_person: dict[int, list[Any]] = {}
        inside: dict[int, list[Any]] = {}
        within = self._pairs.places.within.tolist()
        for person, post, takes in zip(people, self._pairs.post.tolist(), self._takes, strict=True):
            of_person.setdefault(person, []).append(takes)
            node = post
            while node >= 0:
                inside.setdefault(node, []).append(takes)
                node = within[node]
        for some in of_person.values():
            self._model.add_at_most_one(some)
        for node, some in inside.items():
            self._model.add(sum(some) <= int(self._pairs.places.room[node]))
        for members, room in caps:
            self._model.add(sum(takes for who in members for takes in of_person.get(who, ())) <= room)

    def most(self) -> int:
        """How many people can be placed at once."""
        if not self._takes:
            return 0
        self._model.maximize(sum(self._takes))
        self._prove()
        return round(self._solver.objective_value)

    def can_place(self, people: int) -> bool:
        """Whether so many can be placed at once."""
        self._model.add(sum(self._takes) >= people)
        # Nothing to optimise: the linear relaxation finds most contradictions by itself.
        self._solver.parameters.linearization_level = 2
        return self._prove()

    def solve(self) -> "Ints":
        """The pair of each person, or -1: most people, then the greatest total."""
        import numpy as np

        chosen = np.full(self._pairs.people, -1, np.int64)
        if self._takes:
            self._model.add(sum(self._takes) == self.most())
            scores = self._pairs.score.tolist()
            self._model.maximize(sum(score * takes for score, takes in zip(scores, self._takes, strict=True)))
            self._prove()
            taken = [entry for entry, takes in enumerate(self._takes) if self._solver.boolean_value(takes)]
            chosen[self._pairs.person[taken]] = taken
        return chosen

    def _prove(self) -> bool:
        """Solve to the end; false when nothing fits at all."""
        if self._watch.left is not None:
            self._solver.parameters.max_time_in_seconds = self._watch.left
        status = self._solver.status_name(self._solver.solve(self._model))
        if status == "MODEL_INVALID":
            raise ScoreRangeError("the sum of the scores does not fit into 64 bits")
        if status not in ("OPTIMAL", "INFEASIBLE"):
            self._watch.at(0)
            raise UnprovenError("limits that cross were too many to be solved exactly")
        return status == "OPTIMAL"
