"""The objectives by scores against every possible assignment of small instances, and what they may not do."""

import copy
import os

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lms.allocation import Instance, InstanceError, OutOfTime, Watch, check, solve, totals_crossing, totals_flow
from lms.allocation.market import build
from lms.allocation.totals import held_back, solve_total
from lms.allocation.totals_flow import Limits, Pairs
from tests.allocation.brute import Brute, documents, limited

TIMES = 10 if os.environ.get("LMS_FULL") else 1
OBJECTIVES = ["best-total", "fair"]


def often(examples):
    quiet = [HealthCheck.too_slow, HealthCheck.filter_too_much]
    return settings(max_examples=examples * TIMES, deadline=None, suppress_health_check=quiet)


@st.composite
def scored(draw, instances):
    """Instances with scores for most pairs, few different ones so that ties are common, some of them negative."""
    document = draw(instances)
    floor = draw(st.none() | st.integers(-2, 3))
    fixed = dict(document.get("fixed", []))
    document["scores"] = [
        [applicant, post, draw(st.integers(-3, 6))]
        for applicant in document["applicants"]
        for post in document["posts"]
        if draw(st.integers(0, 5))
    ]
    if floor is not None:  # a fixed pair below it would be refused
        document["floor"] = floor
        document["scores"] = [
            [who, post, max(score, floor) if fixed.get(who) == post else score]
            for who, post, score in document["scores"]
        ]
    document["objective"] = draw(st.sampled_from(OBJECTIVES))
    return document


class Scores:
    """What an assignment is worth, straight from the rules."""

    def __init__(self, document):
        self.document, self.brute = document, Brute(document)
        self.of = {(who, post): score for who, post, score in document["scores"]}
        floor = document.get("floor", -100)
        self.brute.wishes = {
            name: [post for post in wishes if self.of.get((name, post), -101) >= floor]
            for name, wishes in self.brute.wishes.items()
        }

    def feasible(self):
        for other in self.brute.feasible():
            placed = [name for name, post in other.items() if post]
            if all(
                sum(self.brute.is_in(name, limit) for name in placed) <= limit["max"]
                for limit in self.document.get("quotas", [])
            ):
                yield other

    def worth(self, assignments):
        """Bigger is better."""
        pairs = [(name, post) for name, post in assignments.items() if post]
        free = [self.of[pair] for pair in pairs if pair[0] not in self.brute.fixed]
        total = sum(self.of.get(pair, 0) for pair in pairs)
        if self.document["objective"] == "fair":
            return len(pairs), min(free, default=0), total
        return len(pairs), total


def assert_best(document):
    scores = Scores(document)
    result = solve(Instance.from_dict(document))
    got = dict(result.assignments)
    possible = list(scores.feasible())
    assert got in possible
    assert scores.worth(got) == max(map(scores.worth, possible))
    assert result.total == sum(scores.of.get(pair, 0) for pair in got.items())
    assert result.certificate.feasible
    assert result.certificate.stable is None


@often(150)
@given(scored(documents()))
def test_nested_capacities(document):
    assert_best(document)


@often(100)
@given(scored(limited("serial", people=5, places=3)))
def test_quotas_nested_and_crossing(document):
    assert_best(document)


