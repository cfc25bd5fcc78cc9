"""Forms by which a part of a record leaves the platform."""

from collections.abc import Sequence
from typing import Any

from wtforms import RadioField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length, Optional

from lms.core.i18n import Text, gettext, lazy_ngettext
from lms.core.i18n import lazy_gettext as _l
from lms.core.web import Form
from lms.core.web.fields import choices
from lms.credentials.record import RecordEntry, told
from lms.portal.record.rules import SHARE_DAYS, STATEMENT_DAYS


def _periods(days: Sequence[int]) -> list[Any]:
    return choices((one, lazy_ngettext("%(num)d day", "%(num)d days", one)) for one in days)


class _ChoosingForm(Form):
    entries = SelectMultipleField(_l("What is in it"), [InputRequired(_l("Choose at least one entry of your record."))])

    def offer(self, entries: Sequence[RecordEntry]) -> None:
        """Let these be chosen; all of them are, until somebody takes one away."""
        self.entries.choices = choices((entry.key, _named(entry)) for entry in entries)
        if not self.is_submitted():
            self.entries.data = [entry.key for entry in entries]


def _named(entry: RecordEntry) -> Text:
    return gettext("%(kind)s: %(title)s", kind=entry.kind.label, title=told(entry.title))


class ShareForm(_ChoosingForm):
    """What a link shows, for how long, and a note by which its maker knows it again."""

    days = RadioField(
        _l("The link leads there for"),
        [InputRequired()],
        choices=_periods(SHARE_DAYS),
        coerce=int,
        default=SHARE_DAYS[1],
    )
    note = StringField(
        _l("For whom"),
        [Optional(), Length(max=120)],
        description=_l("Only you read this, to tell your links apart."),
    )


class StatementForm(_ChoosingForm):
    """What a signed document lists, and for how long it is said to hold."""

    days = RadioField(
        _l("It can be checked for"),
        [InputRequired()],
        choices=_periods(STATEMENT_DAYS),
        coerce=int,
        default=STATEMENT_DAYS[1],
    )
