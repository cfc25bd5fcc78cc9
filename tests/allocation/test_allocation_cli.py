"""`flask allocation solve` and `check` on files."""

import hashlib
import json

import pytest
from click.testing import CliRunner

from lms.allocation import check
from lms.allocation.cli import allocation_cli

INSTANCE = {
    "format": "allocation/1",
    "applicants": {"សុខា": {"choices": ["p"]}, "b": {"choices": ["p", "q"]}},
    "posts": {
        "p": {"capacity": 1, "priority": ["b", "សុខា"]},
        "q": {"capacity": 1, "priority": ["b"]},
    },
}


@pytest.fixture
def run(tmp_path):
    def invoke(command, *documents, options=()):
        paths = []
        for index, document in enumerate(documents):
            path = tmp_path / f"{index}.json"
            path.write_bytes(document if isinstance(document, bytes) else json.dumps(document).encode())
            paths.append(str(path))
        return CliRunner().invoke(allocation_cli, [command, *paths, *options])

    return invoke


def test_solve_prints_one_document(run):
    raw = json.dumps(INSTANCE).encode()
    outcome = run("solve", raw)
    assert outcome.exit_code == 0
    printed = json.loads(outcome.stdout)
    assert printed["assignments"] == {"b": "p", "សុខា": None}
    assert printed["input_sha256"] == hashlib.sha256(raw).hexdigest()
    assert "សុខា".encode() in outcome.stdout_bytes
    assert run("solve", raw).stdout_bytes == outcome.stdout_bytes


def test_solve_into_a_file(run, tmp_path):
    target = tmp_path / "result.json"
    outcome = run("solve", INSTANCE, options=["--output", str(target)])
    assert outcome.exit_code == 0
    assert outcome.stdout == ""
    assert target.read_bytes() == run("solve", INSTANCE).stdout_bytes


def test_solve_into_a_folder_that_is_not_there(run, tmp_path):
    outcome = run("solve", INSTANCE, options=["--output", str(tmp_path / "none" / "result.json")])
    assert outcome.exit_code == 1
    assert "result.json" in outcome.stderr


@pytest.mark.parametrize(
    ("document", "path"),
    [
        (b"{", ""),
        ({**INSTANCE, "quotas": [{"attribute": "country", "value": "KH", "max": 1}]}, "/order"),
        (b'{"format": "allocation/1", "posts": {}, "applicants": {"\\ud800": {}}}', "/applicants/\ud800"),
    ],
)
def test_a_refused_instance(run, document, path):
    for command, files in (("solve", [document]), ("check", [document, {"assignments": {}}])):
        outcome = run(command, *files)
        assert outcome.exit_code == 2
        printed = json.loads(outcome.stdout)
        assert printed["path"] == path
        assert printed["error"]


def test_a_missing_file():
    outcome = CliRunner().invoke(allocation_cli, ["solve", "nowhere.json"])
    assert outcome.exit_code == 2
    assert "nowhere.json cannot be read" in json.loads(outcome.stdout)["error"]


def test_time_ends_and_progress_is_heard(run):
    outcome = run("solve", INSTANCE, options=["--seconds", "-1"])
    assert outcome.exit_code == 3
    assert json.loads(outcome.stdout)["error"].startswith("The time is over")
    outcome = run("solve", INSTANCE, options=["--progress"])
    assert outcome.stdout_bytes == run("solve", INSTANCE).stdout_bytes
    assert outcome.stderr.splitlines()[0] == "0%"


@pytest.mark.parametrize("disclosure", ["full", "reasons", "outcome"])
def test_tell_keeps_to_what_was_promised(run, disclosure):
    told = json.loads(run("tell", INSTANCE, options=["--disclosure", disclosure]).stdout)
    assert told["disclosure"] == disclosure
    assert len(told["applicants"]["សុខា"]) == (0 if disclosure == "outcome" else 1)
    assert [report["got"] for report in told["hosts"]] == [["b"], []]
    assert bool(told["cutoffs"]) == (disclosure == "full")


def test_figures_and_what_if(run):
    seen = json.loads(run("figures", INSTANCE).stdout)
    assert seen["placed"] == {"some": 1, "all": 2}
    assert seen["choices"] == [1, 0]
    assert seen["shortfalls"] == seen["costs"] == []
    seen = json.loads(run("what-if", INSTANCE, options=["--capacity", "p=2"]).stdout)
    assert seen["matched"] == {"before": 1, "after": 2}
    assert seen["moves"] == [{"applicant": "សុខា", "before": None, "after": "p", "better": True}]
    outcome = run("what-if", INSTANCE, options=["--quota", "country=KH=0"])
    assert outcome.exit_code == 2
    assert json.loads(outcome.stdout)["path"] == "/order"
    assert run("what-if", INSTANCE, options=["--capacity", "p=many"]).exit_code == 2


def test_check_accepts_the_solution(run):
    result = run("solve", INSTANCE).stdout_bytes
    outcome = run("check", INSTANCE, result)
    assert outcome.exit_code == 0
    assert json.loads(outcome.stdout) == {"ok": True, "violations": [], "blocking": []}


def test_check_names_what_is_wrong(run):
    outcome = run("check", INSTANCE, {"assignments": {"b": "q", "សុខា": "p"}})
    assert outcome.exit_code == 1
    assert json.loads(outcome.stdout) == {
        "ok": False,
        "violations": [],
        "blocking": [{"applicant": "b", "post": "p", "because": "priority:p"}],
    }
    outcome = run("check", INSTANCE, {"assignments": {"b": "p", "សុខា": "p"}})
    assert json.loads(outcome.stdout)["violations"] == [{"what": "capacity:p", "because": "2 people on 1 places"}]


@pytest.mark.parametrize("result", [b"[", [], {}, {"assignments": []}])
def test_check_of_something_else(run, result):
    outcome = run("check", INSTANCE, result)
    assert outcome.exit_code == 2
    assert json.loads(outcome.stdout)["error"]


@pytest.mark.parametrize(
    ("line", "because"),
    [
        ({"b": None}, "missing from the result"),
        ({"b": "p", "x": "p"}, "unknown in the instance"),
        ({"b": "r"}, "placed at an unknown post"),
        ({"b": ["p"]}, "placed at an unknown post"),
    ],
)
def test_check_of_wrong_lines(line, because):
    violations = check(INSTANCE, line).violations
    assert because in {violation["because"] for violation in violations}
