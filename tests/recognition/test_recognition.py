"""Credits and grades: known answers, properties, and what is refused."""

import json
import os
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.recognition import (
    RecognitionError,
    Rounding,
    by_factor,
    by_hours,
    by_load,
    convert,
    credit_factor,
    credit_system,
    credit_systems,
    grade_scale,
    grade_scales,
    scale_from,
)
from lms.recognition.methods import pairs_from

NUMERIC = [scale for scale in grade_scales().values() if scale.is_numeric]
LETTERS = [scale for scale in grade_scales().values() if not scale.is_numeric]


def factor(source, target, institution=""):
    found = credit_factor(source, target, institution=institution)
    assert found is not None
    return found[0]


# --- credits ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "target", "value", "expected"),
    [("ucts", "ects", "2", "3"), ("ects", "ucts", "6", "4"), ("th", "ects", "3", "5"), ("my", "ects", "34", "60")],
)
def test_published_factors_give_the_published_answers(source, target, value, expected):
    result = by_factor(Decimal(value), source, target, factor(source, target), basis="test")
    assert result.value == Decimal(expected)
    assert (result.original, result.source_system, result.method) == (Decimal(value), source, "factor")


def test_two_universities_of_one_state_have_their_own_factors():
    assert factor("id-sks", "ects") == Fraction(3, 2)
    assert factor("id-sks", "ects", "institut-teknologi-sepuluh-nopember") == Fraction(17, 10)


def test_hours_and_load_are_other_ways_to_the_same_end():
    assert by_hours(Decimal(3), credit_system("us"), credit_system("ects")).value == Decimal("4.91")
    load = by_load(
        Decimal(4), "host", "home", source_load=Fraction(16), target_load=Fraction(9), basis="UMAP's own example"
    )
    assert load.value == Decimal("2.25")


def test_a_system_without_hours_is_not_converted_by_them():
    with pytest.raises(RecognitionError, match="publishes no hours"):
        by_hours(Decimal(3), credit_system("cn"), credit_system("ects"))


@given(
    st.decimals(0, 300, places=2),
    st.fractions(Fraction(1, 10), 10),
    st.sampled_from(["0.01", "0.1", "0.25", "0.5", "1"]),
)
def test_rounding_is_within_a_step_and_cutting_never_gives_more(value, by, step):
    exact = Fraction(value) * by
    near = by_factor(value, "a", "b", by, basis="x", rounding=Rounding(Decimal(step))).value
    cut = by_factor(value, "a", "b", by, basis="x", rounding=Rounding(Decimal(step), cut=True)).value
    assert abs(Fraction(near) - exact) <= Fraction(step) / 2
    assert Fraction(cut) <= exact < Fraction(cut) + Fraction(step)
    assert near % Decimal(step) == cut % Decimal(step) == 0


@given(st.decimals(0, 300, places=2), st.decimals(0, 300, places=2), st.fractions(Fraction(1, 10), 10))
def test_more_credits_never_become_fewer(one, other, by):
    low, high = sorted((one, other))
    assert by_factor(low, "a", "b", by, basis="x").value <= by_factor(high, "a", "b", by, basis="x").value


# --- scales -----------------------------------------------------------------------------------------


def test_every_scale_and_system_names_its_source():
    assert all(thing.source for thing in (*credit_systems().values(), *grade_scales().values()))


@pytest.mark.parametrize(
    ("scale", "text", "outcome"),
    [
        ("cn-100", "85", "passed"),
        ("cn-100", "59.5", "failed"),
        ("cn-100", "缓考", "open"),
        ("vn-10", "8,5", "passed"),
        ("ph-up", "3.00", "passed"),
        ("ph-up", "4", "failed"),
        ("ph-up", "inc", "open"),
        ("th-letters", " b+ ", "passed"),
        ("th-letters", "W", "withdrawn"),
        ("my-um", "K", "credited"),
        ("id-letters", "D", "failed"),
    ],
)
def test_what_is_typed_is_read_on_its_scale(scale, text, outcome):
    assert grade_scale(scale).read(text).outcome == outcome


