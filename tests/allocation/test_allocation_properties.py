"""The engine against brute force on small random instances of every supported kind."""

import copy
import itertools
import json
import os

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lms.allocation import Code, Instance, check, deferred, solve
from lms.allocation.arrays import arrays_of
from lms.allocation.books import Books
from lms.allocation.bulk import BulkBooks
from lms.allocation.market import build
from lms.allocation.rounds import settle_in_rounds
from tests.allocation.brute import GROUPS, Brute, documents, limited

TIMES = 20 if os.environ.get("LMS_FULL") else 1


def times(examples):
    quiet = [HealthCheck.too_slow, HealthCheck.data_too_large]
    return settings(max_examples=examples * TIMES, deadline=None, suppress_health_check=quiet)


often, seldom = times(75), times(25)
every_kind = st.booleans().flatmap(lambda reserves: documents(reserves=reserves))


@often
@given(every_kind)
def test_stable_feasible_and_best_for_every_applicant(document):
    brute = Brute(document)
    result = solve(Instance.from_dict(document))
    got = dict(result.assignments)

    stable = [other for other in brute.feasible() if brute.stable(other)]
    assert got in stable
    for other in stable:
        for applicant, post in got.items():
            assert brute.place(applicant, post) <= brute.place(applicant, other[applicant])


@often
@given(every_kind)
def test_certificate_and_checker_agree_with_the_definition(document):
    result = solve(Instance.from_dict(document))
    assert result.certificate.feasible
    assert result.certificate.stable
    assert result.certificate.blocking == ()
    assert check(document, result.to_dict()["assignments"]).ok


@often
@given(st.booleans().flatmap(lambda reserves: documents(people=3, places=3, reserves=reserves)))
def test_checker_judges_every_possible_assignment_as_the_definition_does(document):
    brute = Brute(document)
    for assignments in brute.feasible():
        verdict = check(document, assignments)
        assert verdict.violations == ()
        found = {(pair["applicant"], pair["post"]) for pair in verdict.blocking}
        expected = {
            (applicant, post)
            for applicant, wishes in brute.wishes.items()
            for post in wishes
            if brute.blocks(assignments, applicant, post)
        }
        assert found == expected


@often
@given(documents(people=3, places=3), st.data())
def test_checker_names_every_broken_rule(document, data):
    brute = Brute(document)
    options = [None, *document["posts"]]
    assignments = {name: data.draw(st.sampled_from(options)) for name in document["applicants"]}
    feasible = assignments in list(brute.feasible())
    assert (check(document, assignments).violations == ()) == feasible


