"""State machines as data, and the one engine that performs their transitions."""

from lms.core.workflow.engine import Available, available, perform, start, transition_due
from lms.core.workflow.history import History, histories_of, history_of
from lms.core.workflow.machine import (
    Context,
    Effect,
    Guard,
    Input,
    Machine,
    MachineError,
    State,
    Transition,
    all_machines,
    machine_named,
)

__all__ = [
    "Available",
    "Context",
    "Effect",
    "Guard",
    "History",
    "Input",
    "Machine",
    "MachineError",
    "State",
    "Transition",
    "all_machines",
    "available",
    "histories_of",
    "history_of",
    "machine_named",
    "perform",
    "start",
    "transition_due",
]
