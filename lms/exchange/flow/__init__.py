"""The exchange's state machines. Importing this registers them."""

from lms.exchange.flow.application import APPLICATION
from lms.exchange.flow.call import CALL
from lms.exchange.flow.post import POST

__all__ = ["APPLICATION", "CALL", "POST"]
