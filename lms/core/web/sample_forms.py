"""The form on the style guide: one field of each kind, untouched and refused; and how its list is sorted."""

from typing import Any

from sqlalchemy import column
from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired
from wtforms.widgets import CheckboxInput, ListWidget

from lms.core.i18n import lazy_gettext as _l
from lms.core.paging import Key
from lms.core.web.fields import WallClockField
from lms.core.web.forms import Form, StoredFileField
from lms.core.web.lists import Column, Sorting, sorting_of


def _languages() -> list[tuple[str, Any]]:
    return [("en", _l("English")), ("zh", _l("Chinese"))]


class SampleForm(Form):
    """Never saved: it shows how fields look."""

    title = StringField(_l("Title"), [InputRequired()], description=_l("As it stands in the catalogue."))
    email = EmailField(_l("E-mail address"), [InputRequired()])
    places = IntegerField(_l("Places"), description=_l("Leave empty when there is no limit."))
    starts_on = DateField(_l("First day"))
    closes_at = WallClockField(_l("Closes at"), description=_l("In your own time zone."))
    language = SelectField(_l("Language"), choices=_languages)
    mode = RadioField(
        _l("How people enrol"),
        [InputRequired()],
        choices=lambda: [("open", _l("At once")), ("restricted", _l("After approval"))],
    )
    subtitles = SelectMultipleField(
        _l("Subtitles"),
        choices=_languages,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    picture = StoredFileField(_l("Picture"), description=_l("PNG, JPEG or WebP, at most 20 MB."))
    text = TextAreaField(_l("Description"), description=_l("You can use Markdown."))
    is_public = BooleanField(_l("Show it in the public catalogue"))


def sample_form(*, with_errors: bool = False) -> SampleForm:
    """The form as it opens, or as it comes back with a fault in every field and one of the whole."""
    form = SampleForm(formdata=None, prefix="refused-" if with_errors else "")
    if with_errors:
        form.refuse(_l("The course cannot be published before it has a page."))
        for name in form.values():
            form.refuse(_l("Say what belongs here."), name)
    return form


def sample_sorting() -> Sorting:
    """How the list is sorted: by its applicants, and by institutions if one presses there."""
    name = column("name")
    columns = (
        Column(_l("Applicant"), str, "name", name),
        Column(_l("Institution"), str, "institution", column("institution")),
    )
    return sorting_of(columns, [Key(name)], "")
