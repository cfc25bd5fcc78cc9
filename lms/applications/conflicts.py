"""Conflicts of interest between a reviewer and an application, decided by rule. Pure.

Whoever has a tie of one of these kinds neither is assigned nor may read or score the
application, also when the tie comes about after the assignment.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from lms.core.i18n import Text
from lms.core.i18n import lazy_gettext as _l


class Tie(StrEnum):
    """A kind of tie between a reviewer and an application."""

    APPLICANT = "applicant"
    HOME = "home"
    HOST_INSTITUTION = "host_institution"
    HOST_LAB = "host_lab"
    ENDORSED = "endorsed"
    DECLARED = "declared"
    NAMED = "named"


TIES: dict[Tie, Text] = {
    Tie.APPLICANT: _l("Is the applicant."),
    Tie.HOME: _l("Belongs to the applicant's home institution."),
    Tie.HOST_INSTITUTION: _l("Belongs to the institution of a post that the applicant chose."),
    Tie.HOST_LAB: _l("Hosts in the lab of a post that the applicant chose."),
    Tie.ENDORSED: _l("Decided about the endorsement of this application."),
    Tie.DECLARED: _l("A personal or professional tie was declared."),
    # What an applicant tells the secretariat in confidence; a reviewer reads no more than of any declared tie.
    Tie.NAMED: _l("A personal or professional tie was declared."),
}
_NAMED_BY_APPLICANT = _l("The applicant asked that this person should not review them.")

Words = frozenset[str]


@dataclass(frozen=True)
class Named:
    """Somebody who should not review an application, as its applicant wrote: the words of a name, an address."""

    name: Words
    email: str = ""


@dataclass(frozen=True)
class Reviewer:
    """What the rules read of a reviewer: where they belong and host, whom they declared a tie with."""

    person_id: int
    institution_ids: frozenset[int] = frozenset()
    lab_ids: frozenset[int] = frozenset()
    tied_to: frozenset[int] = frozenset()
    names: tuple[Words, ...] = ()
    email: str = ""


@dataclass(frozen=True)
class Candidate:
    """What the rules read of an application: who applies, from where, to which hosts, endorsed by whom."""

    person_id: int
    home_institution_ids: frozenset[int] = frozenset()
    host_institution_ids: frozenset[int] = frozenset()
    host_lab_ids: frozenset[int] = frozenset()
    endorser_ids: frozenset[int] = frozenset()
    named: tuple[Named, ...] = ()


def words_of(name: str) -> Words:
    """The words of a name in any order, without case, accents and signs, so that ways of writing it agree."""
    plain = "".join(one for one in unicodedata.normalize("NFKD", name) if not unicodedata.combining(one))
    return frozenset(re.findall(r"\w+", plain.casefold()))


def is_meant(named: Named, names: Iterable[Words], email: str) -> bool:
    """Whether somebody with these names and this address is meant.

    The address decides, or the same words; of names of several words, those of one may be missing in the other.
    """
    if named.email and named.email == email:
        return True
    return any(
        named.name == name or (min(len(named.name), len(name)) > 1 and (named.name <= name or name <= named.name))
        for name in names
        if name and named.name
    )


def ties(reviewer: Reviewer, candidate: Candidate) -> list[Tie]:
    """Every tie between the two, in the order of `Tie`; none means that the reviewer may review."""
    found = {
        Tie.APPLICANT: reviewer.person_id == candidate.person_id,
        Tie.HOME: bool(reviewer.institution_ids & candidate.home_institution_ids),
        Tie.HOST_INSTITUTION: bool(reviewer.institution_ids & candidate.host_institution_ids),
        Tie.HOST_LAB: bool(reviewer.lab_ids & candidate.host_lab_ids),
        Tie.ENDORSED: reviewer.person_id in candidate.endorser_ids,
        Tie.DECLARED: candidate.person_id in reviewer.tied_to,
        Tie.NAMED: any(is_meant(one, reviewer.names, reviewer.email) for one in candidate.named),
    }
    return [tie for tie in Tie if found[tie]]


def reasons(found: Sequence[Tie], *, to_secretariat: bool = False) -> list[Text]:
    """The ties in words. Only the secretariat learns that it was the applicant who named somebody."""
    return [_NAMED_BY_APPLICANT if to_secretariat and tie is Tie.NAMED else TIES[tie] for tie in found]
