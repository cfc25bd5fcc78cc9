"""Many people invited at once, from a table."""

from flask import url_for
from flask.typing import ResponseReturnValue

from lms.accounts.imports import INVITATIONS
from lms.accounts.policy import RUN_OFFICE
from lms.accounts.scopes import Scope, find_scope
from lms.accounts.views.blueprint import bp
from lms.core.actor import Actor
from lms.core.imports.views import TABLE, upload
from lms.core.web import access


def _scope(_actor: Actor, scope_kind: str, code: str) -> Scope:
    return find_scope(scope_kind, code)


@bp.route("/offices/<scope_kind>/<code>/invitations/import", methods=["GET", "POST"])
@access(RUN_OFFICE, load=_scope, uploads=[TABLE])
def import_invitations(scope: Scope) -> ResponseReturnValue:
    """Invite everybody in a table."""
    kind, code = scope.kind, scope.text.code
    back = url_for("accounts.office_invitations", scope_kind=kind, code=code)
    return upload(INVITATIONS, scope, target={"scope_kind": kind, "code": code}, back=back)
