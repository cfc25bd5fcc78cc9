"""What one record tells of a person: courses, placements, degrees and mentorships in one shape.

Each domain offers `record_entries(person_id) -> list[RecordEntry]` in its queries; the portal puts them on one
page, and in one document. Everything that is printed stands in both languages.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from lms.core.i18n import Text, current_language
from lms.core.i18n import lazy_gettext as _l
from lms.core.pdf import Bilingual, Field


class RecordKind(StrEnum):
    """What an entry is about, in the order in which kinds are offered."""

    COURSE = "course"
    PLACEMENT = "placement"
    DEGREE = "degree"
    MENTORING = "mentoring"

    @property
    def label(self) -> Text:
        """The kind in words."""
        return _LABELS[self]


_LABELS = {
    RecordKind.COURSE: _l("Short course"),
    RecordKind.PLACEMENT: _l("Research placement"),
    RecordKind.DEGREE: _l("Degree programme"),
    RecordKind.MENTORING: _l("Mentorship"),
}


@dataclass(frozen=True)
class Confirmation:
    """Who confirmed what, and when.

    `what` such as "Report countersigned"; `name` the person as they write themself, empty when the platform
    established it (by marking a quiz); `office` what they are, such as "Coordinator"; `organisation` for whom
    they acted.
    """

    what: Bilingual
    at: datetime
    organisation: Bilingual
    name: str = ""
    office: Bilingual | None = None


@dataclass(frozen=True)
class RecordEntry:
    """One thing that a person did or does.

    `ref` names it among those of its kind and never changes: shared records and documents remember it.
    `organisations` are who gave, hosted or awarded it. `state` in words, with the `tone` of its tag;
    `is_complete` once nothing more will come. `facts` are labelled values: hours, credits, result, home
    institution. `code` is that of the credential that stands for it, if it was issued; `address` the path of
    its own page for the person. `institution_ids` are the institutions that take part in it: their coordinators
    may read the entry, nobody else's. `from_on` and `to_on` are days where it happened.
    """

    kind: RecordKind
    ref: str
    title: Bilingual
    organisations: Sequence[Bilingual]
    state: Bilingual
    is_complete: bool
    from_on: date | None
    to_on: date | None
    address: str
    tone: str = "neutral"
    facts: Sequence[Field] = ()
    confirmations: Sequence[Confirmation] = ()
    code: str = ""
    institution_ids: frozenset[int] = field(default_factory=frozenset)

    @property
    def key(self) -> str:
        """The name of the entry within a person's whole record."""
        return f"{self.kind}-{self.ref}"

    @property
    def last_on(self) -> date:
        """The day by which it is put in order: the last one known."""
        return self.to_on or self.from_on or date.min


def both(en: str, zh: str) -> Bilingual:
    """A name or title in both printed languages; the English one stands for a Chinese one that nobody gave."""
    return {"en": en, "zh": zh or en}


def told(text: Bilingual) -> str:
    """A text of a record in the language of its reader, else in English."""
    return (text["zh"] if current_language().code == "zh" else "") or text["en"]


def in_order(entries: Iterable[RecordEntry]) -> list[RecordEntry]:
    """The newest first: what is under way, then what ended last. Total, so that every reader sees the same."""
    newest = sorted(entries, key=lambda entry: entry.key)
    newest.sort(key=lambda entry: (not entry.is_complete, entry.last_on), reverse=True)
    return newest
