"""Placements: the list for everybody concerned, and one stay with checklist, report and certificate."""

from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func

from lms.accounts.forms import EmptyForm
from lms.applications.views.files import send_personal
from lms.core import waiting, workflow
from lms.core.errors import NotFound
from lms.core.i18n import Text, in_reader_language
from lms.core.i18n import lazy_gettext as _l
from lms.core.paging import Key, in_order_of, looked_up
from lms.core.web import DOCUMENTS, Column, Upload, access, current_actor, render_list
from lms.core.web.actions import Action, actions_for, perform_posted
from lms.core.workflow import history_of
from lms.credentials.queries import credentials_about
from lms.exchange.checklist import LABELS
from lms.exchange.flow import PLACEMENT
from lms.exchange.forms.deciding import ExcuseForm, PlanForm, ReportForm, report_form
from lms.exchange.models import Placement
from lms.exchange.policy import (
    ARRANGE_PLACEMENT,
    CLOSE_PLACEMENT,
    HOST_PLACEMENT,
    OWN_PLACEMENT,
    PLACEMENTS,
    VIEW_PLACEMENT,
)
from lms.exchange.queries import placements as queries
from lms.exchange.services import placements as services
from lms.exchange.views.blueprint import bp


def _home(placement: Placement) -> str:
    home = placement.application.home_institution
    return in_reader_language(home, "name") if home else ""


_COLUMNS = [
    Column(
        _l("Scientist"),
        lambda row: row.application.person.name,
        "name",
        looked_up(Placement.application, "person", "name"),
    ),
    Column(_l("Home institution"), _home, "home", looked_up(Placement.application, "home_institution", "name_en")),
    Column(
        _l("Post"), lambda row: in_reader_language(row.post, "title"), "post", looked_up(Placement.post, "title_en")
    ),
    Column(
        _l("Host"),
        lambda row: in_reader_language(row.post.institution, "name"),
        "host",
        looked_up(Placement.post, "institution", "name_en"),
    ),
    Column(
        _l("State"),
        lambda row: str(PLACEMENT.state_of(row).label),
        "state",
        in_order_of(Placement.state, PLACEMENT.states),
    ),
    Column(
        _l("First day"),
        lambda row: row.arrived_on or row.planned_from,
        "from",
        func.coalesce(Placement.arrived_on, Placement.planned_from),
    ),
    Column(
        _l("Last day"),
        lambda row: row.last_day,
        "to",
        func.coalesce(Placement.left_on, Placement.planned_to),
    ),
    Column(_l("Accepted on"), lambda row: row.created_at, "accepted", Placement.created_at),
]
_REPORT = Upload("file", DOCUMENTS)


@bp.get("/placements/")
@access(PLACEMENTS)
def placements() -> Response:
    """The placements that concern me."""
    q, state = request.args.get("q", "").strip(), request.args.get("state", "")
    return render_list(
        "exchange/placements/list.html",
        query=queries.placements_visible_to(current_actor(), q=q, state=state if state in PLACEMENT.states else ""),
        order=[Key(Placement.created_at, descending=True), Key(Placement.id, descending=True)],
        columns=_COLUMNS,
        name="placements",
        machine=PLACEMENT,
        q=q,
        state=state,
    )


@bp.get("/placements/<ref>")
@access(VIEW_PLACEMENT, load=queries.placement_visible_to)
def placement(placement: Placement) -> ResponseReturnValue:
    """One stay: what was done, what is next, and by whom."""
    return _page(placement)


def _page(
    placement: Placement,
    *,
    refused: Action | None = None,
    plan: PlanForm | None = None,
    report_sent: ReportForm | None = None,
    excuse: tuple[str, ExcuseForm] | None = None,
) -> ResponseReturnValue:
    actor = current_actor()
    report = queries.report_of(placement.id)
    actions = [one for one in actions_for(PLACEMENT, placement) if one.transition.name != "submit_report"]
    is_mine, is_host = OWN_PLACEMENT.allows(actor, placement), HOST_PLACEMENT.allows(actor, placement)
    is_open = placement.state in services.OPEN_STATES
    may_excuse = is_open and ARRANGE_PLACEMENT.allows(actor, placement)
    reporting = next(
        (one for one in workflow.available(PLACEMENT, placement, actor) if one.transition.name == "submit_report"), None
    )
    page = render_template(
        "exchange/placements/placement.html",
        placement=placement,
        post=placement.post,
        application=placement.application,
        state=PLACEMENT.state_of(placement),
        machine=PLACEMENT,
        labels=LABELS,
        report=report if is_mine or is_host or actor.is_secretariat else None,
        may_tick={"scientist": is_mine, "host": is_host} if is_open else {},
        may_excuse=may_excuse,
        excuse_forms=_excuse_forms(placement, excuse) if may_excuse else {},
        refused_key=excuse[0] if excuse else None,
        plan=plan
        or (
            PlanForm(formdata=None, planned_from=placement.planned_from, version=str(placement.version))
            if is_host and placement.state == "preparing"
            else None
        ),
        report_form=report_sent or (report_form(placement, report) if reporting and reporting.is_open else None),
        report_waits=reporting.reasons if reporting else (),
        actions=[refused if refused and refused.transition is one.transition else one for one in actions],
        next=_next(placement),
        history_rows=history_of("placement", placement.id, public_only=False),
        credential=credentials_about("placement", [placement.id]).get(placement.id)
        if is_mine or actor.is_secretariat
        else None,
        is_mine=is_mine,
        is_host=is_host,
    )
    return page, 422 if refused or plan or report_sent or excuse else 200


