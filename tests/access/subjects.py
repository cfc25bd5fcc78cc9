"""On which subject of the world each address is tried.

`SUBJECTS` maps the beginning of an address, as the route spells it, to the values of its arguments; an
address takes the values of every beginning that fits it. An address whose arguments nobody names fails
the test: add a line for it. An address that moves a state machine gets one row for each transition that
has a subject to start from (`MACHINES`).
"""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

from flask import Flask, url_for
from sqlalchemy import Select, select
from werkzeug.routing import Rule

from lms.accounts import queries as people
from lms.accounts.models import Consent, Erasure, Invitation, LoginSession, MailToken, Person
from lms.core import storage, workflow
from lms.core.access import Grant
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.ids import new_ref
from lms.core.imports import ImportFault, ImportRun, begin, import_named
from lms.core.outbox import KeptMail, OutboxMessage
from lms.core.saved_filters import save_filter
from lms.core.storage.models import StoredFile
from lms.core.waiting.models import WaitingItem
from lms.courses.models import Activity, Attempt, Course, CoursePicture, Enrolment, Offering, Question
from lms.credentials.models import Credential
from lms.exchange.flow import CALL
from lms.exchange.models import (
    AllocationRun,
    Application,
    ApplicationDocument,
    Call,
    ChecklistItem,
    Choice,
    Endorsement,
    Offer,
    Placement,
    PlacementReport,
    Post,
    Review,
)
from lms.institutions.models import Affiliation, Institution, SubCentre
from lms.mentoring.models import Concern, Goal, MatchingRun, Meeting, MentoringScheme, Mentorship, Participant, Proposal
from lms.mentoring.queries.mentorships import mentorship_by_id
from lms.mentoring.services import mentorships as mentoring
from lms.mentoring.views.calendar import feed_address
from lms.portal.record.models import RecordShare
from tests.access import admissions, studies, supervisions
from tests.access.matrix import PERSONAS, SIGN_IN, YES, Case, computed, observed, rules, subjects_by_transition
from tests.access.world import World

Values = dict[str, Any]
Maker = Callable[[World], Values]


# --- finding ----------------------------------------------------------------------------------------


def _first(name: str, query: Callable[[World], Select[Any]]) -> Maker:
    """The first row of a query, under the name that the address gives it; nothing when there is none."""

    def make(world: World) -> Values:
        value = db.session.scalar(query(world).limit(1))
        return {} if value is None else {name: value}

    return make


def _of(persona: str, model: Any, name: str) -> Maker:
    """The first row that belongs to a persona."""
    column = model.ref if name == "ref" else model.id
    return _first(name, lambda world: select(column).where(model.person_id == world.people[persona]).order_by(model.id))


def _fixed(**values: Any) -> Maker:
    return lambda _world: values


# --- accounts ---------------------------------------------------------------------------------------


def _link(purpose: str) -> Maker:
    """A mailed link of the learner whose secret we know."""

    def make(world: World) -> Values:
        token = f"known-{purpose}"
        if db.session.scalar(select(MailToken.id).where(MailToken.digest == people.digest(token))) is None:
            person = people.person_by_id(world.people["learner"])
            until = world.actor("visitor").now + timedelta(days=1)
            digest = people.digest(token)
            db.session.add(
                MailToken(digest=digest, purpose=purpose, person_id=person.id, email=person.email, expires_at=until)
            )
            db.session.flush()
        return {"token": token}

    return make


def _saved_filter(world: World) -> Values:
    """A filter that the learner saved."""
    saved = save_filter(world.actor("learner"), list_name="dashboard.waiting_list", name="Mine", query="whose=me")
    return {"filter_id": saved.id}


def _export(world: World) -> Values:
    """An archive of the learner's data."""
    content, actor = BytesIO(b"PK"), world.actor("learner")
    staged = storage.keep_made(content, "my-data.zip", media_type="application/zip")
    file = storage.attach(
        staged, owner_id=actor.person_id, purpose=people.EXPORT, is_personal=True, now=world.actor("visitor").now
    )
    return {"ref": file.ref}


def _letter(world: World) -> Values:
    """The letter about an erasure of the learner's that was taken back, whose secret we know."""
    now, digest = world.actor("visitor").now, people.digest("known-letter")
    if db.session.scalar(select(Erasure.id).where(Erasure.letter_digest == digest)) is None:
        person_id = world.people["learner"]
        row = Erasure(ref=new_ref(), person_id=person_id, asked_at=now, ready_at=now, letter_digest=digest)
        workflow.start(workflow.machine_named("erasure"), row, actor=world.actor("learner"))
    return {"token": "known-letter"}


