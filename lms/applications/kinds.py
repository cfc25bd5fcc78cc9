"""What each kind of call tells about its applications to the pages that all kinds share."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lms.core.i18n import Text


@dataclass(frozen=True)
class Hosts:
    """Who would host an applicant: institutions and labs, by id. Their people do not review the application."""

    institution_ids: frozenset[int] = frozenset()
    lab_ids: frozenset[int] = frozenset()


def _no_hosts(_application_ids: Collection[int]) -> Mapping[int, Hosts]:
    return {}


@dataclass(frozen=True)
class CallKind:
    """A kind of call: its name in `Call.kind`, and what an endorser or a reviewer reads of an application.

    `summary` gives (label, value) pairs, `sheet` the shorter ones that stand on a printed sheet; `endpoint` is
    the page of the applicant, with `ref` in its address.
    """

    name: str
    label: Text
    endpoint: str
    summary: Callable[[Any], Sequence[tuple[Text, Text]]]
    sheet: Callable[[Any], Sequence[tuple[Text, Text]]]
    hosts: Callable[[Collection[int]], Mapping[int, Hosts]] = _no_hosts


_kinds: dict[str, CallKind] = {}


def register_call_kind(kind: CallKind) -> CallKind:
    """Make a kind known. Raises ValueError when another has its name."""
    if _kinds.setdefault(kind.name, kind) != kind:
        raise ValueError(f"The kind of call {kind.name} is already registered.")
    return kind


def call_kind_named(name: str) -> CallKind:
    """The registered kind. Raises KeyError when there is none."""
    return _kinds[name]
