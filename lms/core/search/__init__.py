"""Text search over everything, for scripts with and without spaces, alike on SQLite and PostgreSQL.

A package calls `index` in the transaction that changes its subject, narrows its own queries with
`match`, and `search_all` looks through the public entries of every package.
"""

from lms.core.search.ddl import IGNORED_TABLE_PREFIXES
from lms.core.search.models import PUBLIC, SearchEntry
from lms.core.search.services import Hit, index, match, remove, search_all
from lms.core.search.tokens import fold, is_searchable

__all__ = [
    "IGNORED_TABLE_PREFIXES",
    "PUBLIC",
    "Hit",
    "SearchEntry",
    "fold",
    "index",
    "is_searchable",
    "match",
    "remove",
    "search_all",
]
