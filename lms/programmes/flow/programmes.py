"""A programme: prepared by its universities, published in the catalogue, closed when it admits nobody any more."""

from lms.core.i18n import Text
from lms.core.i18n import lazy_gettext as _l
from lms.core.workflow import Context, Input, Machine, State, Transition
from lms.programmes.indexing import index_programme
from lms.programmes.models import Programme
from lms.programmes.policy import KEEP_PROGRAMME
from lms.programmes.queries.agreements import confirmed_agreement
from lms.programmes.queries.programmes import intakes_of, programme_by_id


def has_texts(context: Context) -> Text | None:
    """A programme is readable in both languages."""
    programme = context.subject
    if all((programme.title_en, programme.title_zh, programme.summary_en, programme.summary_zh)):
        return None
    return _l("Write the title and the summary in English and in Chinese.")


def has_agreement(context: Context) -> Text | None:
    """The catalogue shows what the universities have agreed on."""
    if confirmed_agreement(context.subject.id) is not None:
        return None
    return _l("The agreement is not confirmed by all parties.")


def admits_nobody(context: Context) -> Text | None:
    """What takes applications stays in the catalogue."""
    if not intakes_of(context.subject, states=("published",)):
        return None
    return _l("An intake is open. Close or cancel it first.")


def refresh_index(context: Context) -> None:
    """Bring search up to date."""
    index_programme(programme_by_id(context.subject.id))


PROGRAMME = Machine(
    "programme",
    model=Programme,
    initial="draft",
    states=[
        State("draft", _l("In preparation")),
        State("published", _l("Published"), "success"),
        State("closed", _l("Closed"), "neutral"),
    ],
    transitions=[
        Transition(
            "publish",
            _l("Publish in the catalogue"),
            ("draft", "closed"),
            "published",
            KEEP_PROGRAMME,
            guards=(has_texts, has_agreement),
            effects=(refresh_index,),
            tone="success",
            confirm=_l("Publish this programme? Everybody can read its page from now on."),
            done_label=_l("Published"),
        ),
        Transition(
            "close",
            _l("Take out of the catalogue"),
            ("published",),
            "closed",
            KEEP_PROGRAMME,
            guards=(admits_nobody,),
            inputs=(Input("reason", _l("Reason")),),
            effects=(refresh_index,),
            tone="danger",
            done_label=_l("Taken out of the catalogue"),
        ),
    ],
)
