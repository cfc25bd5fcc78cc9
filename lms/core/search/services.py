"""Keeping the index, and asking it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import REAL, ColumnElement, Select, cast, column, false, func, literal_column, select, table
from sqlalchemy.dialects.postgresql import ARRAY

from lms.core.db import db, is_sqlite
from lms.core.search.models import PUBLIC, SearchEntry
from lms.core.search.tokens import Term, document, terms

_FTS = table("search_fts", column("rowid"), column("document"))
# How much more a word in the title counts than one in the texts.
_TITLE_WEIGHT = 10.0


@dataclass(frozen=True)
class Hit:
    """Something that was found."""

    kind: str
    subject_id: int
    title: str


def _entry(kind: str, subject_id: int) -> SearchEntry | None:
    query = select(SearchEntry).where(SearchEntry.kind == kind, SearchEntry.subject_id == subject_id)
    return db.session.scalars(query).one_or_none()


def index(kind: str, subject_id: int, *, title: str, texts: Iterable[str | None] = (), audience: str = PUBLIC) -> None:
    """Make a subject findable by its title and texts, or bring its entry up to date, in this transaction.

    Names in other languages and scripts belong into `texts`. `audience` other than `public` keeps
    the entry out of everybody's search.
    """
    entry = _entry(kind, subject_id)
    if entry is None:
        entry = SearchEntry(kind=kind, subject_id=subject_id)
        db.session.add(entry)
    entry.audience = audience
    entry.title = title
    entry.title_tokens = document([title])
    entry.tokens = document(text for text in texts if text)
    db.session.flush()


def remove(kind: str, subject_id: int) -> None:
    """Make a subject unfindable, in this transaction. Not being there is no error."""
    entry = _entry(kind, subject_id)
    if entry is not None:
        db.session.delete(entry)
        db.session.flush()


def match(kind: str, query: str) -> Select[int]:
    """The ids of the subjects of one kind that hold every word of `query`, for `.in_()` in a caller's query.

    Whoever calls has its own rules of who sees what. A query without a word finds nothing: leave
    `match` out when the search field is empty.
    """
    asked = terms(query)
    found = select(SearchEntry.subject_id).where(SearchEntry.kind == kind)
    if not asked:
        return found.where(false())
    return found.join(_FTS, _FTS.c.rowid == SearchEntry.id).where(_matches(asked))


def search_all(
    query: str, *, kinds: Collection[str], limit: int = 50, audiences: Collection[str] = (PUBLIC,)
) -> list[Hit]:
    """The hits for `query` among `kinds` that one of `audiences` may find: best first, title over text."""
    asked = terms(query)
    if not asked:
        return []
    statement = (
        select(SearchEntry.kind, SearchEntry.subject_id, SearchEntry.title)
        .join(_FTS, _FTS.c.rowid == SearchEntry.id)
        .where(_matches(asked), SearchEntry.kind.in_(kinds), SearchEntry.audience.in_(audiences))
        .order_by(_distance(asked), SearchEntry.id)
        .limit(limit)
    )
    return [Hit(*row) for row in db.session.execute(statement)]


def _matches(asked: list[Term]) -> ColumnElement[bool]:
    if is_sqlite():
        return literal_column("search_fts").op("MATCH", is_comparison=True)(_sqlite_query(asked))
    return _FTS.c.document.op("@@", is_comparison=True)(_postgresql_query(asked))


def _distance(asked: list[Term]) -> ColumnElement[float]:
    """Smaller is better, on both engines."""
    if is_sqlite():
        return func.bm25(literal_column("search_fts"), _TITLE_WEIGHT, 1.0)
    wanted = _postgresql_query(asked)
    # By itself, a text that repeats the words often enough would outrank any title: so the title (class A
    # of the weights D, C, B, A; see `ddl`) is ranked alone as well.
    in_title = func.ts_rank(cast([0.0, 0.0, 0.0, 1.0], ARRAY(REAL)), _FTS.c.document, wanted)
    return -(_TITLE_WEIGHT * in_title + func.ts_rank(_FTS.c.document, wanted))


def _sqlite_query(asked: list[Term]) -> str:
    phrases = (f'"{" ".join(term.tokens)}"' + (" *" if term.is_prefix else "") for term in asked)
    return " AND ".join(phrases)


def _postgresql_query(asked: list[Term]) -> ColumnElement[str]:
    phrases = ("(" + " <-> ".join(term.tokens) + (":*" if term.is_prefix else "") + ")" for term in asked)
    return func.to_tsquery("simple", " & ".join(phrases))
