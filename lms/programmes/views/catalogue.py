"""The public catalogue of joint degree programmes, and a programme's page."""

from typing import Any

from flask import Response, render_template, request

from lms.applications.eligibility import Facts
from lms.applications.queries.facts import outcomes
from lms.applications.rules import DOCUMENT_KINDS, is_open, not_open_reason
from lms.core.access import PUBLIC
from lms.core.i18n import in_reader_language
from lms.core.i18n import lazy_gettext as _l
from lms.core.paging import Key, in_order_of, looked_up
from lms.core.web import Column, access, current_actor, render_list
from lms.institutions import queries as institutions
from lms.programmes.models import Programme
from lms.programmes.policy import SEE_OFFICE
from lms.programmes.queries import admission, agreements
from lms.programmes.queries import programmes as queries
from lms.programmes.queries.curriculum import confirmed_curriculum
from lms.programmes.queries.programmes import Wanted
from lms.programmes.rules import AWARDS, FIELDS, LANGUAGES, LEVELS, PUBLIC_INTAKES
from lms.programmes.views.blueprint import bp


def universities_of(programme: Programme) -> list[Any]:
    """The universities that carry a programme, the coordinating one first where none is agreed on yet."""
    agreed = next((one for one in programme.agreements if one.state == "confirmed"), None)
    return [party.institution for party in agreed.parties] if agreed else [programme.coordinating]


_COLUMNS = [
    Column(_l("Programme"), lambda row: row.title_en, "title", Programme.title_en),
    Column(_l("Programme in Chinese"), lambda row: row.title_zh),
    Column(_l("Level"), lambda row: str(LEVELS[row.level]), "level", in_order_of(Programme.level, LEVELS)),
    Column(_l("Field"), lambda row: str(FIELDS.get(row.field, row.field))),
    Column(
        _l("Coordinating university"),
        lambda row: in_reader_language(row.coordinating, "name"),
        "university",
        looked_up(Programme.coordinating, "name_en"),
    ),
    Column(_l("Universities"), lambda row: "; ".join(in_reader_language(one, "name") for one in universities_of(row))),
    Column(_l("Length in months"), lambda row: row.months, "months", Programme.months),
]


@bp.get("/")
@access(PUBLIC)
def catalogue() -> Response:
    """Programmes with search and filters."""
    actor = current_actor()
    wanted = Wanted(**{name: request.args.get(name, "").strip() for name in Wanted.__dataclass_fields__})
    return render_list(
        "programmes/catalogue.html",
        query=queries.catalogue(actor, wanted),
        order=[Key(Programme.title_en), Key(Programme.id)],
        columns=_COLUMNS,
        name="programmes",
        wanted=wanted,
        universities_of=universities_of,
        levels=LEVELS,
        fields=FIELDS,
        centre_options=[(one.code, in_reader_language(one, "name")) for one in institutions.sub_centres()],
        country_options=[(one.code, in_reader_language(one, "name")) for one in institutions.countries()],
    )


@bp.get("/<ref>")
@access(PUBLIC, load=queries.public_programme)
def programme(programme: Programme) -> str:
    """A programme: what is studied where, what it costs, and its intakes."""
    actor = current_actor()
    intakes = queries.intakes_of(programme, states=PUBLIC_INTAKES)
    mine = {one.call_id: admission.live_application(actor.person_id, one.call) for one in intakes}
    return render_template(
        "programmes/programme.html",
        programme=programme,
        agreement=agreements.confirmed_agreement(programme.id),
        universities=universities_of(programme),
        curriculum=confirmed_curriculum(programme.id),
        intakes=intakes,
        is_open={one.id: is_open(one.call, actor.now) for one in intakes},
        not_open={one.id: not_open_reason(one.call, actor.now) for one in intakes},
        mine=mine,
        rules={one.id: outcomes(one.call, Facts(), now=actor.now) for one in intakes},
        document_kinds=DOCUMENT_KINDS,
        awards=AWARDS,
        fields=FIELDS,
        spoken=LANGUAGES,
        levels=LEVELS,
        keeps=SEE_OFFICE.allows(actor, programme),
        coordinates=bool(actor.scopes_of("coordinator", "institution")),
    )
