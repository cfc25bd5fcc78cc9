"""An endorsement: asked for by one of three routes, given or refused by the home side."""

from lms.applications.models import Endorsement
from lms.applications.policy import CHECK_SHEET, DECIDE_ENDORSEMENT, UPLOAD_SHEET
from lms.core.i18n import lazy_gettext as _l
from lms.core.workflow import Context, Input, Machine, State, Transition


def _stamp_decided(context: Context) -> None:
    context.subject.decided_at = context.actor.now
    context.subject.decided_by_id = context.actor.person_id


def _stamp_reason(context: Context) -> None:
    context.subject.reason = str(context.inputs.get("reason", ""))


ENDORSEMENT = Machine(
    "endorsement",
    model=Endorsement,
    initial="requested",
    states=[
        State("requested", _l("Asked for"), "info"),
        State("uploaded", _l("Sheet is being checked"), "info"),
        State("given", _l("Endorsed"), "success", is_final=True),
        State("refused", _l("Refused"), "danger", is_final=True),
        State("cancelled", _l("Cancelled"), "neutral", is_final=True),
        State("expired", _l("Expired"), "warning", is_final=True),
    ],
    transitions=[
        Transition(
            "give",
            _l("Endorse"),
            ("requested",),
            "given",
            DECIDE_ENDORSEMENT,
            stamps=(_stamp_decided,),
            event="endorsement_given",
            tone="success",
            done_label=_l("Endorsed"),
        ),
        Transition(
            "refuse",
            _l("Refuse"),
            ("requested",),
            "refused",
            DECIDE_ENDORSEMENT,
            inputs=(Input("reason", _l("Reason"), hint=_l("The applicant reads this.")),),
            stamps=(_stamp_decided, _stamp_reason),
            event="endorsement_refused",
            tone="danger",
            done_label=_l("Endorsement refused"),
        ),
        Transition(
            "upload", _l("Hand in the sealed sheet"), ("requested",), "uploaded", UPLOAD_SHEET, done_label=_l("Sheet handed in")
        ),
        Transition(
            "accept_sheet",
            _l("Accept the sheet"),
            ("uploaded",),
            "given",
            CHECK_SHEET,
            stamps=(_stamp_decided,),
            event="endorsement_given",
            tone="success",
            done_label=_l("Sheet accepted"),
        ),
        Transition(
            "refuse_sheet",
            _l("Ask for another sheet"),
            ("uploaded",),
            "requested",
            CHECK_SHEET,
            inputs=(Input("reason", _l("Reason"), hint=_l("The applicant reads this.")),),
            stamps=(_stamp_reason,),
            tone="warning",
            done_label=_l("Another sheet was asked for"),
        ),
        Transition(
            "cancel",
            _l("Choose another way"),
            ("requested", "uploaded"),
            "cancelled",
            UPLOAD_SHEET,
            tone="danger",
            done_label=_l("Cancelled"),
        ),
        Transition("expire", _l("Expire"), ("requested",), "expired", by_clock=True, done_label=_l("Not answered in time")),
    ],
)
