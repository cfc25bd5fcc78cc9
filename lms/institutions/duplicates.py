"""Which institutions may be the same, entered twice. Pure."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from urllib.parse import urlsplit

from lms.core.i18n import Text
from lms.core.i18n import lazy_gettext as _l
from lms.core.search import fold
from lms.institutions.models import Institution

# How alike the distinctive parts of two names must be: a letter or two may differ.
_ALIKE = 0.75
_MOST = 50
# A word in so many names says what an institution is, not which one.
_GENERIC_FROM = 3
_SMALL_WORDS = frozenset({"of", "the", "and", "for", "in", "at"})
_ABBREVIATIONS = {
    "univ": "university",
    "uni": "university",
    "inst": "institute",
    "center": "centre",
    "ctr": "centre",
    "min": "ministry",
    "dept": "department",
    "nat": "national",
    "natl": "national",
    "intl": "international",
    "hosp": "hospital",
    "coll": "college",
    "med": "medical",
    "sci": "sciences",
    "science": "sciences",
}


@dataclass(frozen=True)
class Pair:
    """Two entries that may be one institution, and what speaks for it. The higher `score`, the likelier."""

    one: Institution
    other: Institution
    reasons: tuple[Text, ...]
    score: float


def pairs_among(institutions: Sequence[Institution]) -> list[Pair]:
    """The pairs that look most alike, within each country, the likeliest first."""
    words = {one.id: _words(one.name_en) for one in institutions}
    counts = Counter(word for found in words.values() for word in found)
    generic = {word for word, count in counts.items() if count >= _GENERIC_FROM}
    by_country: dict[str, list[Institution]] = {}
    for institution in institutions:
        by_country.setdefault(institution.country_code, []).append(institution)
    found = [pair for group in by_country.values() for pair in _pairs(group, words, generic)]
    return sorted(found, key=lambda pair: (-pair.score, pair.one.id, pair.other.id))[:_MOST]


def _pairs(group: list[Institution], words: Mapping[int, frozenset[str]], generic: set[str]) -> Iterator[Pair]:
    for one, other in combinations(group, 2):
        if one.id == other.parent_id or other.id == one.parent_id:
            continue
        similarity = _similarity(words[one.id], words[other.id], generic)
        reasons = tuple(_reasons(one, other, similarity))
        if reasons:
            yield Pair(one, other, reasons, similarity + len(reasons))


def _reasons(one: Institution, other: Institution, similarity: float) -> Iterator[Text]:
    if _names(one) & _names(other):
        yield _l("Same name")
    elif similarity >= _ALIKE:
        yield _l("Similar names")
    if one.ror_id and one.ror_id == other.ror_id:
        yield _l("Same ROR identifier")
    if one.domain and one.domain == other.domain:
        yield _l("Same e-mail domain")
    if _page(one) and _page(one) == _page(other):
        yield _l("Same website")


def _names(institution: Institution) -> set[str]:
    return {fold(name) for name in (institution.name_en, institution.name_local, institution.name_zh) if name}


def _page(institution: Institution) -> str:
    """The whole address of its page: several institutions of a ministry may stand at one host."""
    parts = urlsplit(institution.website)
    return (parts.hostname or "").removeprefix("www.") + parts.path.rstrip("/")


def _words(name: str) -> frozenset[str]:
    """The words of a name, abbreviations written out, without the small ones."""
    plain = "".join(ch if ch.isalnum() else " " for ch in fold(name)).split()
    return frozenset(_ABBREVIATIONS.get(word, word) for word in plain if word not in _SMALL_WORDS)


def _similarity(one: frozenset[str], other: frozenset[str], generic: set[str]) -> float:
    """How alike two names are, from 0 to 1: nothing if they say different things of what the institution is.

    Dice's coefficient of the pairs of letters in the words that tell one institution from others.
    """
    if one & generic != other & generic:
        return 0.0
    ours, theirs = _bigrams(one - generic), _bigrams(other - generic)
    return 2 * len(ours & theirs) / (len(ours) + len(theirs)) if ours and theirs else 0.0


def _bigrams(words: frozenset[str]) -> set[str]:
    return {word[at : at + 2] for word in words for at in range(len(word) - 1)}
