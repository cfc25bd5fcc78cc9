"""The journal: append-only by the database itself, sealed into a chain that names its first broken row."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from lms.core import audit
from lms.core.audit import AuditEntry, AuditSeal
from lms.core.db import is_sqlite


def _record(system, count=3):
    for number in range(count):
        audit.record(system, "test.done", subject=("thing", number), detail={"number": number})


def _seal(system):
    """Seal as a relay does: PostgreSQL counts the rows of a transaction only once it has ended."""
    return audit.seal(system.now)


@pytest.fixture
def sealed(session, system, monkeypatch):
    # The tests' outer transaction never ends, so on PostgreSQL all its rows would share one number and never
    # be safe to seal: number them as on SQLite. Real transactions are tried in test_races.
    following = select(func.coalesce(func.max(AuditEntry.commit_order), 0) + 1).scalar_subquery()
    monkeypatch.setattr("lms.core.audit.journal._commit_order", lambda: following)
    monkeypatch.setattr("lms.core.audit.chain._safe_limit", lambda: None)
    _record(system)
    assert _seal(system) == 3
    return list(session.query(AuditEntry).order_by(AuditEntry.id))


def _tamper(session, statement, **values):
    """Change a row behind the triggers' back, as somebody with the database's keys could."""
    if is_sqlite():
        triggers = session.execute(text("select name, sql from sqlite_master where type = 'trigger'")).all()
        for name, _sql in triggers:
            session.execute(text(f"drop trigger {name}"))
        session.execute(text(statement), values)
        for _name, sql in triggers:
            session.execute(text(sql))
    else:
        session.execute(text("set local session_replication_role = replica"))
        session.execute(text(statement), values)
        session.execute(text("set local session_replication_role = origin"))
    session.expire_all()


def test_an_untouched_journal_is_intact(sealed):
    verdict = audit.verify()

    assert verdict.is_intact
    assert (verdict.sealed, verdict.unsealed) == (3, 0)
    assert len(verdict.head) == 64


def test_rows_after_the_last_seal_are_counted_as_its_tail(sealed, system):
    _record(system, 2)

    verdict = audit.verify()

    assert verdict.is_intact
    assert verdict.unsealed == 2


def test_a_second_seal_continues_the_chain_and_an_empty_one_is_not_made(sealed, session, system):
    assert _seal(system) == 0
    _record(system, 2)
    assert _seal(system) == 2

    first, second = session.query(AuditSeal).order_by(AuditSeal.id)
    assert second.previous == first.digest
    assert audit.verify().sealed == 5


def test_a_changed_row_is_named(sealed, session):
    _tamper(session, "update audit_entry set action = 'test.forged' where id = :id", id=sealed[1].id)

    assert audit.verify().broken == f"row {sealed[1].id} was changed"


def test_a_deleted_row_is_named(sealed, session):
    victim = sealed[2].id
    _tamper(session, "delete from audit_entry where id = :id", id=victim)

    assert audit.verify().broken == f"row {victim} is missing"


def test_a_row_slipped_in_later_is_named(sealed, session, system):
    _record(system, 1)
    late = session.query(AuditEntry).order_by(AuditEntry.id.desc()).first()
    _tamper(
        session,
        "update audit_entry set commit_order = :order where id = :id",
        order=sealed[0].commit_order,
        id=late.id,
    )

    assert audit.verify().broken == f"row {late.id} was inserted after its time"


def test_a_rewritten_seal_is_named(sealed, session):
    link = session.query(AuditSeal).one()
    _tamper(session, "update audit_seal set upto = upto + 1 where id = :id", id=link.id)

    assert audit.verify().broken == f"seal {link.id} was changed"


@pytest.mark.parametrize("table", ["audit_entry", "audit_seal"])
@pytest.mark.parametrize("statement", ["update {} set id = id", "delete from {}"])
def test_the_database_refuses_to_change_the_journal(sealed, session, table, statement):
    with pytest.raises(DBAPIError, match="append-only"), session.begin_nested():
        session.execute(text(statement.format(table)))

    assert audit.verify().is_intact


def test_details_hold_the_time_of_the_actor(session, system):
    audit.record(system, "test.done")

    row = session.query(AuditEntry).one()
    assert abs(row.at - system.now) < timedelta(milliseconds=1)
    assert row.actor_kind == "system"


def test_the_command_says_intact_or_broken(app, sealed, session):
    runner = app.test_cli_runner()
    assert "intact: 3 rows sealed" in runner.invoke(args=["audit", "verify"]).output

    _tamper(session, "update audit_entry set action = 'x.y' where id = :id", id=sealed[0].id)
    result = runner.invoke(args=["audit", "verify"])

    assert result.exit_code == 1
    assert f"row {sealed[0].id} was changed" in result.output
