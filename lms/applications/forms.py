"""Forms of endorsements, and of sending an application back."""

from collections.abc import Iterable
from typing import Any

from wtforms import BooleanField, DateField, EmailField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from lms.accounts.forms import check_email, language_choices
from lms.applications.rules import ENDORSEMENT_ROUTES
from lms.core.i18n import Text
from lms.core.i18n import lazy_gettext as _l
from lms.core.web import Form
from lms.core.web.fields import choices
from lms.core.web.forms import FileRequired, StoredFileField


class DecideForm(Form):
    """An endorsement given or refused by its office."""

    decision = RadioField(
        _l("Decision"),
        [InputRequired()],
        choices=choices([("give", _l("We endorse this application")), ("refuse", _l("We refuse"))]),
    )
    reason = TextAreaField(
        _l("Reason"), [Optional(), Length(max=4000)], description=_l("Needed for a refusal. The applicant reads this.")
    )


class LinkDecideForm(DecideForm):
    """The same by somebody without an account."""

    is_entitled = BooleanField(
        _l("I am entitled to decide this for the office named above."),
        [InputRequired(_l("Confirm that you are entitled to decide this."))],
    )


class CheckSheetForm(Form):
    """A sheet compared with its picture."""

    decision = RadioField(
        _l("Decision"),
        [InputRequired()],
        choices=choices(
            [
                ("accept_sheet", _l("The sheet is complete, signed and sealed")),
                ("record_refusal", _l("The sheet is complete and says that the office does not endorse")),
                ("refuse_sheet", _l("Ask for another sheet")),
            ]
        ),
    )
    reason = TextAreaField(
        _l("What is wrong"),
        [Optional(), Length(max=4000)],
        description=_l("Needed unless the office endorses: the reason that the sheet gives, or what is wrong with it."),
    )


class UploadSheetForm(Form):
    """The photographed or scanned sheet."""

    sheet = StoredFileField(
        _l("Photograph or scan of the sheet"),
        [FileRequired()],
        description=_l("PDF, PNG, JPEG or WebP, at most 20 MB. Code, signature and seal must be readable."),
    )


class RouteForm(Form):
    """How the applicant wants to be endorsed."""

    route = RadioField(
        _l("How does your home side endorse you?"), [InputRequired()], choices=choices(ENDORSEMENT_ROUTES.items())
    )
    office = StringField(
        _l("Office"),
        [Optional(), Length(max=200)],
        description=_l("For the link and the sheet: the ministry, institution and department that endorses you."),
    )
    name = StringField(_l("Person"), [Optional(), Length(max=200)], description=_l("For the link: who will decide."))
    email = EmailField(
        _l("E-mail address of that person"),
        [Optional(), Length(max=254), check_email],
        description=_l("For the link: it goes to this address only. It must not be your own."),
    )
    language = SelectField(_l("Language of the mail"), choices=language_choices)

    def wish(self, institution_id: int | None) -> dict[str, Any]:
        """What was chosen, as an application keeps it; only what the route needs."""
        route = self.route.data
        wish: dict[str, Any] = {"route": route}
        if route == "platform":
            wish["institution_id"] = institution_id
        else:
            wish["office"] = self.office.data or ""
        if route == "link":
            wish |= {"name": self.name.data or "", "email": self.email.data or "", "language": self.language.data}
        return wish


class AskAgainForm(RouteForm):
    """The same after submission: who is asked now gets the application at once, so consent belongs here."""

    consent = BooleanField(
        _l("The body named here may receive my application with its documents, to examine it and to decide on it."),
        [InputRequired(_l("Without your consent we may not pass the application on."))],
    )


class ReturnForm(Form):
    """What an applicant must put right: a reason beside each field that is wrong; the others stay empty."""

    due_on = DateField(
        _l("To be put right until"), [InputRequired()], description=_l("The end of this day in the zone of the call.")
    )

    @property
    def reasons(self) -> dict[str, str]:
        """The reasons by field."""
        return {
            name.removeprefix("reason-"): data or ""
            for name, data in self.values().items()
            if name.startswith("reason-")
        }


def form_for_fields(fields: Iterable[tuple[str, Text]], **options: Any) -> ReturnForm:
    """The form with one line for each field that may be sent back, named as (field, label)."""
    lines = {f"reason-{field}": StringField(label, [Optional(), Length(max=600)]) for field, label in fields}
    return type("FieldsReturnForm", (ReturnForm,), lines)(prefix="return-", **options)
