"""What search finds of joint degrees: programmes, once they are public."""

from lms.core import search
from lms.core.translated import texts_in_all_languages
from lms.programmes.models import Programme
from lms.programmes.queries.agreements import terms_of
from lms.programmes.queries.programmes import INDEX

OFFICE = "office"


def index_programme(programme: Programme) -> None:
    """Bring a programme's entry up to date. Its sub centres must be loaded."""
    terms = terms_of(programme.id)
    universities = [party.institution for party in terms.parties] if terms else [programme.coordinating]
    search.index(
        INDEX,
        programme.id,
        title=programme.title_en,
        texts=[
            programme.title_zh,
            programme.summary_en,
            programme.summary_zh,
            *texts_in_all_languages(programme),
            *(name for one in universities for name in (one.name_en, one.name_local, one.name_zh, one.city)),
            *(name for centre in programme.sub_centres for name in (centre.name_en, centre.name_zh)),
        ],
        audience=search.PUBLIC if programme.state == "published" else OFFICE,
    )
