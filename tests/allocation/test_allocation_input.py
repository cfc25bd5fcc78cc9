"""Whatever is wrong with a file is said, with the place where it stands."""

import copy
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.allocation import Instance, InstanceError, solve
from lms.allocation.reading import parse_json

GOOD = {
    "format": "allocation/1",
    "objective": "stable",
    "applicants": {"a": {"choices": ["p", ["q"]], "attributes": {"country": "KH"}}, "b": {"choices": ["q"]}},
    "posts": {
        "p": {"capacity": 1, "within": "u", "reserves": [{"attribute": "country", "value": "KH", "seats": 1}]},
        "q": {"capacity": 2, "within": None, "priority": [["a", "b"]]},
    },
    "units": {"u": {"capacity": None, "minimum": 0, "within": "v"}, "v": {"capacity": 3, "priority": ["a"]}},
    "quotas": [{"attribute": "country", "value": "KH", "max": 1, "min": 1}],
    "quota_rule": "serial",
    "order": ["b", "a"],
    "forbidden": [["b", "p"]],
    "fixed": [["b", "q"]],
    "scores": [["b", "q", 4], ["a", "p", -4]],
    "floor": -4,
    "tie_break": {"seed": 3},
}
MISSING = object()

BAD = [
    # what is changed, to what, where the refusal points, a word of its reason
    ("/format", "allocation/2", "/format", "allocation/1"),
    ("/format", MISSING, "/format", "missing"),
    ("/applicants", MISSING, "/applicants", "missing"),
    ("/posts", [], "/posts", "object"),
    ("/colour", "red", "/colour", "unknown key"),
    ("/objective", "happy", "/objective", "one of"),
    ("/objective", None, "/objective", "one of"),
    ("/quotas", {}, "/quotas", "list"),
    ("/quotas", [7], "/quotas/0", "object"),
    ("/quotas/0/attribute", MISSING, "/quotas/0/attribute", "missing"),
    ("/quotas/0/value", 3, "/quotas/0/value", "text"),
    ("/quotas/0/most", 3, "/quotas/0/most", "unknown key"),
    ("/quotas/0/max", -1, "/quotas/0/max", "whole number"),
    ("/quotas/0/max", None, "/quotas/0/max", "whole number"),
    ("/quotas/0/min", 2, "/quotas/0/min", "contradicts the max of 1"),
    ("/quotas", [{"attribute": "g", "value": "f"}, {"attribute": "g", "value": "f"}], "/quotas/1", "second quota"),
    ("/quota_rule", "random", "/quota_rule", "one of"),
    ("/order", MISSING, "/order", '"serial" goes by the order'),
    ("/scores", {}, "/scores", "list"),
    ("/scores", [["a", "p"]], "/scores/0", "score"),
    ("/scores", [["a", "p", 1, 2]], "/scores/0", "score"),
    ("/scores", [["x", "p", 1]], "/scores/0/0", "known applicant"),
    ("/scores", [["a", "u", 1]], "/scores/0/1", "known post"),
    ("/scores", [["a", "p", 1.0]], "/scores/0/2", "whole number"),
    ("/scores", [["a", "p", True]], "/scores/0/2", "whole number"),
    ("/scores", [["a", "p", "1"]], "/scores/0/2", "whole number"),
    ("/scores", [["a", "p", 2**53]], "/scores/0/2", "between"),
    ("/scores", [["a", "p", 1], ["a", "p", 1]], "/scores/1", "already"),
    ("/floor", None, "/floor", "whole number"),
    ("/floor", -(2**53), "/floor", "between"),
    ("/floor", 5, "/fixed/0", "below the floor"),
    ("/posts/p/reserves", None, "/posts/p/reserves", "list"),
    ("/posts/p/reserves/0/seats", -1, "/posts/p/reserves/0/seats", "whole number"),
    ("/posts/p/reserves/0/seats", MISSING, "/posts/p/reserves/0/seats", "missing"),
    ("/posts/p/reserves/0/value", None, "/posts/p/reserves/0/value", "text"),
    ("/units/u/reserves", [], "/units/u/reserves", "unknown key"),
    ("/applicants/a", "p", "/applicants/a", "object"),
    ("/applicants/a/choices", MISSING, "/applicants/a/choices", "missing"),
    ("/applicants/a/choices", "p", "/applicants/a/choices", "list"),
    ("/applicants/a/choices", ["p", "zzz"], "/applicants/a/choices/1", "known post"),
    ("/applicants/a/choices", ["u"], "/applicants/a/choices/0", "known post"),
    ("/applicants/a/choices", [7], "/applicants/a/choices/0", "known post"),
    ("/applicants/a/choices", [{"post": "p"}], "/applicants/a/choices/0", "known post"),
    ("/applicants/a/choices", [[["p"]]], "/applicants/a/choices/0/0", "known post"),
    ("/applicants/a/choices", ["p", ["q", "p"]], "/applicants/a/choices/1/1", "twice"),
    ("/applicants/a/choices", [[]], "/applicants/a/choices/0", "tie"),
    ("/applicants/a/attributes", {"country": 3}, "/applicants/a/attributes/country", "text"),
    ("/applicants/a/wishes", [], "/applicants/a/wishes", "unknown key"),
    ("/applicants/", {"choices": []}, "/applicants/", "non-empty"),
    ("/posts/p/capacity", MISSING, "/posts/p/capacity", "missing"),
    ("/posts/p/capacity", -1, "/posts/p/capacity", "whole number"),
    ("/posts/p/capacity", 1.0, "/posts/p/capacity", "whole number"),
    ("/posts/p/capacity", True, "/posts/p/capacity", "whole number"),
    ("/posts/p/capacity", "1", "/posts/p/capacity", "whole number"),
    ("/posts/p/capacity", None, "/posts/p/capacity", "whole number"),
    ("/posts/p/within", "x", "/posts/p/within", "known unit"),
    ("/posts/p/within", "q", "/posts/p/within", "known unit"),
    ("/posts/p/within", ["u"], "/posts/p/within", "known unit"),
    ("/posts/q/priority", ["a", "nobody"], "/posts/q/priority/1", "known applicant"),
    ("/posts/q/priority", ["a", "a"], "/posts/q/priority/1", "twice"),
    ("/posts/q/priority", None, "/posts/q/priority", "list"),
    ("/posts/p/priority", ["a"], "/units/v/priority", "second priority"),
    ("/posts/u", {"capacity": 1}, "/units/u", "one id space"),
    ("/units/u/capacity", MISSING, "/units/u/capacity", "missing"),
    ("/units/u/minimum", -2, "/units/u/minimum", "whole number"),
    ("/units/u/within", "u", "/units/u/within", "contain each other"),
    ("/units/v/within", "u", "/units/u/within", "contain each other"),
    ("/units", None, "/units", "object"),
    ("/order", ["a"], "/order", "missing"),
    ("/order", ["a", "b", "a"], "/order/2", "twice"),
    ("/order", ["a", "x"], "/order/1", "known applicant"),
    ("/order", [["a", "b"]], "/order/0", "known applicant"),
    ("/units/v/priority", MISSING, None, ""),
    ("/forbidden", [["a"]], "/forbidden/0", "pair"),
    ("/forbidden", ["ap"], "/forbidden/0", "list"),
    ("/forbidden", [["a", "x"]], "/forbidden/0/1", "known post"),
    ("/forbidden", [["p", "a"]], "/forbidden/0/0", "known applicant"),
    ("/forbidden", [["a", "p"], ["a", "p"]], "/forbidden/1", "twice"),
    ("/fixed", [["b", "p"]], "/fixed/0", "forbidden"),
    ("/fixed", [["a", "p"], ["a", "q"]], "/fixed/1", "already"),
    ("/posts/q/capacity", 0, "/fixed/0", "0"),
    ("/tie_break", {}, "/tie_break/seed", "missing"),
    ("/tie_break", {"seed": "7"}, "/tie_break/seed", "whole number"),
    ("/tie_break", 7, "/tie_break", "object"),
]


