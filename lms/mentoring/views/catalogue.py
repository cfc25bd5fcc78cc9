"""The public catalogue of schemes, one scheme, and what is one's own."""

from flask import Response, render_template, request

from lms.core.access import PUBLIC, SIGNED_IN
from lms.core.i18n import in_reader_language
from lms.core.i18n import lazy_gettext as _l
from lms.core.paging import Key
from lms.core.web import Column, access, current_actor, render_list
from lms.institutions import queries as institutions
from lms.mentoring.flow import MENTORSHIP, PARTICIPANT, SCHEME
from lms.mentoring.models import MentoringScheme
from lms.mentoring.policy import COORDINATE, MANAGE_SCHEME
from lms.mentoring.queries import matching, mentorships, participants
from lms.mentoring.queries import schemes as queries
from lms.mentoring.queries.schemes import SchemeFilter
from lms.mentoring.rules import CRITERIA, OBJECTIVES, SIDES, is_open
from lms.mentoring.views.blueprint import bp
from lms.mentoring.views.calendar import feed_address

_COLUMNS = [
    Column(_l("Scheme"), lambda scheme: scheme.title_en, "title", MentoringScheme.title_en),
    Column(_l("Scheme in Chinese"), lambda scheme: scheme.title_zh),
    Column(_l("Field"), lambda scheme: in_reader_language(scheme.sub_centre, "name") if scheme.sub_centre else ""),
    Column(_l("Joining opens"), lambda scheme: scheme.opens_at, "opens", MentoringScheme.opens_at),
    Column(_l("Joining closes"), lambda scheme: scheme.closes_at, "closes", MentoringScheme.closes_at),
    Column(_l("Mentorships end"), lambda scheme: scheme.ends_on, "ends", MentoringScheme.ends_on),
]


@bp.get("/")
@access(PUBLIC)
def catalogue() -> Response:
    """Public schemes with search and filters, those that one can join longest first."""
    actor = current_actor()
    wanted = SchemeFilter(**{name: request.args.get(name, "").strip() for name in SchemeFilter.__dataclass_fields__})
    return render_list(
        "mentoring/catalogue.html",
        query=queries.catalogue(actor, wanted),
        order=[Key(MentoringScheme.closes_at, descending=True), Key(MentoringScheme.id, descending=True)],
        columns=_COLUMNS,
        name="mentoring",
        wanted=wanted,
        is_open=is_open,
        coordinates=COORDINATE.allows(actor),
        centre_options=[(one.code, in_reader_language(one, "name")) for one in institutions.sub_centres()],
        country_options=[(one.code, in_reader_language(one, "name")) for one in institutions.countries()],
    )


@bp.get("/schemes/<ref>")
@access(PUBLIC, load=queries.scheme_visible_to)
def scheme(scheme: MentoringScheme) -> str:
    """What a scheme is for, who may join, how pairs are found, and the two doors."""
    actor = current_actor()
    mine = {
        side: participants.live_participation(actor.person_id, scheme.id, side) if actor.is_signed_in else None
        for side in SIDES
    }
    return render_template(
        "mentoring/scheme.html",
        scheme=scheme,
        state=SCHEME.state_of(scheme),
        mine=mine,
        machine=PARTICIPANT,
        is_open=is_open(scheme, actor.now),
        objective=OBJECTIVES[scheme.objective],
        criteria=CRITERIA,
        manages=MANAGE_SCHEME.allows(actor, scheme),
    )


@bp.get("/mine")
@access(SIGNED_IN)
def mine() -> str:
    """My proposals, mentorships and profiles, and my calendar address."""
    actor = current_actor()
    return render_template(
        "mentoring/mine.html",
        proposals=matching.my_open_proposals(actor),
        mentorships=mentorships.my_mentorships(actor),
        participations=participants.my_participations(actor),
        machine=MENTORSHIP,
        participant_machine=PARTICIPANT,
        sides=SIDES,
        feed=feed_address(actor),
    )
