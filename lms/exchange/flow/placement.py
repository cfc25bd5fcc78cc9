"""A placement: prepared, begun, reported, countersigned and certified, or ended early."""

from lms.core.i18n import lazy_gettext as _l
from lms.core.workflow import Input, Machine, State, Transition
from lms.exchange.flow import placement_steps as steps
from lms.exchange.models import Placement
from lms.exchange.policy import CLOSE_PLACEMENT, HOST_PLACEMENT, OWN_PLACEMENT

PLACEMENT = Machine(
    "placement",
    model=Placement,
    initial="preparing",
    states=[
        State("preparing", _l("Being prepared"), "info"),
        State("active", _l("Under way"), "success"),
        State("reported", _l("Report handed in"), "info"),
        State("countersigned", _l("Report countersigned"), "accent"),
        State("completed", _l("Completed"), "success", is_final=True),
        State("ended", _l("Ended early"), "warning", is_final=True),
    ],
    transitions=[
        Transition(
            "confirm_arrival",
            _l("Confirm the arrival"),
            ("preparing",),
            "active",
            HOST_PLACEMENT,
            guards=(steps.is_prepared, steps.arrival_is_past),
            inputs=(Input("arrived_on", _l("Day of arrival"), kind="date"),),
            stamps=(steps.stamp_arrival,),
            effects=(steps.begin_stay,),
            tone="success",
            done_label=_l("Arrived"),
        ),
        Transition(
            "submit_report",
            _l("Hand in the report"),
            ("active",),
            "reported",
            OWN_PLACEMENT,
            effects=(steps.ask_to_countersign,),
            tone="success",
            done_label=_l("Report handed in"),
        ),
        Transition(
            "return_report",
            _l("Return the report"),
            ("reported",),
            "active",
            HOST_PLACEMENT,
            inputs=(Input("reason", _l("Reason"), hint=_l("Say what the report still needs.")),),
            effects=(steps.ask_to_correct,),
            tone="warning",
            done_label=_l("Report returned"),
        ),
        Transition(
            "countersign",
            _l("Countersign the report"),
            ("reported",),
            "countersigned",
            HOST_PLACEMENT,
            effects=(steps.keep_countersignature,),
            tone="success",
            confirm=_l("Countersign this report? You confirm that the stay took place as it says."),
            done_label=_l("Report countersigned"),
        ),
        Transition(
            "close",
            _l("Close and certify"),
            ("countersigned",),
            "completed",
            CLOSE_PLACEMENT,
            guards=(steps.leaving_is_past,),
            inputs=(Input("left_on", _l("Last day of the stay"), kind="date"),),
            stamps=(steps.stamp_leaving,),
            effects=(steps.certify,),
            tone="success",
            done_label=_l("Completed"),
        ),
        Transition(
            "end_early",
            _l("End the stay early"),
            ("preparing", "active"),
            "ended",
            CLOSE_PLACEMENT,
            guards=(steps.leaving_is_past,),
            inputs=(
                Input("reason", _l("Reason"), hint=_l("Scientist and host read this.")),
                Input("left_on", _l("Last day of the stay"), kind="date", required=False),
            ),
            stamps=(steps.stamp_leaving,),
            effects=(steps.tell_ended,),
            tone="danger",
            confirm=_l("End this stay early? Scientist and host are told at once."),
            done_label=_l("Ended early"),
        ),
    ],
)
