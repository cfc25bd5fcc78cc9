"""The base of every form, and the fields that WTForms lacks.

A form whose service refuses shows the reasons beside the fields and answers 422:

    form = OfferingForm()
    if offering := form.submit(lambda: services.open_offering(actor, **form.values())):
        return redirect(...)
    return render_form("courses/offering_form.html", form)
"""

import unicodedata
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from flask import Response, make_response, render_template
from flask_wtf import FlaskForm
from sqlalchemy import select
from sqlalchemy.orm import Mapped, mapped_column
from wtforms import Field, FieldList, FileField, FormField, HiddenField
from wtforms.validators import StopValidation

from lms.core.db import Base, db
from lms.core.errors import Conflict, Invalid, Refused
from lms.core.i18n import Text
from lms.core.i18n import lazy_gettext as _l
from lms.core.ids import new_ref
from lms.core.storage import StagedFile
from lms.core.web.identity import current_actor
from lms.core.web.uploads import received

Result = TypeVar("Result")


class FormUse(Base):
    """A form that was acted on, so that a double click or a page sent again cannot act twice."""

    __tablename__ = "form_use"

    token: Mapped[str] = mapped_column(primary_key=True)
    used_at: Mapped[datetime] = mapped_column(index=True)


def clean_text(value: Any) -> Any:
    """Strip surrounding space and control characters, and compose accents (NFC), keeping line breaks."""
    if not isinstance(value, str):
        return value
    kept = "".join(ch for ch in value if ch in "\n\t" or unicodedata.category(ch) != "Cc")
    return unicodedata.normalize("NFC", kept).strip()


class Form(FlaskForm):
    """A form with CSRF protection, cleaned text, a version for stale pages and a token for double clicks."""

    class Meta(FlaskForm.Meta):
        """Flask-WTF's, with clean text in every field."""

        def bind_field(self, form: Any, unbound_field: Any, options: Any) -> Field:
            """Put `clean_text` before the filters of the field."""
            if issubclass(unbound_field.field_class, (FormField, FieldList)):
                return unbound_field.bind(form=form, **options)
            filters = [clean_text, *unbound_field.kwargs.get("filters", [])]
            return unbound_field.bind(form=form, filters=filters, **options)

    once = HiddenField(default=new_ref)
    version = HiddenField(default="")

    @property
    def seen_version(self) -> int | None:
        """The version of the subject that the page showed."""
        seen = self.version.data or ""
        return int(seen) if seen.isdigit() else None

    def values(self) -> dict[str, Any]:
        """The fields' values by name, without the machinery."""
        return {
            name: data for name, data in self.data.items() if name not in {"once", "version", "csrf_token"}
        }

    def submit(self, action: Callable[[], Result]) -> Result | None:
        """If the form was sent and is valid: act once.

        None when it was not, or when the rules refused (see `errors`).

        Raises Conflict when this very form was already acted on.
        """
        if not self.validate_on_submit():
            return None
        self._use_once()
        savepoint = db.session.begin_nested()
        try:
            result = action()
            savepoint.commit()
        except Invalid as error:
            savepoint.rollback()
            self.refuse(error.message, error.field)
        except Refused as error:
            savepoint.rollback()
            for reason in error.reasons:
                self.refuse(reason)
        else:
            return result
        return None

    def refuse(self, message: Text, field: str | None = None) -> None:
        """Put a message beside a field, or above the form."""
        if field and field in self:
            self[field].errors = [*self[field].errors, message]
        else:
            self.form_errors.append(message)

    def _use_once(self) -> None:
        token = self.once.data or ""
        if not token:
            return
        if db.session.scalar(select(FormUse.token).where(FormUse.token == token)):
            raise Conflict(_l("This form was already received. Open the page anew to see what became of it."))
        db.session.add(FormUse(token=token[:64], used_at=current_actor().now))
        db.session.flush()


def render_form(template: str, form: Form, **context: Any) -> Response:
    """Render a page with a form: 200 when fresh, 422 when something in it is wrong."""
    status = 422 if form.errors else 200
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
