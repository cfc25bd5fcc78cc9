"""Pure facts and questions of joint degrees."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from lms.applications.rules import DOCUMENT_KINDS
from lms.core.i18n import Text
from lms.core.i18n import lazy_gettext as _l

LEVELS: dict[str, Text] = {
    "bachelor": _l("Bachelor"),
    "master": _l("Master"),
    "doctorate": _l("Doctorate"),
}
# The degree with which one enters a level, as eligibility rules name it.
ENTRY_DEGREE = {"bachelor": "none", "master": "bachelor", "doctorate": "master"}
FIELDS: dict[str, Text] = {
    "public_health": _l("Public health"),
    "epidemiology": _l("Epidemiology and biostatistics"),
    "global_health": _l("Global health"),
    "health_policy": _l("Health policy and management"),
    "environment": _l("Environmental and occupational health"),
    "infectious": _l("Infectious diseases and laboratory medicine"),
    "health_data": _l("Health data science"),
    "medicine": _l("Medicine"),
    "nursing": _l("Nursing and midwifery"),
    "pharmacy": _l("Pharmacy"),
    "nutrition": _l("Nutrition"),
}
LANGUAGES: dict[str, Text] = {
    "en": _l("English"),
    "zh": _l("Chinese"),
    "id": _l("Indonesian"),
    "km": _l("Khmer"),
    "lo": _l("Lao"),
    "ms": _l("Malay"),
    "my": _l("Burmese"),
    "pt": _l("Portuguese"),
    "th": _l("Thai"),
    "vi": _l("Vietnamese"),
}
AWARDS: dict[str, Text] = {
    "joint": _l("One degree of all parties"),
    "double": _l("A degree from each party"),
}
# What parties may show each other of those who came through one of them; each is a column of the agreement.
SHARING: dict[str, Text] = {
    "shares_documents": _l("Documents of applications"),
    "shares_contact": _l("E-mail addresses of applicants and students"),
    "shares_decisions": _l("Decisions of the other parties on applications"),
    "shares_reasons": _l("The reasons of those decisions"),
    "shares_grades": _l("Grades that the other parties gave"),
}
# Agreements under which somebody may have studied; whoever was party to one keeps the way to its side.
STANDING = ("proposed", "confirmed", "superseded", "terminated", "expired")
EDITABLE_AGREEMENT = ("draft",)
MOST_PARTIES = 4
# How long ahead of its end an agreement or an approval is to be renewed.
RENEW_DAYS = 90
# An intake that the public may know of.
PUBLIC_INTAKES = ("published", "closed")
# Places that are held or taken: from the offer on.
SEATED = ("offered", "conditional", "accepted")


@dataclass(frozen=True)
class Step:
    """A step of applying: its name in addresses, and the field that a party may send back."""

    name: str
    label: Text


STEPS = (
    Step("facts", _l("Eligibility")),
    Step("university", _l("University")),
    Step("statement", _l("Statement")),
    Step("documents", _l("Documents")),
    Step("check", _l("Check and submit")),
)
_STEP_LABELS = {step.name: step.label for step in STEPS}


def field_label(field: str) -> Text:
    """How a field that can be sent back is called: `facts`, `statement`, `document:<kind>`."""
    step, _, kind = field.partition(":")
    return DOCUMENT_KINDS.get(kind, kind) if step == "document" else _STEP_LABELS.get(step, step)


def returnable_fields(call: Any) -> list[tuple[str, Text]]:
    """What a party may send back in an application under this call, as (field, label)."""
    fields = ["facts", "statement", *(f"document:{kind}" for kind in call.document_kinds)]
    return [(field, field_label(field)) for field in fields]


def step_of(field: str) -> str:
    """The step on which a returned field is put right."""
    return "documents" if field.startswith("document:") else field


def is_in_force(agreement: Any, on: date) -> bool:
    """Whether an agreement binds on a day: confirmed by all, begun and not over."""
    return agreement.state == "confirmed" and agreement.valid_from <= on <= agreement.valid_to


def allows(approval: Any, on: date) -> bool:
    """Whether a party's state lets its university take part on a day."""
    if approval.state == "granted":
        return approval.valid_until is not None and on <= approval.valid_until
    return bool(approval.state == "not_needed")


def has_room(
    seats: int, limits: Mapping[int, int | None], taken: Mapping[int | None, int], party_id: int | None
) -> bool:
    """Whether somebody who enters through a party gets a seat: one of the intake's, within the limit of that party.

    `limits` holds the seats of each party (None: no limit of its own), `taken` how many entered through each.
    """
    limit = limits.get(party_id) if party_id is not None else None
    return sum(taken.values()) < seats and (limit is None or taken.get(party_id, 0) < limit)


def parties_problem(rows: Iterable[Mapping[str, Any]], *, coordinating_id: int, seats: int) -> Text | None:
    """What is wrong with the parties of an agreement, or None."""
    named = [row["institution_id"] for row in rows]
    if len(named) < 2:
        return _l("Name at least two universities.")
    if len(set(named)) < len(named):
        return _l("A university is named twice.")
    if coordinating_id not in named:
        return _l("The coordinating university must be one of the parties.")
    limits = [row["seats"] for row in rows]
    if all(limit is not None for limit in limits) and sum(limits) < seats:
        return _l("The seats of the parties are fewer than the seats of the intake. Leave one empty, or raise it.")
    return None
