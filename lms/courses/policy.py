"""Who may do what with courses, offerings and enrolments."""

from lms.accounts.scopes import ScopeKind, register_scope_kind
from lms.core.access import Permission, Role, holds, holds_somewhere, predicate, register_role
from lms.core.actor import Actor
from lms.core.i18n import lazy_gettext as _l
from lms.courses.models import Course, Enrolment, Offering
from lms.courses.queries import scopes

INSTRUCTOR = register_role(
    Role("instructor", _l("Course instructor"), "course", given_by=("instructor", "secretariat", "admin"))
)
COURSE_SCOPE = register_scope_kind(
    ScopeKind("course", _l("Course"), scopes.course_id_named, scopes.describe_courses, search=scopes.courses_called)
)

_SECRETARIAT = holds("secretariat", "platform")


@predicate("course is published")
def _is_published(_actor: Actor, course: Course) -> bool:
    return course.state == "published"


@predicate("course of the offering is published")
def _offering_is_published(_actor: Actor, offering: Offering) -> bool:
    return offering.course.state == "published"


@predicate("the learner")
def is_learner(actor: Actor, enrolment: Enrolment) -> bool:
    """Whether the enrolment is the actor's own."""
    return actor.is_signed_in and enrolment.person_id == actor.person_id


_teaches = holds("instructor", "course", lambda course: course.id)
_coordinates_course = holds("coordinator", "institution", lambda course: course.institution_id)
_teaches_offering = holds("instructor", "course", lambda offering: offering.course_id)
_coordinates_offering = holds("coordinator", "institution", lambda offering: offering.institution_id)
_teaches_enrolled = holds("instructor", "course", lambda enrolment: enrolment.offering.course_id)
_coordinates_enrolled = holds("coordinator", "institution", lambda enrolment: enrolment.offering.institution_id)

CREATE_COURSE = Permission("course.create", any_of=[holds_somewhere("instructor", "institution")])
TEACH = Permission(
    "course.teach",
    any_of=[holds_somewhere("instructor", "institution"), holds_somewhere("instructor", "course"), _SECRETARIAT],
)
VIEW_COURSE = Permission(
    "course.view",
    any_of=[_is_published, _teaches, _coordinates_course, _SECRETARIAT],
    hidden=True,
    admits_visitors=True,
)
EDIT_COURSE = Permission("course.edit", any_of=[_teaches, _SECRETARIAT])
EDIT_STEP = Permission(
    "course.edit_step", any_of=[holds("instructor", "course", lambda step: step.course_id), _SECRETARIAT]
)
EDIT_QUESTION = Permission(
    "course.edit_question",
    any_of=[holds("instructor", "course", lambda question: question.activity.course_id), _SECRETARIAT],
)

VIEW_OFFERING = Permission(
    "offering.view",
    any_of=[_offering_is_published, _teaches_offering, _coordinates_offering, _SECRETARIAT],
    hidden=True,
    admits_visitors=True,
)
EDIT_OFFERING = Permission("offering.edit", any_of=[_teaches_offering, _coordinates_offering, _SECRETARIAT])
SEE_PARTICIPANTS = Permission(
    "offering.participants", any_of=[_teaches_offering, _coordinates_offering, _SECRETARIAT], hidden=True
)

LEARN = Permission("enrolment.learn", any_of=[is_learner], hidden=True)
VIEW_ENROLMENT = Permission(
    "enrolment.view", any_of=[is_learner, _teaches_enrolled, _coordinates_enrolled, _SECRETARIAT], hidden=True
)
DECIDE_ENROLMENT = Permission("enrolment.decide", any_of=[_coordinates_enrolled, _SECRETARIAT])
DECIDE_IN_OFFERING = Permission("offering.decide", any_of=[_coordinates_offering, _SECRETARIAT], hidden=True)


@predicate("the learner of the attempt")
def _is_attempting(actor: Actor, attempt: object) -> bool:
    return is_learner.test(actor, attempt.enrolment)  # type: ignore[attr-defined]


ATTEMPT = Permission("attempt.answer", any_of=[_is_attempting], hidden=True)
OUR_PEOPLE = Permission("learning.our_people", any_of=[holds_somewhere("coordinator", "institution")])
