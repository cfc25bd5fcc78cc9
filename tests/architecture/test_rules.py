"""Rules of the house that a reader of the code relies on."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted(path for path in (ROOT / "lms").rglob("*.py"))


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _targets(tree: ast.AST) -> Iterator[ast.Attribute]:
    """Every attribute that is assigned to, also inside tuples."""
    for node in ast.walk(tree):
        targets = node.targets if isinstance(node, ast.Assign) else []
        if isinstance(node, (ast.AugAssign, ast.AnnAssign)):
            targets = [node.target]
        for target in targets:
            yield from (inner for inner in ast.walk(target) if isinstance(inner, ast.Attribute))


# The engine is the one that assigns; outbox rows are a queue, not a subject of a machine.
MAY_ASSIGN_STATE = {
    "lms/core/workflow/engine.py",
    "lms/core/outbox/relay.py",
    "lms/core/outbox/services.py",
}


@pytest.mark.parametrize("path", FILES, ids=_name)
def test_only_the_engine_assigns_a_state(path):
    assigned = [target.lineno for target in _targets(ast.parse(path.read_text())) if target.attr == "state"]

    assert not assigned or _name(path) in MAY_ASSIGN_STATE


MAY_COMMIT = {
    "lms/core/db.py",  # unit_of_work and separate_transaction
    "lms/core/web/app.py",  # one request, one transaction
    "lms/core/web/forms.py",  # releases a savepoint
}


@pytest.mark.parametrize("path", FILES, ids=_name)
def test_only_the_edge_commits(path):
    commits = [
        node.lineno
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "commit"
    ]

    assert not commits or _name(path) in MAY_COMMIT


@pytest.mark.parametrize("path", FILES, ids=_name)
def test_files_and_functions_stay_small(path):
    text = path.read_text()
    long = [
        (node.name, node.end_lineno - node.lineno + 1)
        for node in ast.walk(ast.parse(text))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.end_lineno - node.lineno >= 60
    ]

    assert len(text.splitlines()) <= 420
    assert not long


def test_nothing_is_loaded_from_elsewhere_and_nothing_runs_inline():
    offences = []
    for path in (ROOT / "templates").rglob("*.html"):
        text = path.read_text()
        offences += [
            f"{path.relative_to(ROOT)}: {mark}"
            for mark in ('src="http', 'src="//', " style=", "<style", "onclick=", "onchange=", "javascript:")
            if mark in text
        ]

    assert offences == []
