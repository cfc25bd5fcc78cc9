"""Navigation entries, registered by the packages that own the pages."""

from dataclasses import dataclass
from functools import cache

from flask import request, url_for

from lms.core.access import PUBLIC, Permission
from lms.core.actor import Actor
from lms.core.i18n import Text


@dataclass(frozen=True)
class NavEntry:
    """A link in the main navigation for whoever the permission allows. Lower `order` stands further left.

    One that `is_personal` stands in the account menu instead.
    """

    label: Text
    endpoint: str
    order: int
    permission: Permission = PUBLIC
    is_personal: bool = False


@dataclass(frozen=True)
class NavLink:
    """An entry as the template needs it."""

    label: Text
    url: str
    active: bool


_entries: list[NavEntry] = []


def register_navigation(entry: NavEntry) -> None:
    """Add an entry; registering the same twice adds one."""
    if entry not in _entries:
        _entries.append(entry)
        _entries.sort(key=lambda one: one.order)


@cache
def _address(_root: str, endpoint: str) -> str:
    return url_for(endpoint)


def navigation_for(actor: Actor, *, personal: bool = False) -> list[NavLink]:
    """The main navigation, or the account menu, as this actor sees it."""
    section = (request.endpoint or "").split(".")[0]
    return [
        NavLink(entry.label, _address(request.script_root, entry.endpoint), entry.endpoint.split(".")[0] == section)
        for entry in _entries
        if entry.is_personal == personal and entry.permission.allows(actor)
    ]
