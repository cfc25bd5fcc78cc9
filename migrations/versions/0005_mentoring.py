"""Mentoring: schemes, profiles, wishes, runs of the matching, proposals, mentorships and concerns."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "calendar_feed",
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_calendar_feed_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_calendar_feed")),
    )
    op.create_table(
        "mentoring_scheme",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ref", sa.String(length=12), nullable=False),
        sa.Column("title_en", sa.Text(), nullable=False),
        sa.Column("title_zh", sa.Text(), nullable=False),
        sa.Column("summary_en", sa.Text(), nullable=False),
        sa.Column("summary_zh", sa.Text(), nullable=False),
        sa.Column("sub_centre_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("objective", sa.Text(), nullable=False),
        sa.Column("weights", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("floor", sa.Integer(), nullable=False),
        sa.Column("answer_days", sa.Integer(), nullable=False),
        sa.Column("idle_days", sa.Integer(), nullable=False),
        sa.Column("max_capacity", sa.Integer(), nullable=False),
        sa.Column("institution_limit", sa.Integer(), nullable=True),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "objective in ('stable', 'best-total', 'fair')", name=op.f("ck_mentoring_scheme_known_objective")
        ),
        sa.CheckConstraint(
            "floor >= 0 and answer_days >= 1 and idle_days >= 1", name=op.f("ck_mentoring_scheme_numbers_in_range")
        ),
        sa.CheckConstraint(
            "max_capacity >= 1 and (institution_limit is null or institution_limit >= 1)",
            name=op.f("ck_mentoring_scheme_room"),
        ),
        sa.CheckConstraint("opens_at < closes_at", name=op.f("ck_mentoring_scheme_opens_before_it_closes")),
        sa.ForeignKeyConstraint(["created_by_id"], ["person.id"], name=op.f("fk_mentoring_scheme_created_by_id")),
        sa.ForeignKeyConstraint(["sub_centre_id"], ["sub_centre.id"], name=op.f("fk_mentoring_scheme_sub_centre_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mentoring_scheme")),
        sa.UniqueConstraint("ref", name=op.f("uq_mentoring_scheme_ref")),
    )
    with op.batch_alter_table("mentoring_scheme", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mentoring_scheme_sub_centre_id"), ["sub_centre_id"], unique=False)
    op.create_table(
        "mentoring_participant",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ref", sa.String(length=12), nullable=False),
        sa.Column("scheme_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("side", sa.String(length=6), nullable=False),
        sa.Column("fields", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("methods", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("languages", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("hours", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("years", sa.Integer(), nullable=True),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("apart", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("decided_reason", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("side in ('mentor', 'mentee')", name=op.f("ck_mentoring_participant_known_side")),
        sa.CheckConstraint("capacity >= 1", name=op.f("ck_mentoring_participant_capacity_from_one")),
        sa.CheckConstraint(
            "years is null or years between 0 and 80", name=op.f("ck_mentoring_participant_years_in_range")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_mentoring_participant_person_id")),
        sa.ForeignKeyConstraint(
            ["scheme_id"], ["mentoring_scheme.id"], name=op.f("fk_mentoring_participant_scheme_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mentoring_participant")),
        sa.UniqueConstraint("ref", name=op.f("uq_mentoring_participant_ref")),
    )
    with op.batch_alter_table("mentoring_participant", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mentoring_participant_person_id"), ["person_id"], unique=False)
        batch_op.create_index("ix_mentoring_participant_state", ["scheme_id", "side", "state", "id"], unique=False)
        batch_op.create_index(
            "uq_mentoring_participant_live",
            ["scheme_id", "person_id", "side"],
            unique=True,
            sqlite_where=sa.text("state not in ('withdrawn', 'refused')"),
            postgresql_where=sa.text("state not in ('withdrawn', 'refused')"),
        )
    op.create_table(
        "mentoring_run",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ref", sa.String(length=12), nullable=False),
        sa.Column("scheme_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("job_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("question", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("answer", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("instance", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("result", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("started_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["outbox_message.id"], name=op.f("fk_mentoring_run_job_id")),
        sa.ForeignKeyConstraint(["scheme_id"], ["mentoring_scheme.id"], name=op.f("fk_mentoring_run_scheme_id")),
        sa.ForeignKeyConstraint(["started_by_id"], ["person.id"], name=op.f("fk_mentoring_run_started_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mentoring_run")),
        sa.UniqueConstraint("ref", name=op.f("uq_mentoring_run_ref")),
    )
    with op.batch_alter_table("mentoring_run", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mentoring_run_scheme_id"), ["scheme_id"], unique=False)
    op.create_table(
        "mentoring_scheme_country",
        sa.Column("scheme_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("country_code", sa.String(length=2), nullable=False),
        sa.ForeignKeyConstraint(
            ["country_code"], ["country.code"], name=op.f("fk_mentoring_scheme_country_country_code")
        ),
        sa.ForeignKeyConstraint(
            ["scheme_id"], ["mentoring_scheme.id"], name=op.f("fk_mentoring_scheme_country_scheme_id")
        ),
        sa.PrimaryKeyConstraint("scheme_id", "country_code", name=op.f("pk_mentoring_scheme_country")),
    )
    op.create_table(
        "mentoring_proposal",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ref", sa.String(length=12), nullable=False),
        sa.Column("scheme_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("mentor_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("mentee_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("parts", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("mentor_yes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("mentee_yes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "state <> 'agreed' or (mentor_yes_at is not null and mentee_yes_at is not null)",
            name=op.f("ck_mentoring_proposal_both_agreed"),
        ),
        sa.ForeignKeyConstraint(
            ["mentee_id"], ["mentoring_participant.id"], name=op.f("fk_mentoring_proposal_mentee_id")
        ),
        sa.ForeignKeyConstraint(
            ["mentor_id"], ["mentoring_participant.id"], name=op.f("fk_mentoring_proposal_mentor_id")
        ),
        sa.ForeignKeyConstraint(["run_id"], ["mentoring_run.id"], name=op.f("fk_mentoring_proposal_run_id")),
        sa.ForeignKeyConstraint(["scheme_id"], ["mentoring_scheme.id"], name=op.f("fk_mentoring_proposal_scheme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mentoring_proposal")),
        sa.UniqueConstraint("ref", name=op.f("uq_mentoring_proposal_ref")),
    )
    with op.batch_alter_table("mentoring_proposal", schema=None) as batch_op:
        batch_op.create_index("ix_mentoring_proposal_mentee", ["mentee_id", "state"], unique=False)
        batch_op.create_index("ix_mentoring_proposal_mentor", ["mentor_id", "state"], unique=False)
        batch_op.create_index(batch_op.f("ix_mentoring_proposal_run_id"), ["run_id"], unique=False)
        batch_op.create_index("ix_mentoring_proposal_scheme", ["scheme_id", "state", "expires_at"], unique=False)
        batch_op.create_index(
            "uq_mentoring_proposal_open",
            ["mentee_id"],
            unique=True,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )
    op.create_table(
        "mentoring_wish",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("participant_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("other_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.CheckConstraint("rank is null or rank >= 1", name=op.f("ck_mentoring_wish_rank_from_one")),
        sa.ForeignKeyConstraint(["other_id"], ["mentoring_participant.id"], name=op.f("fk_mentoring_wish_other_id")),
        sa.ForeignKeyConstraint(
            ["participant_id"], ["mentoring_participant.id"], name=op.f("fk_mentoring_wish_participant_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mentoring_wish")),
    )
    with op.batch_alter_table("mentoring_wish", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mentoring_wish_other_id"), ["other_id"], unique=False)
        batch_op.create_index("uq_mentoring_wish_other", ["participant_id", "other_id"], unique=True)
        batch_op.create_index("uq_mentoring_wish_rank", ["participant_id", "rank"], unique=True)
    op.create_table(
        "mentorship",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ref", sa.String(length=12), nullable=False),
        sa.Column("scheme_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("proposal_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("mentor_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("mentee_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("mentor_active_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("mentee_active_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("mentor_note", sa.Text(), nullable=False),
        sa.Column("mentee_note", sa.Text(), nullable=False),
        sa.Column("closing_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("credential_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "(state in ('completed', 'ended')) = (ended_at is not null)", name=op.f("ck_mentorship_ended_when")
        ),
        sa.ForeignKeyConstraint(["credential_id"], ["credential.id"], name=op.f("fk_mentorship_credential_id")),
        sa.ForeignKeyConstraint(["mentee_id"], ["mentoring_participant.id"], name=op.f("fk_mentorship_mentee_id")),
        sa.ForeignKeyConstraint(["mentor_id"], ["mentoring_participant.id"], name=op.f("fk_mentorship_mentor_id")),
        sa.ForeignKeyConstraint(["proposal_id"], ["mentoring_proposal.id"], name=op.f("fk_mentorship_proposal_id")),
        sa.ForeignKeyConstraint(["scheme_id"], ["mentoring_scheme.id"], name=op.f("fk_mentorship_scheme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mentorship")),
        sa.UniqueConstraint("proposal_id", name=op.f("uq_mentorship_proposal_id")),
        sa.UniqueConstraint("ref", name=op.f("uq_mentorship_ref")),
    )
    with op.batch_alter_table("mentorship", schema=None) as batch_op:
        batch_op.create_index("ix_mentorship_mentor", ["mentor_id", "state"], unique=False)
        batch_op.create_index("ix_mentorship_scheme", ["scheme_id", "started_at", "id"], unique=False)
        batch_op.create_index(
            "uq_mentorship_live",
            ["mentee_id"],
            unique=True,
            sqlite_where=sa.text("ended_at is null"),
            postgresql_where=sa.text("ended_at is null"),
        )
    op.create_table(
        "mentoring_concern",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ref", sa.String(length=12), nullable=False),
        sa.Column("mentorship_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reporter_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("goes_to", sa.String(length=12), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "goes_to in ('safeguarding', 'secretariat')", name=op.f("ck_mentoring_concern_known_addressee")
        ),
        sa.ForeignKeyConstraint(["mentorship_id"], ["mentorship.id"], name=op.f("fk_mentoring_concern_mentorship_id")),
        sa.ForeignKeyConstraint(["reporter_id"], ["person.id"], name=op.f("fk_mentoring_concern_reporter_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mentoring_concern")),
        sa.UniqueConstraint("ref", name=op.f("uq_mentoring_concern_ref")),
    )
    with op.batch_alter_table("mentoring_concern", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mentoring_concern_mentorship_id"), ["mentorship_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_mentoring_concern_reporter_id"), ["reporter_id"], unique=False)
    op.create_table(
        "mentoring_goal",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ref", sa.String(length=12), nullable=False),
        sa.Column("mentorship_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("progress", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("progress between 0 and 100", name=op.f("ck_mentoring_goal_progress_in_percent")),
        sa.ForeignKeyConstraint(["mentorship_id"], ["mentorship.id"], name=op.f("fk_mentoring_goal_mentorship_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mentoring_goal")),
        sa.UniqueConstraint("ref", name=op.f("uq_mentoring_goal_ref")),
    )
    with op.batch_alter_table("mentoring_goal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mentoring_goal_mentorship_id"), ["mentorship_id"], unique=False)
    op.create_table(
        "mentoring_meeting",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ref", sa.String(length=12), nullable=False),
        sa.Column("mentorship_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("proposed_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("agenda", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("minutes between 5 and 480", name=op.f("ck_mentoring_meeting_minutes_in_range")),
        sa.ForeignKeyConstraint(["mentorship_id"], ["mentorship.id"], name=op.f("fk_mentoring_meeting_mentorship_id")),
        sa.ForeignKeyConstraint(["proposed_by_id"], ["person.id"], name=op.f("fk_mentoring_meeting_proposed_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mentoring_meeting")),
        sa.UniqueConstraint("ref", name=op.f("uq_mentoring_meeting_ref")),
    )
    with op.batch_alter_table("mentoring_meeting", schema=None) as batch_op:
        batch_op.create_index("ix_mentoring_meeting_mentorship", ["mentorship_id", "starts_at"], unique=False)
    op.create_table(
        "mentoring_note",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("mentorship_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("author_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("is_shared", sa.Boolean(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["person.id"], name=op.f("fk_mentoring_note_author_id")),
        sa.ForeignKeyConstraint(["mentorship_id"], ["mentorship.id"], name=op.f("fk_mentoring_note_mentorship_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mentoring_note")),
    )
    with op.batch_alter_table("mentoring_note", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mentoring_note_author_id"), ["author_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_mentoring_note_mentorship_id"), ["mentorship_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("mentoring_note", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_mentoring_note_mentorship_id"))
        batch_op.drop_index(batch_op.f("ix_mentoring_note_author_id"))
    op.drop_table("mentoring_note")
    with op.batch_alter_table("mentoring_meeting", schema=None) as batch_op:
        batch_op.drop_index("ix_mentoring_meeting_mentorship")
    op.drop_table("mentoring_meeting")
    with op.batch_alter_table("mentoring_goal", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_mentoring_goal_mentorship_id"))
    op.drop_table("mentoring_goal")
    with op.batch_alter_table("mentoring_concern", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_mentoring_concern_reporter_id"))
        batch_op.drop_index(batch_op.f("ix_mentoring_concern_mentorship_id"))
    op.drop_table("mentoring_concern")
    with op.batch_alter_table("mentorship", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_mentorship_live", sqlite_where=sa.text("ended_at is null"), postgresql_where=sa.text("ended_at is null")
        )
        batch_op.drop_index("ix_mentorship_scheme")
        batch_op.drop_index("ix_mentorship_mentor")
    op.drop_table("mentorship")
    with op.batch_alter_table("mentoring_wish", schema=None) as batch_op:
        batch_op.drop_index("uq_mentoring_wish_rank")
        batch_op.drop_index("uq_mentoring_wish_other")
        batch_op.drop_index(batch_op.f("ix_mentoring_wish_other_id"))
    op.drop_table("mentoring_wish")
    with op.batch_alter_table("mentoring_proposal", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_mentoring_proposal_open",
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )
        batch_op.drop_index("ix_mentoring_proposal_scheme")
        batch_op.drop_index(batch_op.f("ix_mentoring_proposal_run_id"))
        batch_op.drop_index("ix_mentoring_proposal_mentor")
        batch_op.drop_index("ix_mentoring_proposal_mentee")
    op.drop_table("mentoring_proposal")
    op.drop_table("mentoring_scheme_country")
    with op.batch_alter_table("mentoring_run", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_mentoring_run_scheme_id"))
    op.drop_table("mentoring_run")
    with op.batch_alter_table("mentoring_participant", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_mentoring_participant_live",
            sqlite_where=sa.text("state not in ('withdrawn', 'refused')"),
            postgresql_where=sa.text("state not in ('withdrawn', 'refused')"),
        )
        batch_op.drop_index("ix_mentoring_participant_state")
        batch_op.drop_index(batch_op.f("ix_mentoring_participant_person_id"))
    op.drop_table("mentoring_participant")
    with op.batch_alter_table("mentoring_scheme", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_mentoring_scheme_sub_centre_id"))
    op.drop_table("mentoring_scheme")
    op.drop_table("calendar_feed")
