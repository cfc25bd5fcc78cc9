"""Short courses and credentials."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "course",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("title_en", sa.Text(), nullable=False),
        sa.Column("title_zh", sa.Text(), nullable=False),
        sa.Column("summary_en", sa.Text(), nullable=False),
        sa.Column("summary_zh", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("level", sa.String(length=16), nullable=False),
        sa.Column("hours", sa.Integer(), nullable=False),
        sa.Column("institution_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("created_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("level in ('introductory', 'intermediate', 'advanced')", name=op.f("ck_course_known_level")),
        sa.CheckConstraint("state <> 'published' or published_at is not null", name=op.f("ck_course_published_when")),
        sa.CheckConstraint("hours > 0", name=op.f("ck_course_has_hours")),
        sa.ForeignKeyConstraint(["created_by_id"], ["person.id"], name=op.f("fk_course_created_by_id")),
        sa.ForeignKeyConstraint(["institution_id"], ["institution.id"], name=op.f("fk_course_institution_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course")),
        sa.UniqueConstraint("code", name=op.f("uq_course_code")),
    )
    with op.batch_alter_table("course", schema=None) as batch_op:
        batch_op.create_index("ix_course_catalogue", ["state", "title_en", "id"], unique=False)
        batch_op.create_index("ix_course_created", ["created_at", "id"], unique=False)
        batch_op.create_index("ix_course_hours", ["state", "hours", "id"], unique=False)
        batch_op.create_index("ix_course_published", ["state", "published_at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_course_institution_id"), ["institution_id"], unique=False)

    op.create_table(
        "credential",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.String(length=14), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("issuer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("subject_kind", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("claim", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_reason", sa.Text(), nullable=False),
        sa.Column("replaces_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("pdf_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "state = 'held' or (content <> '' and signature <> '' and issued_at is not null)",
            name=op.f("ck_credential_issued_is_signed"),
        ),
        sa.CheckConstraint(
            "state not in ('revoked', 'replaced') or (ended_at is not null and ended_reason <> '')",
            name=op.f("ck_credential_ended_has_reason"),
        ),
        sa.ForeignKeyConstraint(["issuer_id"], ["institution.id"], name=op.f("fk_credential_issuer_id")),
        sa.ForeignKeyConstraint(["pdf_id"], ["stored_file.id"], name=op.f("fk_credential_pdf_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_credential_person_id")),
        sa.ForeignKeyConstraint(["replaces_id"], ["credential.id"], name=op.f("fk_credential_replaces_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credential")),
        sa.UniqueConstraint("code", name=op.f("uq_credential_code")),
        sa.UniqueConstraint("pdf_id", name=op.f("uq_credential_pdf_id")),
        sa.UniqueConstraint("replaces_id", name=op.f("uq_credential_replaces_id")),
    )
    with op.batch_alter_table("credential", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_credential_issuer_id"), ["issuer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_credential_person_id"), ["person_id"], unique=False)
        batch_op.create_index("ix_credential_subject", ["subject_kind", "subject_id"], unique=False)

    op.create_table(
        "course_activity",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ref", sa.String(length=12), nullable=False),
        sa.Column("course_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("attempts_allowed", sa.Integer(), nullable=True),
        sa.Column("minutes_allowed", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("kind in ('page', 'quiz')", name=op.f("ck_course_activity_known_kind")),
        sa.CheckConstraint("attempts_allowed > 0", name=op.f("ck_course_activity_some_attempts")),
        sa.CheckConstraint("minutes_allowed > 0", name=op.f("ck_course_activity_some_minutes")),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_course_activity_course_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_activity")),
        sa.UniqueConstraint("ref", name=op.f("uq_course_activity_ref")),
    )
    with op.batch_alter_table("course_activity", schema=None) as batch_op:
        batch_op.create_index("ix_course_activity_order", ["course_id", "position", "id"], unique=False)

    op.create_table(
        "course_picture",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("course_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("file_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("alt", sa.String(length=300), nullable=False),
        sa.CheckConstraint("alt <> ''", name=op.f("ck_course_picture_has_alt")),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_course_picture_course_id")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_course_picture_file_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_picture")),
        sa.UniqueConstraint("course_id", "name", name=op.f("uq_course_picture_course_id_name")),
        sa.UniqueConstraint("file_id", name=op.f("uq_course_picture_file_id")),
    )
    op.create_table(
        "course_sub_centre",
        sa.Column("course_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sub_centre_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_course_sub_centre_course_id")),
        sa.ForeignKeyConstraint(["sub_centre_id"], ["sub_centre.id"], name=op.f("fk_course_sub_centre_sub_centre_id")),
        sa.PrimaryKeyConstraint("course_id", "sub_centre_id", name=op.f("pk_course_sub_centre")),
    )
    with op.batch_alter_table("course_sub_centre", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_course_sub_centre_sub_centre_id"), ["sub_centre_id"], unique=False)

    op.create_table(
        "offering",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ref", sa.String(length=12), nullable=False),
        sa.Column("code", sa.String(length=30), nullable=False),
        sa.Column("course_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("institution_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("mode", sa.String(length=12), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("enrol_opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("enrol_closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("requires_pages", sa.Boolean(), nullable=False),
        sa.Column("pass_mark", sa.Integer(), nullable=True),
        sa.Column("signatory_name", sa.Text(), nullable=False),
        sa.Column("signatory_office_en", sa.Text(), nullable=False),
        sa.Column("signatory_office_zh", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("mode in ('open', 'restricted')", name=op.f("ck_offering_known_mode")),
        sa.CheckConstraint("capacity > 0", name=op.f("ck_offering_some_places")),
        sa.CheckConstraint("enrol_closes_at <= ends_at", name=op.f("ck_offering_closes_before_end")),
        sa.CheckConstraint("enrol_opens_at < enrol_closes_at", name=op.f("ck_offering_closes_after_opening")),
        sa.CheckConstraint("pass_mark between 0 and 100", name=op.f("ck_offering_mark_is_per_cent")),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_offering_ends_after_start")),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_offering_course_id")),
        sa.ForeignKeyConstraint(["institution_id"], ["institution.id"], name=op.f("fk_offering_institution_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offering")),
        sa.UniqueConstraint("code", name=op.f("uq_offering_code")),
        sa.UniqueConstraint("ref", name=op.f("uq_offering_ref")),
    )
    with op.batch_alter_table("offering", schema=None) as batch_op:
        batch_op.create_index("ix_offering_course", ["course_id", "enrol_closes_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_offering_institution_id"), ["institution_id"], unique=False)

    op.create_table(
        "course_question",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ref", sa.String(length=12), nullable=False),
        sa.Column("activity_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("options", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("answer", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("feedback", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "kind in ('single_choice', 'multiple_choice', 'true_false', 'numeric', 'short_text')",
            name=op.f("ck_course_question_known_kind"),
        ),
        sa.CheckConstraint("points > 0", name=op.f("ck_course_question_has_points")),
        sa.ForeignKeyConstraint(["activity_id"], ["course_activity.id"], name=op.f("fk_course_question_activity_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_question")),
        sa.UniqueConstraint("ref", name=op.f("uq_course_question_ref")),
    )
    with op.batch_alter_table("course_question", schema=None) as batch_op:
        batch_op.create_index("ix_course_question_order", ["activity_id", "position", "id"], unique=False)

    op.create_table(
        "enrolment",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ref", sa.String(length=12), nullable=False),
        sa.Column("offering_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("motivation", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("decided_reason", sa.Text(), nullable=False),
        sa.Column("enrolled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_count", sa.Integer(), nullable=False),
        sa.Column("quiz_score", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "state <> 'completed' or completed_at is not null", name=op.f("ck_enrolment_completed_when")
        ),
        sa.CheckConstraint("state <> 'rejected' or decided_at is not null", name=op.f("ck_enrolment_decided_when")),
        sa.CheckConstraint(
            "state <> 'rejected' or decided_reason <> ''", name=op.f("ck_enrolment_rejected_with_reason")
        ),
        sa.CheckConstraint("state <> 'waitlisted' or queued_at is not null", name=op.f("ck_enrolment_queued_when")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["person.id"], name=op.f("fk_enrolment_decided_by_id")),
        sa.ForeignKeyConstraint(["offering_id"], ["offering.id"], name=op.f("fk_enrolment_offering_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_enrolment_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolment")),
        sa.UniqueConstraint("offering_id", "person_id", name=op.f("uq_enrolment_offering_id_person_id")),
        sa.UniqueConstraint("ref", name=op.f("uq_enrolment_ref")),
    )
    with op.batch_alter_table("enrolment", schema=None) as batch_op:
        batch_op.create_index("ix_enrolment_person", ["person_id", "id"], unique=False)
        batch_op.create_index("ix_enrolment_created", ["offering_id", "created_at", "id"], unique=False)
        batch_op.create_index("ix_enrolment_queue", ["offering_id", "state", "queued_at", "id"], unique=False)

    op.create_table(
        "course_page_read",
        sa.Column("enrolment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("activity_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["activity_id"], ["course_activity.id"], name=op.f("fk_course_page_read_activity_id")),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name=op.f("fk_course_page_read_enrolment_id")),
        sa.PrimaryKeyConstraint("enrolment_id", "activity_id", name=op.f("pk_course_page_read")),
    )
    with op.batch_alter_table("course_page_read", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_course_page_read_activity_id"), ["activity_id"], unique=False)

    op.create_table(
        "quiz_attempt",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ref", sa.String(length=12), nullable=False),
        sa.Column("enrolment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("activity_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("question_ids", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deadline_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("state <> 'marked' or submitted_at is not null", name=op.f("ck_quiz_attempt_marked_when")),
        sa.CheckConstraint("state in ('in_progress', 'marked')", name=op.f("ck_quiz_attempt_known_state")),
        sa.CheckConstraint("score between 0 and 10000", name=op.f("ck_quiz_attempt_score_in_range")),
        sa.ForeignKeyConstraint(["activity_id"], ["course_activity.id"], name=op.f("fk_quiz_attempt_activity_id")),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name=op.f("fk_quiz_attempt_enrolment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quiz_attempt")),
        sa.UniqueConstraint(
            "enrolment_id", "activity_id", "number", name=op.f("uq_quiz_attempt_enrolment_id_activity_id_number")
        ),
        sa.UniqueConstraint("ref", name=op.f("uq_quiz_attempt_ref")),
    )
    with op.batch_alter_table("quiz_attempt", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_quiz_attempt_activity_id"), ["activity_id"], unique=False)
        batch_op.create_index(
            "uq_quiz_attempt_open",
            ["enrolment_id", "activity_id"],
            unique=True,
            sqlite_where=sa.text("state = 'in_progress'"),
            postgresql_where=sa.text("state = 'in_progress'"),
        )

    op.create_table(
        "quiz_response",
        sa.Column("attempt_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("question_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("answer", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("credit", sa.Integer(), nullable=True),
        sa.CheckConstraint("credit between 0 and 10000", name=op.f("ck_quiz_response_credit_in_range")),
        sa.ForeignKeyConstraint(["attempt_id"], ["quiz_attempt.id"], name=op.f("fk_quiz_response_attempt_id")),
        sa.ForeignKeyConstraint(["question_id"], ["course_question.id"], name=op.f("fk_quiz_response_question_id")),
        sa.PrimaryKeyConstraint("attempt_id", "question_id", name=op.f("pk_quiz_response")),
    )
    with op.batch_alter_table("quiz_response", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_quiz_response_question_id"), ["question_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("quiz_response", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_quiz_response_question_id"))

    op.drop_table("quiz_response")
    with op.batch_alter_table("quiz_attempt", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_quiz_attempt_open",
            sqlite_where=sa.text("state = 'in_progress'"),
            postgresql_where=sa.text("state = 'in_progress'"),
        )
        batch_op.drop_index(batch_op.f("ix_quiz_attempt_activity_id"))

    op.drop_table("quiz_attempt")
    with op.batch_alter_table("course_page_read", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_course_page_read_activity_id"))

    op.drop_table("course_page_read")
    with op.batch_alter_table("enrolment", schema=None) as batch_op:
        batch_op.drop_index("ix_enrolment_queue")
        batch_op.drop_index("ix_enrolment_created")
        batch_op.drop_index("ix_enrolment_person")

    op.drop_table("enrolment")
    with op.batch_alter_table("course_question", schema=None) as batch_op:
        batch_op.drop_index("ix_course_question_order")

    op.drop_table("course_question")
    with op.batch_alter_table("offering", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_offering_institution_id"))
        batch_op.drop_index("ix_offering_course")

    op.drop_table("offering")
    with op.batch_alter_table("course_sub_centre", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_course_sub_centre_sub_centre_id"))

    op.drop_table("course_sub_centre")
    op.drop_table("course_picture")
    with op.batch_alter_table("course_activity", schema=None) as batch_op:
        batch_op.drop_index("ix_course_activity_order")

    op.drop_table("course_activity")
    with op.batch_alter_table("credential", schema=None) as batch_op:
        batch_op.drop_index("ix_credential_subject")
        batch_op.drop_index(batch_op.f("ix_credential_person_id"))
        batch_op.drop_index(batch_op.f("ix_credential_issuer_id"))

    op.drop_table("credential")
    with op.batch_alter_table("course", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_course_institution_id"))
        batch_op.drop_index("ix_course_published")
        batch_op.drop_index("ix_course_hours")
        batch_op.drop_index("ix_course_created")
        batch_op.drop_index("ix_course_catalogue")

    op.drop_table("course")
