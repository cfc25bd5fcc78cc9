"""Joint degrees: what the catalogue shows, what universities agree, and how students are admitted."""

from lms.accounts.models import Person
from lms.applications.models import Application, ApplicationDocument, Call, EligibilityRules, ReturnedField
from lms.institutions.models import Country, Institution, SubCentre
from lms.programmes.models.admission import Admission, AdmissionOffer, Intake, OfferCondition, PartyDecision
from lms.programmes.models.agreements import Agreement, AgreementParty, NationalApproval
from lms.programmes.models.award import Award, AwardConcurrence
from lms.programmes.models.curriculum import Curriculum, CurriculumParty, Module, ScaleVersion
from lms.programmes.models.grades import GradeConversion, GradeEntry, GradeSheet
from lms.programmes.models.programmes import Programme, programme_sub_centre
from lms.programmes.models.study import PlanItem, Registration, Student
from lms.programmes.models.supervision import Supervision, SupervisionRound, SupervisionWish, Supervisor

# Joint degrees are composed from the spine of all applications, so their queries join these tables with their own.
__all__ = [
    "Admission",
    "AdmissionOffer",
    "Agreement",
    "AgreementParty",
    "Application",
    "ApplicationDocument",
    "Award",
    "AwardConcurrence",
    "Call",
    "Country",
    "Curriculum",
    "CurriculumParty",
    "EligibilityRules",
    "GradeConversion",
    "GradeEntry",
    "GradeSheet",
    "Institution",
    "Intake",
    "Module",
    "NationalApproval",
    "OfferCondition",
    "PartyDecision",
    "Person",
    "PlanItem",
    "Programme",
    "Registration",
    "ReturnedField",
    "ScaleVersion",
    "Student",
    "SubCentre",
    "Supervision",
    "SupervisionRound",
    "SupervisionWish",
    "Supervisor",
    "programme_sub_centre",
]
