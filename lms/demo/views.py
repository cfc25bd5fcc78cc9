"""The presenter's pages: scenes, kept mail and the clock. They answer in demo mode and in tests only."""

from datetime import timedelta

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    has_request_context,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from werkzeug.wrappers import Response as BaseResponse

from lms.accounts.views.blueprint import sign_in_as
from lms.core.access import PUBLIC
from lms.core.errors import NotFound
from lms.core.i18n import gettext
from lms.core.i18n import lazy_gettext as _l
from lms.core.outbox import KeptMail
from lms.core.views import local_target
from lms.core.web import Column, access, current_actor, render_list
from lms.core.web.locale import show_instant
from lms.demo import queries, services
from lms.demo.acting import call_being_ranked, pass_release, presented_person
from lms.demo.reset import ask_for_reset
from lms.demo.scenes import JOURNEYS, Presented, scene_of

bp = Blueprint("demo", __name__, url_prefix="/demo")

_MAIL_COLUMNS = (
    Column(_l("To"), lambda mail: mail.to_address, "to", KeptMail.to_address),
    Column(_l("Subject"), lambda mail: mail.subject, "subject", KeptMail.subject),
    Column(_l("When"), lambda mail: mail.kept_at.isoformat(), "when", KeptMail.id),
)
STEPS = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(days=7)}


@bp.before_request
def only_in_the_demo() -> None:
    """Hide these pages wherever the world is not a demonstration. Raises NotFound."""
    if not (current_app.config["IS_DEMO"] or current_app.testing):
        raise NotFound


@bp.get("/")
@access(PUBLIC)
def present() -> str:
    """The journeys, scene by scene; the clock; and a world as new."""
    actor = current_actor()
    return render_template(
        "demo/present.html",
        journeys=JOURNEYS,
        minutes=sum(journey.minutes for journey in JOURNEYS),
        turns={kind: queries.next_turn(actor, kind) for kind in (queries.DEADLINE, queries.EXPIRY)},
        may_release=call_being_ranked(actor) is not None,
        seeded_at=queries.seeded_at(),
        is_being_made_new=queries.is_being_made_new(),
    )


@bp.post("/scenes/<journey>/<int:number>")
@access(PUBLIC)
def begin_scene(journey: str, number: int) -> BaseResponse:
    """Become who acts in a scene, and go where it happens."""
    scene = scene_of(journey, number)
    if scene is None:
        raise NotFound
    if scene.account:
        sign_in_as(presented_person(scene.account), by="demo")
    else:
        session.pop("_user_id", None)
    session["scene"] = [journey, number]
    return redirect(scene.address, 303)


@bp.post("/scenes/end")
@access(PUBLIC)
def end_scenes() -> BaseResponse:
    """Take the scene away from the top of every page."""
    session.pop("scene", None)
    return redirect(url_for("demo.present"), 303)


@bp.app_context_processor
def _presented() -> dict[str, object]:
    """What stands at the top of every page while somebody presents: the scene, and the one after it."""
    if not has_request_context() or "scene" not in session:
        return {}
    journey, number = session["scene"]
    scene = scene_of(journey, number)
    return {"presented": Presented(journey, number, scene, scene_of(journey, number + 1))} if scene else {}


@bp.get("/reset")
@access(PUBLIC)
def confirm_reset() -> str:
    """Ask before everything that was done is thrown away."""
    return render_template("demo/reset.html", is_seeded=queries.is_seeded())


@bp.post("/reset")
@access(PUBLIC)
def reset() -> BaseResponse:
    """Have the world made new; the relay does it while the old one can still be seen."""
    ask_for_reset(current_actor())
    return redirect(url_for("demo.present"), 303)


@bp.get("/mail")
@access(PUBLIC)
def mail_list() -> Response:
    """Every mail that was kept instead of sent, newest first."""
    q = request.args.get("q", "").strip()
    return render_list(
        "demo/mail_list.html",
        query=queries.mails(q),
        order=queries.MAIL_ORDER,
        columns=_MAIL_COLUMNS,
        name="mail",
        q=q,
    )


@bp.get("/mail/<int:mail_id>")
@access(PUBLIC, load=queries.mail)
def show_mail(mail: KeptMail) -> str:
    """One mail, with its links to press."""
    return render_template("demo/mail.html", mail=mail, pieces=queries.pieces(mail.body))


@bp.get("/clock")
@access(PUBLIC)
def show_clock() -> str:
    """What time it is here, and what the clock will do next."""
    return render_template("demo/clock.html", timers=queries.next_timers(current_actor()), steps=STEPS)


@bp.post("/clock")
@access(PUBLIC)
def move_clock() -> BaseResponse:
    """Move the clock forward by a step, or to the next timer. The relay then performs what has become due."""
    actor = current_actor()
    match request.form.get("step", ""):
        case "deadline" | "expiry" as kind:
            now = services.move_over(actor, kind=kind)
        case "release":
            now = pass_release(actor)
        case step:
            now = services.move_clock(actor, by=STEPS.get(step))
    flash(gettext("It is now %(when)s.", when=show_instant(now, actor.zone)), "success")
    return redirect(local_target(request.form.get("next") or url_for("demo.show_clock")), 303)
