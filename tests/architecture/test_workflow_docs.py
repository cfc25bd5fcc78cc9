"""The drawn state machines in docs/workflows are those of the code."""

from pathlib import Path

import pytest
from flask import Flask

from lms.core.workflow.diagrams import draw
from lms.core.workflow.machine import all_machines

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "workflows"


def test_every_machine_is_drawn_as_it_is(app: Flask):
    with app.app_context():
        drawn = {machine.name: draw(machine) for machine in all_machines() if not machine.name.startswith("test_")}
    if not drawn:
        pytest.fail("no machine is registered")

    kept = {path.stem: path.read_text() for path in FOLDER.glob("*.md")}

    assert kept == drawn, "run: .venv/bin/flask docs workflows"
