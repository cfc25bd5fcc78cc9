"""Documented examples, and what a result says."""

import json
import random
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import pytest

from lms.allocation import Code, Cutoff, Instance, InstanceError, canonical_bytes, check, solve
from lms.allocation.books import Books
from lms.allocation.market import build
from lms.allocation.review import review

EXAMPLES = sorted((Path(__file__).parent / "examples").glob("*.json"))


def small(**changes):
    return {
        "format": "allocation/1",
        "applicants": {name: {"choices": ["p"]} for name in "abc"},
        "posts": {"p": {"capacity": 2, "priority": ["a", "b", "c"]}},
        **changes,
    }


def test_the_examples_are_found():
    assert len(EXAMPLES) == 13


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_example(path):
    example = json.loads(path.read_text(encoding="utf-8"))
    expected = example["expected"]
    if "path" in expected:
        with pytest.raises(InstanceError) as refused:
            Instance.from_dict(example["instance"])
        assert refused.value.path == expected["path"]
        return
    result = solve(Instance.from_dict(example["instance"]))
    assert dict(result.assignments) == expected["assignments"]
    assert result.certificate.stable is expected["stable"]
    assert len(result.certificate.unmet) == expected.get("unmet", 0)
    assert result.total == expected.get("total")
    verdict = check(example["instance"], expected["assignments"])
    assert verdict.ok
    for pairs in ([asdict(pair) for pair in result.certificate.blocking], verdict.blocking):
        assert [list(pair.values()) for pair in pairs] == expected.get("blocking", [])


def test_result_document_is_complete():
    document = small()
    raw = json.dumps(document).encode()
    result = solve(Instance.from_bytes(raw)).to_dict()
    assert result == {
        "format": "allocation-result/1",
        "input_sha256": Instance.from_bytes(raw).sha256,
        "seed": 0,
        "assignments": {"a": "p", "b": "p", "c": None},
        "matched": 2,
        "total": None,
        "certificate": {"feasible": True, "stable": True, "blocking": (), "unmet": ()},
        "cutoffs": {"p": {"last_position": 2, "full": True}},
        "explanations": {
            "a": [
                {
                    "post": "p",
                    "got": True,
                    "code": "assigned",
                    "because": "This is the best choice that could be given.",
                }
            ],
            "b": [
                {
                    "post": "p",
                    "got": True,
                    "code": "assigned",
                    "because": "This is the best choice that could be given.",
                }
            ],
            "c": [
                {
                    "post": "p",
                    "got": False,
                    "code": "post_full",
                    "because": "Every place of this post went to people who stand higher in its order"
                    " or were placed beforehand.",
                }
            ],
        },
    }


def test_the_hash_of_a_document_is_that_of_its_canonical_bytes():
    document = small()
    raw = canonical_bytes(document)
    assert Instance.from_dict(document).sha256 == Instance.from_bytes(raw).sha256
    assert solve(Instance.from_dict(document)).to_bytes() == solve(Instance.from_bytes(raw)).to_bytes()


def test_every_reason():
    document = {
        "format": "allocation/1",
        "applicants": {
            "top": {"choices": ["one", "two"]},
            "low": {"choices": ["one", "two", "barred", "strange", "last"]},
            "kept": {"choices": ["one", "two"]},
        },
        "posts": {
            "one": {"capacity": 1, "within": "host"},
            "two": {"capacity": 1, "within": "host"},
            "barred": {"capacity": 1, "priority": ["low"]},
            "strange": {"capacity": 1, "priority": []},
            "last": {"capacity": 5, "priority": ["low"]},
        },
        "units": {"host": {"capacity": 1, "priority": ["top", "low", "kept"]}},
        "forbidden": [["low", "barred"]],
        "fixed": [["kept", "last"]],
    }
    result = solve(Instance.from_dict(document))
    codes = {name: [(line.post, line.code, line.node) for line in lines] for name, lines in result.explanations.items()}
    assert codes["low"] == [
        ("one", Code.POST_FULL, "one"),
        ("two", Code.UNIT_FULL, "host"),
        ("barred", Code.FORBIDDEN, None),
        ("strange", Code.UNACCEPTABLE, None),
        ("last", Code.ASSIGNED, None),
    ]
    assert codes["top"] == [("one", Code.ASSIGNED, None), ("two", Code.NOT_NEEDED, None)]
    assert codes["kept"] == [
        ("last", Code.ASSIGNED, None),
        ("one", Code.NOT_NEEDED, None),
        ("two", Code.NOT_NEEDED, None),
    ]
    assert result.explanations["kept"][0].because == "This place was fixed beforehand."
    assert "host" in result.explanations["low"][1].because
    assert result.cutoffs["last"] == Cutoff(1, False)  # who was placed beforehand sets no cut-off
    assert result.cutoffs["strange"] == Cutoff(None, False)


