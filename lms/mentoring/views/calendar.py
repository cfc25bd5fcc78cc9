"""Meetings in people's calendars: each as a file, and all of one's own under a private address."""

from datetime import timedelta
from email.utils import parseaddr
from urllib.parse import urlsplit

from flask import Response, current_app, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from itsdangerous import BadSignature, URLSafeSerializer

from lms.accounts.forms import EmptyForm
from lms.accounts.queries import Contact, contacts
from lms.core import settings
from lms.core.access import PUBLIC, SIGNED_IN
from lms.core.actor import Actor
from lms.core.errors import NotFound
from lms.core.i18n import gettext, in_language, in_reader_language
from lms.core.i18n import lazy_gettext as _l
from lms.core.web import access, current_actor
from lms.mentoring.calendar import Entry, calendar
from lms.mentoring.flow.telling import other_side
from lms.mentoring.models import Meeting
from lms.mentoring.policy import OWN_MEETING
from lms.mentoring.queries import calendars
from lms.mentoring.queries import mentorships as queries
from lms.mentoring.services.mentorships import renew_feed
from lms.mentoring.views.blueprint import bp

_LOOK_BACK = timedelta(days=180)


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="mentoring.calendar")


def feed_address(actor: Actor) -> str:
    """The private calendar address of somebody; empty when they have none."""
    feed = calendars.feed_of(actor.person_id)
    if feed is None:
        return ""
    token = str(_signer().dumps([feed.person_id, feed.number]))
    return f"{current_app.config['BASE_URL']}{url_for('mentoring.calendar_feed', token=token)}"


def owner_of_feed(actor: Actor, token: str) -> Contact:
    """Whose calendar a private address is. Raises NotFound for an old or forged one, and for suspended accounts."""
    del actor
    try:
        person_id, number = _signer().loads(token)
    except (BadSignature, ValueError, TypeError):
        raise NotFound from None
    feed = calendars.feed_of(person_id)
    contact = contacts([person_id]).get(person_id)
    if feed is None or feed.number != number or contact is None:
        raise NotFound
    return contact


@bp.get("/calendar/<token>.ics")
@access(PUBLIC, load=owner_of_feed)
def calendar_feed(contact: Contact) -> Response:
    """All meetings of one person, for the calendar that reads this address. Whoever has the address may read it."""
    since = current_actor().now - _LOOK_BACK
    with in_language(contact.language):
        found = queries.meetings_of_person(contact.person_id, since=since)
        entries = [_entry(meeting, contact.person_id) for meeting in found]
        return _answer(calendar(entries, name=gettext("Mentoring")), "mentoring")


@bp.get("/meetings/<ref>/calendar.ics")
@access(OWN_MEETING, load=queries.meeting_visible_to)
def meeting_file(meeting: Meeting) -> Response:
    """One meeting as a file; of a cancelled one the file that takes it from the calendar again."""
    method = "CANCEL" if meeting.state in ("cancelled", "missed") else "PUBLISH"
    entry = _entry(meeting, current_actor().person_id)
    return _answer(calendar([entry], name=gettext("Mentoring"), method=method), "meeting")


@bp.post("/calendar/renew")
@access(SIGNED_IN)
def renew_calendar() -> ResponseReturnValue:
    """Make a private calendar address, or a new one that ends the old."""
    form = EmptyForm()
    if form.submit(lambda: renew_feed(current_actor())):
        flash(_l("Your calendar address is new. An older one no longer works."), "success")
    return redirect(url_for("mentoring.mine", _anchor="calendar"), 303)


def _entry(meeting: Meeting, person_id: int | None) -> Entry:
    pair, base = meeting.mentorship, current_app.config["BASE_URL"]
    address = parseaddr(current_app.config["MAIL_FROM"])[1]
    names = settings.center_names()
    return Entry(
        uid=f"meeting-{meeting.ref}@{urlsplit(base).hostname}",
        sequence=meeting.sequence,
        state=meeting.state,
        starts_at=meeting.starts_at,
        minutes=meeting.minutes,
        changed_at=meeting.changed_at,
        summary=gettext("Mentoring: %(name)s", name=other_side(pair, person_id).person.name),
        description="\n".join(filter(None, (in_reader_language(pair.scheme, "title"), meeting.agenda))),
        location=meeting.place,
        url=f"{base}{url_for('mentoring.mentorship', ref=pair.ref)}",
        organizer=address,
        organizer_name=names["en"],
    )


def _answer(text: str, name: str) -> Response:
    response = Response(text, mimetype="text/calendar")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.ics"'
    response.headers["Cache-Control"] = "private, no-store"
    return response
