"""From text to tokens, the same for what is indexed and what is asked.

Text is folded (see `folding`). Scripts with spaces give whole words; Chinese, Japanese, Thai, Lao, Khmer and Burmese
give overlapping pairs of characters, so that any part of two or more is found as a phrase. A token
is written in hexadecimal, which neither engine's own tokeniser can cut or misread, and in which the
beginning of a word is still the beginning of its token.
"""

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

from lms.core.search.folding import fold

# PostgreSQL keeps positions up to 16,383 (its documentation, 12.11); beyond, phrases would fail.
_MAX_TOKENS = 12_000
_MAX_WORD = 64
_MAX_QUERY = 200
_MAX_TERMS = 12

# Blocks of the Unicode standard whose writing puts no spaces between words.
_UNSPACED = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Myanmar
    (0x1780, 0x17FF),  # Khmer
    (0x19E0, 0x19FF),  # Khmer symbols
    (0x2E80, 0x2FDF),  # CJK and Kangxi radicals
    (0x3005, 0x3007),  # CJK iteration mark, closing mark, zero
    (0x3040, 0x30FF),  # Hiragana, Katakana
    (0x31F0, 0x31FF),  # Katakana extensions
    (0x3400, 0x4DBF),  # CJK extension A
    (0x4E00, 0x9FFF),  # CJK unified ideographs
    (0xA9E0, 0xA9FF),  # Myanmar extended B
    (0xAA60, 0xAA7F),  # Myanmar extended A
    (0xF900, 0xFAFF),  # CJK compatibility ideographs
    (0x20000, 0x323AF),  # CJK extensions B to H
)
_BREAK, _UNSPACED_SCRIPT, _WORD = range(3)


@dataclass(frozen=True)
class Term:
    """One thing to find: consecutive tokens, the last of them perhaps only a beginning."""

    tokens: tuple[str, ...]
    is_prefix: bool = False


@lru_cache(maxsize=20_000)
def _class_of(ch: str) -> int:
    if unicodedata.category(ch)[0] not in "LMN":
        return _BREAK
    code = ord(ch)
    return _UNSPACED_SCRIPT if any(low <= code <= high for low, high in _UNSPACED) else _WORD


def is_unspaced(char: str) -> bool:
    """Whether a character belongs to a script that puts no spaces between words."""
    return _class_of(char) == _UNSPACED_SCRIPT


def _runs(text: str) -> Iterator[tuple[int, str]]:
    for script, run in groupby(fold(text), key=_class_of):
        if script != _BREAK:
            yield script, "".join(run)


def _code(piece: str) -> str:
    return "x" + piece.encode().hex()


def _pairs(run: str) -> list[str]:
    return [_code(run[at : at + 2]) for at in range(len(run) - 1)]


def _tokens(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        for script, run in _runs(text):
            if script == _WORD:
                yield _code(run[:_MAX_WORD])
            else:
                # The last character alone as well, so that a single one is found wherever it stands.
                yield from _pairs(run)
                yield _code(run[-1])


def document(texts: Iterable[str]) -> str:
    """The tokens of `texts` as one line for the index."""
    return " ".join(token for token, _ in zip(_tokens(texts), range(_MAX_TOKENS), strict=False))


def terms(query: str) -> list[Term]:
    """What `query` asks for, all of it; empty if it holds no word. The last word may be unfinished."""
    found: list[Term] = []
    last_word = None
    for script, run in list(_runs(query[:_MAX_QUERY]))[:_MAX_TERMS]:
        if script == _WORD:
            last_word = len(found)
            found.append(Term((_code(run[:_MAX_WORD]),)))
        elif len(run) == 1:
            found.append(Term((_code(run),), is_prefix=True))
        else:
            found.append(Term(tuple(_pairs(run))))
    if last_word is not None:
        found[last_word] = Term(found[last_word].tokens, is_prefix=True)
    return found


def is_searchable(query: str) -> bool:
    """Whether `query` holds anything that can be looked for."""
    return bool(terms(query))
