"""A call: prepared with its posts, published, closed by the clock, ranked, decided and released."""

from lms.exchange.models import Call
from lms.core.i18n import lazy_gettext as _l
from lms.core.workflow import Input, Machine, State, Transition
from lms.exchange.policy import MANAGE_CALLS

CALL = Machine(
    "call",
    model=Call,
    initial="draft",
    states=[
        State("draft", _l("Draft")),
        State("preparing", _l("Preparing posts"), "info"),
        State("published", _l("Published"), "success"),
        State("closed", _l("Closed for applications"), "accent"),
        State("ranking", _l("Hosts rank"), "accent", _l("In review")),
        State("deciding", _l("Deciding"), "accent", _l("In review")),
        State("released", _l("Released"), "success", is_final=True),
        State("cancelled", _l("Cancelled"), "danger", is_final=True),
    ],
    transitions=[
        Transition(
            "open_preparation",
            _l("Let hosts draft posts"),
            ("draft",),
            "preparing",
            MANAGE_CALLS,
            done_label=_l("Opened for posts"),
        ),
        Transition(
            "publish", _l("Publish"), ("preparing",), "published", MANAGE_CALLS, tone="success", done_label=_l("Published")
        ),
        Transition(
            "close",
            _l("Close for applications"),
            ("published",),
            "closed",
            MANAGE_CALLS,
            by_clock=True,
            done_label=_l("Closed for applications"),
        ),
        Transition(
            "start_ranking",
            _l("Ask hosts to rank"),
            ("closed",),
            "ranking",
            MANAGE_CALLS,
            done_label=_l("Hosts were asked to rank"),
            is_public=False,
        ),
        Transition(
            "start_deciding",
            _l("Start deciding"),
            ("ranking",),
            "deciding",
            MANAGE_CALLS,
            done_label=_l("Deciding started"),
            is_public=False,
        ),
        Transition(
            "release",
            _l("Release all decisions"),
            ("deciding",),
            "released",
            MANAGE_CALLS,
            tone="success",
            confirm=_l("Release all decisions? Every applicant is told at once."),
            done_label=_l("Decisions released"),
        ),
        Transition(
            "cancel",
            _l("Cancel the call"),
            ("draft", "preparing", "published", "closed"),
            "cancelled",
            MANAGE_CALLS,
            inputs=(Input("reason", _l("Reason"), hint=_l("Hosts and applicants read this.")),),
            tone="danger",
            confirm=_l("Cancel this call? Hosts and applicants are told at once."),
            done_label=_l("Cancelled"),
        ),
    ],
)