def _invitation(world: World) -> Invitation:
    """An invitation by the home coordinator to the learner, whose secret we know."""
    digest = people.digest("known-invitation")
    found = db.session.scalar(select(Invitation).where(Invitation.digest == digest))
    if found is None:
        now, learner = world.actor("visitor").now, people.person_by_id(world.people["learner"])
        found = Invitation(
            ref=new_ref(),
            digest=digest,
            email=learner.email,
            role="instructor",
            scope_kind="institution",
            scope_id=_home_id(world),
            invited_by_id=world.people["home_coordinator"],
            created_at=now,
            expires_at=now + timedelta(days=1),
        )
        db.session.add(found)
        db.session.flush()
    return found


def _import(world: World) -> Values:
    """A table that the home coordinator brought in and that was checked."""
    owner = world.people["home_coordinator"]
    found = db.session.scalar(select(ImportRun).where(ImportRun.owner_id == owner))
    if found is None:
        content, target = b"E-mail,Role\nnobody,none\n", {"scope_kind": "institution", "code": _home_slug(world)}
        staged = storage.stage(BytesIO(content), "people.csv", kinds=frozenset({"csv"}))
        actor = world.actor("home_coordinator")
        found = begin(actor, kind=import_named("invitations"), target=target, staged=staged, back="/dashboard")
        found.stage, found.new_count, found.fault_count, found.titles = "checked", 1, 2, ["E-mail", "Role"]
        for row, name in enumerate(("nobody", "somebody"), start=2):
            fault = ImportFault(run_id=found.id, row=row, cells=[name, "none"], words=name, faults=[["Role", "?"]])
            db.session.add(fault)
        db.session.flush()
    return {"ref": found.ref}


def _shared_record(world: World) -> Values:
    """A link to the scientist's record whose secret we know."""
    digest, now = people.digest("known-record"), world.actor("visitor").now
    found = db.session.scalar(select(RecordShare).where(RecordShare.digest == digest))
    if found is None:
        owner, until = world.people["scientist"], now + timedelta(days=7)
        found = RecordShare(
            ref=new_ref(), digest=digest, person_id=owner, entries=["none"], created_at=now, expires_at=until
        )
        db.session.add(found)
        db.session.flush()
    return {"ref": found.ref, "token": "known-record"}


def _home_id(world: World) -> int:
    """The institution that the home coordinator coordinates."""
    return next(iter(world.actor("home_coordinator").scopes_of("coordinator", "institution")))


def _home_slug(world: World) -> str:
    return str(db.session.scalar(select(Institution.slug).where(Institution.id == _home_id(world))))


def _office_item(world: World) -> Select[Any]:
    """Something that waits for the home coordinator's office."""
    return (
        select(WaitingItem.id)
        .where(
            WaitingItem.office_role == "coordinator",
            WaitingItem.scope_id == _home_id(world),
            WaitingItem.closed_at.is_(None),
        )
        .order_by(WaitingItem.id)
    )


# --- courses ----------------------------------------------------------------------------------------


def _taught(world: World) -> Select[Any]:
    """A course with pictures that the instructor teaches."""
    return (
        select(Course.id)
        .join(Grant, Grant.scope_id == Course.id)
        .where(Grant.person_id == world.people["instructor"], Grant.scope_kind == "course")
        .where(Course.state == "published", Course.pictures.any())
        .order_by(Course.id)
        .limit(1)
    )


def _of_taught(column: Any, model: Any, *where: Any) -> Callable[[World], Select[Any]]:
    """A column of something that belongs to that course."""
    return lambda world: (
        select(column).where(model.course_id == _taught(world).scalar_subquery(), *where).order_by(model.id)
    )


def _quiz_question(world: World) -> Values:
    """A quiz of that course, and a question in it."""
    quiz = db.session.scalars(_of_taught(Activity.id, Activity, Activity.kind == "quiz")(world)).first()
    ref = db.session.scalar(select(Activity.ref).where(Activity.id == quiz))
    question = db.session.scalar(select(Question.ref).where(Question.activity_id == quiz).order_by(Question.position))
    return {"ref": ref, "question_ref": question, "kind": "single_choice"} if question else {}


