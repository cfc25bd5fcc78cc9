"""Search takes traditional and simplified characters, and marks in any order, for the same: fold what is indexed anew.

Upwards the token columns are read back into the folded text that they were made of, and cut again. Downwards nothing
changes: what the older code asks for is still found, apart from texts whose spelling was folded.
"""

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

from lms.core.search.tokens import document, is_unspaced

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_BATCH = 500
_entry = sa.table("search_entry", *map(sa.column, ("id", "title_tokens", "tokens")))


def _runs(tokens: str) -> Iterator[str]:
    """The words and runs that `tokens` were cut from: a run is its overlapping pairs, then its last character."""
    run = ""
    for token in tokens.split():
        piece = bytes.fromhex(token[1:]).decode()
        if not is_unspaced(piece[0]):
            yield piece
        elif len(piece) > 1:
            run += piece[0]
        else:
            yield run + piece
            run = ""
    if run:
        yield run


def upgrade() -> None:
    connection = op.get_bind()
    last = 0
    while rows := connection.execute(
        sa.select(_entry).where(_entry.c.id > last).order_by(_entry.c.id).limit(_BATCH)
    ).all():
        for row in rows:
            folded = {"title_tokens": document(_runs(row.title_tokens)), "tokens": document(_runs(row.tokens))}
            if folded != {"title_tokens": row.title_tokens, "tokens": row.tokens}:
                connection.execute(sa.update(_entry).where(_entry.c.id == row.id).values(**folded))
        last = rows[-1].id


def downgrade() -> None:
    pass
