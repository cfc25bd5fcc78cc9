"""Forms of the public check."""

from flask_wtf.file import FileRequired
from wtforms import FileField, StringField
from wtforms.validators import Length, Optional

from lms.core.i18n import lazy_gettext as _l
from lms.core.web import Form


class FileCheckForm(Form):
    """A PDF that somebody was handed, and the code printed on it."""

    file = FileField(
        _l("PDF file"),
        [FileRequired(_l("Choose the PDF file of a certificate."))],
        description=_l("The file is compared and then forgotten. At most 10 MB."),
    )
    code = StringField(
        _l("Code on the certificate"),
        [Optional(), Length(max=40)],
        description=_l("If you have it, we can tell an altered file from an unknown one."),
    )