def _learning(world: World, kind: str = "page") -> Values:
    """A course that the learner takes, and its first page or quiz."""
    found = db.session.execute(
        select(Enrolment.ref, Activity.ref)
        .join(Offering, Offering.id == Enrolment.offering_id)
        .join(Activity, Activity.course_id == Offering.course_id)
        .where(Enrolment.person_id == world.people["learner"], Enrolment.state == "enrolled", Activity.kind == kind)
        .order_by(Enrolment.id, Activity.position)
    ).first()
    return {"ref": found[0], "step": found[1]} if found else {}


def _attempt(world: World) -> Values:
    found = db.session.scalars(
        select(Attempt)
        .join(Enrolment, Enrolment.id == Attempt.enrolment_id)
        .where(Enrolment.person_id == world.people["learner"])
        .order_by(Attempt.id)
    ).first()
    if found is None:
        return {}
    question = db.session.scalar(select(Question.ref).where(Question.id == found.question_ids[0]))
    return {"ref": found.ref, "question_ref": question}


def _certificate(world: World) -> Select[Any]:
    """A certificate, of a persona if one has any."""
    return select(Credential.code).order_by(Credential.person_id.in_(world.people.values()).desc(), Credential.id)


# --- exchange ---------------------------------------------------------------------------------------


def _application(world: World) -> Select[Any]:
    """An application of the scientist that was submitted."""
    return (
        select(Application.id)
        .where(Application.person_id == world.people["scientist"], Application.submitted_at.is_not(None))
        .order_by(Application.id)
        .limit(1)
    )


def _document(name: str, application: Callable[[World], Select[Any]]) -> Maker:
    """A document of an application."""
    return _first(
        name,
        lambda world: (
            select(StoredFile.ref)
            .join(ApplicationDocument, ApplicationDocument.file_id == StoredFile.id)
            .where(ApplicationDocument.application_id == application(world).scalar_subquery())
            .order_by(StoredFile.id)
        ),
    )


def _endorsement(column: Any, *where: Any) -> Callable[[World], Select[Any]]:
    return lambda _world: select(column).where(*where).order_by(Endorsement.id)


def _asked_of_home(column: Any) -> Callable[[World], Select[Any]]:
    """An endorsement that the home coordinator's office was asked for."""
    return lambda world: (
        select(column)
        .where(Endorsement.route == "platform", Endorsement.institution_id == _home_id(world))
        .order_by(Endorsement.id)
        .limit(1)
    )


def _link_of_endorser(_world: World) -> Values:
    """A signed link whose secret we know."""
    found = db.session.scalars(select(Endorsement).where(Endorsement.route == "link").order_by(Endorsement.id)).first()
    if found is None:
        return {}
    found.token_digest = people.digest("known-endorsement")
    db.session.flush()
    return {"token": "known-endorsement"}


def _review(column: Any) -> Callable[[World], Select[Any]]:
    """A review by the reviewer that is under way."""
    return lambda world: (
        select(column)
        .where(Review.reviewer_id == world.people["reviewer"], Review.state.in_(("assigned", "submitted")))
        .order_by(Review.state, Review.id)
        .limit(1)
    )


def _call(*states: str) -> Maker:
    return _first("ref", lambda _world: select(Call.ref).where(Call.state.in_(states)).order_by(Call.id))


def _run(_world: World) -> Select[Any]:
    return select(AllocationRun.ref).order_by(AllocationRun.id)


def _screened(column: Any) -> Callable[[World], Select[Any]]:
    """A submitted application of a closed call: it waits to be screened."""
    return lambda _world: (
        select(column)
        .join(Call, Call.id == Application.call_id)
        .where(Application.state == "submitted", Call.state == "closed")
        .order_by(Application.id)
        .limit(1)
    )


def _offered(world: World) -> Select[Any]:
    """The scientist's application that has an offer."""
    return (
        select(Application.ref)
        .join(Offer, Offer.application_id == Application.id)
        .where(Application.person_id == world.people["scientist"])
        .order_by(Application.id)
    )


def _placement(column: Any) -> Callable[[World], Select[Any]]:
    """A placement in the host's lab, one with a report if there is one."""
    return lambda world: (
        select(column)
        .join(Post, Post.id == Placement.post_id)
        .where(Post.lab_id.in_(world.actor("host").scopes_of("host", "lab")))
        .order_by(Placement.id)
        .limit(1)
    )