def changed(where, value):
    document = copy.deepcopy(GOOD)
    *steps, last = where.split("/")[1:]
    inner = document
    for step in steps:
        inner = inner[int(step)] if isinstance(inner, list) else inner[step]
    if value is MISSING:
        del inner[last]
    else:
        inner[last] = value
    return document


@pytest.mark.parametrize(("where", "value", "path", "reason"), BAD)
def test_bad_field(where, value, path, reason):
    document = changed(where, value)
    if path is None:  # the control: without the unit's list the order speaks
        assert solve(Instance.from_dict(document)).matched == 2
        return
    with pytest.raises(InstanceError) as refused:
        Instance.from_dict(document)
    assert refused.value.path == path
    assert reason in refused.value.reason


def test_the_unchanged_document_is_good():
    assert solve(Instance.from_dict(GOOD)).assignments == {"a": "p", "b": "q"}


def test_a_unit_that_is_overfull_with_fixed_people_is_named():
    document = changed("/fixed", [["a", "p"], ["b", "p"]])
    document["forbidden"] = []
    document["posts"]["p"]["capacity"] = 5
    document["units"]["v"]["capacity"] = 1
    with pytest.raises(InstanceError, match='"v" has places') as refused:
        Instance.from_dict(document)
    assert refused.value.path == "/fixed/1"


