"""Texts of courses, calls, programmes and mentoring schemes in further languages."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_TABLES = ("course", "call", "programme", "mentoring_scheme")


def upgrade() -> None:
    for table in _TABLES:
        kind = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
        op.add_column(table, sa.Column("translations", kind, server_default="{}", nullable=False))


def downgrade() -> None:
    for table in _TABLES:
        op.drop_column(table, "translations")
