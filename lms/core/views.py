"""Pages of the ground floor: health, what readers choose for themselves, progress of jobs, the style guide."""

import re

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    flash,
    jsonify,
    redirect,
    render_template,
    request,
    session,
)
from sqlalchemy import select, text
from werkzeug.wrappers import Response as BaseResponse

from lms.core import saved_filters, storage
from lms.core.access import PUBLIC, SIGNED_IN
from lms.core.db import db
from lms.core.errors import NotFound
from lms.core.i18n import LANGUAGES, gettext
from lms.core.outbox import OutboxMessage
from lms.core.saved_filters import SavedFilter
from lms.core.web.declaration import access
from lms.core.web.forms import render_form
from lms.core.web.identity import current_actor
from lms.core.web.locale import known_zones
from lms.core.web.preferences import CALENDARS, THEMES, SavedFilterForm
from lms.core.web.zones import zone_choices

bp = Blueprint("core", __name__)

# One slash and no other: browsers read a backslash as one, and skip tabs and line ends between two.
_LOCAL_PATH = re.compile(r"/(?![/\\])[^\x00-\x1f\x7f]*")


def local_target(target: str | None) -> str:
    """`target` if it is a path on this site, else the home page: no open redirects."""
    return target if target and _LOCAL_PATH.fullmatch(target) else "/"


@bp.get("/healthz")
@access(PUBLIC)
def healthz() -> Response:
    """The process answers."""
    return jsonify(status="ok")


@bp.get("/readyz")
@access(PUBLIC)
def readyz() -> tuple[Response, int]:
    """Database and storage answer; 503 names the one that does not."""
    problems = []
    try:
        db.session.execute(text("select 1"))
    except Exception:  # Whatever the driver raises means: not ready.
        problems.append("database")
    if not storage.is_ready():
        problems.append("storage")
    return jsonify(status="ok" if not problems else "unavailable", problems=problems), 503 if problems else 200


@bp.get("/language/<code>")
@access(PUBLIC)
def choose_language(code: str) -> Response:
    """Remember the language for this browser and go back to the page."""
    if code not in {entry.code for entry in LANGUAGES}:
        raise NotFound
    session["language"] = code
    return redirect(local_target(request.args.get("next")))  # type: ignore[return-value]


@bp.get("/zone")
@access(PUBLIC)
def choose_zone() -> str | Response:
    """Remember a visitor's time zone for this browser; without one, let them choose."""
    zone = request.args.get("zone")
    if zone is None:
        return render_template("core/zone.html", zones=zone_choices(), next=local_target(request.args.get("next")))
    if zone not in known_zones():
        raise NotFound
    session["zone"] = zone
    return redirect(local_target(request.args.get("next")))  # type: ignore[return-value]


@bp.get("/display")
@access(PUBLIC)
def choose_display() -> str | Response:
    """Remember for this browser how pages look, count years and act on keys; without a choice, show them."""
    target = local_target(request.args.get("next"))
    choices = {"theme": dict(THEMES), "calendar": dict(CALENDARS), "shortcuts": {"on", "off"}}
    chosen = {name: request.args[name] for name in choices if name in request.args}
    if not chosen:
        return render_template("core/display.html", themes=THEMES, calendars=CALENDARS, next=target)
    if any(value not in choices[name] for name, value in chosen.items()):
        raise NotFound
    session.update(chosen)
    return redirect(target)  # type: ignore[return-value]


@bp.post("/saved-filters")
@access(SIGNED_IN)
def save_filter() -> BaseResponse:
    """Keep the filters in force on a list under a name."""
    form = SavedFilterForm()
    if (list_name := form.list.data or "") not in current_app.view_functions:
        raise NotFound
    actor, target = current_actor(), local_target(form.next.data)
    saved = form.submit(
        lambda: saved_filters.save_filter(
            actor, list_name=list_name, name=form.name.data or "", query=form.query.data or ""
        )
    )
    if saved:
        flash(gettext("The filter is saved. You find it above the list."), "success")
        return redirect(target, 303)
    return render_form("core/saved_filter.html", form, next=target)


@bp.post("/saved-filters/<int:filter_id>/delete")
@access(SIGNED_IN, load=saved_filters.own_filter)
def delete_filter(saved: SavedFilter) -> BaseResponse:
    """Forget a saved filter and go back to its list."""
    saved_filters.delete_filter(saved)
    return redirect(local_target(request.form.get("next")), 303)


@bp.get("/jobs/<int:job_id>")
@access(SIGNED_IN)
def job_progress(job_id: int) -> str:
    """How far a long job has come, for the person who started it."""
    job = db.session.scalars(
        select(OutboxMessage).where(OutboxMessage.id == job_id, OutboxMessage.owner_id == current_actor().person_id)
    ).one_or_none()
    if job is None:
        raise NotFound
    return render_template("core/job.html", job=job)


@bp.get("/style-guide")
@access(PUBLIC)
def style_guide() -> str:
    """Every component in every state, in development and demo mode."""
    if not current_app.config["SHOWS_STYLE_GUIDE"]:
        abort(404)
    from lms.core.web.sample_forms import sample_form, sample_sorting
    from lms.core.web.sample_parts import sample_actions, sample_bulk, sample_filters, sample_legal, sample_network
    from lms.core.web.sample_plots import sample_plots

    return render_template(
        "style_guide.html",
        sample_form=sample_form(),
        sample_form_with_errors=sample_form(with_errors=True),
        sorting=sample_sorting(),
        plots=sample_plots(),
        actions=sample_actions(),
        bulk=sample_bulk(),
        own_filters=sample_filters(),
        legal_text=sample_legal(),
        nodes=sample_network(),
        label_lines=str.splitlines,
    )