def _with_report(world: World) -> Select[Any]:
    del world
    return (
        select(Placement.ref)
        .join(PlacementReport, PlacementReport.placement_id == Placement.id)
        .where(PlacementReport.file_id.is_not(None))
        .order_by(Placement.id)
    )


def _ranking_call(_world: World) -> Call:
    return db.session.scalars(select(Call).where(Call.state == "ranking").order_by(Call.id)).one()


def _start_deciding(world: World) -> None:
    """The demo world has no call that is being decided, because deciding is done in one sitting."""
    reason = {"reason": "The hosts have had their time."}
    workflow.perform(CALL, _ranking_call(world), "start_deciding_without", actor=world.actor("secretariat"), **reason)
    db.session.commit()


def _ranked(world: World) -> Values:
    """A post of the host in a call that ranks, a candidate for it, and a document of theirs."""
    labs = world.actor("host").scopes_of("host", "lab")
    found = db.session.execute(
        select(Post.ref, Application.ref, StoredFile.ref)
        .join(Call, Call.id == Post.call_id)
        .join(Choice, Choice.post_id == Post.id)
        .join(Application, Application.id == Choice.application_id)
        .join(ApplicationDocument, ApplicationDocument.application_id == Application.id)
        .join(StoredFile, StoredFile.id == ApplicationDocument.file_id)
        .where(Post.lab_id.in_(labs), Call.state == "ranking", Application.state == "in_review")
        .order_by(Post.id, Application.id, StoredFile.id)
    ).first()
    return dict(zip(("ref", "application_ref", "file_ref"), found, strict=True)) if found else {}


def _post_of_host(world: World) -> Select[Any]:
    """A post of the host's lab."""
    labs = world.actor("host").scopes_of("host", "lab")
    return select(Post.ref).where(Post.lab_id.in_(labs)).order_by(Post.id)


# --- mentoring --------------------------------------------------------------------------------------


def _takes_part(world: World, persona: str) -> Select[Any]:
    """The ids of somebody's participations."""
    return select(Participant.id).where(Participant.person_id == world.people[persona])


def _mentored(world: World) -> Select[Any]:
    """The mentorship of the scientist that is under way."""
    return (
        select(Mentorship.id)
        .where(Mentorship.mentee_id.in_(_takes_part(world, "scientist")), Mentorship.state == "active")
        .order_by(Mentorship.id)
        .limit(1)
    )


def _mentorship(world: World) -> Values:
    """That mentorship, and a goal of it."""
    found = db.session.execute(
        select(Mentorship.ref, Goal.ref)
        .join(Goal, Goal.mentorship_id == Mentorship.id)
        .where(Mentorship.id == _mentored(world).scalar_subquery())
        .order_by(Goal.id)
    ).first()
    return {"ref": found[0], "goal_ref": found[1]} if found else {}


def _concern(world: World) -> Values:
    """What the scientist confided about it."""
    found = db.session.scalar(select(Concern.ref).order_by(Concern.id))
    if found is None:
        pair = mentorship_by_id(db.session.scalars(_mentored(world)).one())
        found = mentoring.report_concern(world.actor("scientist"), pair, text="In confidence.").ref
    return {"ref": found}


def _calendar(world: World) -> Values:
    """The private calendar address of the scientist."""
    actor = world.actor("scientist")
    with world.app.test_request_context():
        if not feed_address(actor):
            mentoring.renew_feed(actor)
        return {"token": feed_address(actor).rpartition("/")[2].removesuffix(".ics")}


# --- the lines --------------------------------------------------------------------------------------

