"""What the parties are told, what the call looks like afterwards, and what would be if."""

import copy

import pytest
from hypothesis import given

from lms.allocation import Code, Disclosure, Instance, InstanceError, check, solve
from lms.allocation.changes import after_declines, next_in_line, what_if, with_capacity, with_quota
from lms.allocation.figures import Share, costs, figures
from lms.allocation.shortfalls import Binding, shortfalls
from lms.allocation.telling import tell_applicant, tell_cutoffs, tell_hosts
from lms.allocation.watch import OutOfTime, Watch
from tests.allocation.brute import documents
from tests.allocation.test_allocation_properties import often

CALL = {
    "format": "allocation/1",
    "applicants": {
        "ana": {"choices": ["big", "one"], "attributes": {"country": "KH", "gender": "f"}},
        "bo": {"choices": ["big", "one"], "attributes": {"country": "KH", "gender": "m"}},
        "cy": {"choices": ["big", "one"], "attributes": {"country": "VN", "gender": "f"}},
        "di": {"choices": ["one", "big"], "attributes": {"country": "VN"}},
        "ed": {"choices": ["one"], "attributes": {"country": "LA"}},
    },
    "posts": {
        "big": {"capacity": 2, "within": "host", "priority": ["di", "ana", "bo", "cy"]},
        "one": {"capacity": 1, "within": "host", "priority": ["di", "ed", "cy", "bo", "ana"]},
        "spare": {"capacity": 3, "priority": []},
    },
    "units": {"host": {"capacity": None}},
    "order": ["di", "cy", "bo", "ana", "ed"],
}


@pytest.fixture
def call():
    return copy.deepcopy(CALL)


def solved(document):
    instance = Instance.from_dict(document)
    return instance, solve(instance)


def test_the_three_settings_for_an_applicant(call):
    _, result = solved(call)
    lines = result.explanations["cy"]
    assert [line.code for line in lines] == [Code.POST_FULL, Code.POST_FULL]
    full = tell_applicant(lines, Disclosure.FULL)
    assert "stands at 4, the last person admitted at 3" in full[0].because
    # One place: a number would say where the one person stands who got it.
    assert full[1].explanation.position is None
    assert not any(letter.isdigit() for letter in full[1].because)
    reasons = tell_applicant(lines, Disclosure.REASONS)
    assert [told.explanation.last_position for told in reasons] == [None, None]
    assert reasons[0].because
    assert not any(letter.isdigit() for told in reasons for letter in told.because)
    assert tell_applicant(lines, Disclosure.OUTCOME) == ()
    (only,) = tell_applicant(result.explanations["ana"], Disclosure.OUTCOME)
    assert (only.explanation.post, only.because) == ("big", "")


def test_cutoffs_are_published_only_under_the_full_setting(call):
    instance, result = solved(call)
    assert tell_cutoffs(instance, result, Disclosure.REASONS) == {}
    published = tell_cutoffs(instance, result, Disclosure.FULL)
    assert published["big"].last_position == 3
    assert published["one"].last_position is None
    assert published["one"].full


def test_hosts_learn_whom_they_got_and_where_it_stopped(call):
    instance, result = solved(call)
    big, one, spare = tell_hosts(instance, result, Disclosure.FULL)
    assert (big.got, big.last_position, big.preferred_another) == (("ana", "bo"), 3, 1)  # di went to a first choice
    assert (one.got, one.last_position, one.preferred_another) == (("di",), None, None)
    assert (spare.empty, spare.always_empty) == (3, False)  # other posts lie within a unit: nothing is claimed
    big, *_ = tell_hosts(instance, result, Disclosure.REASONS)
    assert (big.got, big.last_position, big.preferred_another) == (("ana", "bo"), None, None)
    for post in call["posts"].values():
        post.pop("within", None)
    del call["units"]
    assert [report.always_empty for report in tell_hosts(*solved(call), Disclosure.OUTCOME)] == [False, False, True]


def test_figures_count_places_people_and_choices(call):
    seen = figures(*solved(call))
    assert seen.placed == Share(3, 5)
    assert seen.choices == (3, 0)
    assert seen.groups["country"] == {"KH": Share(2, 2), "LA": Share(0, 1), "VN": Share(1, 2)}
    assert seen.groups["gender"] == {"f": Share(1, 2), "m": Share(1, 1)}
    assert seen.nodes == {"big": Share(2, 2), "host": Share(3, 3), "one": Share(1, 1), "spare": Share(0, 3)}


@pytest.mark.parametrize("rule", ["serial", "cutoffs"])
def test_what_a_quota_cost(call, rule):
    call |= {"quotas": [{"attribute": "country", "value": "KH", "max": 1}], "quota_rule": rule}
    instance, result = solved(call)
    (cost,) = costs(instance, result)
    assert (cost.quota, cost.places, cost.used) == ("quota:country=KH", 1, 1)
    assert cost.gain == ("ana",)
    assert cost.lose == ("cy",)
    assert (cost.placed, cost.first_choices) == (0, 0)


