"""One form for texts that people take for the same: what is compared when searching and when seeking duplicates.

Compatibility forms, case, Latin diacritics, digits of every script and invisible characters are folded; so are
traditional characters into simplified ones, and the marks of Thai, Lao, Khmer and Burmese into one order, since
several orders look alike on paper and keyboards differ. What was typed is kept where it was typed.
"""

import re
import unicodedata
from functools import lru_cache
from typing import Any

import icu

# Letters that decomposition leaves whole but people type plain.
_PLAIN = str.maketrans(
    {"đ": "d", "ð": "d", "ħ": "h", "ı": "i", "ł": "l", "ø": "o", "æ": "ae", "œ": "oe", "þ": "th", "ŧ": "t"}
)
_DIACRITICS = re.compile(r"[\u0300-\u036f]")
# Spellings that are drawn alike: each pair is (what some type, what it stands for). The Unicode Standard, chapter 16.
_ALIKE = (
    ("เเ", "แ"),  # Thai: sara e twice for sara ae
    ("ເເ", "ແ"),  # Lao: the same
    ("េា", "ោ"),  # Khmer: vowels typed in their two halves
    ("េី", "ើ"),
    ("ឣ", "អ"),  # Khmer: discouraged letters
    ("ឤ", "អា"),
    ("្ដ", "្ត"),  # Khmer: subscript da is drawn as subscript ta
    ("ဩ", "သြ"),  # Burmese: independent o as its parts
    ("ဥ်", "ဉ်"),  # Burmese: u for nya with asat
)
_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U000323af]")
_CONSONANT_KHMER = "\u1780-\u17a2"
_CONSONANT_BURMESE = "\u1000-\u1021"


def _weights(*classes: str) -> dict[str, int]:
    return {mark: weight for weight, marks in enumerate(classes) for mark in marks}


# The order in which the marks on one letter are compared. Where Unicode itself reorders marks (combining classes),
# the order here agrees with it, so that folding twice changes nothing.
_ORDERS: tuple[tuple[re.Pattern[str], re.Pattern[str], dict[str, int]], ...] = (
    (  # Thai: vowels above and nikhahit, phinthu, vowels below, tones and other signs above
        re.compile("[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]{2,}"),
        re.compile("."),
        _weights("\u0e31\u0e34\u0e35\u0e36\u0e37\u0e47\u0e4d", "\u0e3a", "\u0e38\u0e39", "\u0e48\u0e49\u0e4a\u0e4b"),
    ),
    (  # Lao: vowels above and niggahita, semivowel, vowels below, tones
        re.compile("[\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ece]{2,}"),
        re.compile("."),
        _weights(
            "\u0eb1\u0eb4\u0eb5\u0eb6\u0eb7\u0ebb\u0ecd", "\u0ebc", "\u0eb8\u0eb9\u0eba", "\u0ec8\u0ec9\u0eca\u0ecb"
        ),
    ),
    (  # Khmer: robat, subscripts (ro last), register shifters, vowels, signs
        re.compile(f"(?:\u17d2[{_CONSONANT_KHMER}]|[\u17b6-\u17d3\u17dd]){{2,}}"),
        re.compile(f"\u17d2[{_CONSONANT_KHMER}]|."),
        {
            **dict.fromkeys(map(chr, range(0x17B6, 0x17C6)), 5),
            **dict.fromkeys(map(chr, range(0x17C6, 0x17D4)), 6),
            **_weights("\u17cc", "\u17d2", "", "", "\u17c9\u17ca"),
            "\u17d2\u179a": 3,
            "\u17dd": 7,
        },
    ),
    (  # Burmese: stacked letters, medials ya ra wa ha, vowels before, above, below and after, signs
        re.compile(f"(?:\u1039[{_CONSONANT_BURMESE}]|[\u102b-\u103e]){{2,}}"),
        re.compile(f"\u1039[{_CONSONANT_BURMESE}]|."),
        _weights(
            *("\u1039", "\u103b", "\u103c", "\u103d", "\u103e", "\u1031", "\u102d\u102e\u1032\u1033\u1034"),
            *("\u102f\u1030", "\u102b\u102c\u1035", "\u1036", "\u1037", "\u103a", "\u1038"),
        ),
    ),
)
_SUBSCRIPT = 2


def _ordered(text: str) -> str:
    for marks, parts, weights in _ORDERS:

        def weight(part: str, weights: dict[str, int] = weights) -> tuple[int, int]:
            # A subscript of Khmer that has no weight of its own stands before its ro; a stacked letter stands first.
            usual = (_SUBSCRIPT if part[0] == "\u17d2" else 0) if len(part) > 1 else len(weights)
            return weights.get(part, usual), unicodedata.combining(part[0])

        def sort(run: re.Match[str], parts: re.Pattern[str] = parts) -> str:
            return "".join(sorted(parts.findall(run.group()), key=weight))

        text = marks.sub(sort, text)
    return text


@lru_cache(maxsize=1)
def _simplifier() -> Any:
    return icu.Transliterator.createInstance("Traditional-Simplified")  # pyright: ignore[reportAttributeAccessIssue]


@lru_cache(maxsize=30_000)
def _fold_char(char: str) -> str:
    """Drop what is invisible (soft hyphens, zero-width spaces); write digits and Chinese characters alike."""
    category = unicodedata.category(char)
    if category == "Cf":
        return ""
    if category == "Nd":
        return str(unicodedata.decimal(char))
    return _simplified(char) if _HAN.match(char) else char


def _simplified(char: str) -> str:
    """The simplified form; where ICU leads two characters to each other, one of them for both."""
    seen = [char]
    while (char := _simplifier().transliterate(char)) not in seen:
        seen.append(char)
    return min(seen[seen.index(char) :])


def _folded_once(text: str) -> str:
    text = unicodedata.normalize("NFKC", text).casefold()
    text = _DIACRITICS.sub("", unicodedata.normalize("NFD", text))
    text = unicodedata.normalize("NFC", text).translate(_PLAIN)
    text = "".join(map(_fold_char, text))
    for typed, meant in _ALIKE:
        text = text.replace(typed, meant)
    return _ordered(text)


def fold(text: str) -> str:
    """The form in which texts are compared; folding a folded text changes nothing."""
    folded = _folded_once(text)
    # Ordering can bring two marks together that Unicode composes, which is rare enough to begin again.
    return folded if folded.isascii() or (again := _folded_once(folded)) == folded else fold(again)