SUBJECTS: dict[str, Maker] = {
    "/accounts/change-email/<token>": _link("change"),
    "/accounts/confirm/<token>": _link("confirm"),
    "/accounts/consents/<int:consent_id>/withdraw": _of("learner", Consent, "consent_id"),
    "/accounts/consents/<purpose>/give": _fixed(purpose="news"),
    "/accounts/erased/<token>": _letter,
    "/accounts/erasures/<ref>": _first("ref", lambda _world: select(Erasure.ref).order_by(Erasure.id)),
    "/accounts/grants/<int:grant_id>": _first(
        "grant_id",
        lambda world: select(Grant.id).where(
            Grant.role == "coordinator", Grant.scope_kind == "institution", Grant.scope_id == _home_id(world)
        ),
    ),
    "/accounts/invitation/<token>": lambda world: {"token": "known-invitation", "of": _invitation(world)},
    "/accounts/invitations/<ref>": lambda world: {"ref": _invitation(world).ref},
    "/accounts/my-data/exports/<ref>": _export,
    "/accounts/offices/<scope_kind>/<code>": lambda world: {
        "scope_kind": "institution",
        "code": _home_slug(world),
    },
    "/accounts/people/<ref>": _first(
        "ref", lambda world: select(Person.ref).where(Person.id == world.people["learner"])
    ),
    "/accounts/people/<ref>/roles": _first(
        "ref", lambda world: select(Person.ref).where(Person.id == world.people["home_coordinator"])
    ),
    "/accounts/people/<ref>/roles/give/<scope_kind>/<code>": lambda world: {
        "scope_kind": "institution",
        "code": _home_slug(world),
    },
    "/accounts/reset/<token>": _link("reset"),
    "/accounts/sessions/<ref>": _of("learner", LoginSession, "ref"),
    "/accounts/titles/<language>": _fixed(language="en"),
    "/admin/outbox/<int:message_id>": _first(
        "message_id", lambda _world: select(OutboxMessage.id).order_by(OutboxMessage.id)
    ),
    "/centres/<code>": _first("code", lambda _world: select(SubCentre.code).order_by(SubCentre.id)),
    "/courses/<code>": _first(
        "code", lambda world: select(Course.code).where(Course.id == _taught(world).scalar_subquery())
    ),
    "/courses/<code>/pictures/<name>": _first("name", _of_taught(CoursePicture.name, CoursePicture)),
    "/courses/<code>/steps/<ref>": _quiz_question,
    "/courses/<code>/steps/new/<kind>": _fixed(kind="page"),
    "/courses/attempts/<ref>": _attempt,
    "/courses/enrolments/<ref>": _learning,
    "/courses/learn/<ref>": _learning,
    "/courses/learn/<ref>/<step>/start": lambda world: _learning(world, kind="quiz"),
    "/courses/offerings/<ref>": _first("ref", _of_taught(Offering.ref, Offering)),
    "/credentials/<code>": _first("code", _certificate),
    "/demo/mail/<int:mail_id>": _first("mail_id", lambda _world: select(KeptMail.id).order_by(KeptMail.id)),
    "/endorsements/<ref>": _first("ref", _asked_of_home(Endorsement.ref)),
    "/endorsements/<ref>/check": _first("ref", _endorsement(Endorsement.ref, Endorsement.route == "sheet")),
    "/endorsements/<ref>/documents": _document("file_ref", _asked_of_home(Endorsement.application_id)),
    "/endorsements/<ref>/file": _first("ref", _endorsement(Endorsement.ref, Endorsement.file_id.is_not(None))),
    "/endorsements/<ref>/mine/sheet": _first("ref", _endorsement(Endorsement.ref, Endorsement.route == "sheet")),
    "/endorsements/<ref>/mine/sheet.pdf": _first("ref", _endorsement(Endorsement.ref, Endorsement.route == "sheet")),
    "/endorsements/link/<token>": _link_of_endorser,
    "/endorsements/sheet/<code>": _first("code", _endorsement(Endorsement.code, Endorsement.route == "sheet")),
    "/exchange/allocation/<ref>": _first("ref", _run),
    "/exchange/applications/<ref>": _first(
        "ref",
        lambda world: select(Application.ref).where(Application.id == _application(world).scalar_subquery()),
    ),
    "/exchange/applications/<ref>/<any(facts,choices,statement,documents,endorsement):step>": _fixed(step="facts"),
    "/exchange/applications/<ref>/documents": _document("file_ref", _application),
    "/exchange/calls/<ref>": _call("published"),
    "/exchange/decisions/<ref>": _first(
        "ref",
        lambda world: (
            select(Application.ref).where(Application.call_id == _ranking_call(world).id).order_by(Application.id)
        ),
    ),
    "/exchange/manage/calls/<ref>": _call("closed", "published"),
    "/exchange/manage/calls/<ref>/rules/<kind>": _fixed(kind="nationality"),
    "/exchange/manage/offers/<ref>": _first("ref", _offered),
    "/exchange/manage/posts/<ref>": _first("ref", _post_of_host),
    "/exchange/my-posts/<ref>": _first("ref", _post_of_host),
    "/exchange/offers/<ref>": _first("ref", _offered),
    "/demo/scenes/<journey>/<int:number>": _fixed(journey="course", number=2),
    "/exchange/placements/<ref>": _first("ref", _placement(Placement.ref)),
    "/exchange/placements/<ref>/report/file": _first("ref", _with_report),
    "/exchange/placements/<ref>/tasks": _first(
        "key",
        lambda world: (
            select(ChecklistItem.key)
            .where(ChecklistItem.placement_id == _placement(Placement.id)(world).scalar_subquery())
            .order_by(ChecklistItem.id)
        ),
    ),
    "/exchange/posts/<ref>": _first(
        "ref", lambda _world: select(Post.ref).where(Post.state == "approved").order_by(Post.id)
    ),
    "/exchange/ranking/<ref>": _ranked,
    "/exchange/screening/<ref>": _first("ref", _screened(Application.ref)),
    "/exchange/screening/<ref>/documents": _document("file_ref", _screened(Application.id)),
    "/imports/<ref>": _import,
    "/institutions/<slug>": lambda world: {"slug": _home_slug(world)},
    "/institutions/<slug>/merge/<into>": _first(
        "into",
        lambda world: (
            select(Institution.slug)
            .where(Institution.state == "confirmed", Institution.slug != _home_slug(world))
            .order_by(Institution.id)
        ),
    ),
    "/institutions/affiliations/<ref>": _first(
        "ref",
        lambda _world: select(Affiliation.ref).where(Affiliation.letter_id.is_not(None)).order_by(Affiliation.id),
    ),
    "/institutions/countries/<code>": _fixed(code="TH"),
    "/institutions/proposals/<slug>": _first(
        "slug", lambda _world: select(Institution.slug).where(Institution.state == "proposed")
    ),
    "/jobs/<int:job_id>": _first(
        "job_id",
        lambda _world: select(OutboxMessage.id).where(OutboxMessage.owner_id.is_not(None)).order_by(OutboxMessage.id),
    ),
    "/language/<code>": _fixed(code="zh"),
    "/mentoring/calendar/<token>.ics": _calendar,
    "/mentoring/concerns/<ref>": _concern,
    "/mentoring/manage/<ref>": _first(
        "ref",
        lambda world: (
            select(MentoringScheme.ref)
            .join(Mentorship, Mentorship.scheme_id == MentoringScheme.id)
            .where(Mentorship.id == _mentored(world).scalar_subquery())
        ),
    ),
    "/mentoring/meetings/<ref>": _first(
        "ref",
        lambda world: select(Meeting.ref).where(
            Meeting.mentorship_id == _mentored(world).scalar_subquery(), Meeting.state == "confirmed"
        ),
    ),
    "/mentoring/mentorships/<ref>": _mentorship,
    "/mentoring/participants/<ref>": _first(
        "ref",
        lambda world: (
            select(Participant.ref).where(Participant.id.in_(_takes_part(world, "host"))).order_by(Participant.id)
        ),
    ),
    "/mentoring/profiles/<ref>": _first(
        "ref",
        lambda world: (
            select(Participant.ref).where(Participant.id.in_(_takes_part(world, "learner"))).order_by(Participant.id)
        ),
    ),
    "/mentoring/proposals/<ref>": _first(
        "ref",
        lambda world: (
            select(Proposal.ref).where(Proposal.mentee_id.in_(_takes_part(world, "learner"))).order_by(Proposal.id)
        ),
    ),
    "/mentoring/runs/<ref>": _first("ref", lambda _world: select(MatchingRun.ref).order_by(MatchingRun.id)),
    "/mentoring/runs/<ref>/<any(instance,result):part>.json": _fixed(part="instance"),
    "/mentoring/schemes/<ref>": _first(
        "ref",
        lambda _world: select(MentoringScheme.ref).where(MentoringScheme.state == "published"),
    ),
    "/mentoring/schemes/<ref>/join/<side>": _fixed(side="mentee"),
    "/mentoring/watched/<ref>": _mentorship,
    "/reviews/<ref>": _first("ref", _review(Review.ref)),
    "/reviews/<ref>/documents": _document("file_ref", _review(Review.application_id)),
    "/reviews/applications/<ref>": _first(
        "ref",
        lambda _world: select(Application.ref).where(Application.state == "in_review").order_by(Application.id),
    ),
    "/reviews/calls/<ref>": _call("closed"),
    "/record/links/<ref>": _shared_record,
    "/record/people/<ref>": _first(
        "ref", lambda world: select(Person.ref).where(Person.id == world.people["scientist"])
    ),
    "/record/shared/<token>": _shared_record,
    "/verify/<code>": _first("code", _certificate),
    "/saved-filters/<int:filter_id>/delete": _saved_filter,
    "/waiting/<int:item_id>": _first("item_id", _office_item),
    **admissions.SUBJECTS,
    **studies.SUBJECTS,
    **supervisions.SUBJECTS,
}


