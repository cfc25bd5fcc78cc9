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
    _create_supervisors()
    _create_supervisions()


def _create_supervisors() -> None:
    op.create_table(
        "supervisor",
        sa.Column("id", _ID, nullable=False),
        sa.Column("ref", sa.String(length=12), nullable=False),
        sa.Column("programme_id", _ID, nullable=False),
        sa.Column("person_id", _ID, nullable=False),
        sa.Column("institution_id", _ID, nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("fields", _JSON, nullable=False),
        sa.Column("offered_by_id", _ID, nullable=True),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("capacity between 0 and 20", name=op.f("ck_supervisor_capacity_in_range")),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"], name=op.f("fk_supervisor_programme_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_supervisor_person_id")),
        sa.ForeignKeyConstraint(["institution_id"], ["institution.id"], name=op.f("fk_supervisor_institution_id")),
        sa.ForeignKeyConstraint(["offered_by_id"], ["person.id"], name=op.f("fk_supervisor_offered_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supervisor")),
        sa.UniqueConstraint("ref", name=op.f("uq_supervisor_ref")),
    )
    with op.batch_alter_table("supervisor") as batch_op:
        batch_op.create_index("uq_supervisor_person", ["programme_id", "person_id"], unique=True)
        batch_op.create_index(batch_op.f("ix_supervisor_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_supervisor_institution_id"), ["institution_id"], unique=False)
    op.create_table(
        "supervision_round",
        sa.Column("id", _ID, nullable=False),
        sa.Column("ref", sa.String(length=12), nullable=False),
        sa.Column("programme_id", _ID, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("instance", _JSON, nullable=False),
        sa.Column("result", _JSON, nullable=False),
        sa.Column("facts", _JSON, nullable=False),
        sa.Column("created_by_id", _ID, nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"], name=op.f("fk_supervision_round_programme_id")),
        sa.ForeignKeyConstraint(["created_by_id"], ["person.id"], name=op.f("fk_supervision_round_created_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supervision_round")),
        sa.UniqueConstraint("ref", name=op.f("uq_supervision_round_ref")),
    )
    live = sa.text("state in ('open', 'running', 'proposed')")
    with op.batch_alter_table("supervision_round") as batch_op:
        batch_op.create_index(batch_op.f("ix_supervision_round_programme_id"), ["programme_id"], unique=False)
        batch_op.create_index(
            "uq_supervision_round_live", ["programme_id"], unique=True, sqlite_where=live, postgresql_where=live
        )


def _create_supervisions() -> None:
    op.create_table(
        "supervision_wish",
        sa.Column("id", _ID, nullable=False),
        sa.Column("round_id", _ID, nullable=False),
        sa.Column("student_id", _ID, nullable=False),
        sa.Column("supervisor_id", _ID, nullable=False),
        sa.Column("student_rank", sa.Integer(), nullable=True),
        sa.Column("supervisor_rank", sa.Integer(), nullable=True),
        sa.Column("refusal", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "supervisor_rank is null or refusal = ''", name=op.f("ck_supervision_wish_ranked_or_refused")
        ),
        sa.ForeignKeyConstraint(["round_id"], ["supervision_round.id"], name=op.f("fk_supervision_wish_round_id")),
        sa.ForeignKeyConstraint(["student_id"], ["student.id"], name=op.f("fk_supervision_wish_student_id")),
        sa.ForeignKeyConstraint(["supervisor_id"], ["supervisor.id"], name=op.f("fk_supervision_wish_supervisor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supervision_wish")),
    )
    with op.batch_alter_table("supervision_wish") as batch_op:
        batch_op.create_index("uq_supervision_wish_pair", ["round_id", "student_id", "supervisor_id"], unique=True)
        batch_op.create_index(batch_op.f("ix_supervision_wish_student_id"), ["student_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_supervision_wish_supervisor_id"), ["supervisor_id"], unique=False)
    op.create_table(
        "supervision",
        sa.Column("id", _ID, nullable=False),
        sa.Column("ref", sa.String(length=12), nullable=False),
        sa.Column("round_id", _ID, nullable=False),
        sa.Column("student_id", _ID, nullable=False),
        sa.Column("supervisor_id", _ID, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("student_agreed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("supervisor_agreed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "state not in ('declined', 'ended') or reason <> ''", name=op.f("ck_supervision_leaving_has_reason")
        ),
        sa.CheckConstraint(
            "state <> 'confirmed' or (student_agreed_at is not null and supervisor_agreed_at is not null)",
            name=op.f("ck_supervision_confirmed_by_both"),
        ),
        sa.ForeignKeyConstraint(["round_id"], ["supervision_round.id"], name=op.f("fk_supervision_round_id")),
        sa.ForeignKeyConstraint(["student_id"], ["student.id"], name=op.f("fk_supervision_student_id")),
        sa.ForeignKeyConstraint(["supervisor_id"], ["supervisor.id"], name=op.f("fk_supervision_supervisor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supervision")),
        sa.UniqueConstraint("ref", name=op.f("uq_supervision_ref")),
    )
    live = sa.text("state in ('proposed', 'confirmed')")
    with op.batch_alter_table("supervision") as batch_op:
        batch_op.create_index(batch_op.f("ix_supervision_round_id"), ["round_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_supervision_supervisor_id"), ["supervisor_id"], unique=False)
        batch_op.create_index(
            "uq_supervision_live", ["student_id"], unique=True, sqlite_where=live, postgresql_where=live
        )


def downgrade() -> None:
    for table in ("supervision", "supervision_wish", "supervision_round", "supervisor"):
        op.drop_table(table)
    op.drop_column("application", "fields")
    with op.batch_alter_table("call_guarantees") as batch_op:
        batch_op.drop_index("uq_call_guarantees_number")
    op.drop_table("call_guarantees")
