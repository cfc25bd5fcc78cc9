"""A small machine that only the tests know, to try the engine on: parcels on their way."""

from sqlalchemy import Integer
from sqlalchemy.orm import Mapped, mapped_column

from lms.core import workflow
from lms.core.access import Permission, predicate
from lms.core.db import Base, PrimaryKey, Versioned
from lms.core.errors import Refused
from lms.core.workflow import Input, Machine, State, Transition


class Parcel(Versioned, Base):
    __tablename__ = "test_parcel"
    __table_args__ = {"info": {"test_only": True}}

    id: Mapped[PrimaryKey]
    state: Mapped[str]
    sender_id: Mapped[int | None]
    weight: Mapped[int] = mapped_column(Integer, default=1)


SENDER = Permission(
    "parcel.send",
    any_of=[predicate("is the sender")(lambda actor, parcel: actor.person_id == parcel.sender_id)],
)


def _not_too_heavy(context: workflow.Context):
    return "It is too heavy." if context.subject.weight > 20 else None


def _not_empty(context: workflow.Context):
    return "It is empty." if context.subject.weight in (0, 99) else None


def _weigh(context: workflow.Context) -> None:
    context.subject.weight += 1


def _burn(context: workflow.Context) -> None:
    raise Refused(["It does not burn."])


PARCEL = Machine(
    "test_parcel",
    model=Parcel,
    initial="packed",
    states=[
        State("packed", "Packed"),
        State("sent", "Sent"),
        State("lost", "Lost", is_final=True),
        State("delivered", "Delivered", is_final=True),
    ],
    transitions=[
        Transition(
            "send",
            "Send",
            ("packed",),
            "sent",
            SENDER,
            guards=(_not_too_heavy, _not_empty),
            effects=(_weigh,),
            event="parcel_sent",
            inputs=(Input("note", "Note", required=False),),
        ),
        Transition("deliver", "Deliver", ("sent",), "delivered"),
        Transition("burn", "Burn", ("sent",), "lost", by_clock=True, effects=(_burn,)),
        Transition("lose", "Give up", ("sent",), "lost", by_clock=True, is_public=False),
    ],
)
