"""What a message is. Each package names its own in its `messages.py`."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Message:
    """A kind of message: its name, and its template in `templates/email/` without the ending."""

    name: str
    template: str
