"""The engine against brute force on small random instances of every supported kind."""

import copy
import itertools
import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lms.allocation import Code, Instance, check, solve
from tests.allocation.brute import Brute, documents

often = settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@often
@given(documents())
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
@given(documents())
def test_certificate_and_checker_agree_with_the_definition(document):
    result = solve(Instance.from_dict(document))
    assert result.certificate.feasible
    assert result.certificate.stable
    assert result.certificate.blocking == ()
    assert check(document, result.to_dict()["assignments"]).ok


@often
@given(documents(people=3, places=3))
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
@given(documents(), st.randoms(use_true_random=False))
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


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(documents(people=4, places=3), st.data())
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
@given(documents())
def test_every_choice_has_one_true_reason(document):
    instance = Instance.from_dict(document)
    result = solve(instance)
    brute = Brute(document)
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
