"""Making a scheme and moving it on; approving its mentors."""

from datetime import timedelta
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.core.errors import NotFound
from lms.core.i18n import in_reader_language
from lms.core.i18n import lazy_gettext as _l
from lms.core.paging import Key, in_order_of, looked_up
from lms.core.web import Column, access, current_actor, render_form, render_list
from lms.core.web.actions import Action, actions_for, perform_posted
from lms.core.web.queues import on_to_next, queue_of
from lms.core.web.translating import translation_page
from lms.core.workflow import history_of
from lms.mentoring import messages
from lms.mentoring.flow import PARTICIPANT, SCHEME
from lms.mentoring.flow.reasons import field_names
from lms.mentoring.forms import DEFAULTS, SchemeForm
from lms.mentoring.models import MentoringScheme, Participant
from lms.mentoring.policy import COORDINATE, MAKE_SCHEMES, MANAGE_SCHEME, SEE_PARTICIPANT
from lms.mentoring.queries import participants
from lms.mentoring.queries import schemes as queries
from lms.mentoring.queries.mentorships import guided_by
from lms.mentoring.rules import CRITERIA, LANGUAGES, METHODS, OBJECTIVES, SIDES
from lms.mentoring.services import schemes as services
from lms.mentoring.views.blueprint import bp

_SCHEME_COLUMNS = [
    Column(_l("Scheme"), lambda scheme: scheme.title_en, "title", MentoringScheme.title_en),
    Column(_l("Scheme in Chinese"), lambda scheme: scheme.title_zh),
    Column(
        _l("State"),
        lambda scheme: str(SCHEME.state_of(scheme).label),
        "state",
        in_order_of(MentoringScheme.state, SCHEME.states),
    ),
    Column(_l("Joining opens"), lambda scheme: scheme.opens_at, "opens", MentoringScheme.opens_at),
    Column(_l("Joining closes"), lambda scheme: scheme.closes_at, "closes", MentoringScheme.closes_at),
]
_PEOPLE_COLUMNS = [
    Column(_l("Name"), lambda one: one.person.name, "name", looked_up(Participant.person, "name")),
    Column(_l("Part"), lambda one: str(SIDES[one.side]), "part", Participant.side),
    Column(
        _l("State"),
        lambda one: str(PARTICIPANT.state_of(one).label),
        "state",
        in_order_of(Participant.state, PARTICIPANT.states),
    ),
    Column(_l("Places"), lambda one: one.capacity if one.side == "mentor" else None),
    Column(_l("Joined on"), lambda one: one.created_at, "joined", Participant.created_at),
]


@bp.get("/manage/")
@access(COORDINATE)
def manage() -> Response:
    """The schemes that I make or coordinate."""
    q, state = request.args.get("q", "").strip(), request.args.get("state", "")
    return render_list(
        "mentoring/manage/schemes.html",
        query=queries.managed_schemes(current_actor(), q=q, state=state if state in SCHEME.states else ""),
        order=[Key(MentoringScheme.closes_at, descending=True), Key(MentoringScheme.id, descending=True)],
        columns=_SCHEME_COLUMNS,
        name="mentoring-schemes",
        machine=SCHEME,
        may_make=MAKE_SCHEMES.allows(current_actor()),
        q=q,
        state=state,
    )


@bp.route("/manage/new", methods=["GET", "POST"])
@access(MAKE_SCHEMES)
def new_scheme() -> ResponseReturnValue:
    """A scheme in draft, with the usual rule."""
    actor = current_actor()
    start = actor.now.replace(hour=9, minute=0, second=0, microsecond=0, tzinfo=None)
    form = SchemeForm(
        data={
            **DEFAULTS,
            "zone": "Asia/Shanghai",
            "opens_local": start,
            "closes_local": start.replace(hour=17) + timedelta(days=30),
            "ends_on": (start + timedelta(days=300)).date(),
        }
    )
    if scheme := form.submit(lambda: services.open_scheme(actor, **form.columns())):
        flash(
            _l("The scheme is a draft. Invite its coordinator and its safeguarding contact, then publish it."),
            "success",
        )
        return redirect(url_for("mentoring.manage_scheme", ref=scheme.ref), 303)
    return render_form("mentoring/manage/scheme_form.html", form, scheme=None, criteria=CRITERIA)


@bp.get("/manage/<ref>")
@access(MANAGE_SCHEME, load=queries.scheme_visible_to)
def manage_scheme(scheme: MentoringScheme) -> ResponseReturnValue:
    """What happens now in a scheme, and what to do next."""
    return _workspace(scheme)


def _workspace(scheme: MentoringScheme, refused: Action | None = None) -> ResponseReturnValue:
    actions = actions_for(SCHEME, scheme)
    page = render_template(
        "mentoring/manage/scheme.html",
        scheme=scheme,
        state=SCHEME.state_of(scheme),
        actions=[refused if refused and refused.transition is one.transition else one for one in actions],
        counts=queries.counts_of(scheme),
        objective=OBJECTIVES[scheme.objective],
        criteria=CRITERIA,
        history_rows=history_of("mentoring_scheme", scheme.id, public_only=False),
        machine=SCHEME,
    )
    return page, 422 if refused else 200