@pytest.mark.parametrize(
    ("scale", "text"),
    [("cn-100", "101"), ("cn-100", "85.55"), ("ph-up", "1.1"), ("th-letters", "A+"), ("vn-10", "NaN"), ("vn-10", "")],
)
def test_what_is_not_on_the_scale_is_refused(scale, text):
    with pytest.raises(RecognitionError):
        grade_scale(scale).read(text)


@pytest.mark.parametrize(
    "change",
    [
        {"pass": "100"},
        {"pass": "NaN"},
        {"best": "1e999"},
        {"step": "1e-99"},
        {"step": "0"},
        {"best": "x"},
        {"codes": [{"code": "P", "outcome": "great"}]},
        {"valid_from": ""},
    ],
)
def test_a_scale_that_does_not_hold_together_is_refused(change):
    good = {
        "code": "x", "name_en": "X", "source": "s", "valid_from": "2026-01-01", "kind": "numbers",
        "best": "100", "worst": "0", "pass": "60", "step": "1",
    }  # fmt: skip
    assert scale_from(good).read("60").earns_credit
    with pytest.raises(RecognitionError):
        scale_from(good | change)


# --- conversions ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scale", "text", "exact", "cut"),
    [("ph-up", "1.75", "2.125", "2.1"), ("cn-100", "85", "2.125", "2.1"), ("vn-10", "8.0", "2", "2")],
)
def test_modified_bavarian_formula(scale, text, exact, cut):
    assert convert("bavarian", text, grade_scale(scale), rounding="exact").value == exact
    result = convert("bavarian", text, grade_scale(scale))
    assert result.value == cut
    assert (result.original, result.source_scale) == (grade_scale(scale).read(text).text, scale)


def test_a_thai_average_does_not_lose_a_step_to_binary_fractions():
    average = scale_from(
        {"code": "th-4", "name_en": "x", "source": "x", "valid_from": "2026-01-01", "kind": "numbers",
         "best": "4", "worst": "0", "pass": "2", "step": "0.01"}
    )  # fmt: skip
    assert convert("bavarian", "3.20", average).value == "2.2"


def test_the_agreed_table_takes_bands_of_numbers():
    pairs = pairs_from("90 = A\n85 = B+\n80 = B\n60 = C")
    results = {text: convert("table", text, grade_scale("cn-100"), grade_scale("th-letters"), pairs=pairs).value
               for text in ("100", "90", "89.9", "84", "60")}  # fmt: skip
    assert results == {"100": "A", "90": "A", "89.9": "B+", "84": "B", "60": "C"}
    with pytest.raises(RecognitionError, match="says nothing"):
        convert("table", "70", grade_scale("cn-100"), grade_scale("th-letters"), pairs=[("80", "A")])


@pytest.mark.parametrize(
    ("choose", "expected"), [("best", ["A", "B+", "B"]), ("middle", ["B+", "B", "C+"]), ("worst", ["B+", "B", "C"])]
)
def test_grading_tables_choose_among_what_overlaps(choose, expected):
    home = [("A", 10), ("B+", 20), ("B", 30), ("C+", 25), ("C", 15)]
    host = [("A", 20), ("B", 30), ("C", 50)]
    found = [
        convert("distribution", text, grade_scale("ects-letters"), grade_scale("th-letters"),
                source_counts=host, target_counts=home, choose=choose).value
        for text in ("A", "B", "C")
    ]  # fmt: skip
    assert found == expected


def test_a_small_group_says_nothing():
    with pytest.raises(RecognitionError, match="at least 20"):
        convert(
            "distribution",
            "A",
            grade_scale("ects-letters"),
            grade_scale("th-letters"),
            source_counts=[("A", 5)],
            target_counts=[("A", 90)],
        )