def _by_ref(subject: Any) -> Values:
    return {"ref": subject.ref}


def _by_code(subject: Any) -> Values:
    return {"code": subject.code}


# Which machine an address moves, how the address names a subject of it, and by which transitions (all, if none
# is named; pages of their own serve the others).
MACHINES: dict[str, tuple[str, Callable[[Any], Values], tuple[str, ...]]] = {
    "/accounts/erasures/<ref>/do/<transition>": ("erasure", _by_ref, ("approve", "refuse")),
    "/courses/<code>/do/<transition>": ("course", _by_code, ()),
    "/courses/enrolments/<ref>/do/<transition>": ("enrolment", _by_ref, ()),
    "/credentials/<code>/do/<transition>": ("credential", _by_code, ()),
    "/exchange/allocation/<ref>/do/<transition>": ("allocation_run", _by_ref, ()),
    "/exchange/manage/calls/<ref>/do/<transition>": ("call", _by_ref, ()),
    "/exchange/manage/offers/<ref>/do/<transition>": ("application", _by_ref, ("rescind",)),
    "/exchange/manage/posts/<ref>/do/<transition>": ("post", _by_ref, ("approve", "return")),
    "/exchange/my-posts/<ref>/do/<transition>": ("post", _by_ref, ("submit", "withdraw")),
    "/exchange/offers/<ref>/do/<transition>": ("application", _by_ref, ("accept", "decline")),
    "/exchange/placements/<ref>/do/<transition>": (
        "placement",
        _by_ref,
        ("confirm_arrival", "return_report", "countersign", "change_end", "close", "end_early"),
    ),
    "/exchange/screening/<ref>/do/<transition>": (
        "application",
        _by_ref,
        ("accept_screening", "refuse_screening"),
    ),
    "/institutions/affiliations/<ref>/do/<name>": ("affiliation", _by_ref, ()),
    "/institutions/proposals/<slug>/do/<name>": ("institution", lambda found: {"slug": found.slug}, ()),
    "/mentoring/concerns/<ref>/do/<transition>": ("mentoring_concern", _by_ref, ()),
    "/mentoring/manage/<ref>/do/<transition>": ("mentoring_scheme", _by_ref, ()),
    "/mentoring/meetings/<ref>/do/<transition>": ("mentoring_meeting", _by_ref, ("confirm", "cancel", "miss")),
    "/mentoring/mentorships/<ref>/do/<transition>": (
        "mentorship",
        _by_ref,
        ("pause", "resume", "close", "change", "end"),
    ),
    "/mentoring/participants/<ref>/do/<transition>": (
        "mentoring_participant",
        _by_ref,
        ("approve", "return", "refuse"),
    ),
    "/mentoring/profiles/<ref>/do/<transition>": (
        "mentoring_participant",
        _by_ref,
        ("leave", "come_back", "withdraw"),
    ),
    "/mentoring/proposals/<ref>/do/<transition>": ("mentoring_proposal", _by_ref, ("say_yes", "decline")),
    "/mentoring/runs/<ref>/do/<transition>": ("mentoring_run", _by_ref, ("send", "discard")),
    "/mentoring/watched/<ref>/do/<transition>": ("mentorship", _by_ref, ("end_by_office",)),
    "/reviews/<ref>/do/<transition>": ("review", _by_ref, ("recuse",)),
    "/reviews/managed/<ref>/do/<transition>": ("review", _by_ref, ("remove", "reopen", "assign_again")),
    **studies.MACHINES,
    **supervisions.MACHINES,
}

