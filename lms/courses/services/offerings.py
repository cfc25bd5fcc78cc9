"""Giving courses: offerings, and taking a place in them."""

from datetime import datetime
from typing import Any

from sqlalchemy import exists, inspect, select

from lms.core import audit, outbox, workflow
from lms.core.actor import Actor
from lms.core.db import db, expect_version
from lms.core.errors import Conflict, Invalid, Refused
from lms.core.i18n import lazy_gettext as _l
from lms.core.ids import new_ref
from lms.core.pdf import missing_characters
from lms.courses import flow, rules
from lms.courses.flow.attempt import schedule_close
from lms.courses.flow.enrolment import schedule_lapse
from lms.courses.models import Course, Enrolment, Offering
from lms.courses.queries import catalogue, learning, teaching


def open_offering(actor: Actor, course: Course, *, code: str, **values: Any) -> Offering:
    """Announce when a course is given. `values` are the columns of `Offering` that a form fills in.

    Raises Invalid for a code that is taken, times out of order, or an institution that is not the actor's.
    """
    code = code.upper()
    if not rules.CODE.fullmatch(code):
        raise Invalid(_l("Use 3 to 20 capital letters, digits and dashes, such as EPI-101-A."), "code")
    if db.session.scalar(select(exists().where(Offering.code == code))):
        raise Invalid(_l("This code is taken. Choose another one."), "code")
    _check(values, issuers(actor, course))
    offering = Offering(ref=new_ref(), code=code, course_id=course.id, created_at=actor.now, **values)
    db.session.add(offering)
    db.session.flush()
    audit.record(actor, "offering.opened", subject=("offering", offering.id), detail={"course_id": course.id})
    return offering


def _check(values: dict[str, Any], allowed_issuers: set[int]) -> None:
    if values["enrol_closes_at"] <= values["enrol_opens_at"]:
        raise Invalid(_l("Enrolment must close after it opens."), "enrol_closes_at")
    if values["ends_at"] <= values["starts_at"]:
        raise Invalid(_l("The course must end after it starts."), "ends_at")
    if values["ends_at"] < values["enrol_closes_at"]:
        raise Invalid(_l("Enrolment cannot close after the course has ended."), "enrol_closes_at")
    if values["institution_id"] not in allowed_issuers:
        raise Invalid(_l("You cannot issue certificates for this institution."), "institution_id")
    for name in ("signatory_name", "signatory_office_en", "signatory_office_zh"):
        if missing := missing_characters(values[name]):
            message = _l("These characters cannot be printed: %(characters)s.", characters=" ".join(missing))
            raise Invalid(message, name)
    if not values["requires_pages"] and values["pass_mark"] is None:
        raise Invalid(_l("Say what completes the course: pages read, a mark, or both."), "pass_mark")


def issuers(actor: Actor, course: Course) -> set[int]:
    """The institutions in whose name the actor may give this course: its own, and those where they hold an office."""
    own = actor.scopes_of("instructor", "institution") | actor.scopes_of("coordinator", "institution")
    return {course.institution_id, *own}


def change_offering(actor: Actor, offering: Offering, *, version: int | None = None, **values: Any) -> None:
    """Change an offering. More places promote the waiting list at once; a moved end moves what the clock does then.

    The offering comes with its course. Raises Stale, Invalid as `open_offering`, and when there
    would be fewer places than are taken.
    """
    hold_places(offering.id)
    expect_version(offering, version)
    _check(values, issuers(actor, offering.course) | {offering.institution_id})
    taken = catalogue.places_taken(offering.id)
    if values["capacity"] is not None and values["capacity"] < taken:
        raise Invalid(_l("%(count)d places are taken already.", count=taken), "capacity")
    ended_at, rule = offering.ends_at, (offering.requires_pages, offering.pass_mark)
    for name, value in values.items():
        setattr(offering, name, value)
    offering.version += 1
    db.session.flush()
    audit.record(actor, "offering.changed", subject=("offering", offering.id), detail={"fields": sorted(values)})
    if offering.ends_at != ended_at:
        _reschedule(actor, offering)
    if (offering.requires_pages, offering.pass_mark) != rule:
        check_again(actor, offering.id)
    flow.fill_places(actor, offering)


def check_again(actor: Actor, offering_id: int) -> None:
    """Look soon, outside of this request, who has completed by what the offering or course asks now."""
    outbox.enqueue(actor, "courses.check_again", {"offering_id": offering_id})


def complete_earned(actor: Actor, *, offering_id: int) -> None:
    """Bring everybody's progress in an offering up to date and complete those who have earned it."""
    for enrolment in learning.enrolled_in(offering_id):
        flow.record_progress(actor, enrolment)


def _reschedule(actor: Actor, offering: Offering) -> None:
    for enrolment in learning.pending_in(offering.id):
        schedule_lapse(actor, enrolment, offering)
    for attempt in learning.open_attempts_in(offering.id):
        schedule_close(actor, attempt, offering)


def remove_offering(actor: Actor, offering: Offering) -> None:
    """Take back an offering that nobody has enrolled in or applied for. Raises Refused."""
    hold_places(offering.id)
    if teaching.state_counts(offering.id):
        raise Refused([_l("People have enrolled or applied already, so this offering stays.")])
    db.session.delete(offering)
    db.session.flush()
    audit.record(actor, "offering.removed", subject=("offering", offering.id))


def hold_places(offering_id: int) -> None:
    """Lock an offering's row until the end of the transaction: whoever gives or frees a place does this first."""
    offering = db.session.get_one(Offering, offering_id)
    columns = [attribute.key for attribute in inspect(Offering).column_attrs]
    db.session.refresh(offering, attribute_names=columns, with_for_update=True)


def enrol(actor: Actor, offering: Offering, *, motivation: str = "") -> Enrolment:
    """Take a place, join the waiting list where every place is taken, or apply where approval is asked.

    Coming back after withdrawing goes on with the same enrolment. Raises Conflict when the actor is in already,
    Refused with the reasons (window closed), Invalid without a motivation where one is asked.
    """
    assert actor.person_id is not None
    hold_places(offering.id)
    if offering.mode == "restricted" and not motivation:
        raise Invalid(_l("Write a few words on why you want to take part."), "motivation")
    enrolment = learning.enrolment_in(offering.id, actor.person_id)
    if enrolment is None:
        enrolment = Enrolment(ref=new_ref(), offering_id=offering.id, person_id=actor.person_id, created_at=actor.now)
        workflow.start(flow.ENROLMENT, enrolment, actor=actor)
    elif enrolment.state != "withdrawn":
        raise Conflict(_l("You have applied for this offering already. See where it stands under My learning."))
    enrolment.motivation = motivation
    workflow.perform(flow.ENROLMENT, enrolment, _way_in(offering, actor.now), actor=actor)
    return enrolment


def _way_in(offering: Offering, now: datetime) -> str:
    if offering.mode == "restricted":
        return "apply"
    is_full = not rules.has_place(offering, catalogue.places_taken(offering.id))
    return "queue" if is_full and rules.window(offering, now) == "open" else "enrol"
