"""Forms of agreements and national approvals."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from wtforms import (
    BooleanField,
    DateField,
    Field,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from lms.core.actor import Actor
from lms.core.clock import check_year
from lms.core.errors import Invalid
from lms.core.i18n import in_reader_language
from lms.core.i18n import lazy_gettext as _l
from lms.core.web import Form
from lms.core.web.fields import choices
from lms.core.web.forms import StoredFileField
from lms.institutions import queries as institutions
from lms.programmes.models import Agreement, NationalApproval, Programme
from lms.programmes.queries.agreements import today
from lms.programmes.rules import AWARDS, MOST_PARTIES, SHARING

_YEARS = 5


def _check_day(_form: Any, field: Field) -> None:
    """Validator: a day with which one can calculate. What is no day at all has been refused already."""
    if field.data is None:
        return
    try:
        check_year(field.data)
    except Invalid as error:
        raise ValidationError(str(error)) from None


def _universities() -> list[Any]:
    named = [(one.id, in_reader_language(one, "name")) for one in institutions.confirmed_institutions()]
    return choices([("", _l("None")), *named])


_PARTY = ("institution_id", "degree_en", "degree_zh", "seats")


def _party_fields(number: int) -> dict[str, Any]:
    """One party: its university, the degree that it awards, and the seats of those who enter through it."""
    return {
        f"institution_id_{number}": SelectField(_l("University"), [Optional()], choices=_universities),
        f"degree_en_{number}": StringField(_l("Degree, in English"), [Optional(), Length(max=200)]),
        f"degree_zh_{number}": StringField(_l("Degree, in Chinese"), [Optional(), Length(max=200)]),
        f"seats_{number}": IntegerField(
            _l("Seats of its own"),
            [Optional(), NumberRange(0, 1000)],
            description=_l("For those who enter through it. Empty: no limit of its own."),
        ),
    }


class AgreementForm(Form):
    """The terms of one version."""

    award = RadioField(_l("Award"), [InputRequired()], choices=choices(AWARDS.items()), default="double")
    valid_from = DateField(_l("Valid from"), [InputRequired(), _check_day])
    valid_to = DateField(_l("Valid until"), [InputRequired(), _check_day], description=_l("The last day."))
    seats = IntegerField(_l("Seats of each intake"), [InputRequired(), NumberRange(1, 1000)], default=10)
    fees = TextAreaField(
        _l("Fees and scholarships"),
        [Optional(), Length(max=4000)],
        description=_l("Who charges what, and what is waived. Shown on the programme's page."),
    )
    shares_documents = BooleanField(SHARING["shares_documents"], default=True)
    shares_contact = BooleanField(SHARING["shares_contact"])
    shares_decisions = BooleanField(SHARING["shares_decisions"])
    shares_reasons = BooleanField(SHARING["shares_reasons"])
    shares_grades = BooleanField(SHARING["shares_grades"])

    @property
    def party_rows(self) -> list[list[Field]]:
        """The fields of each party, for the page."""
        return [[self[f"{name}_{number}"] for name in _PARTY] for number in range(1, MOST_PARTIES + 1)]

    def parties(self) -> list[dict[str, Any]]:
        """The parties that were named."""
        rows = [dict(zip(_PARTY, (one.data for one in row), strict=True)) for row in self.party_rows]
        return [
            {
                "institution_id": int(row["institution_id"]),
                "degree_en": row["degree_en"] or "",
                "degree_zh": row["degree_zh"] or "",
                "seats": row["seats"],
            }
            for row in rows
            if row["institution_id"]
        ]

    def columns(self) -> dict[str, Any]:
        """The other terms."""
        values = self.values()
        terms = {name: values[name] for name in ("award", "valid_from", "valid_to", "seats", *SHARING)}
        return terms | {"fees": values["fees"] or ""}


_FIELDS = {name: made for number in range(1, MOST_PARTIES + 1) for name, made in _party_fields(number).items()}
_PartiesForm: type[AgreementForm] = type("PartiesForm", (AgreementForm,), _FIELDS)


def _numbered(parties: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {f"{name}_{number}": value for number, row in enumerate(parties, 1) for name, value in row.items()}


def form_of(agreement: Agreement) -> AgreementForm:
    """The form as a draft stands."""
    parties = [
        {name: getattr(one, name) for name in _PARTY} | {"institution_id": str(one.institution_id)}
        for one in agreement.parties
    ]
    names = ("award", "valid_from", "valid_to", "seats", "fees", *SHARING)
    data = {name: getattr(agreement, name) for name in names}
    return _PartiesForm(data=data | _numbered(parties), version=str(agreement.version))


def first_form(actor: Actor, programme: Programme) -> AgreementForm:
    """The form for a first version, which the coordinating university is party to."""
    begins = today(actor.now)
    data = {"valid_from": begins, "valid_to": begins + timedelta(days=365 * _YEARS)}
    return _PartiesForm(data=data | _numbered([{"institution_id": str(programme.coordinating_id)}]))


APPROVAL_STATES = {
    "say_not_needed": _l("No approval is needed"),
    "say_applied": _l("We have applied for it"),
    "say_granted": _l("It was granted"),
    "say_refused": _l("It was refused"),
}
_SAYS = {"not_needed": "say_not_needed", "applied": "say_applied", "granted": "say_granted", "refused": "say_refused"}


class ApprovalForm(Form):
    """How a party stands with its state."""

    says = RadioField(_l("National approval"), [InputRequired()], choices=choices(APPROVAL_STATES.items()))
    authority = StringField(
        _l("Authority"), [Optional(), Length(max=200)], description=_l("For an approval that was granted.")
    )
    number = StringField(_l("Number of the approval"), [Optional(), Length(max=100)])
    valid_until = DateField(_l("Valid until"), [Optional(), _check_day], description=_l("The last day."))
    note = TextAreaField(
        _l("Explanation"),
        [Optional(), Length(max=2000)],
        description=_l("Needed where no approval is needed or it was refused: why, and by which rule."),
    )
    file = StoredFileField(_l("Evidence"), [Optional()], description=_l("The document, as PDF or picture."))

    @classmethod
    def of(cls, approval: NationalApproval) -> "ApprovalForm":
        """The form as it was stated last."""
        names = ("authority", "number", "valid_until", "note")
        data = {name: getattr(approval, name) for name in names} | {"says": _SAYS.get(approval.state)}
        return cls(data=data, version=str(approval.version))
