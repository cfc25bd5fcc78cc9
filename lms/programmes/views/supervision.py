"""Supervisors: what the offices see and start, what both sides wish, and the supervision to which they agree."""

from collections.abc import Callable
from functools import cache
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.allocation import canonical_bytes
from lms.core.access import SIGNED_IN
from lms.core.errors import NotFound
from lms.core.i18n import in_reader_language, listed
from lms.core.i18n import lazy_gettext as _l
from lms.core.paging import Key, looked_up
from lms.core.web import Column, access, current_actor, render_form, render_list
from lms.core.web.actions import Action, actions_for, perform_posted
from lms.institutions.queries import sub_centres
from lms.programmes.flow.supervision import ROUND, SUPERVISION
from lms.programmes.forms.supervision import OfferForm, RoundForm, rank_form
from lms.programmes.models import Programme
from lms.programmes.models.supervision import Supervision, SupervisionRound, Supervisor
from lms.programmes.policy import KEEP_PROGRAMME, SEE_SUPERVISORS
from lms.programmes.queries import supervision as queries
from lms.programmes.queries.programmes import office_programme
from lms.programmes.services import supervision as services
from lms.programmes.supervising import REASONS
from lms.programmes.supervision_policy import SEE_ROUND, SEE_SUPERVISION
from lms.programmes.views.blueprint import bp


def _field_namer() -> Callable[[Supervisor], str]:
    """How the fields of supervisors are called, read once for a page."""
    names = cache(lambda: {one.code: in_reader_language(one, "name") for one in sub_centres()})

    def named(supervisor: Supervisor) -> str:
        return listed(names()[code] for code in supervisor.fields if code in names())

    return named


def _columns(field_names: Callable[[Supervisor], str]) -> list[Column]:
    return [
        Column(_l("Name"), lambda row: row.person.name, "name", _NAME),
        Column(
            _l("University"),
            lambda row: in_reader_language(row.institution, "name"),
            "university",
            looked_up(Supervisor.institution, "name_en"),
        ),
        Column(_l("Students at a time"), lambda row: row.capacity, "capacity", Supervisor.capacity),
        Column(_l("Fields"), field_names),
    ]


_NAME = looked_up(Supervisor.person, "name")

# --- the offices --------------------------------------------------------------------------------------


def _universities(programme: Programme) -> list[tuple[int, str]]:
    """The parties for which the actor speaks, by name."""
    actor = current_actor()
    mine = actor.scopes_of("coordinator", "institution")
    parties = {
        party.institution_id: in_reader_language(party.institution, "name")
        for agreement in programme.agreements
        for party in agreement.parties
        if party.institution_id in programme.carrier_ids
    }
    return sorted(
        ((one, name) for one, name in parties.items() if actor.is_secretariat or one in mine), key=lambda row: row[1]
    )


@bp.get("/office/<ref>/supervisors")
@access(SEE_SUPERVISORS, load=office_programme)
def supervisors(programme: Programme) -> Response:
    """Whom the parties offer, who supervises whom, and the rounds of matching."""
    return _office(programme, OfferForm.of(_universities(programme)), RoundForm(prefix="round-"))


def _office(programme: Programme, offer: OfferForm, opening: RoundForm) -> Response:
    q = request.args.get("q", "").strip()
    rounds = queries.rounds_of(programme.id)
    field_names = _field_namer()
    response = render_list(
        "programmes/supervision/office.html",
        query=queries.supervisors_of(programme, q=q),
        order=[Key(_NAME), Key(Supervisor.id)],
        columns=_columns(field_names),
        name="supervisors",
        programme=programme,
        field_names=field_names,
        supervisions=queries.supervisions_in(programme.id),
        supervision_machine=SUPERVISION,
        rounds=rounds,
        round_machine=ROUND,
        offer=offer,
        opening=opening,
        may_open=KEEP_PROGRAMME.allows(current_actor(), programme)
        and not any(one.state in queries.LIVE_ROUND for one in rounds),
        q=q,
    )
    response.status_code = 422 if offer.errors or opening.errors else response.status_code
    return response


