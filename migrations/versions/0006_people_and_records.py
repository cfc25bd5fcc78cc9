"""Merging, privacy requests, imports and shared records."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    _upgrade_administration()
    _upgrade_privacy()
    _upgrade_records()


def downgrade() -> None:
    _downgrade_records()
    _downgrade_privacy()
    _downgrade_administration()


# --- administration: merged institutions, how roles ended, where jobs came from, imports ---


def _upgrade_administration() -> None:
    with op.batch_alter_table("institution") as batch_op:
        batch_op.add_column(sa.Column("merged_into_id", _ID, nullable=True))
        batch_op.create_foreign_key(op.f("fk_institution_merged_into_id"), "institution", ["merged_into_id"], ["id"])
        batch_op.drop_constraint(op.f("ck_institution_known_state"), type_="check")
        batch_op.create_check_constraint(
            op.f("ck_institution_known_state"), "state in ('proposed', 'confirmed', 'declined', 'merged')"
        )
        batch_op.create_check_constraint(
            op.f("ck_institution_merged_into_one"), "(state = 'merged') = (merged_into_id is not null)"
        )
    with op.batch_alter_table("access_grant") as batch_op:
        batch_op.add_column(sa.Column("ended_by_id", _ID, nullable=True))
        batch_op.add_column(sa.Column("end_reason", sa.Text(), nullable=False, server_default=""))
        batch_op.create_foreign_key(op.f("fk_access_grant_ended_by_id"), "person", ["ended_by_id"], ["id"])
    with op.batch_alter_table("outbox_message") as batch_op:
        batch_op.add_column(sa.Column("request_id", sa.String(length=36), nullable=False, server_default=""))
    op.create_table(
        "import_run",
        sa.Column("id", _ID, nullable=False),
        sa.Column("ref", sa.String(length=12), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("target", _JSON, nullable=False),
        sa.Column("back", sa.Text(), nullable=False),
        sa.Column("owner_id", _ID, nullable=False),
        sa.Column("file_id", _ID, nullable=False),
        sa.Column("job_id", _ID, nullable=True),
        sa.Column("stage", sa.String(length=12), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("titles", _JSON, nullable=False),
        sa.Column("unknown", _JSON, nullable=False),
        sa.Column("new_count", sa.Integer(), nullable=False),
        sa.Column("known_count", sa.Integer(), nullable=False),
        sa.Column("fault_count", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "stage in ('checking', 'checked', 'writing', 'done')", name=op.f("ck_import_run_known_stage")
        ),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_import_run_file_id")),
        sa.ForeignKeyConstraint(["job_id"], ["outbox_message.id"], name=op.f("fk_import_run_job_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_import_run_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_run")),
        sa.UniqueConstraint("ref", name=op.f("uq_import_run_ref")),
    )
    op.create_index(op.f("ix_import_run_created_at"), "import_run", ["created_at"])
    op.create_index(op.f("ix_import_run_owner_id"), "import_run", ["owner_id"])
    op.create_table(
        "import_fault",
        sa.Column("id", _ID, nullable=False),
        sa.Column("run_id", _ID, nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("cells", _JSON, nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("faults", _JSON, nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["import_run.id"], name=op.f("fk_import_fault_run_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_fault")),
    )
    op.create_index("ix_import_fault_row", "import_fault", ["run_id", "row", "id"])


def _downgrade_administration() -> None:
    op.drop_table("import_fault")
    op.drop_table("import_run")
    with op.batch_alter_table("outbox_message") as batch_op:
        batch_op.drop_column("request_id")
    with op.batch_alter_table("access_grant") as batch_op:
        batch_op.drop_constraint(op.f("fk_access_grant_ended_by_id"), type_="foreignkey")
        batch_op.drop_column("end_reason")
        batch_op.drop_column("ended_by_id")
    # What was merged cannot be taken apart again: to the release before, it is an entry that was not accepted.
    with op.batch_alter_table("institution") as batch_op:
        batch_op.drop_constraint(op.f("ck_institution_known_state"), type_="check")
        batch_op.drop_constraint(op.f("ck_institution_merged_into_one"), type_="check")
    op.execute(
        "update institution set state = 'declined', decided_reason = 'Merged into another one.' where state = 'merged'"
    )
    with op.batch_alter_table("institution") as batch_op:
        batch_op.drop_constraint(op.f("fk_institution_merged_into_id"), type_="foreignkey")
        batch_op.drop_column("merged_into_id")
        batch_op.create_check_constraint(
            op.f("ck_institution_known_state"), "state in ('proposed', 'confirmed', 'declined')"
        )


# --- privacy: who read whose file, and requests to be erased ---


def _upgrade_privacy() -> None:
    op.create_table(
        "disclosure",
        sa.Column("id", _ID, nullable=False),
        sa.Column("person_id", _ID, nullable=False),
        sa.Column("reader_id", _ID, nullable=True),
        sa.Column("roles", sa.Text(), nullable=False),
        sa.Column("institution_id", _ID, nullable=True),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.Column("subject_kind", sa.String(length=40), nullable=False),
        sa.Column("subject_id", _ID, nullable=False),
        sa.Column("permission", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["institution_id"], ["institution.id"], name=op.f("fk_disclosure_institution_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_disclosure_person_id")),
        sa.ForeignKeyConstraint(["reader_id"], ["person.id"], name=op.f("fk_disclosure_reader_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disclosure")),
    )
    op.create_index("ix_disclosure_at", "disclosure", ["person_id", "at", "id"])
    op.create_table(
        "erasure",
        sa.Column("id", _ID, nullable=False),
        sa.Column("ref", sa.String(length=12), nullable=False),
        sa.Column("person_id", _ID, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ready_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", _ID, nullable=True),
        sa.Column("decided_reason", sa.Text(), nullable=False),
        sa.Column("items", _JSON, nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("letter_digest", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False, server_default="1"),
        sa.CheckConstraint("state <> 'refused' or decided_reason <> ''", name=op.f("ck_erasure_refusal_has_reason")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["person.id"], name=op.f("fk_erasure_decided_by_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_erasure_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure")),
        sa.UniqueConstraint("letter_digest", name=op.f("uq_erasure_letter_digest")),
        sa.UniqueConstraint("ref", name=op.f("uq_erasure_ref")),
    )
    op.create_index("ix_erasure_asked", "erasure", ["asked_at", "id"])
    live = sa.text("state in ('asked', 'approved', 'partly')")
    op.create_index("uq_erasure_live", "erasure", ["person_id"], unique=True, sqlite_where=live, postgresql_where=live)


def _downgrade_privacy() -> None:
    op.drop_table("erasure")
    op.drop_table("disclosure")


# --- records: what people share by a link, and when the links were opened ---


def _upgrade_records() -> None:
    op.create_table(
        "record_share",
        sa.Column("id", _ID, nullable=False),
        sa.Column("ref", sa.String(length=12), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("person_id", _ID, nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("entries", _JSON, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("created_at < expires_at", name=op.f("ck_record_share_ends_after_start")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_record_share_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_share")),
        sa.UniqueConstraint("ref", name=op.f("uq_record_share_ref")),
        sa.UniqueConstraint("digest", name=op.f("uq_record_share_digest")),
    )
    op.create_index(op.f("ix_record_share_person_id"), "record_share", ["person_id"])
    op.create_table(
        "record_opening",
        sa.Column("id", _ID, nullable=False),
        sa.Column("share_id", _ID, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["share_id"], ["record_share.id"], name=op.f("fk_record_opening_share_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_opening")),
    )
    op.create_index("ix_record_opening_share", "record_opening", ["share_id", "at"])


def _downgrade_records() -> None:
    op.drop_table("record_opening")
    op.drop_table("record_share")
