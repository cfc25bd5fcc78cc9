"""Marking: every kind of question, and its edges."""

from types import SimpleNamespace

import pytest

from lms.courses import marking

CHOICES = [{"id": str(n), "text": text, "correct": text.isupper()} for n, text in enumerate("ABcd", start=1)]


def question(kind, options=(), **answer):
    return SimpleNamespace(kind=kind, options=list(options), answer=answer)


@pytest.mark.parametrize(
    ("chosen", "earned"),
    [
        (["1", "2"], 10_000),
        (["1"], 5_000),
        (["1", "3"], 0),
        (["1", "2", "3"], 5_000),
        (["1", "2", "3", "4"], 0),
        (["3"], 0),
        (["1", "2", "99"], 10_000),
        ([], 0),
    ],
)
def test_multiple_choice_counts_right_minus_wrong(chosen, earned):
    assert marking.credit(question("multiple_choice", CHOICES), {"chosen": chosen}) == earned


def test_single_choice():
    one = question(
        "single_choice", [{"id": "1", "text": "x", "correct": False}, {"id": "2", "text": "y", "correct": True}]
    )
    assert marking.credit(one, {"chosen": ["2"]}) == 10_000
    assert marking.credit(one, {"chosen": ["1"]}) == 0
    assert marking.credit(one, None) == 0


@pytest.mark.parametrize(("given", "right"), [("true", True), ("false", False)])
def test_true_false(given, right):
    answer = marking.answer_from("true_false", [given])
    assert marking.credit(question("true_false", correct=True), answer) == (10_000 if right else 0)


@pytest.mark.parametrize("text", ["2.5", "2,5", " 2.59 ", "２．４", "+2.5", "25e-1", "๒.๕"])
def test_numbers_within_the_tolerance(text):
    assert marking.credit(question("numeric", value="2.5", tolerance="0.1"), {"text": text}) == 10_000


@pytest.mark.parametrize("text", ["2.7", "", "two", "nan", "inf", "2.5.5", "1e999", "2,5,0"])
def test_numbers_off(text):
    assert marking.credit(question("numeric", value="2.5", tolerance="0.1"), {"text": text}) == 0


@pytest.mark.parametrize("text", ["Jose Rizal", " JOSÉ  RIZAL", "josé rizal.", "ＪＯＳＥ ＲＩＺＡＬ"])
def test_short_text_is_folded(text):
    assert marking.credit(question("short_text", accepted=["José Rizal"]), {"text": text}) == 10_000


def test_score_weighs_points_and_rounds_down():
    assert marking.score([(10_000, 1), (0, 2)]) == 3_333
    assert marking.score([]) == 0


def test_options_keep_their_order_within_an_attempt():
    first = marking.shuffled(CHOICES, 7, 1)
    assert first == marking.shuffled(CHOICES, 7, 1)
    assert sorted(option["id"] for option in first) == ["1", "2", "3", "4"]
    assert any(marking.shuffled(CHOICES, seed, 1) != first for seed in range(20))


@pytest.mark.parametrize(
    ("kind", "values", "answer"),
    [
        ("single_choice", [], None),
        ("single_choice", [""], None),
        ("multiple_choice", ["2", "1", "1"], {"chosen": ["1", "2"]}),
        ("true_false", ["maybe"], None),
        ("numeric", [" 3 "], {"text": "3"}),
        ("short_text", ["   "], None),
    ],
)
def test_answers_from_forms(kind, values, answer):
    assert marking.answer_from(kind, values) == answer


@pytest.mark.parametrize(
    "text", ["1e999999999", "-1e999999999", "1e99999999999999999999", "1e31", "NaN", "sNaN", "Infinity"]
)
def test_a_number_beyond_every_calculation_is_simply_wrong(text):
    assert marking.parse_number(text) is None
    assert marking.credit(question("numeric", value="0.5", tolerance="0.1"), {"text": text}) == 0


@pytest.mark.parametrize("text", ["1e-999999999", "0e999999999"])
def test_a_number_next_to_nothing_is_nothing(text):
    assert marking.credit(question("numeric", value="0", tolerance="0.1"), {"text": text}) == 10_000
