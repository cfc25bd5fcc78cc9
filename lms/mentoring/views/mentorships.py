"""A mentorship as its two sides see it: goals, meetings, notes, and the ways out."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from lms.core.errors import NotFound
from lms.core.i18n import Text
from lms.core.i18n import lazy_gettext as _l
from lms.core.web import Form, access, current_actor, render_form
from lms.core.web.actions import Action, actions_for, perform_posted
from lms.core.web.locale import zone_name
from lms.core.workflow import history_of
from lms.credentials.queries import credentials_about
from lms.mentoring.flow import CONCERN, MEETING, MENTORSHIP
from lms.mentoring.flow.telling import other_side
from lms.mentoring.forms import PROGRESS, ConcernForm, GoalForm, MeetingForm, NoteForm, ProgressForm
from lms.mentoring.models import Goal, Meeting, Mentorship
from lms.mentoring.policy import OWN_MENTORSHIP, side_of
from lms.mentoring.queries import concerns as confided
from lms.mentoring.queries import mentorships as queries
from lms.mentoring.rules import LIVE, common_hours, hours_of, in_words, next_common
from lms.mentoring.services import mentorships as services
from lms.mentoring.views.blueprint import bp

_ACTIONS = ("pause", "resume", "close", "change", "end")


@bp.get("/mentorships/<ref>")
@access(OWN_MENTORSHIP, load=queries.mentorship_visible_to)
def mentorship(mentorship: Mentorship) -> ResponseReturnValue:
    """Where it stands, and what both may do."""
    return _page(mentorship)


def _page(mentorship: Mentorship, *, refused: Action | None = None, sent: Form | None = None) -> ResponseReturnValue:
    actor = current_actor()
    side = side_of(actor, mentorship)
    me, other = getattr(mentorship, side), other_side(mentorship, actor.person_id)
    is_live = mentorship.state in LIVE
    actions = [one for one in actions_for(MENTORSHIP, mentorship) if one.transition.name in _ACTIONS]
    week = actor.now.date()
    slots = common_hours(mentorship.mentor, mentorship.mentee, week) if is_live else []
    meetings, minutes = queries.held_of(mentorship.id)
    page = render_template(
        "mentoring/mentorship.html",
        mentorship=mentorship,
        scheme=mentorship.scheme,
        state=MENTORSHIP.state_of(mentorship),
        machine=MENTORSHIP,
        meeting_machine=MEETING,
        side=side,
        me=me,
        other=other,
        other_active_at=getattr(mentorship, f"{'mentee' if side == 'mentor' else 'mentor'}_active_at"),
        is_live=is_live,
        meetings=[(one, _meeting_actions(one)) for one in reversed(mentorship.meetings)],
        held=meetings,
        hours=hours_of(minutes),
        notes=queries.notes_for(actor, mentorship),
        common=in_words(slots, me.zone, week, limit=5) if slots else "",
        suggested=next_common(slots, actor.now),
        my_zone=zone_name(me.zone, actor.now),
        actions=[refused if refused and refused.transition is one.transition else one for one in actions],
        goal_form=sent if isinstance(sent, GoalForm) else GoalForm(formdata=None, prefix="goal-"),
        note_form=sent if isinstance(sent, NoteForm) else NoteForm(formdata=None, prefix="note-"),
        meeting_form=sent if isinstance(sent, MeetingForm) else MeetingForm(formdata=None, prefix="meeting-"),
        progress_forms={goal.ref: _progress_form(goal) for goal in mentorship.goals} if is_live else {},
        progress=dict(PROGRESS),
        history_rows=history_of("mentorship", mentorship.id, public_only=True),
        credential=credentials_about("mentorship", [mentorship.id]).get(mentorship.id) if side == "mentor" else None,
    )
    return page, 422 if refused or sent else 200


def _meeting_actions(meeting: Meeting) -> list[Action]:
    """The buttons of one meeting."""
    return [
        one
        for one in actions_for(MEETING, meeting)
        if one.transition.name in ("confirm", "cancel", "miss") and not one.reasons
    ]


def _progress_form(goal: Goal) -> ProgressForm:
    return ProgressForm(
        formdata=None, prefix=f"{goal.ref}-", data={"progress": goal.progress}, version=str(goal.version)
    )


@bp.post("/mentorships/<ref>/do/<transition>")
@access(OWN_MENTORSHIP, load=queries.mentorship_visible_to)
def do_mentorship(mentorship: Mentorship, transition: str) -> ResponseReturnValue:
    """Pause, go on, close with a note, end, or end and look for another mentor."""
    if transition not in _ACTIONS:
        raise NotFound
    if (refused := perform_posted(MENTORSHIP, mentorship, transition)) is not None:
        return _page(mentorship, refused=refused)
    flash(MENTORSHIP.transitions[transition].timeline_label, "success")
    return _back(mentorship)


def _back(mentorship: Mentorship, anchor: str = "") -> ResponseReturnValue:
    return redirect(url_for("mentoring.mentorship", ref=mentorship.ref, _anchor=anchor or None), 303)


def _done(
    mentorship: Mentorship, form: Form, action: Callable[[], Any], said: Text, anchor: str
) -> ResponseReturnValue:
    if form.submit(lambda: (action(),)):
        flash(said, "success")
        return _back(mentorship, anchor)
    return _page(mentorship, sent=form)


@bp.post("/mentorships/<ref>/goals")
@access(OWN_MENTORSHIP, load=queries.mentorship_visible_to)
def add_goal(mentorship: Mentorship) -> ResponseReturnValue:
    """One more goal."""
    form = GoalForm(prefix="goal-")
    return _done(
        mentorship,
        form,
        lambda: services.add_goal(current_actor(), mentorship, text=form.text.data or ""),
        _l("The goal was added."),
        "goals",
    )


@bp.post("/mentorships/<ref>/goals/<goal_ref>")
@access(OWN_MENTORSHIP, load=queries.mentorship_visible_to)
def move_goal(mentorship: Mentorship, goal_ref: str) -> ResponseReturnValue:
    """How far a goal is."""
    goal = queries.goal_of(mentorship, goal_ref)
    form = ProgressForm(prefix=f"{goal.ref}-")

    def move() -> tuple[bool]:
        services.set_progress(current_actor(), mentorship, goal, progress=form.progress.data, version=form.seen_version)
        return (True,)

    if form.submit(move):
        flash(_l("Saved."), "success")
    else:
        flash(_l("Choose how far the goal is."), "error")
    return _back(mentorship, "goals")


@bp.post("/mentorships/<ref>/notes")
@access(OWN_MENTORSHIP, load=queries.mentorship_visible_to)
def write_note(mentorship: Mentorship) -> ResponseReturnValue:
    """A note for both, or for oneself."""
    form = NoteForm(prefix="note-")
    return _done(
        mentorship,
        form,
        lambda: services.write_note(
            current_actor(), mentorship, text=form.text.data or "", is_shared=bool(form.is_shared.data)
        ),
        _l("The note was kept."),
        "notes",
    )


@bp.post("/mentorships/<ref>/meetings")
@access(OWN_MENTORSHIP, load=queries.mentorship_visible_to)
def propose_meeting(mentorship: Mentorship) -> ResponseReturnValue:
    """Propose a time on one's own clock."""
    form, actor = MeetingForm(prefix="meeting-"), current_actor()
    zone = getattr(mentorship, side_of(actor, mentorship)).zone
    return _done(
        mentorship,
        form,
        lambda: services.propose_meeting(actor, mentorship, **form.meeting(zone)),
        _l("The time was proposed. The other side confirms it or proposes another one."),
        "meetings",
    )


@bp.route("/mentorships/<ref>/concern", methods=["GET", "POST"])
@access(OWN_MENTORSHIP, load=queries.mentorship_visible_to)
def confide(mentorship: Mentorship) -> ResponseReturnValue:
    """Confide a concern; the other side never learns of it."""
    actor = current_actor()
    form = ConcernForm()
    if form.submit(lambda: services.report_concern(actor, mentorship, text=form.text.data or "")):
        flash(_l("What you wrote went to the safeguarding contact. You will read the answer here."), "success")
        return redirect(url_for("mentoring.confide", ref=mentorship.ref), 303)
    return render_form(
        "mentoring/confide.html",
        form,
        mentorship=mentorship,
        other=other_side(mentorship, actor.person_id),
        reported=confided.reported_by(actor, mentorship),
        machine=CONCERN,
    )
