"""Releasing all decisions of a call: asked for by a person, performed by the relay in one transaction."""

from collections.abc import Callable

from lms.core import workflow
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import Conflict, Refused
from lms.core.i18n import in_language
from lms.core.i18n import lazy_gettext as _l
from lms.exchange.flow import CALL
from lms.exchange.models import Call
from lms.exchange.queries import deciding as queries

_CHUNK = 500


def look_through(call: Call, report: Callable[[int, int], None]) -> None:
    """Read every decision ahead of the release, so that its progress shows before all take effect at once."""
    applications, decisions = queries.in_review(call), queries.decisions_of(call)
    for done in range(0, len(applications), _CHUNK):
        if any(one.id not in decisions for one in applications[done : done + _CHUNK]):
            return  # The release itself says so.
        report(min(done + _CHUNK, len(applications)), len(applications))


def finish(actor: Actor, call: Call) -> bool:
    """Let every decision take effect, or none: then the call is being decided again and says why. Whether it did.

    The actor is the platform, in the name of whoever asked. A release that was stopped meanwhile stays so.
    """
    if call.state != "releasing":
        return False
    try:
        with db.session.begin_nested():
            workflow.perform(CALL, call, "finish_release", actor=actor)
    except Refused as refused:
        with in_language("en"):
            why = " ".join(str(reason) for reason in refused.reasons)
    except Conflict:
        why = str(_l("Somebody changed an application meanwhile."))
    else:
        return True
    workflow.perform(CALL, call, "stop_release", actor=actor, reason=why)
    return False