# Whose subject is moved, where pairs that were found by lot come in any order.
MOVED_AS = {"/mentoring/proposals/<ref>/do/<transition>": "learner"}

# What an address needs beside its path to be more than a refusal of the request itself.
QUERIES: dict[str, Values] = {"core.choose_zone": {"zone": "Asia/Bangkok"}, "core.choose_display": {"theme": "dark"}}
FIELDS: dict[str, Values] = {
    "applications.decide_endorsements": {"transition": "give"},
    "core.save_filter": {"list": "dashboard.waiting_list", "query": "whose=me", "name": "Mine"},
    "courses.decide_participants": {"transition": "approve"},
    "courses.move_question": {"direction": "up"},
    "courses.move_step": {"direction": "up"},
    "exchange.decide_screening": {"transition": "accept_screening"},
}
HEADERS: dict[str, dict[str, str]] = {"courses.preview": {"HX-Request": "true"}}

# What must have happened for an address to have something to show; undone with the request.
PREPARE: dict[str, Callable[[World], None]] = {"exchange.decide": _start_deciding}

# Where whoever succeeds is sent to the sign-in page.
LEADS_TO_SIGN_IN = {"accounts.change_email_now", "accounts.confirm_now", "accounts.reset_now"}

# Addresses that decide more than their declaration says, and why they must. The file's cells come from executing
# them, and may only be stricter than what is declared.
DECIDED_INSIDE: dict[tuple[str, str], str] = {
    ("accounts.withdraw_consent", "POST"): "looked for among one's own consents only",
    ("core.delete_filter", "POST"): "looked for among one's own filters only",
    ("core.job_progress", "GET"): "looked for among one's own jobs only",
    ("exchange.rank", "POST"): "the secretariat and the host's coordinators read what the lab's hosts write",
    ("exchange.tick", "POST"): "each task of the checklist is one party's; this one is the host's or the scientist's",
}


