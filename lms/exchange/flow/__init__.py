"""The exchange's state machines. Importing this registers them."""

from lms.exchange.flow.allocation import ALLOCATION_RUN
from lms.exchange.flow.application import APPLICATION
from lms.exchange.flow.call import CALL
from lms.exchange.flow.placement import PLACEMENT
from lms.exchange.flow.post import POST

__all__ = ["ALLOCATION_RUN", "APPLICATION", "CALL", "PLACEMENT", "POST"]
