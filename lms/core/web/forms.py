"""The base of every form, and the fields that WTForms lacks.

A form whose service refuses shows the reasons beside the fields and answers 422:

    form = OfferingForm()
    if offering := form.submit(lambda: services.open_offering(actor, **form.values())):
        return redirect(...)
    return render_form("courses/offering_form.html", form)
"""

import re
import unicodedata
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from flask import Response, g, make_response, render_template, request
from flask_wtf import FlaskForm
from sqlalchemy import inspect
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.datastructures import MultiDict
from wtforms import FileField, HiddenField, PasswordField, StringField
from wtforms.validators import StopValidation
from wtforms.widgets import TextInput

from lms.core.db import Base, db
from lms.core.errors import Conflict, Invalid, Refused, Stale
from lms.core.i18n import Text
from lms.core.i18n import lazy_gettext as _l
from lms.core.ids import new_ref
from lms.core.storage import StagedFile
from lms.core.web.identity import current_actor
from lms.core.web.library_messages import LibraryMessages
from lms.core.web.stale import differences, fresh_address, typed_texts
from lms.core.web.uploads import received
from lms.core.zawgyi import in_unicode

Result = TypeVar("Result")


class FormUse(Base):
    """A form that was acted on, so that a double click or a page sent again cannot act twice."""

    __tablename__ = "form_use"

    token: Mapped[str] = mapped_column(primary_key=True)
    used_at: Mapped[datetime] = mapped_column(index=True)


# What no text holds and no database takes: control characters and halves of surrogate pairs; and marks that turn
# the direction of whatever stands around a text.
_UNTEXTUAL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
# Letters and symbols that show nothing; the other invisible characters are told by their category.
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
_LINE_BREAK = re.compile(r"[\t\n\u2028\u2029]+")
_INVISIBLE = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp"})


def clean_text(value: Any) -> Any:
    """Strip surrounding space and control characters, and compose accents (NFC), keeping line breaks.

    What shows nothing at all is no text.
    """
    if not isinstance(value, str):
        return value
    text = unicodedata.normalize("NFC", _UNTEXTUAL.sub("", value)).strip()
    return text if any(unicodedata.category(ch) not in _INVISIBLE and ch not in _BLANK for ch in text) else ""


def one_line(value: Any) -> Any:
    """Put what belongs on one line there: a browser's field holds no line break, but what is sent may."""
    return _LINE_BREAK.sub(" ", value) if isinstance(value, str) else value


class Form(FlaskForm):
    """A form with CSRF protection, cleaned text, a version for stale pages and a token for double clicks."""

    class Meta(FlaskForm.Meta):
        """Flask-WTF's, with clean text."""

        def get_translations(self, form: Any) -> LibraryMessages:
            """The messages of WTForms itself, from our catalogues."""
            return LibraryMessages()

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """Clean what was sent before any field or validator sees it; a form is never sent as JSON."""
            if formdata is None or request.is_json:
                return None
            sent = super().wrap_formdata(form, formdata)
            if sent is None and not form.is_submitted():
                return None  # A fresh page shows the fields' defaults.
            sent = sent or MultiDict()
            return MultiDict((name, clean_text(value)) for name in sent for value in sent.getlist(name))

        def bind_field(self, form: Any, unbound_field: Any, options: Any) -> Any:
            """Let text run over several lines only where its field does."""
            field = super().bind_field(form, unbound_field, options)
            if isinstance(field.widget, TextInput):
                field.filters = [*field.filters, one_line]
            return field

    once = HiddenField(default=new_ref)
    version = HiddenField(default="")

    is_stale = False
    fresh_address = staticmethod(fresh_address)

    @property
    def seen_version(self) -> int | None:
        """The version of the subject that the page showed."""
        seen = str(self.version.data or "")
        if not seen:
            return None
        return int(seen) if re.fullmatch("[0-9]{1,9}", seen) else 0  # No row has ever had version 0.

    def validate(self, extra_validators: Any = None) -> bool:
        """Check every field. Whoever typed Burmese in Zawgyi is shown it in Unicode too, and asked which to keep."""
        asked = [field for field in self if _holds_text(field) and not _settled(field)]
        valid = super().validate(extra_validators)
        for field in asked:
            field.errors = [*field.errors, _l("This looks like Burmese typed in Zawgyi. Choose which text to keep.")]
        return valid and not asked

    def values(self) -> dict[str, Any]:
        """The fields' values by name, without the machinery."""
        return {name: data for name, data in self.data.items() if name not in {"once", "version", "csrf_token"}}

    def submit(self, action: Callable[[], Result]) -> Result | None:
        """If the form was sent and is valid: act once.

        None when it was not, or when the rules refused (see `errors`).

        When somebody else changed the subject meanwhile, and the form was made with the subject's `version`, the
        form is shown again with what was typed and what is stored, and can be sent once more.
        Raises Conflict when this very form was already acted on.
        """
        if not self.validate_on_submit():
            return None
        self._use_once()
        loaded = _loaded_relationships()
        savepoint = db.session.begin_nested()
        try:
            result = action()
            savepoint.commit()
        except Invalid as error:
            savepoint.rollback()
            _show_again(loaded)
            self.refuse(error.message, error.field)
        except Refused as error:
            savepoint.rollback()
            _show_again(loaded)
            for reason in error.reasons:
                self.refuse(reason)
        except (Conflict, StaleDataError) as error:
            if not (isinstance(error, Stale) and self.version.object_data):
                g.typed = typed_texts(self)
                raise
            savepoint.rollback()
            _show_again(loaded)
            self._ask_again()
        else:
            return result
        return None

    def refuse(self, message: Text, field: str | None = None) -> None:
        """Put a message beside a field, or above the form."""
        if field and field in self:
            self[field].errors = [*self[field].errors, message]
        else:
            self.form_errors.append(message)

    def _ask_again(self) -> None:
        """Keep what was typed, tell what is stored, and let the next press replace it."""
        self.is_stale = True
        self.version.data = self.version.object_data
        self.refuse(
            _l(
                "Somebody changed this meanwhile. What you entered is kept here but not saved. "
                "To save yours, send it again."
            )
        )
        for field, stored in differences(self):
            field.errors = [*field.errors, stored]

    def _use_once(self) -> None:
        token = (self.once.data or "")[:64]
        if not token:
            return
        db.session.add(FormUse(token=token, used_at=current_actor().now))
        try:
            db.session.flush()
        except IntegrityError:
            message = _l("This form was already received. Open the page anew to see what became of it.")
            raise Conflict(message) from None


