"""Pure facts and questions of the exchange."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from lms.applications.rules import DOCUMENT_KINDS
from lms.core.i18n import Text
from lms.core.i18n import lazy_gettext as _l

# A call that the public may know of; from "published" on it stays readable.
PUBLIC_CALLS = ("published", "closed", "ranking", "deciding", "releasing", "released")
# Applications that hosts may come to see: past screening.
PAST_SCREENING = ("in_review", "waitlisted", "offered", "accepted", "declined", "lapsed", "rejected", "rescinded")
EDITABLE_POST = ("draft", "returned")
# Reviewers are assigned afterwards.
NAMES_TIES = ("draft", "submitted", "returned")


@dataclass(frozen=True)
class Step:
    """A step of applying: its name in addresses, and the field that screening may send back."""

    name: str
    label: Text


STEPS = (
    Step("facts", _l("Eligibility")),
    Step("choices", _l("Choice of posts")),
    Step("statement", _l("Statement")),
    Step("documents", _l("Documents")),
    Step("endorsement", _l("Endorsement")),
    Step("check", _l("Check and submit")),
)
_LABELS = {step.name: step.label for step in STEPS}


def field_label(field: str) -> Text:
    """How a field that can be sent back is called: `facts`, `choices`, `statement`, `document:<kind>`."""
    step, _, kind = field.partition(":")
    return DOCUMENT_KINDS.get(kind, kind) if step == "document" else _LABELS.get(step, step)


def returnable_fields(call: Any) -> list[tuple[str, Text]]:
    """What screening may send back in an application under this call, as (field, label)."""
    fields = ["facts", "choices", "statement", *(f"document:{kind}" for kind in call.document_kinds)]
    return [(field, field_label(field)) for field in fields]


def step_of(field: str) -> str:
    """The step on which a returned field is put right."""
    return "documents" if field.startswith("document:") else field


def moved(ids: Sequence[int], post_id: int, direction: str) -> list[int]:
    """The choices with one of them moved `up` or `down` by one; unchanged at an end."""
    order = list(ids)
    here = order.index(post_id)
    there = here + (-1 if direction == "up" else 1)
    if 0 <= there < len(order):
        order[here], order[there] = order[there], order[here]
    return order


def criteria_problem(criteria: Iterable[dict[str, Any]]) -> Text | None:
    """What is wrong with a call's criteria, or None."""
    rows = list(criteria)
    if not rows:
        return _l("Name at least one criterion that reviewers score.")
    if any(not row["label_en"] or not row["label_zh"] for row in rows):
        return _l("Name every criterion in English and in Chinese.")
    return None