# --- every row --------------------------------------------------------------------------------------


def _values(rule: Rule, world: World) -> Values:
    found: Values = {}
    for beginning, make in SUBJECTS.items():
        if rule.rule == beginning or rule.rule.startswith(beginning.rstrip("/") + "/"):
            found |= make(world)
    return {name: value for name, value in found.items() if name in rule.arguments}


def _moved(app: Flask, rule: Rule, method: str, actors: list[Actor]) -> list[Case]:
    """A row for each transition, on a subject that somebody may move; on the first one when nobody may."""
    machine, values, only = MACHINES[rule.rule]
    argument = rule.rule.rpartition("<")[2].rstrip(">")
    found = []
    for name, subjects in sorted(subjects_by_transition(machine).items()):
        if only and name not in only:
            continue
        named = [{**values(subject), argument: name} for subject in subjects]
        tried = [Case(rule.endpoint, method, name, one) for one in named]
        db.session.expunge_all()  # what is loaded here must not stand in for what the loaders load
        welcome = (case for case in tried if any(computed(app, case, actor) == YES for actor in actors))
        found.append(next(welcome, tried[0]))
    return found


def cases(app: Flask, world: World) -> tuple[list[Case], list[str]]:
    """Every row of the matrix, and what to add for addresses that nobody gave a subject."""
    found: list[Case] = []
    missing: list[str] = []
    actors = [world.actor(persona) for persona in PERSONAS]
    for rule, method in rules(app):
        if rule.rule in MACHINES:
            movers = [world.actor(MOVED_AS[rule.rule])] if rule.rule in MOVED_AS else actors
            found += _moved(app, rule, method, movers)
            continue
        values_found = _values(rule, world)
        if lacking := sorted(rule.arguments - values_found.keys()):
            missing.append(f'    "{rule.rule}": … names no {", ".join(lacking)}')
            continue
        found.append(Case(rule.endpoint, method, "", values_found))
    db.session.commit()
    return found, sorted(set(missing))


def address(app: Flask, case: Case) -> str:
    """The path of a row."""
    with app.test_request_context():
        return url_for(case.endpoint, **case.values, **QUERIES.get(case.endpoint, {}))


def send(world: World, persona: str, case: Case) -> str:
    """Execute one cell in a fresh browser: what the persona was told."""
    if prepare := PREPARE.get(case.endpoint):
        prepare(world)
    with world.browser(persona).open(
        address(world.app, case),
        method=case.method,
        data=FIELDS.get(case.endpoint),
        headers=HEADERS.get(case.endpoint),
    ) as response:
        told = observed(response)
    return YES if told == SIGN_IN and case.endpoint in LEADS_TO_SIGN_IN else told