def test_an_order_is_required_where_no_list_speaks():
    document = changed("/units/v/priority", MISSING)
    del document["order"], document["quota_rule"], document["quotas"]
    with pytest.raises(InstanceError, match='"p" has no priority') as refused:
        Instance.from_dict(document)
    assert refused.value.path == "/order"


def test_pointers_escape_what_they_must():
    document = changed("/posts/x~y", {"capacity": -1, "priority": []})
    document["posts"]["x~/y"] = document["posts"].pop("x~y")
    with pytest.raises(InstanceError) as refused:
        Instance.from_dict(document)
    assert refused.value.path == "/posts/x~0~1y/capacity"


@pytest.mark.parametrize(
    ("raw", "path", "reason"),
    [
        (b"", "", "line 1, column 1"),
        (b"{", "", "not JSON"),
        (b"\xff\xfe{}", "", "UTF-8 text at byte 0"),
        (b"[1]", "", "object"),
        (b"null", "", "object"),
        (b'{"a": NaN}', "", "NaN"),
        (b'{"a": -Infinity}', "", "Infinity"),
        (b'{"a": 1, "b": 2, "a": 1}', "/a", "twice"),
        (b'{"posts": {"p": [{"x": {"k": 1, "k": 2}}]}}', "/posts/p/0/x/k", "twice"),
        (b'{"x": {"y": 1, "y": 1}, "x": 1}', "/x", "twice"),
        (b'{"a": ' + b"9" * 6000 + b"}", "", "digits"),
        (b"[" * 200_000, "", "deep"),
        (b'{"a": ' * 200_000, "", "deep"),
    ],
)
def test_bad_bytes(raw, path, reason):
    with pytest.raises(InstanceError) as refused:
        Instance.from_bytes(raw)
    assert refused.value.path == path
    assert reason in refused.value.reason


def test_half_a_surrogate_pair_is_no_id():
    raw = b'{"format": "allocation/1", "applicants": {"\\ud800": {"choices": []}}, "posts": {}}'
    with pytest.raises(InstanceError, match="Unicode"):
        Instance.from_bytes(raw)


def test_a_byte_order_mark_is_let_through():
    assert Instance.from_bytes(b"\xef\xbb\xbf" + json.dumps(GOOD).encode()).seed == 3


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 3) | st.floats() | st.sampled_from(["", "a", "b", "p", "q", "u"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "p", "capacity"]), inner),
    max_leaves=6,
)


def spots(value, path=()):
    yield path
    if isinstance(value, dict | list):
        for step in value if isinstance(value, dict) else range(len(value)):
            yield from spots(value[step], (*path, step))


def refusal_of(action):
    try:
        action()
    except InstanceError as refusal:
        return refusal
    return None


@given(st.sampled_from(list(spots(GOOD))), json_values)
def test_any_change_is_solved_or_refused(path, value):
    document = copy.deepcopy(GOOD)
    if path:
        inner = document
        for step in path[:-1]:
            inner = inner[step]
        inner[path[-1]] = value
    else:
        document = value
    refusal = refusal_of(lambda: solve(Instance.from_dict(document)))
    assert refusal is None or refusal.path == "" or refusal.path.startswith("/")


@given(st.binary(max_size=40))
def test_any_bytes_are_read_or_refused(raw):
    refusal = refusal_of(lambda: parse_json(raw))
    assert refusal is None or refusal.path == "" or refusal.path.startswith("/")
