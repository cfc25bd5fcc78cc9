"""What the exchange tells about its applications to the pages of endorsers and reviewers."""

from collections.abc import Collection, Mapping

from lms.applications.kinds import CallKind, Hosts, register_call_kind
from lms.core.i18n import Text, current_language
from lms.core.i18n import lazy_gettext as _l
from lms.exchange.models import Application
from lms.exchange.queries.applying import choices_of, hosts_chosen


def _read(thing: object, field: str) -> str:
    """A name or title in the language that is being rendered, else in English."""
    return getattr(thing, f"{field}_{current_language().code}", "") or getattr(thing, f"{field}_en")


def _summary(application: Application) -> list[tuple[Text, Text]]:
    posts = "\n".join(
        f"{choice.rank}. {_read(choice.post, 'title')} · {_read(choice.post.lab, 'name')}"
        f" · {_read(choice.post.institution, 'name')}"
        for choice in choices_of(application)
    )
    home = application.home_institution
    return [
        (_l("Home institution"), _read(home, "name") if home else ""),
        (_l("Posts, the most wanted first"), posts),
        (_l("Statement"), application.statement),
    ]


def _sheet(application: Application) -> list[tuple[Text, Text]]:
    posts = "; ".join(
        f"{one.rank}. {one.post.title_en} ({one.post.institution.name_en})" for one in choices_of(application)
    )
    return [(_l("Posts, the most wanted first"), posts)]


def _hosts(application_ids: Collection[int]) -> Mapping[int, Hosts]:
    return {
        application_id: Hosts(frozenset(institutions), frozenset(labs))
        for application_id, (institutions, labs) in hosts_chosen(application_ids).items()
    }


EXCHANGE = register_call_kind(
    CallKind("exchange", _l("Young-scientist exchange"), "exchange.application", _summary, _sheet, _hosts)
)
