"""Mail as outbox rows: rendered in the receiver's language and sent by the relay.

`MAIL_URL` says how: `smtp://user:password@host:587` (STARTTLS), `smtps://…:465`, or
`keep:`, which stores messages for /demo/mail and for tests.
"""

import smtplib
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any
from urllib.parse import unquote, urlsplit

from flask import current_app, render_template
from sqlalchemy import update

from lms.core.actor import Actor
from lms.core.db import db
from lms.core.i18n import in_language
from lms.core.outbox.models import CANCELLED, PENDING, KeptMail, OutboxMessage
from lms.core.outbox.registry import Finish, Work, job
from lms.core.outbox.services import enqueue


@dataclass(frozen=True)
class MailMessage:
    """What to send: a template of `templates/email/` (its first line is the subject) and its values."""

    to: str
    template: str
    language: str
    values: Mapping[str, Any]


def send_mail(actor: Actor, message: MailMessage, *, key: str | None = None) -> None:
    """Write a mail into the outbox. Values must be plain JSON. `key` keeps it from being written twice."""
    payload = {
        "to": message.to,
        "template": message.template,
        "language": message.language,
        "values": dict(message.values),
    }
    enqueue(actor, "mail.send", payload, key=f"mail:{key}" if key else None)


def take_back_mail(address: str) -> int:
    """Take back whatever waits to be sent to an address, and forget what it says; how many mails."""
    taken = db.session.execute(
        update(OutboxMessage)
        .where(
            OutboxMessage.name == "mail.send",
            OutboxMessage.state == PENDING,
            OutboxMessage.payload["to"].as_string() == address,
        )
        .values(state=CANCELLED, payload={})
        .execution_options(synchronize_session="fetch")
    )
    return taken.rowcount  # type: ignore[attr-defined, no-any-return]


def compose(payload: Mapping[str, Any]) -> tuple[str, str]:
    """Subject and body of a mail, in its receiver's language."""
    with in_language(payload["language"]):
        text = render_template(f"email/{payload['template']}.txt", **payload["values"])
    subject, _, body = text.strip().partition("\n")
    if current_app.config["IS_DEMO"]:
        subject = f"[DEMONSTRATION / 演示] {subject}"
    return subject.strip(), body.strip() + "\n"


@job("mail.send")
def _send(work: Work) -> Finish:
    subject, body = compose(work.payload)
    to = work.payload["to"]
    keeps = current_app.config["MAIL_URL"].startswith("keep:")
    if not keeps:
        _deliver(current_app.config["MAIL_URL"], current_app.config["MAIL_FROM"], to, subject, body, work.id)

    def finish() -> None:
        if keeps:
            _keep(work, to, subject, body)
        _forget_values(work)

    return finish


def _forget_values(work: Work) -> None:
    """A mail that was sent need not be rendered again: its links hold secrets, and nobody need know to whom it went."""
    db.session.get_one(OutboxMessage, work.id).payload = {"template": work.payload["template"]}


def _keep(work: Work, to: str, subject: str, body: str) -> None:
    db.session.add(KeptMail(outbox_id=work.id, to_address=to, subject=subject, body=body, kept_at=work.now))


def _deliver(url: str, sender: str, to: str, subject: str, body: str, outbox_id: int) -> None:
    parts = urlsplit(url)
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, to, " ".join(subject.split())
    # The same id for every attempt, so that a receiver's server can drop the rare second copy.
    message["Message-ID"] = f"<outbox-{outbox_id}@{sender.rpartition('@')[2].strip('>')}>"
    message.set_content(body)
    factory = smtplib.SMTP_SSL if parts.scheme == "smtps" else smtplib.SMTP
    with factory(parts.hostname or "localhost", parts.port or 0, timeout=30) as server:
        server.ehlo()
        if parts.scheme == "smtp" and server.has_extn("starttls"):
            server.starttls()
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        server.send_message(message)