@pytest.mark.parametrize(("rank", "letter"), [(1, "A"), (2, "A"), (3, "B"), (7, "B"), (8, "C"), (13, "C"), (14, "D"), (18, "D"), (19, "E"), (20, "E")])  # fmt: skip
def test_ects_letters_by_rank(rank, letter):
    assert convert("rank", "80", grade_scale("cn-100"), rank=rank, of=20).value == letter


@pytest.mark.parametrize("method", ["table", "distribution", "linear", "bavarian"])
def test_fails_and_codes_are_never_converted(method):
    for text, outcome in (("F", "failed"), ("I", "open"), ("W", "withdrawn")):
        result = convert(method, text, grade_scale("th-letters"), grade_scale("cn-100"))
        assert (result.original, result.value, result.outcome) == (text, "", outcome)


def test_pass_or_fail_keeps_the_outcome_alone():
    assert convert("pass_fail", "3.00", grade_scale("ph-up")).value == "Pass"
    assert convert("pass_fail", "5", grade_scale("ph-up")).value == "Fail"
    assert convert("none", "A", grade_scale("th-letters")).value == ""


@given(st.data())
def test_linear_conversion_keeps_order_pass_and_top(data):
    source, target = data.draw(st.sampled_from(NUMERIC)), data.draw(st.sampled_from(NUMERIC))
    low, high = sorted((source.best, source.passing))
    steps = int((high - low) / source.step)
    one, other = (low + source.step * data.draw(st.integers(0, steps)) for _ in range(2))
    first, second = (Decimal(convert("linear", str(grade), source, target).value) for grade in (one, other))
    if one != other and first != second:
        assert ((one < other) == (first < second)) == (source.is_inverted == target.is_inverted)
    assert target.passes(first)
    assert target.passes(second)
    assert target.read(str(first)).outcome == "passed"
    assert Decimal(convert("linear", str(source.best), source, target).value) == target.best


@given(st.sampled_from(LETTERS), st.sampled_from(list(grade_scales().values())), st.data())
def test_a_passing_grade_becomes_a_passing_grade_of_the_target(source, target, data):
    passing = [letter.grade for letter in source.letters if letter.passes]
    if len(passing) == 1:
        return
    text = data.draw(st.sampled_from(passing))
    result = convert("linear", text, source, target)
    assert result.original == text
    assert target.read(result.value).outcome == "passed"


# --- the command, and the larger samples ------------------------------------------------------------


def test_the_command_names_method_and_source(app):
    runner = app.test_cli_runner()
    answer = json.loads(runner.invoke(args=["recognition", "convert", "--grade", "85", "--from", "cn-100", "--method", "bavarian"]).output)  # fmt: skip
    assert (answer["original"], answer["value"], answer["method"]) == ("85", "2.1", "bavarian")
    answer = json.loads(runner.invoke(args=["recognition", "convert", "--credits", "3", "--from", "th", "--to", "ects"]).output)  # fmt: skip
    assert (answer["value"], answer["factor"]) == ("5", "5/3")
    assert "asiaexchange.org" in answer["basis"]
    refused = runner.invoke(args=["recognition", "convert", "--grade", "A+", "--from", "th-letters", "--to", "cn-100"])
    assert refused.exit_code == 1
    assert "not on the scale" in refused.output


@pytest.mark.skipif("LMS_SAMPLES" not in os.environ, reason="the larger samples are not here")
def test_known_answers():
    folder = Path(os.environ["LMS_SAMPLES"]) / "known-answers" / "credits-grades"
    names = {"UCTS": "ucts", "ECTS": "ects", "ASEAN_CREDIT": "us"}
    for case in json.loads((folder / "credits.json").read_text())["cases"]:
        if case["to"] in names:
            by = factor(names[case["from"]], names[case["to"]])
            assert by_factor(Decimal(case["value"]), "a", "b", by, basis="x").value == Decimal(str(case["expected"]))
    known = json.loads((folder / "ects_rank.json").read_text())
    for case in known["cases"]:
        found = convert("rank", "80", grade_scale("cn-100"), rank=case["rank"], of=known["passing_students"])
        assert found.value == case["expected"]
