"""An applicant's own steps: start, fill in, submit, put right, answer, withdraw."""

from collections.abc import Sequence

from lms.accounts.consents import Consenting
from lms.accounts.queries import myself
from lms.applications.rules import not_open_reason
from lms.applications.services.applying import begin_field, field_saved, give_consents, judge_application
from lms.core import audit, storage, workflow
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.errors import Conflict, Invalid, Refused
from lms.core.i18n import lazy_gettext as _l
from lms.programmes.flow import ADMISSION, OFFER_CONDITION
from lms.programmes.models import Admission, Application, Intake, OfferCondition
from lms.programmes.queries import admission as queries
from lms.programmes.queries.applying import is_nominated_by_party
from lms.programmes.services.intakes import start_for


def start_application(actor: Actor, intake: Intake) -> Application:
    """A draft, or the one that is there already: one application for each person and intake.

    Raises Refused when the intake is not open.
    """
    if existing := queries.live_application(actor.person_id, intake.call):
        return existing
    if reason := not_open_reason(intake.call, actor.now):
        raise Refused([reason])
    person = myself(actor)
    return start_for(actor, intake, person_id=person.id, home_institution_id=person.home_institution_id)


def save_university(
    actor: Actor, application: Application, admission: Admission, *, version: int | None, party_id: int
) -> None:
    """Keep through which university the student enters. Raises Invalid for one that is no party."""
    if is_nominated_by_party(admission):
        raise Conflict(_l("You enter through the university that nominated you."))
    if party_id not in queries.terms(admission.intake).limits:
        raise Invalid(_l("Choose one of the universities of the programme."), "party_id")
    begin_field(actor, application, "university", version)
    admission.party_id = party_id
    field_saved(actor, application, "university")


def submit(
    actor: Actor,
    application: Application,
    *,
    version: int | None,
    needed: Sequence[Consenting],
    given: Sequence[Consenting],
) -> None:
    """Submit a draft or a corrected application, with a consent for each recipient of the data.

    Raises Refused with everything that is missing, Invalid when a consent is.
    """
    give_consents(actor, needed=needed, given=given)
    transition = "resubmit" if application.state == "returned" else "submit"
    if transition == "submit":
        application.home_institution_id = myself(actor).home_institution_id
    workflow.perform(ADMISSION, application, transition, actor=actor, version=version)
    judge_application(actor, application)


def withdraw(actor: Actor, application: Application, *, version: int | None) -> None:
    """Withdraw for good. While the intake is open a new application may be started."""
    workflow.perform(ADMISSION, application, "withdraw", actor=actor, version=version)


def hand_in(
    actor: Actor, condition: OfferCondition, *, version: int | None, told: str, staged: storage.StagedFile | None
) -> None:
    """Say that a condition is fulfilled, with a file that proves it. Raises Refused when it is too late."""
    inputs: dict[str, object] = {"told": told}
    if staged is not None:
        file = storage.attach(
            staged, owner_id=actor.person_id, purpose="admission.condition", is_personal=True, now=actor.now
        )
        inputs["file_id"] = file.id
    workflow.perform(OFFER_CONDITION, condition, "tell", actor=actor, version=version, **inputs)
    db.session.flush()
    audit.record(actor, "condition.handed_in", subject=("offer_condition", condition.id))
