"""What must leave the database, or happen later: mail, jobs with progress, timed transitions.

A row is written in the same transaction as its cause; a relay performs it afterwards, at
least once, and marks it done in the transaction that holds its effect.
"""

from lms.core.outbox.mail import MailMessage, send_mail, take_back_mail
from lms.core.outbox.models import KeptMail, OutboxMessage
from lms.core.outbox.registry import Work, effect, job
from lms.core.outbox.services import ask_anew, cancel, enqueue, give_up, replay, schedule_transition

__all__ = [
    "KeptMail",
    "MailMessage",
    "OutboxMessage",
    "Work",
    "ask_anew",
    "cancel",
    "effect",
    "enqueue",
    "give_up",
    "job",
    "replay",
    "schedule_transition",
    "send_mail",
    "take_back_mail",
]
