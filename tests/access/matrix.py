"""The access matrix: which persona gets which answer from which address.

Computed from what each view declares, executed over HTTP, and kept as a file that is reviewed.
"""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from sqlalchemy import select
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from lms.core.access import Answer
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import NotFound, NotPermitted, SignInNeeded
from lms.core.web.declaration import declaration_of, require
from lms.core.workflow.machine import all_machines, machine_named

FILE = Path(__file__).with_name("matrix.csv")
PERSONAS = (
    "visitor",
    "learner",
    "scientist",
    "home_coordinator",
    "other_coordinator",
    "host",
    "other_host",
    "instructor",
    "other_instructor",
    "reviewer",
    "secretariat",
    "admin",
)
YES, NO, HIDDEN, SIGN_IN = "yes", "no", "hidden", "sign-in"
_WORDS = {Answer.YES: YES, Answer.NO: NO, Answer.HIDDEN: HIDDEN, Answer.SIGN_IN: SIGN_IN}

_CANDIDATES = 30

Cells = dict[str, str]
Matrix = dict[tuple[str, str], Cells]


@dataclass(frozen=True)
class Case:
    """One row: an endpoint and method on a concrete subject. `label` tells the rows of one endpoint apart."""

    endpoint: str
    method: str
    label: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return f"{self.endpoint}[{self.label}]" if self.label else self.endpoint

    @property
    def key(self) -> tuple[str, str]:
        return self.name, self.method


def rules(app: Flask) -> Iterator[tuple[Rule, str]]:
    """Every address with each of its methods, but for static files."""
    found = [
        (rule, method)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.endpoint != "static"
    ]
    yield from sorted(found, key=lambda pair: (pair[0].endpoint, pair[1], pair[0].rule))


def subjects_by_transition(machine: str) -> dict[str, list[Any]]:
    """For each transition that somebody may perform: the subjects of the world that it could start from."""
    found: dict[str, list[Any]] = {}
    flow = machine_named(machine)
    for transition in flow.transitions.values():
        if transition.permission is None:
            continue
        query = select(flow.model).where(flow.model.state.in_(transition.sources)).order_by(flow.model.id)
        if subjects := list(db.session.scalars(query.limit(_CANDIDATES))):
            found[transition.name] = subjects
    return found


def computed(app: Flask, case: Case, actor: Actor) -> str:
    """What the declarations say: the same steps as `lms.core.web.access` takes."""
    declaration = declaration_of(app.view_functions[case.endpoint])
    assert declaration is not None
    subject = None
    try:
        if declaration.load is not None:
            names = [name for name in declaration.load_arguments if name in case.values]
            subject = declaration.load(actor, **{name: case.values[name] for name in names})
        require(declaration.permission, actor, subject)
    except NotFound:
        is_open = declaration.permission.admits_visitors or actor.kind != "anonymous"
        return HIDDEN if is_open else SIGN_IN
    except SignInNeeded:
        return SIGN_IN
    except NotPermitted:
        return NO
    return _of_transition(case, actor, subject) or YES


def _of_transition(case: Case, actor: Actor, subject: Any) -> str | None:
    """The answer of the transition that the address names, if it names one."""
    name = case.label
    machines = [one for one in all_machines() if one.model is type(subject) and name in one.transitions]
    if not machines:
        return None
    # Applications move by one machine in the exchange and by another in joint programmes.
    of_programmes = case.endpoint.startswith("programmes.")
    machine = next((one for one in machines if (one.name == "admission") is of_programmes), machines[0])
    permission = machine.transitions[name].permission
    return HIDDEN if permission is None else _WORDS[permission.answer(actor, subject)]


def observed(response: TestResponse) -> str:
    """What a browser was told."""
    target = urlsplit(response.location or "").path
    if response.status_code in {302, 303} and target == "/accounts/sign-in":
        return SIGN_IN
    if response.status_code >= 500:
        return f"error {response.status_code}"
    return {401: SIGN_IN, 403: NO, 404: HIDDEN}.get(response.status_code, YES)


def read() -> Matrix:
    """The file as it was reviewed."""
    if not FILE.exists():
        return {}
    with FILE.open(newline="") as source:
        return {
            (row["endpoint"], row["method"]): {persona: row[persona] for persona in PERSONAS}
            for row in csv.DictReader(source)
        }


def write(matrix: Matrix) -> None:
    """Keep the matrix as a file, sorted, so that a change shows in the diff."""
    with FILE.open("w", newline="") as target:
        writer = csv.writer(target, lineterminator="\n")
        writer.writerow(["endpoint", "method", *PERSONAS])
        writer.writerows([*key, *(cells[persona] for persona in PERSONAS)] for key, cells in sorted(matrix.items()))


def differences(expected: Matrix, found: Matrix) -> list[str]:
    """What differs, in words."""
    lines = [f"{' '.join(key)}: not in the file" for key in sorted(found.keys() - expected.keys())]
    lines += [f"{' '.join(key)}: in the file only" for key in sorted(expected.keys() - found.keys())]
    for key in sorted(expected.keys() & found.keys()):
        lines += [
            f"{' '.join(key)} as {persona}: the file says {expected[key][persona]}, found {found[key][persona]}"
            for persona in found[key]
            if expected[key][persona] != found[key][persona]
        ]
    return lines
