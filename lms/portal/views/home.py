"""The public face: home and search over everything."""

from flask import Blueprint, render_template

from lms.core.access import PUBLIC
from lms.core.web import access

bp = Blueprint("portal", __name__)


@bp.get("/")
@access(PUBLIC)
def home() -> str:
    """What this platform is for, what is open now, and where to begin."""
    return render_template("portal/home.html")
