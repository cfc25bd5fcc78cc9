"""A post: drafted in its lab, approved by the secretariat, open with its call."""

from lms.core.i18n import lazy_gettext as _l
from lms.core.workflow import Context, Input, Machine, State, Transition
from lms.exchange.flow import post_steps as steps
from lms.exchange.models import Post
from lms.exchange.policy import APPROVE_POST, EDIT_POST


def _stamp_returned(context: Context) -> None:
    context.subject.returned_reason = str(context.inputs.get("reason", ""))


POST = Machine(
    "post",
    model=Post,
    initial="draft",
    states=[
        State("draft", _l("Draft")),
        State("submitted", _l("Waiting for approval"), "info"),
        State("returned", _l("Returned for correction"), "warning"),
        State("approved", _l("Approved"), "success"),
        State("withdrawn", _l("Withdrawn"), "neutral", is_final=True),
    ],
    transitions=[
        Transition(
            "submit",
            _l("Submit for approval"),
            ("draft", "returned"),
            "submitted",
            EDIT_POST,
            guards=(steps.call_takes_posts,),
            effects=(steps.ask_for_approval,),
            done_label=_l("Submitted for approval"),
        ),
        Transition(
            "approve",
            _l("Approve"),
            ("submitted",),
            "approved",
            APPROVE_POST,
            effects=(steps.tell_approved,),
            tone="success",
            done_label=_l("Approved"),
        ),
        Transition(
            "return",
            _l("Return to the host"),
            ("submitted",),
            "returned",
            APPROVE_POST,
            inputs=(Input("reason", _l("Reason"), hint=_l("Say what the host must change.")),),
            stamps=(_stamp_returned,),
            effects=(steps.ask_for_correction,),
            tone="warning",
            done_label=_l("Returned to the host"),
        ),
        Transition(
            "withdraw",
            _l("Withdraw the post"),
            ("draft", "returned", "submitted", "approved"),
            "withdrawn",
            EDIT_POST,
            guards=(steps.nobody_placed,),
            effects=(steps.tell_withdrawn,),
            tone="danger",
            confirm=_l("Withdraw this post? It leaves the call for good."),
            done_label=_l("Withdrawn"),
        ),
    ],
)
