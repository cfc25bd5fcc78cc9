"""Proposing awards, and issuing transcripts."""

from typing import Any

from sqlalchemy.exc import IntegrityError

from lms.applications.services.editing import begin_edit
from lms.core import workflow
from lms.core.actor import Actor
from lms.core.clock import CENTER_ZONE
from lms.core.db import db
from lms.core.errors import Conflict, Refused
from lms.core.i18n import lazy_gettext as _l
from lms.core.ids import new_ref
from lms.core.pdf import Bilingual, bilingual
from lms.core.workflow import Context
from lms.credentials import services as credentials
from lms.credentials.record import both
from lms.programmes import transcript
from lms.programmes.flow.award import AWARD, STUDY_DATES, ask_parties
from lms.programmes.flow.grades import TRANSCRIPT
from lms.programmes.models import Award, AwardConcurrence, Student
from lms.programmes.queries import award as queries
from lms.programmes.queries import study as students
from lms.programmes.queries.agreements import terms_of


def propose_award(actor: Actor, student: Student, *, version: int | None) -> Award:
    """Ask every party to concur in the award to a student who has fulfilled all.

    Raises Refused with what the reader may know of what is lacking, Conflict when the award was proposed already or
    the programme has no agreement that was ever confirmed, Stale.
    """
    begin_edit(student, version)
    if student.state != "active":
        raise Conflict(_l("This study is over already."))
    full = students.student_by_id(student.id)
    if lacking := queries.faults_shown_to(actor, full, students.shown_sides(actor, full)):
        raise Refused(lacking)
    terms = terms_of(student.programme_id)
    if terms is None:
        raise Conflict(_l("The programme has no agreement that all parties have confirmed."))
    award = Award(
        ref=new_ref(), student_id=student.id, kind=terms.award, proposed_by_id=actor.person_id, proposed_at=actor.now
    )
    try:
        with db.session.begin_nested():
            workflow.start(AWARD, award, actor=actor)
    except IntegrityError as error:
        raise Conflict(_l("The award was proposed already. Look at it as it stands now.")) from error
    degrees = {one.institution_id: one for one in terms.parties}
    for registration in full.registrations:
        agreed = degrees.get(registration.institution_id)
        db.session.add(
            AwardConcurrence(
                award_id=award.id,
                institution_id=registration.institution_id,
                degree_en=(agreed.degree_en if agreed else "") or full.programme.title_en,
                degree_zh=(agreed.degree_zh if agreed else "") or full.programme.title_zh,
            )
        )
    db.session.flush()
    ask_parties(Context(award, actor, AWARD.transitions["concur"]))
    return award


def issue_transcript(actor: Actor, student: Student) -> Any:
    """The transcript of all confirmed grades so far, signed. Only the student takes it: it holds every party's grades.

    Raises Refused while no grade is confirmed, UnprintableText for characters in it that no font of ours has.
    """
    full = students.student_by_id(student.id)
    body = transcript.body_of(full)
    if not body["terms"]:
        raise Refused([_l("There is no confirmed grade yet.")])
    parties = [one.institution for one in full.registrations]
    names = [both(one.name_en, one.name_zh or one.name_local) for one in parties]
    return credentials.issue(
        actor,
        person_id=full.person_id,
        kind=TRANSCRIPT,
        subject=("student", full.id),
        heading=bilingual(_l("Transcript of records")),
        statement=bilingual(_l("studied in the joint programme, with these results")),
        title=both(full.programme.title_en, full.programme.title_zh),
        issuer=Bilingual(en=" · ".join(one["en"] for one in names), zh=" · ".join(one["zh"] for one in names)),
        issuer_id=None,
        signatories=[],
        zone=CENTER_ZONE,
        from_on=full.started_on,
        to_on=full.ended_on,
        dates=STUDY_DATES,
        body=body,
    )
