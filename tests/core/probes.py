"""Pages that only the tests know, to try the edge on: a form with a file, a list, an address with a number."""

from flask import Flask, Response, redirect, render_template_string
from wtforms import StringField
from wtforms.validators import InputRequired

from lms.core import audit, outbox
from lms.core.access import PUBLIC
from lms.core.db import db
from lms.core.outbox import OutboxMessage
from lms.core.paging import Key
from lms.core.web import Column, Form, Upload, access, afterwards, current_actor, render_list
from lms.core.web.forms import StoredFileField

FORM = "{{ form.title.data }}|{{ form.seen_version }}|{% for field in form %}{{ field.errors|join }}{% endfor %}"


class ProbeForm(Form):
    title = StringField("Title", [InputRequired("Say what belongs here.")])
    picture = StoredFileField("Picture")


@outbox.effect("probe.saved")
def _nothing(work: outbox.Work) -> None:
    """The row is all there is to it."""


@access(PUBLIC, uploads=[Upload("picture", max_bytes=1000)])
def save() -> Response:
    """Write one row for each form that is accepted."""
    form = ProbeForm()
    if form.submit(lambda: outbox.enqueue(current_actor(), "probe.saved", {"title": form.title.data})):
        return redirect("/", 303)
    body = render_template_string(FORM, form=form)
    return Response(body, 422 if form.errors else 200)


@access(PUBLIC)
def fail() -> Response:
    """Write, note something for afterwards, and fail."""
    actor = current_actor()
    outbox.enqueue(actor, "probe.lost", {})
    afterwards(lambda own: audit.record(actor, "probe.failed", session=own))
    raise ZeroDivisionError("with the words of somebody@example.org")


@access(PUBLIC)
def overflow() -> Response:
    """What arithmetic with a date from a form may do."""
    raise OverflowError("date value out of range")


@access(PUBLIC)
def rows() -> Response:
    """Every row, as a list that can be taken out."""
    return render_list(
        "{}",
        query=db.select(OutboxMessage),
        order=[Key(OutboxMessage.id)],
        columns=[
            Column("Name", lambda row: row.name),
            Column("Number", lambda row: row.id, "number", OutboxMessage.id),
        ],
        name="rows",
    )


@access(PUBLIC)
def number(number: int) -> str:
    """A row by its number."""
    return str(db.session.get(OutboxMessage, number))


@access(PUBLIC)
def word(word: str) -> str:
    """A row by a word."""
    return str(db.session.scalar(db.select(OutboxMessage.id).where(OutboxMessage.name == word)))


def register(app: Flask) -> None:
    """Add the pages, before the first request."""
    app.add_url_rule("/probe/save", view_func=save, methods=["GET", "POST"])
    app.add_url_rule("/probe/fail", view_func=fail, methods=["POST"])
    app.add_url_rule("/probe/overflow", view_func=overflow)
    app.add_url_rule("/probe/rows", view_func=rows)
    app.add_url_rule("/probe/number/<int:number>", view_func=number)
    app.add_url_rule("/probe/word/<path:word>", view_func=word)
