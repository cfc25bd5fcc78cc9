"""The form of what an applicant to the exchange tells in confidence. The others are those of every kind of call."""

from wtforms import EmailField, StringField
from wtforms.validators import InputRequired, Length, Optional

from lms.accounts.forms import check_email
from lms.core.i18n import lazy_gettext as _l
from lms.core.web import Form


class TieForm(Form):
    """Somebody who should not review the application."""

    name = StringField(
        _l("Name"), [InputRequired(), Length(max=200)], description=_l("As the person writes it, in any script.")
    )
    email = EmailField(_l("E-mail address, if you know it"), [Optional(), Length(max=254), check_email])
    reason = StringField(
        _l("Why"), [InputRequired(), Length(max=600)], description=_l("A relative, a former supervisor, a dispute.")
    )
