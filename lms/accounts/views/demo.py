"""Demo mode: one press signs in as one of its people. Registered in demo mode only."""

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from lms.accounts import queries
from lms.accounts.rules import suspension
from lms.accounts.views.blueprint import sign_in_as
from lms.core.access import PUBLIC
from lms.core.errors import NotFound, Refused
from lms.core.views import local_target
from lms.core.web import access

bp = Blueprint("demo_accounts", __name__, url_prefix="/accounts")


@bp.post("/demo-sign-in")
@access(PUBLIC)
def sign_in() -> AnyResponse:
    """Sign in as an account of the demo world, and as no other."""
    person = queries.person_by_ref(request.form.get("person", ""))
    if not person.email.endswith(queries.DEMO_DOMAIN):
        raise NotFound
    if person.suspended_at is not None:
        raise Refused([suspension(person.suspended_reason)])
    sign_in_as(person, by="demo")
    return redirect(local_target(request.args.get("next") or "/dashboard"), 303)
