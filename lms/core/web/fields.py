"""Fields and choices that every form writes alike."""

from collections.abc import Iterable
from typing import Any

from wtforms import DateTimeLocalField, ValidationError
from wtforms.fields.choices import SelectChoice  # pyright: ignore[reportAttributeAccessIssue]

from lms.core.i18n import Text
from lms.core.richtext import problem

# As browsers write a wall clock; the first is how it is shown again.
_WALL_CLOCK = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]


def choices(pairs: Iterable[tuple[object, Text]], group: str | None = None) -> list[Any]:
    """(value, label) pairs as the choices of a field, perhaps under one heading."""
    return [SelectChoice(str(value), label, optgroup=group) for value, label in pairs]


def check_markdown(_form: Any, field: Any) -> None:
    """Validator: a text that can be shown as Markdown."""
    if told := problem(field.data or ""):
        raise ValidationError(str(told))


class WallClockField(DateTimeLocalField):
    """Date and time as a clock on the wall shows them; the form says in which zone."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"format": _WALL_CLOCK, **kwargs})