def _holds_text(field: Any) -> bool:
    """Whether somebody writes what others read there: a password is nobody's to show or to change."""
    return isinstance(field, StringField) and not isinstance(field, PasswordField | HiddenField)


def _settled(field: Any) -> bool:
    """Whether a text needs no question about its encoding; it is converted where its writer has agreed to that."""
    answer = request.form.get(f"zawgyi-{field.name}")
    typed = field.data if isinstance(field.data, str) else ""
    field.in_unicode = in_unicode(typed) if answer != "keep" else None
    if field.in_unicode and answer == "convert":
        field.data, field.in_unicode = field.in_unicode, None
    return not field.in_unicode


def _loaded_relationships() -> dict[Any, dict[str, Any]]:
    """What the queries of this request have loaded beside the columns of each row."""
    return {
        row: {one.key: vars(row)[one.key] for one in inspect(row).mapper.relationships if one.key in vars(row)}
        for row in db.session
    }


def _show_again(loaded: dict[Any, dict[str, Any]]) -> None:
    """A rollback forgets what was loaded, but the page with the refused form shows it, and nothing loads lazily."""
    for row, relationships in loaded.items():
        for key, value in relationships.items():
            if inspect(row).persistent and key not in vars(row):
                set_committed_value(row, key, value)


def render_form(template: str, form: Form, **context: Any) -> Response:
    """Render a page with a form: 200 when fresh, 422 when something in it is wrong, 409 when it is stale.

    Browsers do not send a file twice by themselves, so good files beside a fault are asked for again.
    """
    status = 409 if form.is_stale else 422 if form.errors else 200
    for field in form if form.errors else ():
        if isinstance(field, StoredFileField) and field.data and not field.errors:
            field.errors = [_l("Choose this file again: it was not kept because something else was wrong.")]
    return make_response(render_template(template, form=form, **context), status)


class StoredFileField(FileField):
    """A file that the view's `uploads` declaration has stored already. `data` is a list of staged files."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take what was stored."""
        self.data: list[StagedFile] = received(self.name).staged

    def pre_validate(self, form: Any) -> None:
        """Say what was wrong with the files."""
        if errors := received(self.name).errors:
            raise StopValidation("; ".join(str(error) for error in errors))


class FileRequired:
    """Validator: at least one file must have come."""

    field_flags = {"required": True}

    def __call__(self, form: Any, field: StoredFileField) -> None:
        """Refuse an empty field."""
        if not field.data:
            raise StopValidation(str(_l("Choose a file.")))
