"""Releasing all decisions of a call: asked for by a person, performed by the relay in one transaction."""

from collections.abc import Callable

from lms.core import workflow
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import Conflict, Refused
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
    """Let every decision take effect, or none: then the call is being decided again. Whether it did.

    What stands in the way is said beside the button that releases, in the language of whoever looks. The actor is
    the platform, in the name of whoever asked. A release that was stopped meanwhile stays so.
    """
    if call.state != "releasing":
        return False
    try:
        with db.session.begin_nested():
            workflow.perform(CALL, call, "finish_release", actor=actor)
    except (Refused, Conflict):
        workflow.perform(CALL, call, "fail_release", actor=actor)
        return False
    return True