@often(60)
@given(scored(limited("serial")), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(document, random):
    shuffled = copy.deepcopy(document)
    for part in ("applicants", "posts", "units"):
        rows = list(shuffled[part].items())
        random.shuffle(rows)
        shuffled[part] = dict(rows)
    for part in ("scores", "quotas", "forbidden"):
        random.shuffle(shuffled[part])
    first, second = (solve(Instance.from_dict(each)).assignments for each in (document, shuffled))
    assert first == second


@often(60)
@given(scored(documents()))
def test_the_checker_agrees(document):
    assert check(document, solve(Instance.from_dict(document)).assignments).ok


def plain(objective, scores, **more):
    """Everybody may go everywhere, one place each."""
    people, posts = sorted({who for who, _, _ in scores}), sorted({post for _, post, _ in scores})
    return {
        "format": "allocation/1",
        "objective": objective,
        "applicants": {name: {"choices": [posts], **more.pop(name, {})} for name in people},
        "posts": {name: {"capacity": 1} for name in posts},
        "scores": scores,
        **more,
    }


TRADE = [["ana", "x", 1000], ["ana", "y", 500], ["binh", "x", 450], ["binh", "y", 100]]


@pytest.mark.parametrize(
    ("objective", "expected", "total"),
    [
        ("best-total", {"ana": "x", "binh": "y"}, 1100),
        ("fair", {"ana": "y", "binh": "x"}, 950),
    ],
)
def test_a_greater_total_or_a_better_worst_score(objective, expected, total):
    result = solve(Instance.from_dict(plain(objective, TRADE)))
    assert (result.assignments, result.total) == (expected, total)


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_more_people_come_before_better_scores(objective):
    scores = [["ana", "x", 900], ["ana", "y", 1], ["binh", "x", 2]]
    assert solve(Instance.from_dict(plain(objective, scores))).assignments == {"ana": "y", "binh": "x"}


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_a_pair_without_a_score_or_below_the_floor_does_not_come_about(objective):
    scores = [["ana", "x", 5], ["binh", "y", 4]]
    document = plain(objective, scores, floor=5)
    assert solve(Instance.from_dict(document)).assignments == {"ana": "x", "binh": None}


def test_the_seed_decides_between_equals_and_not_the_order_of_ids():
    scores = [[who, post, 7] for who in ("ana", "binh", "chan") for post in ("x", "y")]
    found = {
        tuple(solve(Instance.from_dict(plain("best-total", scores, tie_break={"seed": seed}))).assignments.values())
        for seed in range(12)
    }
    assert len(found) >= 4


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_no_scores_place_nobody(objective):
    document = plain(objective, TRADE)
    document["scores"] = []
    result = solve(Instance.from_dict(document))
    assert (result.matched, result.total) == (0, 0)


def test_scores_that_would_overflow_are_refused_rather_than_rounded():
    people = [f"p{index}" for index in range(400)]
    scores = [[name, "x", (2**53 - 1) * (-1) ** index] for index, name in enumerate(people)]
    with pytest.raises(InstanceError, match="too far apart") as refused:
        solve(Instance.from_dict(plain("best-total", scores)))
    assert refused.value.path == "/scores"


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_progress_is_told_and_time_is_bounded(objective):
    heard = []
    assert solve(Instance.from_dict(plain(objective, TRADE)), Watch(heard.append, seconds=60)).matched == 2
    assert heard == sorted(heard)
    assert heard[-1] == 1
    with pytest.raises(OutOfTime):
        solve(Instance.from_dict(plain(objective, TRADE)), Watch(seconds=0))


def test_time_is_bounded_where_quotas_cross():
    scores = [[f"a{who}", f"p{post}", who * 7 % 11 + post * 5 % 13] for who in range(30) for post in range(10)]
    about = {f"a{who}": {"attributes": {"country": "KM"[who % 2], "field": "xyz"[who % 3]}} for who in range(30)}
    quotas = [{"attribute": "country", "value": value, "max": 4} for value in "KM"]
    quotas += [{"attribute": "field", "value": value, "max": 3} for value in "xyz"]
    document = plain("fair", scores, quotas=quotas, order=sorted(about), **about)
    assert solve(Instance.from_dict(document), Watch(seconds=60)).matched == 8
    with pytest.raises(OutOfTime):
        solve(Instance.from_dict(document), Watch(seconds=0))


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("objective", OBJECTIVES)
def test_both_engines_agree_on_middle_sizes(objective, seed):
    rng = np.random.default_rng(seed)
    people, posts, wishes = 80, 12, 4
    post = np.concatenate([rng.choice(posts, wishes, replace=False) for _ in range(people)])
    room = np.append(rng.integers(3, 8, posts), [20, 45])
    within = np.append(rng.choice([posts, posts + 1], posts), [posts + 1, -1])
    score = rng.integers(1, 200, people * wishes)
    pairs = Pairs(people, np.repeat(np.arange(people), wishes), post, score, Limits(room, within))
    name = "fair" if objective == "fair" else "best_total"
    flow = getattr(totals_flow, name)(pairs)
    program = getattr(totals_crossing, name)(pairs, [], Watch())
    worth = [
        (len(taken), int(score[taken].min()) if objective == "fair" else None, int(score[taken].sum()))
        for taken in (found[found >= 0] for found in (flow, program))
    ]
    assert worth[0] == worth[1]
    assert worth[0][0] == totals_flow.count(pairs)


def test_who_keeps_the_worst_score_where_it_is():
    """Ana and Binh score well with Wei only, who has one place; Chan is no part of it."""
    scores = [["ana", "wei", 90], ["ana", "xin", 20], ["binh", "wei", 80], ["binh", "xin", 30], ["chan", "yan", 70]]
    instance = Instance.from_dict(plain("fair", scores))
    market = build(instance)
    got = solve_total(instance, market)
    assert held_back(instance, market, got) == (["ana", "binh"], ["wei"])


def test_a_worst_score_that_no_pair_exceeds_is_kept_by_nobody_else():
    instance = Instance.from_dict(plain("fair", [["ana", "wei", 90]]))
    market = build(instance)
    assert held_back(instance, market, solve_total(instance, market)) == (["ana"], [])
    assert held_back(instance, market, [-1]) == ([], [])
