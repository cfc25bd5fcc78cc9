"""The public face: home, and search over everything."""

from flask import Blueprint, render_template, request

from lms.core.access import PUBLIC
from lms.core.web import access, current_actor
from lms.core.web.templating import in_reader_language
from lms.courses.queries import front as courses
from lms.institutions import queries as institutions
from lms.portal import finding, front

bp = Blueprint("portal", __name__)


@bp.get("/")
@access(PUBLIC)
def home() -> str:
    """What this platform is for, what closes next, and where to begin."""
    actor = current_actor()
    return render_template(
        "portal/home.html",
        deadlines=front.next_deadlines(actor),
        course_count=courses.count_published(),
        sub_centres=institutions.sub_centres(),
        network_rows=[
            {"label": in_reader_language(row.country, "name"), "value": row.institutions}
            for row in front.network(actor)
        ],
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
        kind_options=[(kind.name, kind.label) for kind in finding.KINDS],
    )