@often
@given(every_kind | limited("serial") | limited("cutoffs"), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(document, random):
    shuffled = copy.deepcopy(document)
    for part in ("applicants", "posts", "units"):
        rows = list(document[part].items())
        random.shuffle(rows)
        shuffled[part] = dict(rows)
    random.shuffle(shuffled["forbidden"])
    for ranking in [who["choices"] for who in shuffled["applicants"].values()]:
        for entry in ranking:
            if isinstance(entry, list):
                random.shuffle(entry)
    first = solve(Instance.from_dict(document)).to_dict()
    second = solve(Instance.from_dict(shuffled)).to_dict()
    first.pop("input_sha256"), second.pop("input_sha256")
    assert json.dumps(first) == json.dumps(second)


@seldom
@given(documents(people=4, places=3, reserves=True) | limited("serial", people=4, places=3), st.data())
def test_nobody_gains_by_stating_other_preferences(document, data):
    brute = Brute(document)
    liar = data.draw(st.sampled_from(sorted(document["applicants"])))
    honest = brute.place(liar, solve(Instance.from_dict(document)).assignments[liar])
    for size in range(len(document["posts"]) + 1):
        for lie in itertools.permutations(document["posts"], size):
            told = copy.deepcopy(document)
            told["applicants"][liar]["choices"] = list(lie)
            obtained = solve(Instance.from_dict(told)).assignments[liar]
            assert honest <= brute.place(liar, obtained)


@often
@given(every_kind | limited("serial") | limited("cutoffs"))
def test_every_choice_has_one_true_reason(document):
    instance = Instance.from_dict(document)
    result = solve(instance)
    brute = Brute(document)
    blocking = {vars_of(pair) for pair in result.certificate.blocking}
    for applicant, lines in result.explanations.items():
        chosen = [post for group in instance.applicants[applicant].choices for post in group]
        assert set(chosen) <= {line.post for line in lines}
        assert [line.post for line in lines if line.got] == [post for post in [result.assignments[applicant]] if post]
        for line in lines:
            assert line.because
            if line.code in (Code.POST_FULL, Code.UNIT_FULL):
                assert line.node in brute.path[line.post]
                assert result.cutoffs[line.node].full
                assert line.post in brute.wishes[applicant]
            elif line.code is Code.FORBIDDEN:
                assert (applicant, line.post) in brute.forbidden
            elif line.code is Code.UNACCEPTABLE:
                assert applicant not in brute.keys[line.post]
            elif line.code is Code.QUOTA_FULL:
                assert (applicant, line.post, line.quota) in blocking
        missed = lines[: [line.got for line in lines].index(True)] if result.assignments[applicant] else lines
        assert not [line for line in missed if line.code is Code.NOT_NEEDED and not line.fixed]


def serially(brute):
    """The rule `serial`, word by word."""
    got = dict(brute.fixed)
    for name in brute.document["order"]:
        for post in brute.wishes[name]:
            if name not in got and brute.fits([*got.items(), (name, post)]) and within(brute, {**got, name: post}):
                got[name] = post
    return {name: got.get(name) for name in brute.wishes}


def within(brute, got):
    return all(
        sum(brute.is_in(name, quota) for name, post in got.items() if post) <= quota["max"]
        for quota in brute.document["quotas"]
    )


@often
@given(limited("serial"))
def test_serial_gives_each_in_turn_the_best_that_is_left(document):
    brute = Brute(document)
    result = solve(Instance.from_dict(document))
    assert dict(result.assignments) == serially(brute)
    assert result.certificate.feasible
    assert check(document, result.assignments).ok
    assert_blocking_is_agreed(document, result)


@often
@given(limited("serial", people=3, places=3))
def test_checker_lets_only_the_serial_outcome_pass(document):
    brute = Brute(document)
    expected = serially(brute)
    for other in brute.feasible():
        assert check(document, other).ok == (other == expected)


@seldom
@given(limited("cutoffs", GROUPS[:2], people=3, places=3, reserves=True))
def test_cutoffs_rise_as_little_as_any_that_keep_the_quotas(document):
    brute = Brute(document)
    order, outcomes = document["order"], {}
    for cuts in itertools.product(range(len(order) + 1), repeat=len(document["quotas"])):
        out = [
            name
            for cut, quota in zip(cuts, document["quotas"], strict=True)
            for name in order[cut:]
            if brute.is_in(name, quota) and name not in brute.fixed
        ]
        got = brute.best_stable(out)
        if within(brute, got):
            outcomes[cuts] = got
    lowest = tuple(map(max, zip(*outcomes, strict=True)))
    result = solve(Instance.from_dict(document))
    assert dict(result.assignments) == outcomes[lowest]
    assert_blocking_is_agreed(document, result)


@often
@given(limited("cutoffs", reserves=True), st.data())
def test_checker_lets_only_the_outcome_by_cutoffs_pass(document, data):
    result = solve(Instance.from_dict(document))
    got = dict(result.assignments)
    assert result.certificate.feasible
    assert within(Brute(document), got)
    assert check(document, got).ok
    assert_blocking_is_agreed(document, result)
    got[data.draw(st.sampled_from(sorted(got)))] = data.draw(st.sampled_from([None, *document["posts"]]))
    assert check(document, got).ok == (got == dict(result.assignments))


def assert_blocking_is_agreed(document, result):
    """Solver and checker list the same pairs with the same quota."""
    found = check(document, result.assignments).blocking
    listed = [vars_of(pair) for pair in result.certificate.blocking]
    assert sorted(listed) == sorted(tuple(pair.values()) for pair in found)
    assert result.certificate.stable == (not listed)


def vars_of(pair):
    return pair.applicant, pair.post, pair.because


@often
@given(documents(reserves=True), st.data())
def test_wishes_for_a_minimum_move_nobody(document, data):
    before = solve(Instance.from_dict(document))
    for unit in document["units"].values():
        unit["minimum"] = data.draw(st.integers(0, 3))
    document["quotas"] = [{"attribute": "gender", "value": "f", "min": data.draw(st.integers(0, 4))}]
    after = solve(Instance.from_dict(document))
    assert dict(after.assignments) == dict(before.assignments)
    placed = {name for name, post in after.assignments.items() if post}
    women = [name for name in placed if document["applicants"][name]["attributes"]["gender"] == "f"]
    needed = document["quotas"][0]["min"]
    assert (
        ("quota:gender=f", needed, len(women)) in [(one.what, one.needed, one.got) for one in after.certificate.unmet]
    ) == (len(women) < needed)


@often
@given(documents())
def test_whole_arrays_lead_where_one_after_the_other_leads(document):
    market = build(Instance.from_dict(document))
    arrays = arrays_of(market, deferred.proposals(market))
    got = deferred.settle(market)
    assert settle_in_rounds(market, arrays).tolist() == got
    plain, bulk = Books(market, got), BulkBooks(market, np.array(got), arrays)
    assert (bulk.count, bulk.last, bulk.is_feasible()) == (plain.count, plain.last, plain.is_feasible())
    assert list(bulk.blocking()) == list(plain.blocking()) == []
    for person, choices in enumerate(market.choices):
        for post in [] if person in market.fixed else choices:
            if post == got[person]:
                break  # Nobody asks why not a post that they like less than their own.
            if plain.accepts(person, post):
                assert bulk.position(person, post) == plain.position(person, post)
                assert bulk.refusal(person, post) == plain.refusal(person, post)


@often
@given(documents(), st.data())
def test_whole_arrays_find_the_same_faults(document, data):
    market = build(Instance.from_dict(document))
    arrays = arrays_of(market, deferred.proposals(market))
    got = [data.draw(st.sampled_from([-1, *choices])) for choices in market.choices]
    for person, post in market.fixed.items():
        got[person] = post
    plain, bulk = Books(market, got), BulkBooks(market, np.array(got), arrays)
    assert bulk.is_feasible() == plain.is_feasible()
    if plain.is_feasible():
        assert list(bulk.blocking()) == list(plain.blocking())
