"""The catalogue of joint degree programmes. None is offered yet, and the page says so."""

from flask import render_template, request

from lms.core.access import PUBLIC
from lms.core.web import access
from lms.core.web.templating import in_reader_language
from lms.institutions import queries as institutions
from lms.programmes.views.blueprint import bp


@bp.get("/")
@access(PUBLIC)
def catalogue() -> str:
    """What will be found here, with the search and the filters that the catalogue will have."""
    return render_template(
        "programmes/catalogue.html",
        asked={name: request.args.get(name, "").strip() for name in ("q", "sub_centre", "country")},
        centre_options=[(one.code, in_reader_language(one, "name")) for one in institutions.sub_centres()],
        country_options=[(one.code, in_reader_language(one, "name")) for one in institutions.countries()],
    )