def _excuse_forms(placement: Placement, sent: tuple[str, ExcuseForm] | None) -> dict[str, ExcuseForm]:
    """One form for each task that is not settled, by its key."""
    key, form = sent or ("", None)
    return {
        item.key: form
        if form is not None and item.key == key
        else ExcuseForm(formdata=None, prefix=f"{item.key}-", version=str(placement.version))
        for item in placement.checklist
        if item.done_at is None
    }


def _next(placement: Placement) -> list[dict[str, Any]]:
    """What waits about a stay, and for which side: for the reader's own, it says so."""
    actor = current_actor()
    sides: dict[str, tuple[Text, bool]] = {
        "host": (_l("Host"), HOST_PLACEMENT.allows(actor, placement)),
        "secretariat": (_l("Secretariat"), CLOSE_PLACEMENT.allows(actor, placement)),
    }
    scientist = (_l("Scientist"), OWN_PLACEMENT.allows(actor, placement))
    found = []
    for item in waiting.items_about(("placement", placement.id)):
        who, is_me = sides.get(item.office_role or "", scientist)
        found.append(
            {
                "what": waiting.kind_named(item.kind).label,
                "who": _l("You") if is_me else who,
                "until": item.due_at,
            }
        )
    return found


@bp.post("/placements/<ref>/do/<transition>")
@access(VIEW_PLACEMENT, load=queries.placement_visible_to)
def do_placement(placement: Placement, transition: str) -> ResponseReturnValue:
    """Confirm the arrival, return or countersign the report, change the last day, close, or end the stay."""
    if transition == "submit_report":
        raise NotFound
    if (refused := perform_posted(PLACEMENT, placement, transition)) is not None:
        return _page(placement, refused=refused)
    flash(PLACEMENT.transitions[transition].timeline_label, "success")
    return redirect(url_for("exchange.placement", ref=placement.ref), 303)


@bp.post("/placements/<ref>/tasks/<key>")
@access(VIEW_PLACEMENT, load=queries.placement_visible_to)
def tick(placement: Placement, key: str) -> ResponseReturnValue:
    """Tick off a task, or take the tick back."""
    form = EmptyForm()
    done = request.form.get("done") == "1"
    form.submit(lambda: services.tick(current_actor(), placement, key=key, done=done) or True)
    return redirect(url_for("exchange.placement", ref=placement.ref, _anchor="checklist"), 303)


@bp.post("/placements/<ref>/tasks/<key>/excuse")
@access(ARRANGE_PLACEMENT, load=queries.placement_visible_to)
def excuse_task(placement: Placement, key: str) -> ResponseReturnValue:
    """Let a task go undone, with the reason."""
    if key not in LABELS:
        raise NotFound
    form = ExcuseForm(prefix=f"{key}-")
    if form.submit(lambda: _excuse(placement, key, form)):
        flash(_l("Excused. The reason stands beside the task."), "success")
        return redirect(url_for("exchange.placement", ref=placement.ref, _anchor="checklist"), 303)
    return _page(placement, excuse=(key, form))


def _excuse(placement: Placement, key: str, form: ExcuseForm) -> bool:
    services.excuse(current_actor(), placement, key=key, reason=form.reason.data or "", version=form.seen_version)
    return True


@bp.post("/placements/<ref>/plan")
@access(HOST_PLACEMENT, load=queries.placement_visible_to)
def plan_placement(placement: Placement) -> ResponseReturnValue:
    """Agree on the first day."""
    form = PlanForm()
    if form.submit(lambda: _plan(placement, form)):
        flash(_l("Saved. The due dates of the checklist follow from it."), "success")
        return redirect(url_for("exchange.placement", ref=placement.ref), 303)
    return _page(placement, plan=form)


def _plan(placement: Placement, form: PlanForm) -> bool:
    assert form.planned_from.data is not None
    services.plan(current_actor(), placement, planned_from=form.planned_from.data, version=form.seen_version)
    return True


@bp.post("/placements/<ref>/report")
@access(OWN_PLACEMENT, load=queries.placement_visible_to, uploads=[_REPORT])
def submit_report(placement: Placement) -> ResponseReturnValue:
    """Hand in the report."""
    form = ReportForm()
    if form.submit(lambda: _report(placement, form)):
        flash(_l("Your report was handed in. The host reads it now."), "success")
        return redirect(url_for("exchange.placement", ref=placement.ref), 303)
    return _page(placement, report_sent=form)


def _report(placement: Placement, form: ReportForm) -> Any:
    files = form.file.data or []
    return services.submit_report(
        current_actor(),
        placement,
        text=form.text.data or "",
        staged=files[0] if files else None,
        version=form.seen_version,
    )


@bp.get("/placements/<ref>/report/file")
@access(VIEW_PLACEMENT, load=queries.placement_visible_to)
def report_file(placement: Placement) -> Response:
    """The file of the report, for the scientist, the host and the secretariat."""
    actor = current_actor()
    if not (OWN_PLACEMENT.allows(actor, placement) or HOST_PLACEMENT.allows(actor, placement) or actor.is_secretariat):
        raise NotFound
    return send_personal(queries.report_file(placement))
