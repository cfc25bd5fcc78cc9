"""Solver and checker agree on calls of some size and every kind, and the checker finds what was tampered with."""

import os
import random

import numpy as np
import pytest

from lms.allocation import Instance, check, deferred, solve
from lms.allocation.arrays import arrays_of
from lms.allocation.market import build
from lms.allocation.rounds import settle_in_rounds
from tests.allocation.calls import call_of

BLOCKS = range(40 if os.environ.get("LMS_FULL") else 4)
BLOCK = 100


@pytest.mark.parametrize("block", BLOCKS)
def test_solver_and_checker_agree(block):
    for seed in range(block * BLOCK, (block + 1) * BLOCK):
        document = call_of(seed)
        result = solve(Instance.from_dict(document))
        verdict = check(document, result.assignments)
        listed = {(pair.applicant, pair.post, pair.because) for pair in result.certificate.blocking}
        assert verdict.ok, seed
        assert result.certificate.feasible, seed
        assert listed == {tuple(pair.values()) for pair in verdict.blocking}, seed
        assert listed == set() or document["quotas"], seed


@pytest.mark.parametrize("block", BLOCKS)
def test_both_engines_agree(block):
    for seed in range(block * BLOCK, (block + 1) * BLOCK):
        document = call_of(seed)
        for post in document["posts"].values():
            post.pop("reserves", None)
        market = build(Instance.from_dict(document))
        arrays = arrays_of(market, deferred.proposals(market))
        assert settle_in_rounds(market, arrays).tolist() == deferred.settle(market), seed


@pytest.mark.parametrize("block", BLOCKS)
def test_a_place_taken_from_somebody_is_noticed(block):
    draw = random.Random(block)
    for seed in range(block * BLOCK, (block + 1) * BLOCK):
        document = call_of(seed)
        got = dict(solve(Instance.from_dict(document)).assignments)
        placed = [name for name, post in got.items() if post]
        if placed:
            got[draw.choice(placed)] = None
            assert not check(document, got).ok, seed


def test_lists_behind_huge_capacities_are_still_told_apart():
    # 1/(10^17 + 1) is smaller than 1/10^17, which no division in floating point can say.
    vast = 10**17
    for first, second, winner in ((vast, vast + 1, "b"), (vast + 1, vast, "a")):
        document = {
            "format": "allocation/1",
            "applicants": {"a": {"choices": ["p"]}, "b": {"choices": ["q"]}},
            "posts": {
                "p": {"capacity": first, "within": "u", "priority": ["a"]},
                "q": {"capacity": second, "within": "u", "priority": ["b"]},
            },
            "units": {"u": {"capacity": 1}},
        }
        market = build(Instance.from_dict(document))
        expected = deferred.settle(market)
        assert expected[market.people.index(winner)] >= 0
        assert np.array_equal(settle_in_rounds(market, arrays_of(market, market.choices)), expected)
        assert check(document, solve(Instance.from_dict(document)).assignments).ok
