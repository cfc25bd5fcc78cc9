"""What the document shows is what the engine does."""

import json
import re
from pathlib import Path

from lms.allocation import Code, Disclosure, Instance, check, solve
from lms.allocation.cli import allocation_cli

TEXT = Path("docs/allocation.md").read_text(encoding="utf-8")


def test_the_example_is_solved_as_shown():
    document, shown = (json.loads(block) for block in re.findall(r"```json\n(.*?)```", TEXT, re.DOTALL))
    result = solve(Instance.from_dict(document)).to_dict()
    assert result["assignments"] == shown["assignments"]
    assert result["explanations"]["lina"] == shown["lina"]
    assert result["cutoffs"] == shown["cutoffs"]
    assert check(document, shown["assignments"]).ok


def test_every_code_setting_and_command_is_explained():
    for word in [*Code, *Disclosure]:
        assert f"| `{word}`" in TEXT
    for command in allocation_cli.commands:
        assert f"    flask allocation {command} " in TEXT
