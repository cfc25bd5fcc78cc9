"""Joint degrees: what the catalogue shows, what universities agree, and how students are admitted."""

from lms.accounts.models import Person
from lms.applications.models import Application, ApplicationDocument, Call, EligibilityRules, ReturnedField
from lms.institutions.models import Country, Institution, SubCentre
from lms.programmes.models.admission import Admission, AdmissionOffer, Intake, OfferCondition, PartyDecision
from lms.programmes.models.agreements import Agreement, AgreementParty, NationalApproval
from lms.programmes.models.programmes import Programme, programme_sub_centre

# Joint degrees are composed from the spine of all applications, so their queries join these tables with their own.
__all__ = [
    "Admission",
    "AdmissionOffer",
    "Agreement",
    "AgreementParty",
    "Application",
    "ApplicationDocument",
    "Call",
    "Country",
    "EligibilityRules",
    "Institution",
    "Intake",
    "NationalApproval",
    "OfferCondition",
    "PartyDecision",
    "Person",
    "Programme",
    "ReturnedField",
    "SubCentre",
    "programme_sub_centre",
]
