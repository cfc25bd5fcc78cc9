"""Forms of intakes, nominations, and what parties and applicants do until the admission."""

from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from wtforms import (
    DateField,
    EmailField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from lms.accounts.forms import check_email
from lms.applications.queries.calls import current_rules
from lms.applications.rules import DOCUMENT_KINDS
from lms.core.clock import deadline_in_zone
from lms.core.i18n import in_reader_language
from lms.core.i18n import lazy_gettext as _l
from lms.core.web import Form
from lms.core.web.fields import WallClockField, choices
from lms.core.web.forms import StoredFileField
from lms.core.web.zones import zone_choices
from lms.programmes.models import Admission, Call, Intake
from lms.programmes.queries.admission import terms
from lms.programmes.services.deciding import Asked


class IntakeForm(Form):
    """Dates, seats, documents and rules of an intake. Dates are wall-clock times in its zone."""

    title_en = StringField(_l("Name in English"), [InputRequired(), Length(max=200)], default="")
    title_zh = StringField(_l("Name in Chinese"), [Optional(), Length(max=200)])
    zone = SelectField(_l("Time zone of the intake"), choices=zone_choices)
    opens_local = WallClockField(_l("Opens"), [InputRequired()], description=_l("In the intake's time zone."))
    closes_local = WallClockField(_l("Closes"), [InputRequired()], description=_l("In the intake's time zone."))
    starts_on = DateField(_l("Studies begin"), [InputRequired()])
    seats = IntegerField(_l("Seats"), [InputRequired(), NumberRange(1, 1000)])
    answer_days = IntegerField(_l("Days to answer an offer"), [InputRequired(), NumberRange(1, 90)], default=14)
    document_kinds = SelectMultipleField(_l("Documents"), [InputRequired()], choices=choices(DOCUMENT_KINDS.items()))
    degree = SelectField(
        _l("Lowest degree"),
        choices=choices(
            [
                ("none", _l("None")),
                ("bachelor", _l("Bachelor")),
                ("master", _l("Master")),
            ]
        ),
    )
    language = SelectMultipleField(
        _l("One of these languages"), [InputRequired()], choices=choices([("en", _l("English")), ("zh", _l("Chinese"))])
    )
    level = SelectField(
        _l("At least"),
        choices=choices([("basic", _l("Basic")), ("working", _l("Working knowledge")), ("fluent", _l("Fluent"))]),
        default="working",
    )

    @classmethod
    def of(cls, intake: Intake) -> "IntakeForm":
        """The form as an intake stands."""
        call = intake.call
        zone = ZoneInfo(call.zone)
        current = current_rules(call)
        rules = {rule["kind"]: rule for rule in (current.rules if current else [])}
        spoken = rules.get("language", {})
        return cls(
            obj=call,
            seats=intake.seats,
            starts_on=intake.starts_on,
            opens_local=call.opens_at.astimezone(zone).replace(tzinfo=None),
            closes_local=call.closes_at.astimezone(zone).replace(tzinfo=None),
            degree=rules.get("degree_or_experience", {}).get("degree", "none"),
            language=spoken.get("any_of", []),
            level=spoken.get("level", "working"),
            version=str(call.version),
        )

    def columns(self) -> dict[str, Any]:
        """The values as services take them: local times become instants, the demands become rules."""
        values = self.values()
        zone = values["zone"]
        opens: datetime = values.pop("opens_local")
        closes: datetime = values.pop("closes_local")
        degree, language, level = (values.pop(name) for name in ("degree", "language", "level"))
        rules: list[dict[str, Any]] = [{"kind": "language", "any_of": language, "level": level}]
        if degree != "none":
            rules.insert(0, {"kind": "degree_or_experience", "degree": degree})
        return {
            **values,
            "title_zh": values["title_zh"] or "",
            "opens_at": deadline_in_zone(opens, zone),
            "closes_at": deadline_in_zone(closes, zone),
            "rules": rules,
        }


class NominateForm(Form):
    """Whom a university nominates, and why."""

    institution_id = SelectField(_l("Your university"), coerce=int)
    email = EmailField(
        _l("E-mail address of the student"),
        [InputRequired(), Length(max=254), check_email],
        description=_l("The address of their account. They must have joined your university."),
    )
    note = TextAreaField(
        _l("Why you nominate them"),
        [Optional(), Length(max=4000)],
        description=_l("All universities of the programme read this."),
    )


class UniversityForm(Form):
    """The party through which a student enters."""

    party_id = RadioField(_l("Through which university do you enter?"), [InputRequired()], coerce=int)

    @classmethod
    def of(cls, admission: Admission, **values: Any) -> "UniversityForm":
        """The form with the parties of the intake."""
        form = cls(party_id=admission.party_id, **values)
        form.party_id.choices = choices(
            (one.institution_id, in_reader_language(one.institution, "name")) for one in terms(admission.intake).parties
        )
        return form


class AdmitForm(Form):
    """Admission, perhaps under conditions: each a text with the day until which it is due."""

    text_1 = StringField(_l("First condition"), [Optional(), Length(max=600)])
    due_on_1 = DateField(_l("To be fulfilled until"), [Optional()])
    text_2 = StringField(_l("Second condition"), [Optional(), Length(max=600)])
    due_on_2 = DateField(_l("To be fulfilled until"), [Optional()])
    text_3 = StringField(_l("Third condition"), [Optional(), Length(max=600)])
    due_on_3 = DateField(_l("To be fulfilled until"), [Optional()])

    @property
    def rows(self) -> list[tuple[StringField, DateField]]:
        """The fields of each condition."""
        return [(self.text_1, self.due_on_1), (self.text_2, self.due_on_2), (self.text_3, self.due_on_3)]

    def asked(self, call: Call) -> list[Asked]:
        """The conditions that were set."""
        return [Asked(text.data, end_of(call, due.data)) for text, due in self.rows if text.data and due.data]

    def validate(self, extra_validators: Any = None) -> bool:
        """A condition has a text and a day, or neither."""
        is_valid = super().validate(extra_validators)
        for text, due in self.rows:
            if bool(text.data) != bool(due.data):
                lacking = due if text.data else text
                lacking.errors = [*lacking.errors, _l("Write each condition with the day until which it is due.")]
                is_valid = False
        return is_valid


def end_of(call: Call, day: date) -> datetime:
    """The last minute of a day in the call's zone."""
    return deadline_in_zone(datetime.combine(day, time(23, 59)), call.zone)


class HandInForm(Form):
    """What a student hands in to fulfil a condition."""

    told = TextAreaField(_l("What you hand in"), [InputRequired(), Length(max=2000)])
    file = StoredFileField(_l("File"), [Optional()], description=_l("PDF, Word or a picture, up to 20 MB."))


class CloseListForm(Form):
    """The end of the waiting list."""

    reason = TextAreaField(
        _l("Reason"), [InputRequired(), Length(max=2000)], description=_l("Everybody on the list reads this.")
    )
