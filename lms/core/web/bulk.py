"""Deciding on many things at once: what would become of each is tried and shown first, then confirmed.

A list's page gives its rows a box (`bulk_pick`) and offers the decisions (`bulk_bar`, both of
`templates/components/bulk.html`). They lead to a view that calls `decide_many`, which answers twice: with a
preview, for which everything is performed and taken back, and after the confirmation with what became of each.
Each row passes `workflow.perform` by itself, with its own permission, guards and version.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import flash, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from lms.core import workflow
from lms.core.db import db
from lms.core.errors import Conflict, Invalid, NotFound, NotPermitted, Refused
from lms.core.i18n import Text, lazy_ngettext
from lms.core.i18n import lazy_gettext as _l
from lms.core.web.actions import inputs_form
from lms.core.web.forms import Form
from lms.core.web.identity import current_actor
from lms.core.workflow import Machine, Transition
from lms.core.workflow.machine import State

MOST = 100


@dataclass(frozen=True)
class Bulk:
    """What may be decided on many rows of a list. `name` says who or what a row is about.

    `statements` hold what one declares by a decision, by the name of its transition.
    """

    machine: Machine
    names: Sequence[str]
    name: Callable[[Any], Text]
    statements: Mapping[str, Text] = field(default_factory=dict)

    @property
    def transitions(self) -> list[Transition]:
        """The decisions on offer."""
        return [self.machine.transitions[name] for name in self.names]

    def can_pick(self, row: Any) -> bool:
        """Whether one of the decisions leads on from where a row stands."""
        return any(row.state in transition.sources for transition in self.transitions)

    def can_pick_any(self, rows: Iterable[Any]) -> bool:
        """Whether anything on a page can be decided."""
        return any(self.can_pick(row) for row in rows)


@dataclass(frozen=True)
class Outcome:
    """What becomes of one row, as plain text: the state after it, or why it stays where it is."""

    ref: str
    name: Text
    version: int
    before: State
    after: State
    reasons: Sequence[Text]


def decide_many(
    bulk: Bulk,
    rows_of: Callable[[Sequence[str]], Sequence[Any]],
    *,
    back: str,
    heading: Text,
    hold: Callable[[], None] = lambda: None,
) -> ResponseReturnValue:
    """Answer the form of `bulk_bar`: a preview, or once that is confirmed, what became of each row.

    `rows_of` loads the picked rows, by their references, as far as the actor may see them; `hold` takes the lock that
    the decisions share. Raises NotFound for a decision that is not on offer.
    """
    transition = bulk.machine.transitions.get(request.form.get("transition", ""))
    if transition is None or transition.name not in bulk.names:
        raise NotFound
    picked = request.form.getlist("pick")[:MOST]
    rows = sorted(rows_of(picked), key=lambda row: picked.index(row.ref))
    if not rows:
        flash(_l("Nothing was selected. Tick at least one row."), "warning")
        return redirect(back, 303)
    hold()
    confirmed = request.form.get("step") == "confirm"
    form = inputs_form(transition, is_sent=confirmed)
    names = [(row, bulk.name(row)) for row in rows]
    context = {"transition": transition, "heading": heading, "back": back, "form": form, "action": request.path}
    context["statement"] = bulk.statements.get(transition.name)
    if confirmed and (done := form.submit(lambda: _perform_each(bulk, transition, names, _values(form, transition)))):
        return _report(done, context)
    preview = _rehearse(bulk, transition, names)
    page = render_template("core/bulk.html", outcomes=preview, is_over=False, **context)
    return make_response(page, 422 if form.errors else 200)


def _values(form: Form, transition: Transition) -> dict[str, Any]:
    return {wanted.name: form[wanted.name].data for wanted in transition.inputs}


def _rehearse(bulk: Bulk, transition: Transition, names: Sequence[tuple[Any, Text]]) -> list[Outcome]:
    """Perform everything and take it back: places that run out midway are seen as they would be."""
    savepoint = db.session.begin_nested()
    try:
        return _perform_each(bulk, transition, names, {wanted.name: "–" for wanted in transition.inputs})
    finally:
        savepoint.rollback()


def _perform_each(
    bulk: Bulk, transition: Transition, names: Sequence[tuple[Any, Text]], inputs: dict[str, Any]
) -> list[Outcome]:
    return [_perform(bulk, transition, row, name, inputs) for row, name in names]


def _perform(bulk: Bulk, transition: Transition, row: Any, name: Text, inputs: dict[str, Any]) -> Outcome:
    ref, version, before = row.ref, row.version, bulk.machine.state_of(row)
    seen = request.form.get(f"version-{ref}", type=int)
    try:
        with db.session.begin_nested():  # What one row refuses is taken back without the others.
            workflow.perform(bulk.machine, row, transition.name, actor=current_actor(), version=seen, **inputs)
    except Refused as error:
        reasons = error.reasons
    except (Conflict, Invalid, NotPermitted) as error:
        reasons = [error.message]
    else:
        return Outcome(ref, name, version, before, bulk.machine.state_of(row), ())
    return Outcome(ref, name, version, before, before, reasons)


def _report(outcomes: Sequence[Outcome], context: dict[str, Any]) -> ResponseReturnValue:
    """Back to the list when all went well, else which rows stay as they are, and why."""
    done = sum(1 for one in outcomes if not one.reasons)
    if done:
        task = context["transition"].timeline_label
        flash(lazy_ngettext("%(task)s: %(num)d entry", "%(task)s: %(num)d entries", done, task=task), "success")
    if done == len(outcomes):
        return redirect(context["back"], 303)
    refused = [one for one in outcomes if one.reasons]
    return make_response(render_template("core/bulk.html", outcomes=refused, is_over=True, **context))