def test_lists_under_one_limit_are_compared_by_position_over_capacity():
    # big's second (2/4) comes before small's first (1/1); its fourth (4/4) meets small's first in the lottery.
    people = [f"b{i}" for i in range(1, 5)]
    document = {
        "format": "allocation/1",
        "applicants": {**{name: {"choices": ["big"]} for name in people}, "s": {"choices": ["small"]}},
        "posts": {
            "big": {"capacity": 4, "within": "region", "priority": people},
            "small": {"capacity": 1, "within": "region", "priority": ["s"]},
        },
        "units": {"region": {"capacity": 3}},
    }
    result = solve(Instance.from_dict(document))
    assert result.assignments == {"b1": "big", "b2": "big", "b3": "big", "b4": None, "s": None}
    assert result.cutoffs["region"] == Cutoff(None, True)
    assert result.cutoffs["big"] == Cutoff(3, False)
    drawn = set()
    for seed in range(20):
        document["units"]["region"]["capacity"] = 4
        document["tie_break"] = {"seed": seed}
        result = solve(Instance.from_dict(document))
        assert check(document, result.assignments).ok
        drawn.add(result.assignments["s"])
    assert drawn == {None, "small"}


def certificate_of(document, assignments):
    instance = Instance.from_dict(document)
    market = build(instance)
    posts = [market.nodes.index(assignments[name]) for name in market.people]
    return review(instance, Books(market, posts)).certificate


def test_a_move_inside_a_full_unit_is_not_refused_by_the_mover_herself():
    document = {
        "format": "allocation/1",
        "applicants": {"a": {"choices": ["better", "worse"]}},
        "posts": {"better": {"capacity": 1, "within": "lab"}, "worse": {"capacity": 1, "within": "lab"}},
        "units": {"lab": {"capacity": 1, "priority": ["a"]}},
    }
    held = {"a": "worse"}
    assert [pair["post"] for pair in check(document, held).blocking] == ["better"]
    certificate = certificate_of(document, held)
    assert certificate.feasible
    assert not certificate.stable
    assert [pair.post for pair in certificate.blocking] == ["better"]


def test_the_certificate_admits_a_broken_capacity():
    certificate = certificate_of(small(), dict.fromkeys("abc", "p"))
    assert not certificate.feasible


def test_a_deep_tree_of_units_is_no_trouble():
    depth = 3000
    document = small()
    document["posts"]["p"]["within"] = "u0"
    document["units"] = {
        f"u{i}": {"capacity": 1 if i == depth - 1 else None, "within": f"u{i + 1}" if i < depth - 1 else None}
        for i in range(depth)
    }
    result = solve(Instance.from_dict(document))
    assert result.matched == 1
    assert result.explanations["b"][0].node == f"u{depth - 1}"


def test_nothing_to_do():
    result = solve(Instance.from_dict({"format": "allocation/1", "applicants": {}, "posts": {}}))
    assert result.assignments == {}
    assert result.certificate.stable


def test_a_call_of_a_thousand_is_checked_and_the_same_every_time():
    draw = random.Random(4)
    people, posts = [f"a{i}" for i in range(1000)], [f"p{i}" for i in range(120)]
    labs, hosts = [f"l{i}" for i in range(40)], [f"h{i}" for i in range(8)]
    document = {
        "format": "allocation/1",
        "applicants": {name: {"choices": draw.sample(posts, 8)} for name in people},
        "posts": {
            post: {"capacity": 10, "within": labs[i % 40], "priority": draw.sample(people, 900)}
            for i, post in enumerate(posts)
        },
        "units": {lab: {"capacity": 22, "within": hosts[i % 8]} for i, lab in enumerate(labs)}
        | {host: {"capacity": 90} for host in hosts},
    }
    result = solve(Instance.from_dict(document))
    assert result.certificate.stable
    assert check(document, result.assignments).ok
    assert 600 < result.matched <= 720
    document["applicants"] = dict(reversed(document["applicants"].items()))
    assert solve(Instance.from_dict(document)).to_bytes() == result.to_bytes()


def test_the_platform_starts_without_the_heavy_libraries():
    code = "import sys, lms; print({'numpy', 'ortools', 'pandas'} & sys.modules.keys())"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "set()"
