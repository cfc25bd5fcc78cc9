"""The public catalogue: open calls and their posts."""

from flask import render_template

from lms.core.access import PUBLIC
from lms.core.web import access
from lms.exchange.views.blueprint import bp


@bp.get("/")
@access(PUBLIC)
def index() -> str:
    """Open calls and posts."""
    return render_template("exchange/index.html")
