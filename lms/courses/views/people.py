"""For coordinators: what the people of their own institution take and have completed."""

from flask import Response, request

from lms.core.i18n import in_reader_language
from lms.core.i18n import lazy_gettext as _l
from lms.core.paging import in_order_of, looked_up
from lms.core.web import Column, access, current_actor, render_list
from lms.courses import policy
from lms.courses.flow import ENROLMENT
from lms.courses.models import Enrolment
from lms.courses.queries import teaching
from lms.courses.views.blueprint import bp
from lms.courses.views.offerings import per_cent
from lms.institutions import queries as institutions

_COLUMNS = (
    Column(_l("Name"), lambda row: row.person.name, "name", looked_up(Enrolment.person, "name")),
    Column(_l("Name in local script"), lambda row: row.person.name_local),
    Column(_l("Name in Chinese"), lambda row: row.person.name_zh),
    Column(
        _l("Course"),
        lambda row: in_reader_language(row.offering.course, "title"),
        "course",
        looked_up(Enrolment.offering, "course", "title_en"),
    ),
    Column(_l("Course code"), lambda row: row.offering.course.code),
    Column(_l("Offering"), lambda row: row.offering.code),
    Column(_l("Given by"), lambda row: in_reader_language(row.offering.institution, "name")),
    Column(_l("Hours"), lambda row: row.offering.course.hours),
    Column(
        _l("State"),
        lambda row: ENROLMENT.state_of(row).label,
        "state",
        in_order_of(Enrolment.state, ENROLMENT.states),
    ),
    Column(_l("Quiz mark, per cent"), lambda row: per_cent(row.quiz_score), "mark", Enrolment.quiz_score),
    Column(_l("Applied on"), lambda row: row.created_at, "applied", Enrolment.created_at),
    Column(_l("Enrolled on"), lambda row: row.enrolled_at),
    Column(_l("Completed on"), lambda row: row.completed_at, "completed", Enrolment.completed_at),
    Column(_l("Certificate"), lambda row: row.credential.code if row.credential else ""),
)


@bp.get("/our-people")
@access(policy.OUR_PEOPLE)
def our_people() -> Response:
    """The list, to search, to filter and to take out as CSV or XLSX."""
    actor = current_actor()
    own = institutions.people_of(actor.scopes_of("coordinator", "institution"))
    q, state = request.args.get("q", "").strip(), request.args.get("state", "")
    return render_list(
        "courses/our_people.html",
        query=teaching.our_people(own, q=q, state=state),
        order=teaching.PARTICIPANT_ORDER,
        columns=_COLUMNS,
        name="our-people",
        machine=ENROLMENT,
        q=q,
        state=state,
    )
