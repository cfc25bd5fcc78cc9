"""What search finds of mentoring: schemes once they are public, and nothing about people."""

from lms.core import search
from lms.core.translated import texts_in_all_languages
from lms.mentoring.models import MentoringScheme
from lms.mentoring.rules import PUBLIC_SCHEMES

STAFF = "staff"


def index_scheme(scheme: MentoringScheme) -> None:
    """Bring a scheme's entry up to date. Its sub centre and countries must be loaded."""
    centre = scheme.sub_centre
    search.index(
        "mentoring_scheme",
        scheme.id,
        title=scheme.title_en,
        texts=[
            scheme.title_zh,
            scheme.summary_en,
            scheme.summary_zh,
            *texts_in_all_languages(scheme),
            centre.name_en if centre else "",
            centre.name_zh if centre else "",
            *(name for country in scheme.countries for name in (country.name_en, country.name_zh)),
        ],
        audience=search.PUBLIC if scheme.state in PUBLIC_SCHEMES else STAFF,
    )
