"""Forms with which the secretariat makes a call."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from wtforms import (
    DateField,
    Field,
    FieldList,
    FormField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms import Form as PlainForm
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from lms.applications.eligibility import RULE_KINDS
from lms.applications.rules import DOCUMENT_KINDS
from lms.core.clock import deadline_in_zone
from lms.core.i18n import lazy_gettext as _l
from lms.core.web import Form
from lms.core.web.fields import WallClockField, check_markdown, choices
from lms.core.web.zones import zone_choices
from lms.exchange.allocating import DISCLOSURES
from lms.exchange.models import Call

_TITLE = [InputRequired(), Length(max=200)]
_TEXT = [Optional(), Length(max=8000), check_markdown]
_CRITERIA = 6


class CallForm(Form):
    """Texts, dates and numbers of a call. Dates are wall-clock times in its zone."""

    title_en = StringField(_l("Title in English"), _TITLE)
    title_zh = StringField(_l("Title in Chinese"), [Optional(), Length(max=200)])
    summary_en = TextAreaField(_l("Summary in English"), _TEXT, description=_l("Markdown. What is offered, to whom."))
    summary_zh = TextAreaField(_l("Summary in Chinese"), _TEXT)
    zone = SelectField(_l("Time zone of the call"), choices=zone_choices)
    opens_local = WallClockField(_l("Opens"), [InputRequired()], description=_l("In the call's time zone."))
    closes_local = WallClockField(_l("Closes"), [InputRequired()], description=_l("In the call's time zone."))
    endorsement_days = IntegerField(_l("Days for the endorsement"), [InputRequired(), NumberRange(1, 120)], default=21)
    answer_days = IntegerField(_l("Days to answer an offer"), [InputRequired(), NumberRange(1, 90)], default=14)
    reviews_needed = IntegerField(_l("Reviews for each application"), [InputRequired(), NumberRange(1, 5)], default=2)
    max_choices = IntegerField(_l("Posts that one may choose"), [InputRequired(), NumberRange(1, 10)], default=5)
    disclosure = SelectField(
        _l("What applicants are told about the allocation"),
        choices=choices(DISCLOSURES.items()),
        default="reasons",
        description=_l("Published with the call. A post with one place never shows a position."),
    )

    @classmethod
    def of(cls, call: Call) -> "CallForm":
        """The form as the call stands."""
        zone = ZoneInfo(call.zone)
        return cls(
            obj=call,
            opens_local=call.opens_at.astimezone(zone).replace(tzinfo=None),
            closes_local=call.closes_at.astimezone(zone).replace(tzinfo=None),
            version=str(call.version),
        )

    def columns(self) -> dict[str, Any]:
        """The values as columns of a call: local times become instants."""
        values = self.values()
        zone = values["zone"]
        opens: datetime = values.pop("opens_local")
        closes: datetime = values.pop("closes_local")
        return {**values, "opens_at": deadline_in_zone(opens, zone), "closes_at": deadline_in_zone(closes, zone)}


class CriterionForm(PlainForm):
    """One row of what reviewers score. An empty row is left out."""

    label_en = StringField(_l("In English"), [Optional(), Length(max=120)])
    label_zh = StringField(_l("In Chinese"), [Optional(), Length(max=120)])
    weight = IntegerField(_l("Weight"), [Optional(), NumberRange(1, 10)])


class RequirementsForm(Form):
    """Documents that an application must hold, and criteria that reviewers score."""

    document_kinds = SelectMultipleField(_l("Documents"), choices=choices(DOCUMENT_KINDS.items()))
    criteria = FieldList(FormField(CriterionForm), min_entries=_CRITERIA, max_entries=_CRITERIA)

    def rows(self) -> list[dict[str, Any]]:
        """The criteria that were filled in."""
        return [
            {"label_en": row["label_en"] or "", "label_zh": row["label_zh"] or "", "weight": row["weight"] or 1}
            for row in self.criteria.data
            if row["label_en"] or row["label_zh"]
        ]


# --- rules ------------------------------------------------------------------------------------------

_AT = choices(
    [
        ("application", _l("On the day of applying")),
        ("closing", _l("On the closing day of the call")),
        ("date", _l("On a fixed day")),
    ]
)


class RuleForm(Form):
    """The base of the five: turns its fields into a rule."""

    def rule(self, kind: str) -> dict[str, Any]:
        """The rule as a call keeps it."""
        return {"kind": kind, **{name: value for name, value in self.values().items() if value is not None}}


class NationalityForm(RuleForm):
    """Nationals of which countries may apply."""

    countries = SelectMultipleField(_l("Countries"), [InputRequired()])


class AgeForm(RuleForm):
    """How old somebody may be, and on which day."""

    at_most = IntegerField(_l("Highest age, in completed years"), [InputRequired(), NumberRange(18, 99)], default=45)
    at = SelectField(_l("Counted"), choices=_AT)
    on = DateField(_l("Fixed day"), [Optional()])

    def rule(self, kind: str) -> dict[str, Any]:
        """The rule, with a fixed day as its ISO date."""
        at = self.at.data
        if at == "date":
            at = self.on.data.isoformat() if self.on.data else "application"
        return {"kind": kind, "at_most": self.at_most.data, "at": at}

    def validate_at(self, field: Field) -> None:
        """A fixed day needs a day."""
        if field.data == "date" and not self.on.data:
            raise ValidationError(str(_l("Enter the day.")))


class DegreeForm(RuleForm):
    """Which degree, or how many years of research instead."""

    degree = SelectField(
        _l("Lowest degree"),
        choices=choices([("bachelor", _l("Bachelor")), ("master", _l("Master")), ("doctorate", _l("Doctorate"))]),
        default="doctorate",
    )
    or_years = IntegerField(
        _l("Or years of research"),
        [Optional(), NumberRange(1, 30)],
        description=_l("Empty: experience cannot replace the degree."),
    )


class EmployedForm(RuleForm):
    """Full-time employment in the country of nationality: there is nothing to set."""


class LanguageForm(RuleForm):
    """Which languages, how well."""

    any_of = SelectMultipleField(
        _l("One of these languages"), [InputRequired()], choices=choices([("en", _l("English")), ("zh", _l("Chinese"))])
    )
    level = SelectField(
        _l("At least"),
        choices=choices([("basic", _l("Basic")), ("working", _l("Working knowledge")), ("fluent", _l("Fluent"))]),
        default="working",
    )


RULE_FORMS: dict[str, type[RuleForm]] = {
    "nationality": NationalityForm,
    "age": AgeForm,
    "degree_or_experience": DegreeForm,
    "employed_at_home": EmployedForm,
    "language": LanguageForm,
}
assert set(RULE_FORMS) == set(RULE_KINDS)


def rule_data(rule: dict[str, Any]) -> dict[str, Any]:
    """A rule's values as its form shows them."""
    data = dict(rule)
    at = data.get("at", "application")
    if at not in ("application", "closing"):
        data |= {"at": "date", "on": date.fromisoformat(at)}
    return data


class InviteForm(Form):
    """Which institutions are written to about drafting posts."""

    institutions = SelectMultipleField(_l("Institutions with a coordinator"), [InputRequired()], coerce=int)
