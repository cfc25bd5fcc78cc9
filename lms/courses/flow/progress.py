"""What follows when somebody has learned something: their progress, and perhaps their completion."""

from lms.core import workflow
from lms.core.actor import Actor, system_actor
from lms.core.db import db
from lms.courses import rules
from lms.courses.flow.enrolment import ENROLMENT
from lms.courses.models import Enrolment
from lms.courses.queries import learning


def record_progress(actor: Actor, enrolment: Enrolment) -> None:
    """Bring the copies for lists up to date and complete the enrolment as soon as its rule is met."""
    offering = learning.offering_of(enrolment)
    progress = learning.progress_of(enrolment, offering.course_id)
    scores = progress.best_scores.values()
    enrolment.done_count = progress.done_count(offering.pass_mark)
    enrolment.quiz_score = sum(scores) // len(scores) if scores else None
    db.session.flush()
    is_earned = rules.is_earned(offering, progress.activities, progress.read, progress.best_scores)
    if enrolment.state == "enrolled" and is_earned:
        workflow.perform(ENROLMENT, enrolment, "complete", actor=system_actor(actor.now))
