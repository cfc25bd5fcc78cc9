"""Buttons for transitions: a small form for each transition that `available()` offers."""

from dataclasses import dataclass
from typing import Any

from flask import g
from wtforms import DateField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from lms.core import workflow
from lms.core.errors import NotFound, Stale
from lms.core.i18n import Text
from lms.core.web.declaration import require
from lms.core.web.fields import WallClockField, choices
from lms.core.web.forms import Form
from lms.core.web.identity import current_actor
from lms.core.web.stale import typed_texts
from lms.core.workflow import Input, Machine, Transition


@dataclass(frozen=True)
class Action:
    """A button: its transition, why it is blocked (if it is), and the form that performs it."""

    transition: Transition
    reasons: tuple[Text, ...]
    form: Form


def _field(wanted: Input) -> Any:
    validators: list[Any] = [InputRequired() if wanted.required else Optional()]
    match wanted.kind:
        case "date":
            return DateField(wanted.label, validators, description=wanted.hint)
        case "datetime":
            return WallClockField(wanted.label, validators, description=wanted.hint)
        case "choice":
            return SelectField(wanted.label, validators, description=wanted.hint, choices=choices(wanted.choices))
        case "text":
            return StringField(wanted.label, [*validators, Length(max=200)], description=wanted.hint)
        case _:
            return TextAreaField(wanted.label, [*validators, Length(max=4000)], description=wanted.hint)


def action_form(transition: Transition, subject: Any) -> Form:
    """The form with the transition's inputs; its version is the one the page shows."""
    return _form_class(transition)(prefix=f"{transition.name}-", version=str(subject.version))


def inputs_form(transition: Transition, *, is_sent: bool) -> Form:
    """The transition's inputs alone, for many subjects; empty until they were sent."""
    return _form_class(transition)() if is_sent else _form_class(transition)(formdata=None)


def _form_class(transition: Transition) -> type[Form]:
    return type("ActionForm", (Form,), {wanted.name: _field(wanted) for wanted in transition.inputs})


def actions_for(machine: Machine, subject: Any) -> list[Action]:
    """The buttons that the current actor sees on a subject's page."""
    return [
        Action(offer.transition, offer.reasons, action_form(offer.transition, subject))
        for offer in workflow.available(machine, subject, current_actor())
    ]


def perform_posted(machine: Machine, subject: Any, name: str, **extra: Any) -> Action | None:
    """Perform the transition that was posted: None when done, else the action with its errors, to be shown.

    Raises NotFound for an unknown transition, Conflict and NotPermitted as the engine does. A stale page is shown
    anew with what was entered, unless the subject has moved on: then there is no such button any more.
    """
    transition = machine.transitions.get(name)
    if transition is None or transition.permission is None:
        raise NotFound
    require(transition.permission, current_actor(), subject)  # before a form's faults could tell what it asks
    form = action_form(transition, subject)
    values = {wanted.name: form[wanted.name].data for wanted in transition.inputs}

    def act() -> bool:
        actor = current_actor()
        workflow.perform(machine, subject, name, actor=actor, version=form.seen_version, **values, **extra)
        return True

    done = form.submit(act)
    if form.is_stale and subject.state not in transition.sources:
        g.typed = typed_texts(form)
        raise Stale
    return None if done else Action(transition, (), form)
