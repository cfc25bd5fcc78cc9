"""Joining a scheme: a profile that saves itself, and wishes."""

from collections.abc import Sequence
from typing import Any

from babel.dates import get_day_names
from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale

from lms.accounts.forms import EmptyForm
from lms.core import workflow
from lms.core.access import SIGNED_IN
from lms.core.errors import Conflict, Invalid, NotFound
from lms.core.i18n import lazy_gettext as _l
from lms.core.paging import Key, looked_up
from lms.core.web import Column, access, current_actor, render_form, render_list
from lms.core.web.actions import Action, actions_for, perform_posted
from lms.mentoring.flow import PARTICIPANT
from lms.mentoring.flow.reasons import field_names
from lms.mentoring.forms import ProfileForm
from lms.mentoring.models import MentoringScheme, Participant
from lms.mentoring.policy import OWN_PARTICIPANT
from lms.mentoring.queries import participants as queries
from lms.mentoring.queries.schemes import lock_scheme, scheme_visible_to
from lms.mentoring.rules import BLOCKS, LANGUAGES, METHODS, SIDES, WEEKDAYS, is_open
from lms.mentoring.services import participants as services
from lms.mentoring.views.blueprint import bp

_ANSWERS = ("leave", "come_back", "withdraw")


@bp.post("/schemes/<ref>/join/<side>")
@access(SIGNED_IN, load=scheme_visible_to)
def join(scheme: MentoringScheme, side: str) -> ResponseReturnValue:
    """Begin a profile as a mentor or as a mentee, or go on with it."""
    if side not in SIDES:
        raise NotFound
    form = EmptyForm()
    if participant := form.submit(lambda: services.join(current_actor(), scheme, side)):
        return redirect(url_for("mentoring.profile", ref=participant.ref), 303)
    for message in form.form_errors:
        flash(message, "error")
    return redirect(url_for("mentoring.scheme", ref=scheme.ref), 303)


@bp.route("/profiles/<ref>", methods=["GET", "POST"])
@access(OWN_PARTICIPANT, load=queries.own_participant)
def profile(participant: Participant) -> ResponseReturnValue:
    """What I say about myself in a scheme; sending it saves it, and may hand it in."""
    form = ProfileForm.of(participant)
    if form.submit(lambda: _save(participant, form)):
        sent = PARTICIPANT.transitions[_SENDS[participant.side]].timeline_label
        flash(sent if "send" in request.form else _l("Saved."), "success")
        return redirect(url_for("mentoring.profile", ref=participant.ref), 303)
    return render_form("mentoring/profile.html", form, **_page(participant))


def _save(participant: Participant, form: ProfileForm) -> bool:
    actor = current_actor()
    services.save_profile(actor, participant, version=form.seen_version, values=form.columns())
    if "send" in request.form:
        workflow.perform(PARTICIPANT, participant, _SENDS[participant.side], actor=actor)
    return True


# Mentors are approved first.
_SENDS = {"mentor": "offer", "mentee": "join"}


def _page(participant: Participant, actions: Sequence[Action] | None = None) -> dict[str, Any]:
    return {
        "participant": participant,
        "scheme": participant.scheme,
        "state": PARTICIPANT.state_of(participant),
        "actions": _actions(participant) if actions is None else actions,
        "weekdays": WEEKDAYS,
        "short_days": get_day_names("abbreviated", locale=get_locale()),
        "blocks": BLOCKS,
        "sides": SIDES,
        "can_send": participant.state == "draft" and is_open(participant.scheme, current_actor().now),
        "can_change": participant.state in ("draft", "submitted", "active", "on_leave"),
    }


def _actions(participant: Participant) -> list[Action]:
    return [one for one in actions_for(PARTICIPANT, participant) if one.transition.name in _ANSWERS]


@bp.post("/profiles/<ref>/keep")
@access(OWN_PARTICIPANT, load=queries.own_participant)
def keep_profile(participant: Participant) -> ResponseReturnValue:
    """Keep a draft while it is written; answers with the line that says so."""
    form = ProfileForm.of(participant)
    problem = None
    if not form.validate_on_submit():
        problem = _l("Not saved yet: something above is wrong.")
    else:
        try:
            services.save_profile(
                current_actor(), participant, version=form.seen_version, values=form.columns(), is_by_itself=True
            )
        except (Conflict, Invalid) as error:
            problem = error.message
    line = render_template("mentoring/kept.html", problem=problem)
    return make_response(line, 422 if problem else 200)


@bp.post("/profiles/<ref>/do/<transition>")
@access(OWN_PARTICIPANT, load=queries.own_participant)
def do_profile(participant: Participant, transition: str) -> ResponseReturnValue:
    """Go on leave, come back, or withdraw."""
    if transition not in _ANSWERS:
        raise NotFound
    lock_scheme(participant.scheme_id)
    if (refused := perform_posted(PARTICIPANT, participant, transition)) is not None:
        actions = [refused if one.transition is refused.transition else one for one in _actions(participant)]
        form = ProfileForm.of(participant, sent=False)
        page = render_template("mentoring/profile.html", form=form, **_page(participant, actions))
        return page, 422
    flash(PARTICIPANT.transitions[transition].timeline_label, "success")
    return redirect(url_for("mentoring.profile", ref=participant.ref), 303)


# --- wishes ------------------------------------------------------------------------------------------------


@bp.get("/profiles/<ref>/wishes")
@access(OWN_PARTICIPANT, load=queries.own_participant)
def wishes(participant: Participant) -> Response:
    """My list, those I would rather not have, and the others of the scheme."""
    if participant.state not in ("active", "on_leave"):
        raise NotFound
    q = request.args.get("q", "").strip()
    said = queries.wishes_of(participant.id)
    names = field_names()
    return render_list(
        "mentoring/wishes.html",
        query=queries.others_to_wish(participant, q=q),
        order=[Key(looked_up(Participant.person, "name")), Key(Participant.id)],
        columns=[
            Column(_l("Name"), lambda one: one.person.name, "name", looked_up(Participant.person, "name")),
            Column(_l("Fields"), lambda one: "; ".join(str(names.get(code, code)) for code in one.fields)),
            Column(_l("Years of experience"), lambda one: one.years, "years", Participant.years),
        ],
        name="mentoring-others",
        participant=participant,
        scheme=participant.scheme,
        listed=[wish for wish in said if wish.rank is not None],
        refused=[wish for wish in said if wish.rank is None],
        most=services.MOST_WISHES,
        form=EmptyForm(),
        field_names=names,
        methods=METHODS,
        language_names=LANGUAGES,
        q=q,
    )


@bp.post("/profiles/<ref>/wishes")
@access(OWN_PARTICIPANT, load=queries.own_participant)
def change_wishes(participant: Participant) -> ResponseReturnValue:
    """Add, move, take away."""
    form = EmptyForm()
    if not form.submit(lambda: _wish(participant) or True):
        for message in form.form_errors:
            flash(message, "error")
    return redirect(url_for("mentoring.wishes", ref=participant.ref), 303)


def _wish(participant: Participant) -> None:
    actor, other = current_actor(), request.form.get("other", "")
    match request.form.get("action", ""):
        case "add":
            services.add_wish(actor, participant, other_ref=other)
        case "not":
            services.rather_not(actor, participant, other_ref=other)
        case "remove":
            services.take_back(actor, participant, other_ref=other)
        case "up" | "down" as direction:
            services.move_wish(actor, participant, other_ref=other, direction=direction)
        case _:
            raise Invalid(_l("Choose what to do with this wish."))
