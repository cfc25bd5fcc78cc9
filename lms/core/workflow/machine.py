"""What a state machine is made of. A domain's `flow.py` holds nothing but these, as data.

A machine checks itself when it is made: an unknown or unreachable state, a dead end that is
not final, or a name used twice stops the start-up.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from lms.core.access.policy import Permission
from lms.core.actor import Actor
from lms.core.i18n import Text

Tone = Literal["neutral", "info", "success", "warning", "danger", "accent"]


class MachineError(ValueError):
    """A machine that does not hold together."""


@dataclass(frozen=True)
class State:
    """Where a subject can stand. `public_label` is what the person concerned reads, if it differs."""

    name: str
    label: Text
    tone: Tone = "neutral"
    public_label: Text | None = None
    is_final: bool = False

    @property
    def applicant_label(self) -> Text:
        """The label for the person whom it concerns."""
        return self.public_label or self.label


@dataclass(frozen=True)
class Input:
    """A value that a transition asks for. `kind` chooses the form field."""

    name: str
    label: Text
    kind: Literal["text", "note", "date", "datetime", "choice"] = "note"
    required: bool = True
    hint: Text = ""
    choices: Sequence[tuple[str, Text]] = ()


@dataclass(frozen=True)
class Context:
    """What guards and effects see."""

    subject: Any
    actor: Actor
    transition: "Transition"
    inputs: Mapping[str, Any] = field(default_factory=dict)


Guard = Callable[[Context], Text | None]
Effect = Callable[[Context], None]


@dataclass(frozen=True)
class Transition:
    """One way from some states to another; `target` None leaves the subject where it stands.

    `permission` None: only the platform itself (clock, effects of other machines) performs it.
    Guards answer None or the reason why not. Stamps set the columns that change together with the
    state (who decided, when, why), so that CHECK constraints hold in that very statement; they read
    nothing from the database. `done_label` is its line in a timeline; a history
    row of a transition that is not `is_public` is hidden from the person concerned.
    """

    name: str
    label: Text
    sources: tuple[str, ...]
    target: str | None
    permission: Permission | None = None
    guards: tuple[Guard, ...] = ()
    inputs: tuple[Input, ...] = ()
    stamps: tuple[Effect, ...] = ()
    effects: tuple[Effect, ...] = ()
    event: str | None = None
    by_clock: bool = False
    tone: Tone = "neutral"
    done_label: Text | None = None
    is_public: bool = True
    confirm: Text | None = None

    @property
    def timeline_label(self) -> Text:
        """What a timeline says once it was done."""
        return self.done_label or self.label


_machines: dict[str, "Machine"] = {}


def machine_named(name: str) -> "Machine":
    """The machine with this name. Raises KeyError when there is none."""
    return _machines[name]


def all_machines() -> list["Machine"]:
    """Every machine, by name."""
    return [_machines[name] for name in sorted(_machines)]


class Machine:
    """The states and transitions of one kind of subject. `model` has `id`, `state` and `version` columns."""

    def __init__(
        self,
        name: str,
        *,
        model: type[Any],
        initial: str,
        states: Sequence[State],
        transitions: Sequence[Transition],
    ) -> None:
        self.name = name
        self.model = model
        self.initial = initial
        self.states = {state.name: state for state in states}
        self.transitions = {transition.name: transition for transition in transitions}
        self._check(states, transitions)
        _machines[name] = self

    def state_of(self, subject: Any) -> State:
        """The state in which the subject stands."""
        return self.states[subject.state]

    def _check(self, states: Sequence[State], transitions: Sequence[Transition]) -> None:
        problems: list[str] = []
        if len(self.states) != len(states):
            problems.append("a state is named twice")
        if len(self.transitions) != len(transitions):
            problems.append("a transition is named twice")
        for transition in transitions:
            problems += [
                f"{transition.name} names the unknown state {name}"
                for name in (*transition.sources, transition.target)
                if name is not None and name not in self.states
            ]
            if transition.permission is None and not transition.by_clock and not transition.sources:
                problems.append(f"{transition.name} can never be performed")
        problems += self._check_paths(transitions)
        if problems:
            raise MachineError(f"{self.name}: " + "; ".join(problems))

    def _check_paths(self, transitions: Sequence[Transition]) -> list[str]:
        reached, frontier = {self.initial}, [self.initial]
        while frontier:
            here = frontier.pop()
            for transition in transitions:
                target = transition.target
                if target is not None and here in transition.sources and target not in reached:
                    reached.add(target)
                    frontier.append(target)
        leaving = {
            name for transition in transitions for name in transition.sources if transition.target not in (None, name)
        }
        problems = [f"nothing leads to {name}" for name in self.states if name not in reached]
        return problems + [
            f"{state.name} is a dead end but not final"
            for state in self.states.values()
            if not state.is_final and state.name not in leaving
        ]
