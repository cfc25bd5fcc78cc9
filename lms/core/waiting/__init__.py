"""What waits for whom: the rows behind every dashboard.

A flow's effects open an item when somebody must act and close it when they did. It is
addressed to a person or to an office (a role in a scope), never to a person because of
their office: members come and go, the queue stays.
"""

from lms.core.waiting.kinds import Office, Title, WaitingKind, kind_named, register_kind
from lms.core.waiting.models import WaitingItem
from lms.core.waiting.queries import (
    SOONEST_FIRST,
    about,
    items_about,
    items_about_all,
    items_for,
    items_of,
    next_of_kind,
    offices_of,
    open_items,
)
from lms.core.waiting.services import close_items, give, hand_over, open_item, take

__all__ = [
    "SOONEST_FIRST",
    "Office",
    "Title",
    "WaitingItem",
    "WaitingKind",
    "about",
    "close_items",
    "give",
    "hand_over",
    "items_about",
    "items_about_all",
    "items_for",
    "items_of",
    "kind_named",
    "next_of_kind",
    "offices_of",
    "open_item",
    "open_items",
    "register_kind",
    "take",
]