@bp.post("/office/<ref>/supervisors/offer")
@access(SEE_SUPERVISORS, load=office_programme)
def offer_supervisor(programme: Programme) -> ResponseReturnValue:
    """Offer somebody, or change how many students they take."""
    form = OfferForm.of(_universities(programme))
    if form.submit(lambda: _offer(programme, form)):
        flash(_l("Saved."), "success")
        return redirect(url_for("programmes.supervisors", ref=programme.ref), 303)
    return _office(programme, form, RoundForm(prefix="round-", formdata=None))


def _offer(programme: Programme, form: OfferForm) -> Supervisor:
    return services.offer_supervisor(
        current_actor(),
        programme,
        institution_id=form.institution.data,
        email=form.email.data or "",
        capacity=form.capacity.data or 0,
    )


@bp.post("/office/<ref>/supervisors/rounds")
@access(KEEP_PROGRAMME, load=office_programme)
def open_supervision_round(programme: Programme) -> ResponseReturnValue:
    """Ask both sides whom they want."""
    form = RoundForm(prefix="round-")
    if one := form.submit(lambda: _open(programme, form)):
        flash(_l("Students and supervisors were asked."), "success")
        return redirect(url_for("programmes.supervision_round", ref=one.ref), 303)
    return _office(programme, OfferForm.of(_universities(programme)), form)


def _open(programme: Programme, form: RoundForm) -> SupervisionRound:
    assert form.closes_on.data is not None
    return services.open_round(current_actor(), programme, closes_on=form.closes_on.data)


@bp.get("/rounds/<ref>")
@access(SEE_ROUND, load=queries.round_by_ref)
def supervision_round(one: SupervisionRound) -> ResponseReturnValue:
    """How far a round is, and what came out before anybody is told."""
    return _round_page(one)


def _round_page(one: SupervisionRound, refused: Action | None = None) -> ResponseReturnValue:
    students, offered = queries.students_in(one.programme_id), queries.offered_in(one.programme_id)
    said = queries.wishes_of(one.id).values()
    known, given = queries.all_supervisors(one.programme_id), one.result.get("assignments", {})
    page = render_template(
        "programmes/supervision/round.html",
        round=one,
        programme=one.programme,
        state=ROUND.state_of(one),
        students=students,
        supervisors=offered,
        wished={row.student_id for row in said if row.student_rank},
        answered={row.supervisor_id for row in said if row.supervisor_rank or row.refusal},
        rows=[(row, known.get(given.get(row.ref))) for row in queries.students_matched(one)] if one.result else [],
        actions=[
            refused if refused and refused.transition is action.transition else action
            for action in actions_for(ROUND, one)
        ],
    )
    return page, 422 if refused else 200


@bp.post("/rounds/<ref>/do/<transition>")
@access(SEE_ROUND, load=queries.round_by_ref)
def do_round(one: SupervisionRound, transition: str) -> ResponseReturnValue:
    """Match, propose, discard or cancel."""
    if (refused := perform_posted(ROUND, one, transition)) is not None:
        return _round_page(one, refused)
    flash(ROUND.transitions[transition].timeline_label, "success")
    return redirect(url_for("programmes.supervision_round", ref=one.ref), 303)


@bp.get("/rounds/<ref>/<any(instance,result):part>.json")
@access(SEE_ROUND, load=queries.round_by_ref)
def supervision_file(one: SupervisionRound, part: str) -> Response:
    """What went in, or what came out, for `flask allocation`. Raises NotFound before there is any."""
    document = one.instance if part == "instance" else one.result
    if not document:
        raise NotFound
    response = Response(canonical_bytes(document), mimetype="application/json")
    response.headers["Content-Disposition"] = f'attachment; filename="supervision-{one.ref}-{part}.json"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


# --- both sides -----------------------------------------------------------------------------------------


@bp.get("/supervision/")
@access(SIGNED_IN)
def my_supervision() -> str:
    """What I am asked, and whom I supervise or who supervises me."""
    actor = current_actor()
    return render_template(
        "programmes/supervision/mine.html",
        rounds=queries.my_rounds(actor),
        supervisions=queries.my_supervisions(actor),
        machine=SUPERVISION,
    )


