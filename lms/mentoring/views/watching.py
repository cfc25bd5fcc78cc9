"""How the pairs of a scheme are doing, for its coordinators: who meets, who is loaded, who has not answered."""

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.core.errors import NotFound
from lms.core.i18n import lazy_gettext as _l
from lms.core.paging import Key, in_order_of, looked_up
from lms.core.web import Column, access, current_actor, render_list
from lms.core.web.actions import Action, actions_for, perform_posted
from lms.core.workflow import history_of
from lms.mentoring.flow import MEETING, MENTORSHIP
from lms.mentoring.models import MentoringScheme, Mentorship
from lms.mentoring.policy import MANAGE_SCHEME, WATCH_MENTORSHIP
from lms.mentoring.queries import mentorships as queries
from lms.mentoring.queries.schemes import counts_of, scheme_visible_to
from lms.mentoring.rules import hours_of
from lms.mentoring.views.blueprint import bp


def _held(row: Mentorship) -> list[int]:
    return [meeting.minutes for meeting in row.meetings if meeting.state == "held"]


def last_meeting(row: Mentorship) -> object:
    """When a pair last met."""
    return max((meeting.starts_at for meeting in row.meetings if meeting.state == "held"), default=None)


_COLUMNS = [
    Column(_l("Mentor"), lambda row: row.mentor.person.name, "mentor", looked_up(Mentorship.mentor, "person", "name")),
    Column(_l("Mentee"), lambda row: row.mentee.person.name, "mentee", looked_up(Mentorship.mentee, "person", "name")),
    Column(
        _l("State"),
        lambda row: str(MENTORSHIP.state_of(row).label),
        "state",
        in_order_of(Mentorship.state, MENTORSHIP.states),
    ),
    Column(_l("Began"), lambda row: row.started_at, "began", Mentorship.started_at),
    Column(_l("Last meeting"), last_meeting, "met", queries.LAST_MEETING),
    Column(_l("Meetings held"), lambda row: len(_held(row)), "meetings", queries.HELD_MEETINGS),
    Column(_l("Hours together"), lambda row: hours_of(sum(_held(row))), "hours", queries.HELD_MINUTES),
]


@bp.get("/manage/<ref>/mentorships")
@access(MANAGE_SCHEME, load=scheme_visible_to)
def mentorship_list(scheme: MentoringScheme) -> Response:
    """The mentorships of a scheme, those that have not met for long first when asked for, and each mentor's load."""
    actor = current_actor()
    q, state = request.args.get("q", "").strip(), request.args.get("state", "")
    quiet = "1" if request.args.get("quiet") else ""
    return render_list(
        "mentoring/manage/mentorships.html",
        query=queries.mentorships_of(
            actor, scheme, q=q, state=state if state in MENTORSHIP.states else "", quiet=quiet
        ),
        order=[Key(Mentorship.started_at, descending=True), Key(Mentorship.id, descending=True)],
        columns=_COLUMNS,
        name="mentorships",
        scheme=scheme,
        machine=MENTORSHIP,
        counts=counts_of(scheme),
        quiet_count=queries.is_quiet_count(actor, scheme),
        loads=[
            {
                "label": load.mentor.person.name,
                "value": load.guides,
                "text": _l("%(value)s of %(maximum)s", value=load.guides, maximum=load.mentor.capacity),
                "tone": "warning" if load.guides >= load.mentor.capacity else "primary",
            }
            for load in queries.loads_of(scheme)
        ],
        last_meeting=last_meeting,
        held=_held,
        hours_of=hours_of,
        q=q,
        state=state,
        quiet=quiet,
    )


@bp.get("/watched/<ref>")
@access(WATCH_MENTORSHIP, load=queries.mentorship_watched)
def watched(mentorship: Mentorship) -> ResponseReturnValue:
    """One mentorship as its coordinators see it: when they met, but neither goals nor notes."""
    return _page(mentorship)


def _page(mentorship: Mentorship, refused: Action | None = None) -> ResponseReturnValue:
    actions = [one for one in actions_for(MENTORSHIP, mentorship) if one.transition.name == "end_by_office"]
    page = render_template(
        "mentoring/manage/mentorship.html",
        mentorship=mentorship,
        scheme=mentorship.scheme,
        state=MENTORSHIP.state_of(mentorship),
        meeting_machine=MEETING,
        held=_held(mentorship),
        hours=hours_of(sum(_held(mentorship))),
        last_meeting=last_meeting(mentorship),
        actions=[refused if refused and refused.transition is one.transition else one for one in actions],
        history_rows=history_of("mentorship", mentorship.id, public_only=True),
        machine=MENTORSHIP,
    )
    return page, 422 if refused else 200


@bp.post("/watched/<ref>/do/<transition>")
@access(WATCH_MENTORSHIP, load=queries.mentorship_watched)
def do_watched(mentorship: Mentorship, transition: str) -> ResponseReturnValue:
    """End a mentorship for both."""
    if transition != "end_by_office":
        raise NotFound
    if (refused := perform_posted(MENTORSHIP, mentorship, transition)) is not None:
        return _page(mentorship, refused)
    flash(MENTORSHIP.transitions[transition].timeline_label, "success")
    return redirect(url_for("mentoring.mentorship_list", ref=mentorship.scheme.ref), 303)
