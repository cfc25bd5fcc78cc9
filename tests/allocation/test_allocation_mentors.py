"""Mentors for mentees: what a score is made of, and what each scheme promises."""

import itertools
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.allocation import InstanceError, check
from lms.allocation.mentors import SLOTS, Criterion, Mentee, Mentor, Scheme, document, match, weekly_slots

ENGLISH = frozenset({"en"})


def mentee(name, **more):
    return Mentee(id=name, languages=ENGLISH, **more)


def mentor(name, **more):
    return Mentor(id=name, languages=ENGLISH, **more)


def only(**weights):
    """A scheme in which nothing else counts."""
    return Scheme(weights={Criterion[name.upper()]: weight for name, weight in weights.items()}, required=frozenset())


def part(scheme, one, other):
    found = match(scheme, [one], [other]).pairs[one.id]
    assert found is not None
    (only_part,) = found.parts
    assert found.score == only_part.points
    return only_part


@pytest.mark.parametrize(
    ("criterion", "about_mentee", "about_mentor", "points", "met", "wanted"),
    [
        ("fields", {"fields": {"tb", "malaria", "dengue"}}, {"fields": {"tb", "dengue", "hiv"}}, 66, 2, 3),
        ("methods", {"methods": {"r"}}, {"methods": {"python"}}, 0, 0, 1),
        ("methods", {}, {"methods": {"python"}}, 0, 0, 1),
        ("languages", {"languages": {"zh", "th"}}, {"languages": {"th"}}, 100, 1, 1),
        ("hours", {"slots": set(range(10))}, {"slots": set(range(5, 20))}, 50, 2, 4),
        ("hours", {"slots": set(range(40))}, {"slots": set(range(40))}, 100, 4, 4),
        ("seniority", {"years": 2}, {"years": 5}, 60, 3, 5),
        ("seniority", {"years": 9}, {"years": 5}, 0, 0, 5),
        ("seniority", {"years": 2}, {}, 0, 0, 5),
        ("mentee_wish", {"wishes": [["other"], ["wei"], ["third"]]}, {}, 66, 2, 3),
        ("mentor_wish", {}, {"wishes": [["lina", "other"]]}, 100, 1, 1),
        ("mentor_wish", {}, {"wishes": [["other"]]}, 0, 0, 1),
    ],
)
def test_each_part_is_a_share_that_both_can_check(criterion, about_mentee, about_mentor, points, met, wanted):
    frozen = [
        {key: frozenset(value) if isinstance(value, set) else value for key, value in about.items()}
        for about in (about_mentee, about_mentor)
    ]
    found = part(only(**{criterion: 100}), Mentee(id="lina", **frozen[0]), Mentor(id="wei", **frozen[1]))
    assert (found.points, found.met, found.wanted, found.weight) == (points, met, wanted, 100)


def test_a_part_names_what_is_shared():
    lina, wei = mentee("lina", fields=frozenset({"tb", "hiv"})), mentor("wei", fields=frozenset({"hiv", "tb", "flu"}))
    assert part(only(fields=10), lina, wei).shared == ("hiv", "tb")


def test_the_whole_score_is_the_sum_of_its_parts_and_at_most_a_thousand():
    everything = {
        "fields": frozenset({"tb"}),
        "methods": frozenset({"r"}),
        "slots": frozenset(range(20)),
    }
    lina = mentee("lina", **everything, years=1, wishes=[["wei"]])
    wei = mentor("wei", **everything, years=20, wishes=[["lina"]])
    found = match(Scheme(), [lina], [wei]).pairs["lina"]
    assert found.score == sum(each.points for each in found.parts) == 1000


def test_without_a_common_language_there_is_no_pair():
    lina = Mentee(id="lina", languages=frozenset({"km"}), fields=frozenset({"tb"}))
    assert match(Scheme(), [lina], [mentor("wei", fields=frozenset({"tb"}))]).pairs == {"lina": None}


def wishes_against_scores(objective):
    """Ana wants Wei, who wants her; the greatest total would part them."""
    mentees = [
        mentee("ana", fields=frozenset({"tb"}), wishes=[["wei"], ["xin"]]),
        mentee("binh", fields=frozenset({"flu"}), wishes=[["wei"], ["xin"]]),
    ]
    mentors = [
        mentor("wei", fields=frozenset({"flu"}), wishes=[["ana"], ["binh"]]),
        mentor("xin", fields=frozenset({"tb"})),
    ]
    weights = {Criterion.FIELDS: 900, Criterion.MENTEE_WISH: 50, Criterion.MENTOR_WISH: 50}
    return match(Scheme(objective=objective, weights=weights), mentees, mentors)


def test_a_stable_scheme_goes_by_wishes_and_the_others_by_scores():
    stable, total = wishes_against_scores("stable"), wishes_against_scores("best-total")
    assert stable.result.assignments == {"ana": "wei", "binh": "xin"}
    assert stable.result.certificate.stable is True
    assert total.result.assignments == {"ana": "xin", "binh": "wei"}
    assert total.result.certificate.stable is None
    assert total.result.total == sum(pair.score for pair in total.pairs.values())


def test_a_fair_scheme_lifts_the_worst_pair():
    mentees = [
        mentee("ana", fields=frozenset({"a", "b", "c", "d"})),
        mentee("binh", fields=frozenset({"a", "c", "e", "f", "g"})),
    ]
    mentors = [mentor("wei", fields=frozenset("abcd")), mentor("xin", fields=frozenset("ab"))]
    weights = {Criterion.FIELDS: 1000}
    total, fair = (
        match(Scheme(objective=each, weights=weights), mentees, mentors).pairs for each in ("best-total", "fair")
    )
    assert sorted(pair.score for pair in total.values()) == [200, 1000]
    assert sorted(pair.score for pair in fair.values()) == [400, 500]


