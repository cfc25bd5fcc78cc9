"""The triggers by which the database refuses to change or delete journal rows and seals."""

PROTECTED = ("audit_entry", "audit_seal")


def protect(dialect: str) -> list[str]:
    """SQL that makes the journal append-only. Idempotent."""
    if dialect == "sqlite":
        return [
            f"CREATE TRIGGER IF NOT EXISTS {table}_no_{verb} BEFORE {verb.upper()} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END"
            for table in PROTECTED
            for verb in ("update", "delete")
        ]
    statements = [
        "CREATE OR REPLACE FUNCTION journal_is_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the journal is append-only'; END $$"
    ]
    for table in PROTECTED:
        statements += [
            f"DROP TRIGGER IF EXISTS {table}_append_only ON {table}",
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION journal_is_append_only()",
        ]
    return statements


def unprotect(dialect: str) -> list[str]:
    """SQL that takes the triggers away again (for downgrades only)."""
    if dialect == "sqlite":
        return [f"DROP TRIGGER IF EXISTS {table}_no_{verb}" for table in PROTECTED for verb in ("update", "delete")]
    return [f"DROP TRIGGER IF EXISTS {table}_append_only ON {table}" for table in PROTECTED] + [
        "DROP FUNCTION IF EXISTS journal_is_append_only()"
    ]
