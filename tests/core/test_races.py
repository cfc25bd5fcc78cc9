"""What happens at the same time: relays, writers and sealers, each with a connection of its own."""

import random
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from lms.core import audit, clock, outbox
from lms.core.actor import system_actor
from lms.core.audit import AuditEntry, AuditSeal
from lms.core.db import db, is_sqlite, unit_of_work
from lms.core.ids import new_ref
from lms.core.outbox import KeptMail, OutboxMessage, relay

prepared: list[int] = []
taken_over = threading.Event()


@pytest.fixture(autouse=True)
def _fresh(own_app):
    prepared.clear()
    taken_over.clear()
    with own_app.app_context():
        relay.run_until_idle()


@outbox.job("race.keep")
def _keep(work):
    prepared.append(work.id)
    return lambda: _write(work)


@outbox.job("race.slow")
def _slow(work):
    """The first relay is still preparing when another one takes its row over and ends it."""
    prepared.append(work.id)
    if len(prepared) == 1:
        assert taken_over.wait(20)
    return lambda: _write(work)


def _write(work):
    db.session.add(KeptMail(outbox_id=work.id, to_address="race", subject="s", body="b", kept_at=work.now))
    audit.record(work.actor, "race.kept", subject=("outbox_message", work.id))


def _in(app, function):
    """Run in a context of its own, as a request or a relay does."""
    with app.app_context():
        try:
            return function()
        finally:
            db.session.remove()


def _together(app, functions):
    with ThreadPoolExecutor(len(functions)) as pool:
        return [future.result(60) for future in [pool.submit(_in, app, function) for function in functions]]


def _enqueue(name, count):
    with unit_of_work():
        actor = system_actor(clock.now())
        return [outbox.enqueue(actor, name, {}).id for _ in range(count)]


def _count(model, *where):
    return db.session.scalar(select(func.count()).select_from(model).where(*where))


def _effects(ids):
    rows = db.session.scalars(select(AuditEntry.subject_id).where(AuditEntry.action == "race.kept"))
    return sorted(row for row in rows if row in ids)


def test_several_relays_perform_each_row_once(own_app):
    ids = _in(own_app, lambda: _enqueue("race.keep", 40))

    _together(own_app, [relay.run_until_idle] * 3)

    assert _in(own_app, lambda: _effects(set(ids))) == ids
    assert sorted(prepared) == ids
    assert _in(own_app, lambda: _count(OutboxMessage, OutboxMessage.state != "done")) == 0


def test_a_relay_that_was_overtaken_while_preparing_leaves_nothing(own_app):
    (only,) = _in(own_app, lambda: _enqueue("race.slow", 1))

    def overtake():
        while not prepared:
            taken_over.wait(0.01)
        with unit_of_work() as session:
            late = datetime.now(UTC) - timedelta(seconds=1)
            session.execute(update(OutboxMessage).where(OutboxMessage.id == only).values(lease_until=late))
        relay.run_until_idle()
        taken_over.set()

    _together(own_app, [relay.run_once, overtake])

    assert prepared == [only, only]
    assert _in(own_app, lambda: _effects({only})) == [only]


def test_the_same_key_at_the_same_time_is_one_row(own_app):
    key, start = new_ref(), threading.Barrier(4)

    def ask():
        start.wait()
        with unit_of_work():
            return outbox.enqueue(system_actor(clock.now()), "race.keep", {}, key=key).id

    assert len(set(_together(own_app, [ask] * 4))) == 1


def test_the_same_form_at_the_same_time_acts_once(own_app):
    sent, start = {"title": new_ref(), "once": new_ref()}, threading.Barrier(4)

    def send(_number):
        start.wait()
        return own_app.test_client().post("/probe/save", data=sent).status_code

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(send, range(4))) == [303, 409, 409, 409]
    saved = OutboxMessage.payload["title"].as_string() == sent["title"]
    assert _in(own_app, lambda: _count(OutboxMessage, saved)) == 1


def test_nothing_slips_in_before_a_seal(own_app):
    """PostgreSQL: a row of an older transaction that commits later holds the seal back."""
    if _in(own_app, is_sqlite):
        pytest.skip("SQLite has one writer: there is no older transaction")
    _in(own_app, _seal_all)
    written, may_commit = threading.Event(), threading.Event()

    def slow():
        with unit_of_work():
            audit.record(system_actor(clock.now()), "race.slow")
            written.set()
            assert may_commit.wait(20)

    def fast():
        assert written.wait(20)
        with unit_of_work():
            audit.record(system_actor(clock.now()), "race.fast")
        held_back = _seal_safe()
        tail = audit.verify().unsealed
        may_commit.set()
        return held_back, tail

    _none, (held_back, tail) = _together(own_app, [slow, fast])

    assert (held_back, tail) == (0, 1)
    assert _in(own_app, _seal_all) == 2
    verdict = _in(own_app, audit.verify)
    assert (verdict.is_intact, verdict.unsealed) == (True, 0)


def _seal_safe():
    """Seal what no transaction under way can still come before."""
    total = 0
    while True:
        with unit_of_work():
            sealed = audit.seal(clock.now())
        if not sealed:
            return total
        total += sealed


def _seal_all():
    """Seal everything: PostgreSQL's own vacuuming may hold the last rows back for a moment."""
    total = _seal_safe()
    while audit.needs_seal():
        threading.Event().wait(0.05)
        total += _seal_safe()
    return total


def test_many_writers_and_two_sealers_keep_the_chain_whole(own_app):
    before = _in(own_app, lambda: _count(AuditEntry))
    writing = threading.Event()
    writing.set()

    def write(seed):
        chance = random.Random(seed)

        def run():
            for _ in range(25):
                with unit_of_work():
                    for _row in range(chance.randint(1, 3)):
                        audit.record(system_actor(clock.now()), "race.many", detail={"seed": seed})
                    threading.Event().wait(chance.uniform(0, 0.004))

        return run

    def seal():
        links = 0
        while writing.is_set():
            with unit_of_work():
                links += bool(audit.seal(clock.now()))
            threading.Event().wait(0.001)
        return links

    with ThreadPoolExecutor(6) as pool:
        sealers = [pool.submit(_in, own_app, seal) for _ in range(2)]
        for writer in [pool.submit(_in, own_app, write(seed)) for seed in range(4)]:
            writer.result(60)
        writing.clear()
        for sealer in sealers:
            sealer.result(60)

    _in(own_app, _seal_all)
    verdict = _in(own_app, audit.verify)
    rows = _in(own_app, lambda: _count(AuditEntry))
    assert rows - before >= 100
    assert (verdict.is_intact, verdict.sealed, verdict.unsealed) == (True, rows, 0)


def test_a_transaction_larger_than_a_seal_is_sealed_whole_and_alone(own_app):
    def write(count):
        with unit_of_work():
            for _ in range(count):
                audit.record(system_actor(clock.now()), "race.large")

    _in(own_app, _seal_all)
    _in(own_app, lambda: write(600))
    _in(own_app, lambda: write(600))

    assert _in(own_app, _seal_all) == 1200
    assert _in(own_app, audit.verify).is_intact
    sizes = _in(own_app, lambda: [len(link.entries) for link in db.session.scalars(select(AuditSeal))][-3:])
    assert max(sizes) <= 600
