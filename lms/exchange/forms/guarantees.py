"""The form of what a call limits, reserves and aims at: rows that are added, moved up and emptied without script."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from werkzeug.datastructures import MultiDict
from wtforms import IntegerField, RadioField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from lms.core.i18n import Text
from lms.core.i18n import lazy_gettext as _l
from lms.core.web import Form
from lms.core.web.fields import choices
from lms.exchange.guarantees import (
    GROUP_KINDS,
    LEVELS,
    MOST_PEOPLE,
    MOST_ROWS,
    RULES,
    TIE_BREAKS,
    Group,
    Guarantees,
    Minimum,
    Quota,
    Reserve,
)
from lms.exchange.queries.guarantees import Names

PARTS = {
    "quotas": ("value", "most", "least"),
    "reserves": ("post", "value", "places"),
    "minimums": ("host", "least"),
}
_NUMBERS = ("most", "least", "places")
_ROW = re.compile(r"(quotas|reserves|minimums)-([0-9]{1,2})-")
_PRESSED = re.compile(r"(more|up):(quotas|reserves|minimums)(?:-([0-9]{1,2}))?")


class GuaranteesForm(Form):
    """Rule and tie-break, rows by part and number, and from the publication on a reason."""

    rule = RadioField(_l("How quotas are kept"), [InputRequired()], choices=choices(RULES.items()))
    tie_break = RadioField(_l("Who goes first among equals"), [InputRequired()], choices=choices(TIE_BREAKS.items()))
    reason = TextAreaField(
        _l("Reason for the change"),
        [Optional(), Length(max=2000)],
        description=_l("Everybody who has applied reads it."),
    )

    counts: Mapping[str, int] = {}

    def rows(self, part: str) -> list[list[Any]]:
        """The fields of each row of a part."""
        return [[self[f"{part}-{n}-{name}"] for name in PARTS[part]] for n in range(self.counts[part])]

    def _filled(self, part: str) -> list[int]:
        """The numbers of the rows that are not empty."""
        return [n for n, row in enumerate(self.rows(part)) if any(field.data not in (None, "") for field in row)]

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """A row says of whom it speaks and how many."""
        good = super().validate(*args, **kwargs)
        for part in PARTS:
            for n in self._filled(part):
                good = self._check_row(self.rows(part)[n]) and good
        return good

    def _check_row(self, row: Sequence[Any]) -> bool:
        for field in row:
            if isinstance(field, SelectField) and not field.data:
                field.errors = [*field.errors, _l("Choose one, or empty the whole row.")]
        numbers = [field for field in row if isinstance(field, IntegerField)]
        if all(field.data is None and not field.errors for field in numbers):
            numbers[0].errors = [_l("Enter a number.")]
        return not any(field.errors for field in row)

    def guarantees(self) -> Guarantees:
        """What was typed, without the empty rows."""

        def values(part: str) -> Iterable[dict[str, Any]]:
            for n in self._filled(part):
                yield {name: self[f"{part}-{n}-{name}"].data for name in PARTS[part]}

        return Guarantees(
            rule=self.rule.data or "",
            tie_break=self.tie_break.data or "",
            quotas=tuple(Quota(*_group(row["value"]), row["most"], row["least"] or 0) for row in values("quotas")),
            reserves=tuple(Reserve(row["post"], *_group(row["value"]), row["places"]) for row in values("reserves")),
            minimums=tuple(Minimum(row["host"], row["least"]) for row in values("minimums")),
        )

    def field_at(self, pointer: str) -> str:
        """The name of the field to which a JSON Pointer into the guarantees leads."""
        part, _, rest = pointer.removeprefix("/").partition("/")
        if part not in PARTS:
            return part
        number, _, name = rest.partition("/")
        return f"{part}-{self._filled(part)[int(number)]}-{name}"


def _group(value: str) -> Group:
    kind, _, name = value.partition("=")
    return kind, name


def guarantees_form(
    kept: Guarantees, version: int, names: Names, countries: Mapping[str, Text], hosts: Sequence[str], sent: Any
) -> tuple[GuaranteesForm, bool]:
    """The form filled with what is kept, or with what was `sent`; and whether a row was only added or moved."""
    pressed = _PRESSED.fullmatch(sent.get("rows", ""))
    data = _data(kept)
    counts = {part: min(MOST_ROWS, len(getattr(kept, part)) + 1) for part in PARTS}
    if sent:
        found = [(match[1], int(match[2]) + 1) for name in sent if (match := _ROW.match(name))]
        counts = {part: min(MOST_ROWS, max([n for one, n in found if one == part], default=0)) for part in PARTS}
    formdata: MultiDict[str, str] | None = None
    if pressed:
        formdata = MultiDict(sent)
        part, number = pressed[2], int(pressed[3] or 0)
        if pressed[1] == "more":
            counts[part] = min(MOST_ROWS, counts[part] + 1)
        elif 0 < number < counts[part]:
            _swap(formdata, part, number)
    fields = _fields(counts, names, countries, hosts, kept)
    made: type[GuaranteesForm] = type("CallGuaranteesForm", (GuaranteesForm,), {**fields, "counts": counts})
    options = {"formdata": formdata} if formdata is not None else {}
    return made(data=data, version=str(version), **options), pressed is not None


def _swap(sent: MultiDict[str, str], part: str, number: int) -> None:
    for name in PARTS[part]:
        here, above = f"{part}-{number}-{name}", f"{part}-{number - 1}-{name}"
        sent[here], sent[above] = sent.get(above, ""), sent.get(here, "")


def _data(kept: Guarantees) -> dict[str, Any]:
    data: dict[str, Any] = {"rule": kept.rule, "tie_break": kept.tie_break}
    for part, names in PARTS.items():
        for n, row in enumerate(getattr(kept, part)):
            for name in names:
                value = "=".join(row.group) if name == "value" else getattr(row, name)
                data[f"{part}-{n}-{name}"] = value if value != 0 else None
    return data


def _fields(
    counts: Mapping[str, int], names: Names, countries: Mapping[str, Text], hosts: Sequence[str], kept: Guarantees
) -> dict[str, Any]:
    groups = _group_choices(names, countries)
    gone = {one.post: _l("A post that was withdrawn") for one in kept.reserves if one.post not in names.posts}
    options = {
        "value": (_l("Group"), groups),
        "post": (_l("Post"), choices([("", _l("Choose")), *names.posts.items(), *gone.items()])),
        "host": (
            _l("Host"),
            choices([("", _l("Choose")), *((host, names.institutions.get(host, host)) for host in hosts)]),
        ),
    }
    labels = {"most": _l("At most"), "least": _l("Target: at least"), "places": _l("Places")}
    fields: dict[str, Any] = {}
    for part, columns in PARTS.items():
        for n in range(counts[part]):
            for name in columns:
                if name in _NUMBERS:
                    within = [Optional(), NumberRange(1, MOST_PEOPLE)]
                    fields[f"{part}-{n}-{name}"] = IntegerField(labels[name], within, render_kw={"min": 1})
                else:
                    label, offered = options[name]
                    fields[f"{part}-{n}-{name}"] = SelectField(label, [Optional()], choices=offered)
    return fields


def _group_choices(names: Names, countries: Mapping[str, Text]) -> list[Any]:
    of_kind: dict[str, Mapping[str, Text]] = {
        "country": countries,
        "level": LEVELS,
        "field": names.fields,
        "home": names.institutions,
    }
    return [
        *choices([("", _l("Choose"))]),
        *(
            one
            for kind, values in of_kind.items()
            for one in choices(((f"{kind}={value}", label) for value, label in values.items()), str(GROUP_KINDS[kind]))
        ),
    ]
