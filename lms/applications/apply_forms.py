"""Forms of an applicant's steps, for calls of every kind."""

from collections.abc import Sequence
from typing import Any

from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from lms.accounts.consents import Consenting, purpose_named
from lms.accounts.forms import country_choices
from lms.applications.eligibility import Facts
from lms.applications.rules import STATEMENT_LENGTH
from lms.core.i18n import current_language
from lms.core.i18n import lazy_gettext as _l
from lms.core.web import Form
from lms.core.web.fields import choices
from lms.core.web.forms import FileRequired, StoredFileField

_DEGREES = choices(
    [
        ("", _l("Choose")),
        ("none", _l("None of these")),
        ("bachelor", _l("Bachelor")),
        ("master", _l("Master")),
        ("doctorate", _l("Doctorate")),
    ]
)
_LEVELS = choices(
    [
        ("", _l("Choose")),
        ("none", _l("None")),
        ("basic", _l("Basic")),
        ("working", _l("Working knowledge")),
        ("fluent", _l("Fluent")),
    ]
)


class FactsForm(Form):
    """What the eligibility rules read. Nothing is required: what is missing is said beside each rule."""

    nationality = SelectField(_l("Nationality"), [Optional()], choices=country_choices)
    born_on = DateField(_l("Date of birth"), [Optional()])
    degree = SelectField(_l("Highest degree"), [Optional()], choices=_DEGREES)
    research_years = IntegerField(_l("Years of research experience"), [Optional(), NumberRange(0, 70)])
    employer_country = SelectField(_l("Country of your employer"), [Optional()], choices=country_choices)
    is_full_time = RadioField(
        _l("Is your employment full time?"), [Optional()], choices=choices([("yes", _l("Yes")), ("no", _l("No"))])
    )
    english = SelectField(_l("Your English"), [Optional()], choices=_LEVELS)
    chinese = SelectField(_l("Your Chinese"), [Optional()], choices=_LEVELS)

    @classmethod
    def of(cls, facts: Facts, **values: Any) -> "FactsForm":
        """The form filled with what is known."""
        told = facts.languages or {}
        data = {
            "nationality": facts.nationality or "",
            "born_on": facts.born_on,
            "degree": facts.degree,
            "research_years": facts.research_years,
            "employer_country": facts.employer_country,
            "is_full_time": {True: "yes", False: "no", None: None}[facts.is_full_time],
            "english": told.get("en", ""),
            "chinese": told.get("zh", ""),
        }
        return cls(data=data, **values)

    def facts(self) -> Facts:
        """What was told."""
        languages = {"en": self.english.data or "", "zh": self.chinese.data or ""}
        return Facts(
            nationality=self.nationality.data or None,
            born_on=self.born_on.data,
            degree=self.degree.data or "",
            research_years=self.research_years.data,
            employer_country=self.employer_country.data or "",
            languages={code: level for code, level in languages.items() if level},
            is_full_time={"yes": True, "no": False}.get(self.is_full_time.data or ""),
        )


class StatementForm(Form):
    """Why this person, why these posts."""

    statement = TextAreaField(
        _l("Statement"),
        [InputRequired(), Length(max=STATEMENT_LENGTH)],
        description=_l(
            "Why you, why these posts, and what you bring home. Hosts, reviewers and your home side read it."
        ),
    )


class DocumentForm(Form):
    """One document of a kind that the call asks for."""

    kind = HiddenField()
    file = StoredFileField(_l("File"), [FileRequired()])


class ConsentForm(Form):
    """A box for each recipient of the application; none is ticked beforehand."""

    recipients: Sequence[Consenting] = ()

    @classmethod
    def for_recipients(
        cls, recipients: Sequence[Consenting], countries: dict[str, str], **values: Any
    ) -> "ConsentForm":
        """The form with a box for each; `countries` calls a code by its name."""
        language = current_language().code
        boxes = {}
        for number, one in enumerate(recipients):
            purpose = purpose_named(one.purpose)
            text = purpose.text(language, recipient=one.recipient, country=countries.get(one.country, one.country))
            draft = purpose.draft(recipient=one.recipient, country=countries.get(one.country, one.country))
            note = _l("Unconfirmed translation: %(draft)s", draft=draft) if draft else ""
            boxes[f"consent_{number}"] = BooleanField(text, [Optional()], description=note)
        made: type[ConsentForm] = type("ConsentForm", (cls,), {**boxes, "recipients": recipients})
        return made(**values)

    def given(self) -> list[Consenting]:
        """The consents that were ticked."""
        return [one for number, one in enumerate(self.recipients) if self[f"consent_{number}"].data]
