"""The award of the degree: proposed when all is fulfilled, concurred in by every party, then conferred."""

from lms.accounts import queries as people
from lms.core import audit, waiting
from lms.core.actor import system_actor
from lms.core.clock import CENTER_ZONE
from lms.core.db import db
from lms.core.i18n import Text
from lms.core.i18n import lazy_gettext as _l
from lms.core.pdf import Bilingual, Signatory, bilingual
from lms.core.waiting import Office
from lms.core.workflow import Context, Input, Machine, State, Transition, perform
from lms.credentials import services as credentials
from lms.credentials.record import both
from lms.notifications.services import notify, notify_office
from lms.programmes import study_messages as messages
from lms.programmes.flow.study import STUDENT, values_of
from lms.programmes.models import Award, AwardConcurrence, Student
from lms.programmes.queries import award as queries
from lms.programmes.queries import study as students
from lms.programmes.study_policy import CONCUR

STUDY_DATES: Bilingual = {"en": "Dates of study", "zh": "学习时间"}
DEGREE = "degree.award"


def _own_side_is_complete(context: Context) -> Text | None:
    """Each party answers for its own side; what the others have not done yet is theirs to know."""
    award = queries.award_by_id(context.subject.id)
    student = students.student_by_id(award.student_id)
    mine = context.actor.scopes_of("coordinator", "institution")
    for row in award.concurrences:
        if row.institution_id in mine and (faults := queries.faults(student, only=row.institution_id)):
            return faults[0]
    return None


def _has_not_concurred(context: Context) -> Text | None:
    mine = context.actor.scopes_of("coordinator", "institution")
    rows = [one for one in queries.award_by_id(context.subject.id).concurrences if one.institution_id in mine]
    if rows and all(one.concurred_at is not None for one in rows):
        return _l("Your university has concurred already.")
    return None


def _everything_is_complete(context: Context) -> Text | None:
    student = students.student_by_id(context.subject.student_id)
    faults = queries.faults(student)
    return faults[0] if faults else None


def ask_parties(context: Context) -> None:
    """It waits for the coordinators of every party."""
    award = queries.award_by_id(context.subject.id)
    for row in award.concurrences:
        waiting.open_item(
            context.actor,
            messages.CONCUR,
            to=Office("coordinator", "institution", row.institution_id),
            subject=("award_concurrence", row.id),
            about=[award.student.person.name, award.student.programme],
            url_values={"ref": award.ref},
        )


def _keep_concurrence(context: Context) -> None:
    """The word of the actor's university; with the last one the degree is conferred."""
    award = queries.award_by_id(context.subject.id)
    signer = people.person_by_id(context.actor.person_id or 0)
    mine = context.actor.scopes_of("coordinator", "institution")
    for row in award.concurrences:
        if row.institution_id in mine and row.concurred_at is None:
            row.signed_name, row.concurred_at, row.concurred_by_id = signer.name, context.actor.now, signer.id
            waiting.close_items(context.actor, subject=("award_concurrence", row.id))
            detail = {"institution_id": row.institution_id}
            audit.record(context.actor, "award.party_concurred", subject=("award", award.id), detail=detail)
    db.session.flush()
    if all(row.concurred_at is not None for row in award.concurrences):
        perform(AWARD, award, "confer", actor=system_actor(context.actor.now))


def _stop_waiting(context: Context) -> None:
    for row in queries.award_by_id(context.subject.id).concurrences:
        waiting.close_items(context.actor, subject=("award_concurrence", row.id))


def _stamp_refused(context: Context) -> None:
    context.subject.reason = str(context.inputs["reason"])


def _tell_refused(context: Context) -> None:
    award = queries.award_by_id(context.subject.id)
    values = {**values_of(award.student), "reason": award.reason}
    for row in award.concurrences:
        office = Office("coordinator", "institution", row.institution_id)
        notify_office(context.actor, office=office, message=messages.AWARD_REFUSED, values=values, key=award.ref)


def _stamp_conferred(context: Context) -> None:
    context.subject.conferred_at = context.actor.now


def _confer(context: Context) -> None:
    """The study is over with the degree; the certificates are issued and the graduate is told."""
    award = queries.award_by_id(context.subject.id)
    student = students.student_by_id(award.student_id)
    perform(STUDENT, student, "award", actor=context.actor)
    certify(context, award, student)
    notify(
        context.actor,
        person_id=student.person_id,
        message=messages.AWARD_CONFERRED,
        values=values_of(student),
        key=award.ref,
    )


def certify(context: Context, award: Award, student: Student) -> None:
    """One certificate of all parties, or one of each."""
    rows = award.concurrences
    if award.kind == "joint":
        first = next((one for one in rows if one.institution_id == student.programme.coordinating_id), rows[0])
        _issue(context, student, rows, first)
    else:
        for row in rows:
            _issue(context, student, [row], row)


def _issue(context: Context, student: Student, rows: list[AwardConcurrence], first: AwardConcurrence) -> None:
    names = [both(one.institution.name_en, one.institution.name_zh or one.institution.name_local) for one in rows]
    issuer = Bilingual(en=" · ".join(one["en"] for one in names), zh=" · ".join(one["zh"] for one in names))
    signatories = [Signatory(name=row.signed_name, office=name) for row, name in zip(rows, names, strict=True)]
    programme = student.programme
    credentials.issue(
        context.actor,
        person_id=student.person_id,
        kind=DEGREE,
        subject=("award_concurrence", first.id),
        heading=bilingual(_l("Degree certificate")),
        statement=bilingual(_l("has fulfilled all requirements of the joint programme and is awarded the degree")),
        title=both(first.degree_en, first.degree_zh),
        issuer=issuer,
        issuer_id=first.institution_id,
        signatories=signatories,
        zone=CENTER_ZONE,
        from_on=student.started_on,
        to_on=student.ended_on,
        dates=STUDY_DATES,
        extra=[{"label": bilingual(_l("Programme")), "value": both(programme.title_en, programme.title_zh)}],
    )


AWARD = Machine(
    "award",
    model=Award,
    initial="proposed",
    states=[
        State("proposed", _l("Waits for the universities"), "info"),
        State("conferred", _l("Degree conferred"), "success", is_final=True),
        State("refused", _l("Refused"), "danger", is_final=True),
    ],
    transitions=[
        Transition(
            "concur",
            _l("Concur for my university"),
            ("proposed",),
            None,
            CONCUR,
            guards=(_has_not_concurred, _own_side_is_complete),
            effects=(_keep_concurrence,),
            tone="success",
            confirm=_l("Concur in the award in the name of your university?"),
            done_label=_l("A university has concurred"),
        ),
        Transition(
            "refuse",
            _l("Refuse the award"),
            ("proposed",),
            "refused",
            CONCUR,
            inputs=(Input("reason", _l("Reason"), hint=_l("Student and all universities read this.")),),
            stamps=(_stamp_refused,),
            effects=(_stop_waiting, _tell_refused),
            tone="danger",
            done_label=_l("Refused"),
        ),
        Transition(
            "confer",
            _l("Confer the degree"),
            ("proposed",),
            "conferred",
            guards=(_everything_is_complete,),
            stamps=(_stamp_conferred,),
            effects=(_confer,),
            event="award_conferred",
            done_label=_l("Degree conferred"),
        ),
    ],
)