def test_a_pair_below_the_floor_does_not_come_about():
    lina, wei = mentee("lina", years=1), mentor("wei", years=4)
    scheme = Scheme(weights={Criterion.SENIORITY: 100}, floor=61)
    assert match(scheme, [lina], [wei]).pairs == {"lina": None}


def test_capacities_of_mentors_and_of_their_units():
    mentees = [mentee(f"m{index}") for index in range(6)]
    mentors = [mentor("wei", capacity=3, unit="epi"), mentor("xin", capacity=3, unit="epi"), mentor("yan")]
    found = match(Scheme(units={"epi": 4}), mentees, mentors)
    guided = [pair.mentor for pair in found.pairs.values() if pair]
    assert len(guided) == 5
    assert guided.count("yan") == 1


def test_kept_pairs_stay_and_excluded_ones_do_not_come_about():
    mentees = [mentee("ana", fields=frozenset({"tb"})), mentee("binh")]
    mentors = [mentor("wei", fields=frozenset({"tb"})), mentor("xin")]
    scheme = Scheme(weights={Criterion.FIELDS: 100}, floor=0)
    assert match(scheme, mentees, mentors).result.assignments == {"ana": "wei", "binh": "xin"}
    kept = match(scheme, mentees, mentors, kept={"binh": "wei"})
    assert kept.result.assignments == {"ana": "xin", "binh": "wei"}
    apart = match(scheme, mentees, mentors, excluded=[("ana", "wei"), ("ana", "xin")])
    assert apart.pairs["ana"] is None
    with pytest.raises(InstanceError, match="forbidden") as refused:
        match(scheme, mentees, mentors, excluded=[("binh", "wei")], kept={"binh": "wei"})
    assert refused.value.path.startswith("/fixed")


def test_a_mentor_of_last_year_stays_even_where_the_floor_has_risen():
    found = match(Scheme(floor=900), [mentee("lina")], [mentor("wei")], kept={"lina": "wei"})
    assert found.pairs["lina"].mentor == "wei"


def test_nobody_is_their_own_mentor():
    assert match(Scheme(), [mentee("lina")], [mentor("lina")]).pairs == {"lina": None}


def test_contradictions_are_refused():
    with pytest.raises(ValueError, match="weights"):
        Scheme(weights={Criterion.FIELDS: 0})
    with pytest.raises(ValueError, match="hours"):
        Scheme(full_hours=0)
    with pytest.raises(ValueError, match="twice"):
        match(Scheme(), [mentee("lina"), mentee("lina")], [])


def test_local_hours_of_different_zones_meet():
    monday = date(2026, 11, 23)
    shanghai = weekly_slots([(0, 28)], "Asia/Shanghai", monday)  # 14:00 at UTC+8
    assert shanghai == weekly_slots([(0, 25)], "Asia/Yangon", monday) == {12}  # 12:30 at UTC+6:30
    early = weekly_slots([(0, 0)], "Asia/Shanghai", monday)
    assert early == {SLOTS - 16}  # still Sunday in UTC: the week is a circle


names = st.frozensets(st.sampled_from(["a", "b", "c", "d"]))


@st.composite
def sides(draw):
    """A few people on both sides, with wishes for each other."""
    ids = [f"m{index}" for index in range(draw(st.integers(1, 5)))], [f"w{index}" for index in range(3)]

    def wishes(others):
        return [[other] for other in draw(st.lists(st.sampled_from(others), unique=True))]

    mentees = [mentee(name, fields=draw(names), methods=draw(names), wishes=wishes(ids[1])) for name in ids[0]]
    mentors = [
        mentor(name, fields=draw(names), methods=draw(names), wishes=wishes(ids[0]), capacity=draw(st.integers(0, 2)))
        for name in ids[1]
    ]
    return mentees, mentors


@settings(max_examples=80, deadline=None)
@given(sides(), st.sampled_from(["stable", "best-total", "fair"]), st.integers(0, 300))
def test_every_matching_passes_the_independent_check_and_adds_up(sides, objective, floor):
    mentees, mentors = sides
    scheme = Scheme(objective=objective, floor=floor)
    found = match(scheme, mentees, mentors)
    assert found.document == document(scheme, mentees, mentors)
    assert check(found.document, found.result.assignments).ok
    pairs = [pair for pair in found.pairs.values() if pair]
    assert all(pair.score >= floor for pair in pairs)
    if objective != "stable":
        assert found.result.total == sum(pair.score for pair in pairs)
    again = match(scheme, mentees[::-1], mentors[::-1])
    assert again.result.assignments == found.result.assignments


@settings(max_examples=60, deadline=None)
@given(sides(), st.integers(0, 200))
def test_in_a_stable_scheme_no_mentee_gains_by_other_wishes(sides, floor):
    mentees, mentors = sides
    scheme = Scheme(objective="stable", floor=floor)
    truth = match(scheme, mentees, mentors)
    me = mentees[0]
    mine = truth.document["applicants"][me.id]["choices"]
    place = {name: index for index, group in enumerate(mine) for name in group} | {None: len(mine)}
    for size in range(len(mentors) + 1):
        for told in itertools.permutations([mentor.id for mentor in mentors], size):
            liar = mentee(me.id, fields=me.fields, methods=me.methods, wishes=[[name] for name in told])
            got = match(scheme, [liar, *mentees[1:]], mentors).result.assignments[me.id]
            # A group of equals in truth is told apart by the lottery, which no wish can change.
            assert place[truth.result.assignments[me.id]] <= place.get(got, len(mine))
