"""The presenter's pages: kept mail and the clock. They answer in demo mode and in tests only."""

from datetime import timedelta

from flask import Blueprint, Response, current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from lms.core.access import PUBLIC
from lms.core.errors import NotFound
from lms.core.i18n import gettext
from lms.core.i18n import lazy_gettext as _l
from lms.core.outbox import KeptMail
from lms.core.web import Column, access, current_actor, render_list
from lms.core.web.locale import show_instant
from lms.demo import queries, services

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
    now = services.move_clock(actor, by=STEPS.get(request.form.get("step", "")))
    flash(gettext("It is now %(when)s.", when=show_instant(now, actor.zone)), "success")
    return redirect(url_for("demo.show_clock"), 303)
