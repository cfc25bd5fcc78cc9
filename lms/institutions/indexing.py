"""What the search knows of institutions."""

from lms.core import search
from lms.institutions.models import Institution
from lms.institutions.queries import INDEX, countries_by_code, merged_into


def index_institution(institution: Institution) -> None:
    """Make a confirmed institution findable by its names, city, domain and country, and by what was merged into it."""
    country = countries_by_code()[institution.country_code]
    former = [name for one in merged_into(institution.id) for name in (one.name_en, one.name_local, one.name_zh)]
    search.index(
        INDEX,
        institution.id,
        title=institution.name_en,
        texts=[
            institution.name_local,
            institution.name_zh,
            *former,
            institution.city,
            institution.domain,
            institution.slug.replace("-", " "),
            country.name_en,
            country.name_zh,
            country.name_local,
        ],
    )
