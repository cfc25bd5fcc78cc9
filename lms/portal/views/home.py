"""The public face: home, and search over everything."""

from flask import Blueprint, render_template, request

from lms.core.access import PUBLIC
from lms.core.web import access, current_actor
from lms.courses.queries import front as courses
from lms.exchange.queries import front as exchange
from lms.institutions import queries as institutions
from lms.portal import finding, front, network
from lms.programmes.queries import front as programmes

bp = Blueprint("portal", __name__)


@bp.get("/")
@access(PUBLIC)
def home() -> str:
    """What this platform is for, what closes next, and where to begin."""
    actor = current_actor()
    counts = front.network(actor)
    return render_template(
        "portal/home.html",
        deadlines=front.next_deadlines(actor),
        sub_centres=institutions.sub_centres(),
        counts=counts,
        nodes=network.nodes(counts),
        label_lines=network.label_lines,
    )


@bp.get("/centres/<code>")
@access(PUBLIC)
def centre(code: str) -> str:
    """A sub research centre: its courses, programmes and posts."""
    actor, found = current_actor(), institutions.sub_centre_by_code(code)
    return render_template(
        "portal/centre.html",
        centre=found,
        courses=courses.courses_of_centre(actor, code, limit=front.SHOWN + 1),
        programmes=programmes.programmes_of_centre(actor, code, limit=front.SHOWN),
        posts=exchange.posts_of_centre(actor, found.id, limit=front.SHOWN + 1),
        shown=front.SHOWN,
        others=[one for one in institutions.sub_centres() if one.id != found.id],
    )


@bp.get("/search")
@access(PUBLIC)
def search() -> str:
    """Everything that holds the words and that the reader may see, by kind; all of one kind in pages."""
    actor = current_actor()
    q, kind = (request.args.get(name, "").strip() for name in ("q", "kind"))
    asked = request.args.get("page", "1")
    page = min(max(int(asked), 1), finding.LAST_PAGE) if asked.isdecimal() and len(asked) < 4 else 1
    only = finding.find_kind(actor, q, kind, page) if q and kind else None
    return render_template(
        "portal/search.html",
        q=q,
        groups=[only] if only else finding.find(actor, q) if q else [],
        only=only,
        page=page,
        last_page=finding.LAST_PAGE,
        counted=finding.COUNTED,
        kind_options=[(kind.name, kind.label) for kind in finding.KINDS],
    )
