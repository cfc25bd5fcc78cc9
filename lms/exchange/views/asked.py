"""What a visitor told while asking whether they are eligible, so that signing in or registering does not lose it.

It stays in the visitor's own cookie and never reaches the database before they start an application.
"""

from datetime import datetime, timedelta

from flask import session

from lms.applications.eligibility import Facts, facts_from
from lms.core.actor import Actor

_KEPT_FOR = timedelta(hours=2)


def remember(actor: Actor, facts: Facts) -> None:
    """Keep the answers in this browser for a while."""
    session["visitor"] = {"at": actor.now.isoformat(), "facts": facts.as_json()}


def remembered(actor: Actor) -> Facts:
    """The answers that this browser keeps; none of them when it keeps nothing."""
    kept = session.get("visitor")
    if not kept or actor.now - datetime.fromisoformat(kept["at"]) > _KEPT_FOR:
        return Facts()
    return facts_from(kept["facts"])


def forget() -> None:
    """An application holds the answers now."""
    session.pop("visitor", None)