@bp.route("/rounds/<ref>/supervisors", methods=["GET", "POST"])
@access(SIGNED_IN, load=queries.round_of_student)
def rank_supervisors(one: SupervisionRound) -> ResponseReturnValue:
    """A student says which supervisors they want, best first."""
    student, _ = queries.my_side(current_actor(), one)
    assert student is not None
    offered = [row for row in queries.offered_in(one.programme_id) if row.person_id != student.person_id]
    said = queries.wishes_of(one.id)
    data = {f"rank-{row.id}": wish.student_rank for row in offered if (wish := said.get((student.id, row.id)))}
    form = rank_form({row.id: row.person.name for row in offered}, data, refuses=False, version=one.version)
    ids = [row.id for row in offered]
    if form.submit(lambda: services.save_student_wishes(current_actor(), one, student, form.ranks(ids)) or True):
        flash(_l("Saved. You can change it until the round closes."), "success")
        return redirect(url_for("programmes.rank_supervisors", ref=one.ref), 303)
    fields = _field_namer()
    rows = [(row.person, in_reader_language(row.institution, "name"), fields(row), row.id) for row in offered]
    return render_form("programmes/supervision/rank.html", form, round=one, rows=rows, is_student=True)


@bp.route("/rounds/<ref>/students", methods=["GET", "POST"])
@access(SIGNED_IN, load=queries.round_of_supervisor)
def rank_students(one: SupervisionRound) -> ResponseReturnValue:
    """A supervisor says which students they would supervise, best first, and whom they cannot take."""
    _, supervisor = queries.my_side(current_actor(), one)
    assert supervisor is not None
    students = [row for row in queries.students_in(one.programme_id) if row.person_id != supervisor.person_id]
    said = queries.wishes_of(one.id)
    data: dict[str, Any] = {}
    for row in students:
        if wish := said.get((row.id, supervisor.id)):
            data |= {f"rank-{row.id}": wish.supervisor_rank, f"reason-{row.id}": wish.refusal}
    form = rank_form({row.id: row.person.name for row in students}, data, refuses=True, version=one.version)
    ids = [row.id for row in students]
    if form.submit(
        lambda: services.save_supervisor_wishes(current_actor(), one, supervisor, form.opinions(ids)) or True
    ):
        flash(_l("Saved. You can change it until the round closes."), "success")
        return redirect(url_for("programmes.rank_students", ref=one.ref), 303)
    rows = [(row.person, in_reader_language(row.home_institution, "name"), "", row.id) for row in students]
    return render_form("programmes/supervision/rank.html", form, round=one, rows=rows, is_student=False)


@bp.get("/supervisions/<ref>")
@access(SEE_SUPERVISION, load=queries.supervision_by_ref)
def supervision(one: Supervision) -> ResponseReturnValue:
    """One supervision: who, why, and the word of both."""
    return _supervision_page(one)


def _supervision_page(one: Supervision, refused: Action | None = None) -> ResponseReturnValue:
    actor = current_actor()
    names = {ref: row.person.name for ref, row in queries.all_supervisors(one.supervisor.programme_id).items()}
    lines = one.round.facts.get("lines", {}).get(one.student.ref, [])
    page = render_template(
        "programmes/supervision/show.html",
        supervision=one,
        student=one.student,
        supervisor=one.supervisor,
        programme=one.student.programme,
        state=SUPERVISION.state_of(one),
        reasons=[(names.get(line["post"], line["post"]), REASONS[line["code"]]) for line in lines]
        if one.student.person_id == actor.person_id
        else [],
        actions=[
            refused if refused and refused.transition is action.transition else action
            for action in actions_for(SUPERVISION, one)
        ],
    )
    return page, 422 if refused else 200


@bp.post("/supervisions/<ref>/do/<transition>")
@access(SEE_SUPERVISION, load=queries.supervision_by_ref)
def do_supervision(one: Supervision, transition: str) -> ResponseReturnValue:
    """Agree, decline or end."""
    if (refused := perform_posted(SUPERVISION, one, transition)) is not None:
        return _supervision_page(one, refused)
    flash(SUPERVISION.transitions[transition].timeline_label, "success")
    return redirect(url_for("programmes.supervision", ref=one.ref), 303)
