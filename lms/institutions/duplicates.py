"""Which institutions may be the same, entered twice. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from urllib.parse import urlsplit

from lms.core.i18n import Text
from lms.core.i18n import lazy_gettext as _l
from lms.core.search import fold
from lms.institutions.models import Institution

# From experience with the delivered list: below, most pairs are different places with words in common.
_ALIKE = 0.72
_MOST = 50


@dataclass(frozen=True)
class Pair:
    """Two entries that may be one institution, and what speaks for it. `score` is between 0 and 1."""

    one: Institution
    other: Institution
    reasons: tuple[Text, ...]
    score: float


def pairs_among(institutions: Sequence[Institution]) -> list[Pair]:
    """The pairs that look most alike, within each country, the likeliest first."""
    by_country: dict[str, list[Institution]] = {}
    for institution in institutions:
        by_country.setdefault(institution.country_code, []).append(institution)
    found = [pair for group in by_country.values() for pair in _pairs(group)]
    return sorted(found, key=lambda pair: (-pair.score, pair.one.id, pair.other.id))[:_MOST]


def _pairs(group: list[Institution]) -> Iterator[Pair]:
    bigrams = {one.id: _bigrams(one.name_en) for one in group}
    for one, other in combinations(group, 2):
        if one.id == other.parent_id or other.id == one.parent_id:
            continue
        similarity = _similarity(bigrams[one.id], bigrams[other.id])
        reasons = tuple(_reasons(one, other, similarity))
        if reasons:
            yield Pair(one, other, reasons, min(1.0, similarity + 0.3 * len(reasons)))


def _reasons(one: Institution, other: Institution, similarity: float) -> Iterator[Text]:
    if _names(one) & _names(other):
        yield _l("Same name")
    elif similarity >= _ALIKE:
        yield _l("Similar names")
    if one.ror_id and one.ror_id == other.ror_id:
        yield _l("Same ROR identifier")
    if one.domain and one.domain == other.domain:
        yield _l("Same e-mail domain")
    if _host(one) and _host(one) == _host(other):
        yield _l("Same website")


def _names(institution: Institution) -> set[str]:
    return {fold(name) for name in (institution.name_en, institution.name_local, institution.name_zh) if name}


def _host(institution: Institution) -> str:
    return (urlsplit(institution.website).hostname or "").removeprefix("www.")


def _bigrams(name: str) -> frozenset[str]:
    letters = "".join(ch for ch in fold(name) if ch.isalnum())
    return frozenset(letters[at : at + 2] for at in range(len(letters) - 1))


def _similarity(one: frozenset[str], other: frozenset[str]) -> float:
    """Dice's coefficient of the pairs of letters."""
    return 2 * len(one & other) / (len(one) + len(other)) if one and other else 0.0
