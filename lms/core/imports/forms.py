"""The form that takes a table."""

from lms.core.i18n import lazy_gettext as _l
from lms.core.web.forms import FileRequired, Form, StoredFileField


class TableForm(Form):
    """A table to be checked."""

    table = StoredFileField(
        _l("Table"),
        [FileRequired()],
        description=_l("CSV or XLSX, at most 10 MB. The first row holds the titles of the columns."),
        render_kw={"accept": ".csv,.xlsx"},
    )


class ConfirmForm(Form):
    """A button: have it written."""
