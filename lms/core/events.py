"""Upward talk: a lower package publishes that something happened, a higher one subscribes.

Subscribers run at once, in the same transaction; what must leave the database goes through
the outbox instead. Subscribing happens when a package is registered, never later.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from lms.core.actor import Actor


@dataclass(frozen=True)
class Event:
    """Something that happened: a past-tense name such as `offer_accepted`, to what, by whom."""

    name: str
    subject: Any
    actor: Actor
    data: dict[str, Any] = field(default_factory=dict)


Subscriber = Callable[[Event], None]
_subscribers: dict[str, list[Subscriber]] = defaultdict(list)


def subscribe(name: str) -> Callable[[Subscriber], Subscriber]:
    """Decorator: call the function for every event of this name. Importing twice subscribes once."""

    def add(function: Subscriber) -> Subscriber:
        if function not in _subscribers[name]:
            _subscribers[name].append(function)
        return function

    return add


def publish(event: Event) -> None:
    """Tell every subscriber, in the order in which they subscribed."""
    for subscriber in _subscribers[event.name]:
        subscriber(event)
