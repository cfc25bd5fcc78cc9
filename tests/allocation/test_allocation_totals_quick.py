"""The quick way to a good total: it keeps every limit, its bound is never wrong, and it comes close."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.allocation.totals_flow import Limits, Pairs, ScoreRangeError, best_total
from lms.allocation.totals_quick import approximate


@st.composite
def markets(draw, people=12, posts=5, units=3):
    """Ragged lists of pairs, posts within units, rooms from none to more than enough."""
    posts, units = draw(st.integers(1, posts)), draw(st.integers(0, units))
    lists = [draw(st.lists(st.integers(0, posts - 1), unique=True)) for _ in range(draw(st.integers(1, people)))]
    person = [who for who, chosen in enumerate(lists) for _ in chosen]
    within = [draw(st.integers(-1, units - 1)) for _ in range(posts)]
    within = [-1 if unit < 0 else posts + unit for unit in within]
    within += [posts + draw(st.integers(0, unit - 1)) if unit and draw(st.booleans()) else -1 for unit in range(units)]
    return Pairs(
        len(lists),
        np.array(person, np.int64),
        np.array([post for chosen in lists for post in chosen], np.int64),
        np.array([draw(st.integers(-50, 1000)) for _ in person], np.int64),
        Limits(np.array([draw(st.integers(0, 5)) for _ in within], np.int64), np.array(within, np.int64)),
    )


def total(pairs, chosen):
    return int(pairs.score[chosen[chosen >= 0]].sum())


def loads(pairs, chosen):
    """How many people are in each node."""
    count = np.zeros(len(pairs.places.room), np.int64)
    for post in pairs.post[chosen[chosen >= 0]]:
        node = int(post)
        while node >= 0:
            count[node] += 1
            node = int(pairs.places.within[node])
    return count


@settings(max_examples=150, deadline=None)
@given(markets())
def test_limits_hold_and_the_bound_is_a_bound(pairs):
    found = approximate(pairs)
    placed = np.flatnonzero(found.chosen >= 0)
    assert (pairs.person[found.chosen[placed]] == placed).all()
    assert (loads(pairs, found.chosen) <= pairs.places.room).all()
    assert total(pairs, found.chosen) == found.total <= found.bound
    assert total(pairs, best_total(pairs)) <= found.bound


def crowded(seed, people=3000, posts=200, wishes=8):
    """More people than places, some posts far more popular than others, and a unit of five posts with little room."""
    rng = np.random.default_rng(seed)
    share = np.arange(1, posts + 1) ** -0.8
    post = np.concatenate(
        [rng.choice(posts, wishes, replace=False, p=share / share.sum()) for _ in range(people)]
    ).astype(np.int64)
    room = np.append(np.full(posts, people * 9 // (posts * 10)), 30)
    within = np.append(np.repeat([posts, -1], [5, posts - 5]), -1)
    score = rng.integers(1, 1001, people * wishes)
    return Pairs(people, np.repeat(np.arange(people), wishes), post, score, Limits(room, within))


@pytest.mark.parametrize("seed", range(3))
def test_it_comes_close_to_the_optimum_and_knows_it(seed):
    pairs = crowded(seed)
    found = approximate(pairs)
    best = total(pairs, best_total(pairs))
    assert found.total >= 0.98 * best
    assert best <= found.bound <= 1.02 * best


def test_it_can_be_stopped_and_more_rounds_repeat_exactly():
    pairs = crowded(9)
    stopped = approximate(pairs, keep_going=lambda done: done < 2)
    assert stopped.rounds == 2
    again = approximate(pairs, rounds=2)
    assert (again.chosen == stopped.chosen).all()
    assert (loads(pairs, stopped.chosen) <= pairs.places.room).all()


def test_scores_that_do_not_fit_are_refused():
    pairs = crowded(0)
    with pytest.raises(ScoreRangeError):
        approximate(Pairs(pairs.people, pairs.person, pairs.post, pairs.score << 40, pairs.places))
