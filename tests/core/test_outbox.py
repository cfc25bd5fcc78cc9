"""The outbox: performed once when due, retried with back-off, dead letters replayable, mail in the reader's language."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from lms.core import clock, outbox
from lms.core.db import db, separate_transaction
from lms.core.errors import Conflict
from lms.core.outbox import KeptMail, OutboxMessage, relay

calls: list[int] = []


@pytest.fixture(autouse=True)
def _forget():
    calls.clear()


@outbox.effect("test.count")
def _count(work):
    calls.append(work.payload["n"])


@outbox.effect("test.fail")
def _fail(work):
    calls.append(work.payload["n"])
    raise RuntimeError("no")


@outbox.job("test.long")
def _long(work):
    work.report(1, 2)
    return lambda: {"answer": 42}


def _row(message):
    return db.session.scalars(select(OutboxMessage).where(OutboxMessage.id == message.id)).one()


def _drain(session):
    session.commit()
    return relay.run_until_idle(50)


def test_a_row_is_performed_once(session, system):
    message = outbox.enqueue(system, "test.count", {"n": 1})

    assert _drain(session) == 1
    assert _drain(session) == 0
    assert calls == [1]
    assert _row(message).state == "done"


def test_the_same_key_is_written_once(session, system):
    first = outbox.enqueue(system, "test.count", {"n": 1}, key="same")
    second = outbox.enqueue(system, "test.count", {"n": 1}, key="same")
    _drain(session)

    assert first.id == second.id
    assert calls == [1]


def test_nothing_is_performed_before_it_is_due_and_a_missed_hour_is_caught_up(session, system):
    outbox.enqueue(system, "test.count", {"n": 1}, due_at=system.now + timedelta(hours=1))
    assert _drain(session) == 0

    clock.move(timedelta(hours=5))

    assert _drain(session) == 1
    assert calls == [1]


def test_a_cancelled_row_is_never_performed(session, system):
    outbox.enqueue(system, "test.count", {"n": 1}, key="k")
    outbox.cancel("k")

    assert _drain(session) == 0


def test_a_failure_is_tried_again_later_and_dies_after_ten_times(session, system):
    message = outbox.enqueue(system, "test.fail", {"n": 1})
    pauses = []
    for _attempt in range(relay.MAX_ATTEMPTS):
        assert _drain(session) == 1
        pauses.append(_row(message).due_at - clock.now())
        clock.move(timedelta(hours=2))

    assert len(calls) == relay.MAX_ATTEMPTS
    assert pauses == sorted(pauses)
    assert (_row(message).state, _row(message).last_error) == ("dead", "RuntimeError")
    assert _drain(session) == 0


def test_a_dead_letter_can_be_replayed_and_a_living_one_cannot(session, system):
    message = outbox.enqueue(system, "test.count", {"n": 1})
    with pytest.raises(Conflict):
        outbox.replay(system, message)
    message.state = "dead"

    outbox.replay(system, message)

    assert _drain(session) == 1


def test_an_expired_lease_is_taken_over(session, system):
    message = outbox.enqueue(system, "test.count", {"n": 1})
    message.state, message.lease_token = "leased", "a relay that was killed"
    message.lease_until = datetime.now(UTC) + timedelta(minutes=1)
    assert _drain(session) == 0

    message.lease_until = datetime.now(UTC) - timedelta(seconds=1)
    assert _drain(session) == 1
    assert calls == [1]


@pytest.mark.parametrize("reports", [False, True])
def test_whoever_lost_the_lease_leaves_no_effect(session, system, reports):
    message = outbox.enqueue(system, "test.take_over", {})

    @outbox.job("test.take_over")
    def take_over(work):
        with separate_transaction() as other:
            other.execute(update(OutboxMessage).where(OutboxMessage.id == work.id).values(lease_token="other"))
        if reports:
            work.report(1, 2)
            calls.append(0)
        return lambda: calls.append(1)

    _drain(session)

    assert calls == []
    assert _row(message).state == "leased"


def test_progress_is_not_reported_from_inside_the_effect(session, system):
    message = outbox.enqueue(system, "test.report_late", {})

    @outbox.effect("test.report_late")
    def report_late(work):
        work.report(1, 2)

    _drain(session)

    assert _row(message).last_error == "RuntimeError"


def test_a_row_that_killed_its_relays_is_given_up_and_holds_up_nobody(session, system):
    poison = outbox.enqueue(system, "test.count", {"n": 1})
    poison.state, poison.attempts, poison.lease_token = "leased", relay.MAX_ATTEMPTS, "killed"
    poison.lease_until = datetime.now(UTC) - timedelta(seconds=1)
    outbox.enqueue(system, "test.count", {"n": 2})

    _drain(session)

    assert calls == [2]
    assert (_row(poison).state, _row(poison).last_error) == ("dead", "relay died")


def test_what_was_cancelled_can_be_asked_for_again(session, system):
    outbox.enqueue(system, "test.count", {"n": 1}, key="k")
    outbox.cancel("k")
    session.expire_all()
    outbox.enqueue(system, "test.count", {"n": 2}, key="k")

    assert _drain(session) == 1
    assert calls == [2]


def test_only_what_the_clock_may_do_can_be_scheduled(session, system):
    with pytest.raises(ValueError, match="by_clock"):
        outbox.schedule_transition(system, machine="test_parcel", subject_id=1, transition="deliver", due_at=system.now)


def test_a_job_shows_progress_and_keeps_its_result(session, system):
    message = outbox.enqueue(system, "test.long", {})
    _drain(session)

    row = _row(message)
    assert (row.progress_done, row.progress_total, row.result) == (1, 2, {"answer": 42})


def test_a_sent_mail_forgets_its_values_because_links_hold_secrets(session, system):
    outbox.send_mail(
        system,
        outbox.MailMessage("a@example.org", "confirm_link", "en", {"name": "A", "path": "/c/secret", "hours": 24}),
    )
    _drain(session)

    (row,) = session.scalars(select(OutboxMessage)).all()
    assert row.state == "done"
    assert "secret" not in str(row.payload)
    assert "secret" in session.scalars(select(KeptMail)).one().body
