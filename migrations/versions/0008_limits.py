"""What a call limits, reserves and guarantees, and supervisors of degree students."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "call_guarantees",
        sa.Column("id", _ID, nullable=False),
        sa.Column("call_id", _ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kept", _JSON, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by_id", _ID, nullable=True),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_call_guarantees_call_id")),
        sa.ForeignKeyConstraint(["made_by_id"], ["person.id"], name=op.f("fk_call_guarantees_made_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_guarantees")),
    )
    with op.batch_alter_table("call_guarantees") as batch_op:
        batch_op.create_index("uq_call_guarantees_number", ["call_id", "number"], unique=True)
    op.add_column("application", sa.Column("fields", _JSON, server_default="[]", nullable=False))


def downgrade() -> None:
    op.drop_column("application", "fields")
    with op.batch_alter_table("call_guarantees") as batch_op:
        batch_op.drop_index("uq_call_guarantees_number")
    op.drop_table("call_guarantees")
