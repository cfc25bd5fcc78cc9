"""Marking answers. Pure: a question and an answer in, a credit out.

A credit is in hundredths of a per cent of the question's points, 0 to 10,000. Only multiple choice gives
part of it: (right options chosen - wrong options chosen) / right options, never below zero, so that choosing
everything earns nothing more than choosing nothing where as many options are wrong as right. This is the rule
"right minus wrong" of common test practice; it is stated to learners on the page of every quiz that has such
questions.
"""

import random
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lms.courses.models import Question

FULL = 10_000
_MAX_TEXT = 500
_TOO_LARGE = Decimal("1e30")


def answer_from(kind: str, values: Sequence[str]) -> dict[str, Any] | None:
    """The answer that a form's values of one question mean; None when it was left empty."""
    if kind == "single_choice":
        return {"chosen": [values[0][:20]]} if values and values[0] else None
    if kind == "multiple_choice":
        chosen = sorted({value[:20] for value in values if value})
        return {"chosen": chosen} if chosen else None
    if kind == "true_false":
        return {"chosen": values[0] == "true"} if values and values[0] in ("true", "false") else None
    text = values[0].strip()[:_MAX_TEXT] if values else ""
    return {"text": text} if text else None


def credit(question: "Question", answer: Mapping[str, Any] | None) -> int:
    """What an answer earns."""
    if not answer:
        return 0
    match question.kind:
        case "single_choice":
            return _all_or_nothing(answer.get("chosen") == sorted(_right(question)))
        case "multiple_choice":
            return _right_minus_wrong(question, set(answer.get("chosen", [])))
        case "true_false":
            return _all_or_nothing(answer.get("chosen") is question.answer["correct"])
        case "numeric":
            return _all_or_nothing(_is_close(question, str(answer.get("text", ""))))
        case _:
            given = fold(str(answer.get("text", "")))
            return _all_or_nothing(given in {fold(text) for text in question.answer["accepted"]})


def score(credits_and_points: Iterable[tuple[int, int]]) -> int:
    """The whole attempt in hundredths of a per cent, from (credit, points) of each question; rounded down."""
    pairs = list(credits_and_points)
    total = sum(points for _credit, points in pairs)
    return sum(earned * points for earned, points in pairs) // total if total else 0


def _all_or_nothing(is_right: bool) -> int:
    return FULL if is_right else 0


def _right(question: "Question") -> set[str]:
    return {option["id"] for option in question.options if option["correct"]}


def _right_minus_wrong(question: "Question", chosen: set[str]) -> int:
    right = _right(question)
    known = {option["id"] for option in question.options}
    net = len(chosen & right) - len(chosen & known - right)
    return max(0, net) * FULL // len(right) if right else 0


def parse_number(text: str) -> Decimal | None:
    """A number as people type it: digits of any script, a comma or a point before the fraction."""
    folded = unicodedata.normalize("NFKC", text).strip().replace("−", "-").replace(" ", "")
    if folded.count(",") == 1 and "." not in folded:
        folded = folded.replace(",", ".")
    try:
        number = Decimal(folded)
        return number if number.is_finite() and abs(number) < _TOO_LARGE else None
    except ArithmeticError:  # No number, or one whose exponent no calculation takes.
        return None


def is_unreadable(kind: str, answer: Mapping[str, Any] | None) -> bool:
    """Whether an answer cannot be right whatever the question: words where a number is asked for."""
    if kind != "numeric" or not answer:
        return False
    return parse_number(str(answer.get("text", ""))) is None


def _is_close(question: "Question", text: str) -> bool:
    number = parse_number(text)
    if number is None:
        return False
    return abs(number - Decimal(question.answer["value"])) <= Decimal(question.answer["tolerance"])


def fold(text: str) -> str:
    """The form in which short texts are compared: case, width, accents, punctuation at the ends and spaces folded."""
    decomposed = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", text).casefold())
    plain = "".join(ch for ch in decomposed if not "\u0300" <= ch <= "\u036f")
    return " ".join(unicodedata.normalize("NFC", plain).split()).strip(" .,;:!?\"'。，；：！？“”‘’")


def shuffled(options: Sequence[dict[str, Any]], seed: int, question_id: int) -> list[dict[str, Any]]:
    """The options in the order of one attempt: always the same for the same seed."""
    order = list(options)
    random.Random(f"{seed}:{question_id}").shuffle(order)  # noqa: S311 - an order, not a secret
    return order
