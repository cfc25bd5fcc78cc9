"""Where a person's own matters stand: one shape for enrolments, applications and placements.

Each domain answers what is the actor's; who must act next is read from what waits about it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lms.core import waiting
from lms.core.actor import Actor
from lms.core.i18n import Text
from lms.core.i18n import lazy_gettext as _l
from lms.core.waiting import WaitingItem
from lms.core.workflow import State, machine_named
from lms.courses import rules as course_rules
from lms.courses.queries import front as courses
from lms.exchange.queries import front as exchange
from lms.mentoring.queries import front as mentoring
from lms.programmes.queries import front as programmes

_SHOWN = 8


@dataclass(frozen=True)
class Standing:
    """One matter of the actor: what it is, where it stands, and the page that tells its whole story.

    `subjects` are the matter itself and its parts (an application and its endorsement), as
    (kind, id), about which something may wait for somebody. `progress` is (done, of how many).
    """

    kind: Text
    title_en: str
    title_zh: str
    endpoint: str
    url_values: Mapping[str, Any]
    state: State
    subjects: Sequence[tuple[str, int]]
    action: Text = ""
    progress: tuple[int, int] | None = None


def waits_about(actor: Actor, things: Sequence[Standing]) -> dict[tuple[str, int], list[WaitingItem]]:
    """What waits for whom about these matters, as far as the person concerned may know, by the first subject."""
    owner = {subject: thing.subjects[0] for thing in things for subject in thing.subjects}
    found: dict[tuple[str, int], list[WaitingItem]] = {}
    for item in waiting.items_about_all(list(owner)):
        if waiting.kind_named(item.kind).is_public or item.person_id == actor.person_id:
            found.setdefault(owner[item.subject_kind, item.subject_id], []).append(item)
    return found


def things_of(actor: Actor) -> list[Standing]:
    """The actor's own matters that are not over: placements, applications, mentoring, then courses."""
    return [*_placements(actor), *_applications(actor), *_admissions(actor), *_mentoring(actor), *_enrolments(actor)]


def _placements(actor: Actor) -> list[Standing]:
    machine = machine_named("placement")
    return [
        Standing(
            kind=_l("Placement"),
            title_en=placement.post.title_en,
            title_zh=placement.post.title_zh,
            endpoint="exchange.placement",
            url_values={"ref": placement.ref},
            state=machine.state_of(placement),
            subjects=[("placement", placement.id)],
        )
        for placement in exchange.current_placements(actor, limit=_SHOWN)
    ]


def _applications(actor: Actor) -> list[Standing]:
    machine = machine_named("application")
    return [
        Standing(
            kind=_l("Application"),
            title_en=application.call.title_en,
            title_zh=application.call.title_zh,
            endpoint="exchange.application",
            url_values={"ref": application.ref},
            state=machine.state_of(application),
            subjects=[
                ("application", application.id),
                *(("endorsement", endorsement.id) for endorsement in application.endorsements),
            ],
            action=_l("Go on") if application.state in ("draft", "returned") else "",
        )
        for application in exchange.current_applications(actor, limit=_SHOWN)
    ]


def _mentoring(actor: Actor) -> list[Standing]:
    """Mentorships, what was proposed, and profiles that are not settled yet."""
    return [_of_scheme(machine, one) for machine, one in mentoring.current_matters(actor, limit=_SHOWN)]


_MENTORING: dict[str, tuple[Text, str]] = {
    "mentorship": (_l("Mentorship"), "mentoring.mentorship"),
    "mentoring_proposal": (_l("Proposed pair"), "mentoring.proposal"),
    "mentoring_participant": (_l("Mentoring profile"), "mentoring.profile"),
}


def _of_scheme(machine: str, subject: Any) -> Standing:
    kind, endpoint = _MENTORING[machine]
    return Standing(
        kind=kind,
        title_en=subject.scheme.title_en,
        title_zh=subject.scheme.title_zh,
        endpoint=endpoint,
        url_values={"ref": subject.ref},
        state=machine_named(machine).state_of(subject),
        subjects=[(machine, subject.id)],
    )


def _admissions(actor: Actor) -> list[Standing]:
    machine = machine_named("admission")
    admissions = programmes.current_admissions(actor, limit=_SHOWN)
    decided = programmes.decision_ids([one.application_id for one in admissions]) if admissions else {}
    return [
        Standing(
            kind=_l("Joint degree"),
            title_en=admission.intake.programme.title_en,
            title_zh=admission.intake.programme.title_zh,
            endpoint="programmes.application",
            url_values={"ref": admission.application.ref},
            state=machine.state_of(admission.application),
            subjects=[
                ("application", admission.application_id),
                *(("party_decision", one) for one in decided.get(admission.application_id, [])),
            ],
            action=_l("Go on") if admission.application.state in ("draft", "returned") else "",
        )
        for admission in admissions
    ]


def _enrolments(actor: Actor) -> list[Standing]:
    machine = machine_named("enrolment")
    found = []
    for enrolment, steps in courses.current_enrolments(actor, limit=_SHOWN):
        course = enrolment.offering.course
        learns = enrolment.state == "enrolled" and course_rules.is_running(enrolment.offering, actor.now)
        found.append(
            Standing(
                kind=_l("Short course"),
                title_en=course.title_en,
                title_zh=course.title_zh,
                endpoint="courses.home" if learns else "courses.enrolment",
                url_values={"ref": enrolment.ref},
                state=machine.state_of(enrolment),
                subjects=[("enrolment", enrolment.id)],
                action=_l("Go on learning") if learns else "",
                progress=(enrolment.done_count, steps) if learns else None,
            )
        )
    return found
