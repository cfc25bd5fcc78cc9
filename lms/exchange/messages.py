"""What people receive from the exchange while calls are prepared and applied to, and what waits for them."""

from lms.core.i18n import lazy_gettext as _l
from lms.core.waiting import WaitingKind, register_kind
from lms.notifications.messages import Message

POSTS_INVITED = Message("posts_invited", "posts_invited")
POST_APPROVED = Message("post_approved", "post_approved")
POST_RETURNED = Message("post_returned", "post_returned")
POST_WITHDRAWN = Message("post_withdrawn", "post_withdrawn")
CALL_CANCELLED = Message("call_cancelled", "call_cancelled")
APPLICATION_RECEIVED = Message("application_received", "application_received")

APPROVE_POST = register_kind(WaitingKind("approve_post", _l("Approve or return a post"), "exchange.manage_post"))
CORRECT_POST = register_kind(WaitingKind("correct_post", _l("Correct a returned post"), "exchange.edit_post"))
FINISH_APPLICATION = register_kind(
    WaitingKind("finish_application", _l("Finish and submit your application"), "exchange.application")
)
