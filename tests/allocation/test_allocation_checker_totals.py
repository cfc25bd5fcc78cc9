"""The checker knows the best assignments by scores from all others."""

from hypothesis import given

from lms.allocation import check
from tests.allocation.brute import GROUPS, documents, limited
from tests.allocation.test_allocation_totals import Scores, often, scored


def assert_only_the_best_pass(document):
    scores = Scores(document)
    possible = list(scores.feasible())
    best = max(map(scores.worth, possible))
    for other in possible:
        assert check(document, other).ok == (scores.worth(other) == best)


@often(80)
@given(scored(documents(people=3, places=3)))
def test_under_capacities(document):
    assert_only_the_best_pass(document)


@often(40)
@given(scored(limited("serial", GROUPS[:2], people=3, places=3)))
def test_under_quotas_of_one_attribute(document):
    assert_only_the_best_pass(document)
