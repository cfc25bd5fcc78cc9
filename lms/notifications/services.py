"""Telling people what happened."""

from collections.abc import Mapping
from typing import Any

from lms.accounts import services as accounts
from lms.core.actor import Actor
from lms.core.waiting import Office
from lms.notifications.messages import Message


def notify(
    actor: Actor, *, person_id: int, message: Message, values: Mapping[str, Any], key: str | None = None
) -> None:
    """Send a message to a person, in their language and through the outbox.

    `values` are plain JSON; the template also gets `name` (how the receiver is called), `zone`
    (theirs, for deadlines) and `base_url`, so that a link is `{{ base_url }}{{ path }}` with `path` among the values.
    With a `key` the same message reaches the same person once, however often this is called.
    Nobody whose account is suspended is written to.
    """
    accounts.mail_person(
        actor,
        person_id=person_id,
        template=message.template,
        values=values,
        key=f"{message.name}:{key}" if key else None,
    )


def notify_office(
    actor: Actor, *, office: Office, message: Message, values: Mapping[str, Any], key: str | None = None
) -> None:
    """Send a message to everybody who sits in an office now, deputies included, each in their language."""
    accounts.mail_office(
        actor,
        office=office,
        template=message.template,
        values=values,
        key=f"{message.name}:{key}" if key else None,
    )
