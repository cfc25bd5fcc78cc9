"""The state machines of joint degrees. Importing this registers them."""

from lms.programmes.flow.admission import ADMISSION, OFFER_CONDITION, PARTY_DECISION
from lms.programmes.flow.agreements import AGREEMENT, AGREEMENT_PARTY, NATIONAL_APPROVAL
from lms.programmes.flow.award import AWARD
from lms.programmes.flow.curriculum import CURRICULUM
from lms.programmes.flow.grades import GRADE_SHEET
from lms.programmes.flow.intake import INTAKE
from lms.programmes.flow.programmes import PROGRAMME
from lms.programmes.flow.study import REGISTRATION_MACHINE, STUDENT
from lms.programmes.flow.supervision import ROUND, SUPERVISION

__all__ = [
    "ADMISSION",
    "AGREEMENT",
    "AGREEMENT_PARTY",
    "AWARD",
    "CURRICULUM",
    "GRADE_SHEET",
    "INTAKE",
    "NATIONAL_APPROVAL",
    "OFFER_CONDITION",
    "PARTY_DECISION",
    "PROGRAMME",
    "REGISTRATION_MACHINE",
    "ROUND",
    "STUDENT",
    "SUPERVISION",
]
