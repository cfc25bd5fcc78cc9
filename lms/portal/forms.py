"""Forms of the portal's own pages."""

from wtforms import HiddenField, RadioField
from wtforms.validators import InputRequired

from lms.core.i18n import lazy_gettext as _l
from lms.core.web.forms import Form


class GiveForm(Form):
    """To whom of the office an item is given. `seen` is who had it when the page was made."""

    colleague = RadioField(_l("Colleague"), [InputRequired()], coerce=int)
    seen = HiddenField()