@bp.post("/manage/<ref>/do/<transition>")
@access(MANAGE_SCHEME, load=queries.scheme_visible_to)
def do_scheme(scheme: MentoringScheme, transition: str) -> ResponseReturnValue:
    """Move a scheme on."""
    queries.lock_scheme(scheme.id)
    if (refused := perform_posted(SCHEME, scheme, transition)) is not None:
        return _workspace(scheme, refused)
    flash(SCHEME.transitions[transition].timeline_label, "success")
    return redirect(url_for("mentoring.manage_scheme", ref=scheme.ref), 303)


@bp.route("/manage/<ref>/edit", methods=["GET", "POST"])
@access(MANAGE_SCHEME, load=queries.scheme_visible_to)
def edit_scheme(scheme: MentoringScheme) -> ResponseReturnValue:
    """Texts, dates and rules."""
    form = SchemeForm.of(scheme)

    def edit() -> bool:
        services.edit_scheme(current_actor(), scheme, version=form.seen_version, **form.columns())
        return True

    if form.submit(edit):
        flash(_l("Saved."), "success")
        return redirect(url_for("mentoring.manage_scheme", ref=scheme.ref), 303)
    return render_form("mentoring/manage/scheme_form.html", form, scheme=scheme, criteria=CRITERIA)


@bp.route("/manage/<ref>/languages", methods=["GET", "POST"])
@access(MANAGE_SCHEME, load=queries.scheme_visible_to)
def translate_scheme(scheme: MentoringScheme) -> ResponseReturnValue:
    """Its texts in further languages."""
    return translation_page(
        scheme,
        fields={"title": _l("Title"), "summary": _l("Summary")},
        save=lambda language, texts, version: services.translate_scheme(
            current_actor(), scheme, language=language, texts=texts, version=version
        ),
        title=in_reader_language(scheme, "title"),
        back=url_for("mentoring.manage_scheme", ref=scheme.ref),
    )


# --- who takes part ----------------------------------------------------------------------------------------


@bp.get("/manage/<ref>/participants")
@access(MANAGE_SCHEME, load=queries.scheme_visible_to)
def participant_list(scheme: MentoringScheme) -> Response:
    """Mentors and mentees."""
    q = request.args.get("q", "").strip()
    side, state = request.args.get("side", ""), request.args.get("state", "")
    return render_list(
        "mentoring/manage/participants.html",
        query=participants.participants_of(
            current_actor(),
            scheme,
            q=q,
            side=side if side in SIDES else "",
            state=state if state in participants.HANDED_IN else "",
        ),
        order=[Key(Participant.created_at, descending=True), Key(Participant.id, descending=True)],
        columns=_PEOPLE_COLUMNS,
        name="participants",
        scheme=scheme,
        machine=PARTICIPANT,
        states=participants.HANDED_IN,
        sides=SIDES,
        q=q,
        side=side,
        state=state,
    )


@bp.get("/participants/<ref>")
@access(SEE_PARTICIPANT, load=participants.participant_to_manage)
def manage_participant(participant: Participant) -> ResponseReturnValue:
    """One participant: what they say about themselves, and for a mentor the decision."""
    return _participant_page(participant)


def _participant_page(participant: Participant, refused: Action | None = None) -> ResponseReturnValue:
    actions: list[Any] = [
        one
        for one in actions_for(PARTICIPANT, participant)
        if one.transition.name in _DECISIONS and participant.person_id != current_actor().person_id
    ]
    page = render_template(
        "mentoring/manage/participant.html",
        participant=participant,
        scheme=participant.scheme,
        state=PARTICIPANT.state_of(participant),
        sides=SIDES,
        field_names=field_names(),
        methods=METHODS,
        language_names=LANGUAGES,
        guides=guided_by([participant.id]).get(participant.id, 0),
        actions=[refused if refused and refused.transition is one.transition else one for one in actions],
        history_rows=history_of("mentoring_participant", participant.id, public_only=False),
        machine=PARTICIPANT,
        queue=queue_of(messages.APPROVE_MENTOR, besides=("mentoring_participant", participant.id)),
    )
    return page, 422 if refused else 200


_DECISIONS = ("approve", "return", "refuse")


@bp.post("/participants/<ref>/do/<transition>")
@access(SEE_PARTICIPANT, load=participants.participant_to_manage)
def do_participant(participant: Participant, transition: str) -> ResponseReturnValue:
    """Approve, return or refuse a mentor."""
    if transition not in _DECISIONS:
        raise NotFound
    if (refused := perform_posted(PARTICIPANT, participant, transition)) is not None:
        return _participant_page(participant, refused)
    done = PARTICIPANT.transitions[transition].timeline_label
    flash(_l("%(task)s: %(subject)s", task=done, subject=participant.person.name), "success")
    return on_to_next(
        messages.APPROVE_MENTOR, otherwise=url_for("mentoring.participant_list", ref=participant.scheme.ref)
    )
