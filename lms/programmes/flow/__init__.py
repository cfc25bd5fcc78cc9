"""The state machines of joint degrees. Importing this registers them."""

from lms.programmes.flow.agreements import AGREEMENT, AGREEMENT_PARTY, NATIONAL_APPROVAL
from lms.programmes.flow.programmes import PROGRAMME

__all__ = ["AGREEMENT", "AGREEMENT_PARTY", "NATIONAL_APPROVAL", "PROGRAMME"]
