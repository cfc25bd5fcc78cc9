"""The one place that performs transitions and assigns `.state`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import inspect

from lms.core import audit, events
from lms.core.actor import Actor
from lms.core.db import db, expect_version
from lms.core.errors import Conflict, NotPermitted, Refused
from lms.core.i18n import Text
from lms.core.i18n import lazy_gettext as _l
from lms.core.workflow.history import History
from lms.core.workflow.machine import Context, Machine, Transition


@dataclass(frozen=True)
class Available:
    """A transition that the actor may see as a button; with reasons, the button is shown but blocked."""

    transition: Transition
    reasons: tuple[Text, ...]

    @property
    def is_open(self) -> bool:
        """Whether it could be performed now."""
        return not self.reasons


def start(machine: Machine, subject: Any, *, actor: Actor, note: str = "") -> None:
    """Put a new subject into its machine's initial state and write the first history row."""
    subject.state = machine.initial
    db.session.add(subject)
    db.session.flush()
    _remember(machine, subject, "start", None, actor, note, is_public=True)
    audit.record(actor, f"{machine.name}.started", subject=(machine.name, subject.id))


def perform(
    machine: Machine, subject: Any, name: str, *, actor: Actor, version: int | None = None, **inputs: Any
) -> None:
    """Perform a transition: lock, compare the version, check source, permission and all guards, then act.

    `version` is what the actor's page showed; None skips the comparison (clock, effects).
    Raises Conflict for a stale page or a state it cannot leave from, NotPermitted, and Refused
    with every reason that the guards gave. Order of effects: state and stamps, history, journal, effects,
    event, flush.
    """
    transition = machine.transitions[name]
    _lock(subject)
    expect_version(subject, version)
    if subject.state not in transition.sources:
        raise Conflict(_l("This has already moved on. Look at it as it stands now."))
    if not _may(transition, actor, subject):
        raise NotPermitted(_l("Your roles do not include this. Ask your coordinator or the secretariat."))
    context = Context(subject, actor, transition, inputs)
    if reasons := _reasons(transition.guards, context):
        raise Refused(reasons)
    source, subject.state = subject.state, transition.target or subject.state
    subject.version += 1
    for stamp in transition.stamps:
        stamp(context)
    note = str(inputs.get("note") or inputs.get("reason") or "")
    _remember(machine, subject, name, source, actor, note, is_public=transition.is_public)
    audit.record(actor, f"{machine.name}.{name}", subject=(machine.name, subject.id))
    for effect in transition.effects:
        effect(context)
    if transition.event:
        events.publish(events.Event(transition.event, subject, actor, dict(inputs)))
    db.session.flush()


def transition_due(machine: Machine, subject_id: int, name: str, *, actor: Actor) -> bool:
    """Let the clock perform a transition if it still applies; whether it did. Never fires twice."""
    subject = db.session.get(machine.model, subject_id)
    if subject is None:
        return False
    try:
        with db.session.begin_nested():  # An effect that refuses must not leave half a transition behind.
            perform(machine, subject, name, actor=actor)
    except (Conflict, Refused):
        return False
    return True


def available(machine: Machine, subject: Any, actor: Actor) -> list[Available]:
    """The transitions that the actor may perform from here: the only source of buttons."""
    found = []
    for transition in machine.transitions.values():
        if subject.state not in transition.sources or transition.permission is None:
            continue
        if transition.permission.allows(actor, subject):
            context = Context(subject, actor, transition)
            found.append(Available(transition, tuple(_reasons(transition.guards, context))))
    return found


def _lock(subject: Any) -> None:
    db.session.flush()
    columns = [attribute.key for attribute in inspect(subject).mapper.column_attrs]
    db.session.refresh(subject, attribute_names=columns, with_for_update=True)


def _may(transition: Transition, actor: Actor, subject: Any) -> bool:
    if transition.permission is None:
        return actor.is_system
    return actor.is_system or transition.permission.allows(actor, subject)


def _reasons(guards: Sequence[Any], context: Context) -> list[Text]:
    return [reason for guard in guards if (reason := guard(context)) is not None]


def _remember(
    machine: Machine, subject: Any, name: str, source: str | None, actor: Actor, note: str, *, is_public: bool
) -> None:
    db.session.add(
        History(
            machine=machine.name,
            subject_id=subject.id,
            transition=name,
            from_state=source,
            to_state=subject.state,
            at=actor.now,
            actor_id=actor.person_id,
            note=note,
            is_public=is_public,
        )
    )
    db.session.flush()
