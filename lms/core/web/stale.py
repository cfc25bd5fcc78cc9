"""Forms whose subject changed after the page was opened: nothing typed is lost, and nothing is overwritten unseen."""

from datetime import date, datetime
from difflib import ndiff
from typing import Any
from urllib.parse import urlsplit

from flask import request
from flask.globals import request_ctx
from wtforms import BooleanField, Field, FieldList, FileField, FormField, PasswordField
from wtforms.fields.choices import SelectFieldBase
from wtforms.widgets import HiddenInput, PasswordInput

from lms.core.i18n import Text, listed
from lms.core.i18n import lazy_gettext as _l

_LONGEST = 600
_UNSHOWN = (FieldList, FileField, FormField, PasswordField)


def differences(form: Any) -> list[tuple[Field, Text]]:
    """The fields in which what is stored now differs from what was typed, and what is stored there.

    What is stored is what the view made the form with (`obj` or values), as for a fresh page.
    """
    shown = list(filter(_is_shown, form))
    found: list[tuple[Field, Text]] = []
    if not any(field.object_data for field in shown):
        return found  # It asks for something new, such as a reason.
    for field in shown:
        if field.object_data is None and isinstance(field, SelectFieldBase):
            continue  # A list without an empty choice always sends one, although nothing was ever chosen.
        stored, typed = (_text(field, value) for value in (field.object_data, field.data))
        if _squeezed(stored) != _squeezed(typed):
            found.append((field, _told(stored, typed)))
    return found


def typed_texts(form: Any) -> list[tuple[Text, str]]:
    """The texts that were typed, by the labels of their fields, to be copied from a page without the form."""
    texts = ((field.label.text, field.data) for field in form if _is_shown(field))
    return [(label, text) for label, text in texts if isinstance(text, str) and text]


def fresh_address() -> str | None:
    """Where the page can be read as it is stored now: its own address, else the one that the form came from."""
    adapter = request_ctx.url_adapter
    if adapter is not None and adapter.test(request.path, method="GET"):
        return request.path
    came_from = urlsplit(request.referrer or "")
    return came_from.path if came_from.netloc == request.host else None


def _is_shown(field: Field) -> bool:
    return not isinstance(field, _UNSHOWN) and not isinstance(field.widget, HiddenInput | PasswordInput)


def _text(field: Field, value: Any) -> str:
    """A value as its field would show it, for reading."""
    if isinstance(field, SelectFieldBase):
        chosen = {str(one) for one in (value if isinstance(value, list | tuple | set) else [value])}
        return listed(choice.label for choice in field.iter_choices() if str(choice.value) in chosen)  # type: ignore[attr-defined]
    if isinstance(field, BooleanField):
        return str(_l("Yes") if value else _l("No"))
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return listed(value)
    return "" if value is None else str(value)


def _squeezed(text: str) -> list[str]:
    return text.split()


def _told(stored: str, typed: str) -> Text:
    """What is stored; of a text of several lines those lines that the typed one lacks."""
    if not stored.strip():
        return _l("Stored now: nothing.")
    lines = stored.splitlines()
    if len(lines) > 1:
        lines = [line[2:] for line in ndiff(lines, typed.splitlines()) if line.startswith("- ") and line[2:].strip()]
        if not lines:
            return _l("Stored now: the same without the lines that you added.")
    text = " / ".join(lines)
    return _l("Stored now: %(text)s", text=text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…")
