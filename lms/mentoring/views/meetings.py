"""One meeting: confirm, propose another time, cancel, or say that it did not take place."""

from zoneinfo import ZoneInfo

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from lms.core.errors import Conflict, NotFound
from lms.core.i18n import lazy_gettext as _l
from lms.core.web import access, current_actor, render_form
from lms.core.web.actions import perform_posted
from lms.core.web.locale import zone_name
from lms.mentoring.flow import MEETING
from lms.mentoring.flow.telling import other_side
from lms.mentoring.forms import MeetingForm
from lms.mentoring.models import Meeting
from lms.mentoring.policy import OWN_MEETING, side_of
from lms.mentoring.queries import mentorships as queries
from lms.mentoring.services import mentorships as services
from lms.mentoring.views.blueprint import bp

_BUTTONS = ("confirm", "cancel", "miss")


@bp.post("/meetings/<ref>/do/<transition>")
@access(OWN_MEETING, load=queries.meeting_visible_to)
def do_meeting(meeting: Meeting, transition: str) -> ResponseReturnValue:
    """Confirm, cancel, or say that it did not take place."""
    if transition not in _BUTTONS:
        raise NotFound
    if (refused := perform_posted(MEETING, meeting, transition)) is not None:
        for message in refused.form.form_errors:
            flash(message, "error")
    else:
        flash(MEETING.transitions[transition].timeline_label, "success")
    return redirect(url_for("mentoring.mentorship", ref=meeting.mentorship.ref, _anchor="meetings"), 303)


@bp.route("/meetings/<ref>/move", methods=["GET", "POST"])
@access(OWN_MEETING, load=queries.meeting_visible_to)
def move_meeting(meeting: Meeting) -> ResponseReturnValue:
    """Propose another time instead, on one's own clock."""
    actor, pair = current_actor(), meeting.mentorship
    if meeting.state not in ("proposed", "confirmed"):
        raise Conflict(_l("This meeting can no longer be moved. Look at the mentorship as it stands now."))
    me = getattr(pair, side_of(actor, pair))
    form = MeetingForm(
        obj=meeting,
        starts_local=meeting.starts_at.astimezone(ZoneInfo(me.zone)).replace(tzinfo=None),
        version=str(meeting.version),
    )

    def move() -> bool:
        services.move_meeting(actor, meeting, version=form.seen_version, **form.meeting(me.zone))
        return True

    if form.submit(move):
        flash(_l("The time was proposed. The other side confirms it or proposes another one."), "success")
        return redirect(url_for("mentoring.mentorship", ref=pair.ref, _anchor="meetings"), 303)
    return render_form(
        "mentoring/meeting.html",
        form,
        meeting=meeting,
        mentorship=pair,
        me=me,
        other=other_side(pair, actor.person_id),
        my_zone=zone_name(me.zone, actor.now),
    )