def test_what_if_says_who_moves(call):
    instance, result = solved(call)
    found = what_if(result, instance, with_capacity(call, "big", 1))
    assert [(move.applicant, move.before, move.after, move.better) for move in found.moves] == [
        ("bo", "big", None, False)
    ]
    found = what_if(result, instance, with_capacity(call, "big", 3))
    assert [(move.applicant, move.after, move.better) for move in found.moves] == [("cy", "big", True)]
    found = what_if(result, instance, with_quota(call, "country", "VN", 0) | {"quota_rule": "cutoffs"})
    assert found.result.assignments == {"ana": "big", "bo": "big", "cy": None, "di": None, "ed": "one"}
    assert with_quota(found.document, "country", "VN", None)["quotas"] == [{"attribute": "country", "value": "VN"}]
    with pytest.raises(InstanceError, match="nothere"):
        with_capacity(call, "nothere", 1)
    with pytest.raises(InstanceError) as refused:
        what_if(result, instance, with_capacity(call, "big", -1))
    assert refused.value.path == "/posts/big/capacity"


def test_a_second_run_keeps_accepted_places(call):
    _, result = solved(call)
    second = after_declines(call, result.assignments, {"di": True, "bo": False})
    got = solve(Instance.from_dict(second)).assignments
    # di would still take another post; bo has left; ana keeps what she accepted.
    assert got == {"ana": "big", "bo": None, "cy": None, "di": "big", "ed": "one"}


def test_the_cascade_of_a_post(call):
    _, result = solved(call)
    assert next_in_line(call, result.assignments, "big", leaving="bo") == ("cy",)
    assert next_in_line(call, result.assignments, "one", leaving="di") == ("ed", "cy")
    assert next_in_line(call, result.assignments, "spare") == ()
    call["posts"]["one"]["reserves"] = [{"attribute": "gender", "value": "f", "seats": 1}]
    assert next_in_line(call, result.assignments, "one", leaving="di") == ("cy", "ed")
    call |= {"quotas": [{"attribute": "country", "value": "VN", "max": 1}], "quota_rule": "cutoffs"}
    assert next_in_line(call, result.assignments, "one", leaving="ana") == ()


@often
@given(documents(reserves=True))
def test_a_run_after_everybody_accepted_changes_nothing(document):
    before = solve(Instance.from_dict(document))
    again = solve(Instance.from_dict(after_declines(document, before.assignments, {})))
    assert dict(again.assignments) == dict(before.assignments)


@often
@given(documents(reserves=True))
def test_every_setting_is_derived_from_a_result_that_can_be_checked(document):
    instance, result = solved(document)
    assert check(document, result.assignments).ok
    for lines in result.explanations.values():
        for told in tell_applicant(lines, Disclosure.FULL):
            line = told.explanation
            assert (line.position is None) == (line.last_position is None)
            if line.position is not None:
                assert line.position > line.last_position
                assert instance.node(line.node).capacity != 1
    for report in tell_hosts(instance, result, Disclosure.FULL):
        assert len(report.got) == sum(post == report.post for post in result.assignments.values())
        assert report.places > 1 or report.last_position is None


def test_progress_grows_and_time_ends(call):
    heard = []
    solve(Instance.from_dict(call), Watch(heard.append))
    assert heard
    assert heard == sorted(heard)
    assert 0 <= heard[0] <= heard[-1] <= 1
    with pytest.raises(OutOfTime):
        solve(Instance.from_dict(call), Watch(seconds=-1))


def missed(call):
    return [(one.unmet.what, one.binding, one.where, one.reach) for one in shortfalls(*solved(call))]


def test_a_missed_minimum_names_what_binds(call):
    call["units"]["host"]["minimum"] = 4
    assert missed(call) == [("minimum:host", Binding.CAPACITY, "host", 3)]
    call["posts"]["spare"]["within"] = "far"
    call["units"]["far"] = {"capacity": 5, "minimum": 1, "within": None}
    assert missed(call)[0] == ("minimum:far", Binding.DEMAND, None, 0)
    call["posts"]["spare"] = {"capacity": 1, "within": "far", "priority": ["di"]}
    call["applicants"]["di"]["choices"].append("spare")
    assert missed(call)[0] == ("minimum:far", Binding.WISHES, None, 1)


def test_a_missed_minimum_of_a_group_names_the_fullest_place(call):
    call["quotas"] = [
        {"attribute": "country", "value": "VN", "min": 2},
        {"attribute": "country", "value": "LA", "min": 2},
    ]
    assert missed(call) == [
        ("quota:country=VN", Binding.FULL, "big", 2),
        ("quota:country=LA", Binding.DEMAND, None, 1),
    ]
    for one in shortfalls(*solved(call)):
        assert one.to_dict()["because"].endswith(".")
