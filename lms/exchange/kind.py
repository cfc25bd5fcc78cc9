"""What the exchange tells about its applications to the pages of endorsers and reviewers."""

from collections.abc import Collection, Mapping

from lms.applications.kinds import CallKind, Hosts, register_call_kind
from lms.core.i18n import Text, in_reader_language
from lms.core.i18n import lazy_gettext as _l
from lms.exchange.models import Application
from lms.exchange.queries.applying import choices_of, hosts_chosen


def _summary(application: Application) -> list[tuple[Text, Text]]:
    posts = "\n".join(
        f"{choice.rank}. {in_reader_language(choice.post, 'title')} · {in_reader_language(choice.post.lab, 'name')}"
        f" · {in_reader_language(choice.post.institution, 'name')}"
        for choice in choices_of(application)
    )
    home = application.home_institution
    return [
        (_l("Home institution"), in_reader_language(home, "name") if home else ""),
        (_l("Posts, the most wanted first"), posts),
        (_l("Statement"), application.statement),
    ]


def _sheet(application: Application) -> list[tuple[Text, Text]]:
    """For the printed sheet, which is read in both languages."""
    posts = "; ".join(
        f"{one.rank}. {_both(one.post, 'title')} ({_both(one.post.institution, 'name')})"
        for one in choices_of(application)
    )
    return [(_l("Posts, the most wanted first"), posts)]


def _both(thing: object, field: str) -> str:
    return " / ".join(filter(None, (getattr(thing, f"{field}_en"), getattr(thing, f"{field}_zh"))))


def _hosts(application_ids: Collection[int]) -> Mapping[int, Hosts]:
    return {
        application_id: Hosts(frozenset(institutions), frozenset(labs))
        for application_id, (institutions, labs) in hosts_chosen(application_ids).items()
    }


EXCHANGE = register_call_kind(
    CallKind("exchange", _l("Young-scientist exchange"), "exchange.application", _summary, _sheet, _hosts)
)
