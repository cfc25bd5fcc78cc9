"""What readers choose for themselves: filters they saved, how pages look, and whether keys decide."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import request, session
from wtforms import HiddenField, StringField
from wtforms.validators import InputRequired, Length

from lms.core.i18n import lazy_gettext as _l
from lms.core.saved_filters import SavedFilter, saved_filters
from lms.core.web.forms import Form
from lms.core.web.identity import current_actor

THEMES = (("system", _l("As my device")), ("light", _l("Light")), ("dark", _l("Dark")))
CALENDARS = (("gregorian", _l("Gregorian, such as 2027")), ("buddhist", _l("Buddhist era, such as 2570")))
_NOT_KEPT = frozenset({"cursor", "format", "plot"})


class SavedFilterForm(Form):
    """A name for the filters in force. `list` is the list's endpoint, `next` the address to go back to."""

    name = StringField(_l("Name of the filter"), [InputRequired(), Length(max=60)])
    list = HiddenField(validators=[InputRequired(), Length(max=80)])
    query = HiddenField(validators=[InputRequired(), Length(max=2000)])
    next = HiddenField()


@dataclass(frozen=True)
class ListFilters:
    """The saved filters of the list on this page, and the one in force as the query of its address."""

    list_name: str
    query: str
    saved: Sequence[SavedFilter]

    @property
    def can_save(self) -> bool:
        """Whether something is in force that is not saved yet."""
        return bool(self.query) and all(one.query != self.query for one in self.saved)


def filters_of_list() -> ListFilters | None:
    """The filters of the list that this request shows; None for visitors, who have nowhere to keep them."""
    actor = current_actor()
    if not actor.is_signed_in or request.endpoint is None:
        return None
    kept = [(name, value) for name, value in request.args.items(multi=True) if value and name not in _NOT_KEPT]
    return ListFilters(request.endpoint, urlencode(kept), saved_filters(actor, request.endpoint))


def theme() -> str:
    """`light` or `dark` as chosen for this browser; empty when the device decides."""
    chosen = session.get("theme", "")
    return chosen if chosen in ("light", "dark") else ""


def has_shortcuts() -> bool:
    """Whether single keys act on the pages where people decide (WCAG 2.2, 2.1.4: they can be switched off)."""
    return session.get("shortcuts") != "off"
