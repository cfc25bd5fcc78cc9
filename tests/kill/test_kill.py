"""Server and relay are killed at random points of 200 submissions: nothing acknowledged is lost, nothing happens twice.

Learners enrol in an open offering (a mail to the learner) and apply to a restricted one (a waiting item and a
mail for the office) through the real pages. Only what was not acknowledged is sent again.
"""

import json
import os
import random
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, text

from tests.databases import new_database
from tests.kill.browser import Away, Browser, form_fields
from tests.kill.processes import ROOT, Child, flask, free_port, relay, server, wait_until

SUBMISSIONS = 200
THREADS = 4
SERVER_KILLS = 6
RELAY_KILLS = 6
SEED = 20261120


@dataclass
class Platform:
    """The running platform, its database, and the learners who are about to press a button."""

    server: Child
    relay: Child
    port: int
    env: dict[str, str]
    engine: Engine
    world: dict[str, Any]

    def rows(self, sql: str) -> list[Any]:
        with self.engine.connect() as connection:
            return list(connection.execute(text(sql)))

    def one(self, sql: str) -> Any:
        return self.rows(sql)[0][0]

    def done(self) -> int:
        return int(self.one("select count(*) from outbox_message where state = 'done'"))


@pytest.fixture
def platform(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Platform]:
    """Server and relay on a database of their own."""
    port, database = free_port(), new_database(request.config, tmp_path)
    env = {
        **os.environ,
        "LMS_ENV": "development",
        "LMS_INSTANCE": str(tmp_path / "instance"),
        "DATABASE_URL": database,
        "PORT": str(port),
        "BASE_URL": f"http://127.0.0.1:{port}",
        "MAIL_URL": "keep:",
    }
    command = [sys.executable, "-m", "tests.kill.world", str(SUBMISSIONS)]
    made = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stderr[-3000:]
    children = server(port, env, tmp_path / "server.log"), relay(env, tmp_path / "relay.log")
    engine = create_engine(database)
    running = Platform(*children, port, env, engine, json.loads(made.stdout))
    for child in children:
        child.start()
    try:
        yield running
    finally:
        for child in children:
            child.kill()
        engine.dispose()


class Learners:
    """Everybody's submissions, by several threads; counts how many have begun."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        self.waiting = list(platform.world["learners"])
        self.begun = 0
        self.acknowledged: list[str] = []
        self.retries = 0
        self.problems: list[str] = []
        self.changed = threading.Condition()
        self.threads = [threading.Thread(target=self._work) for _ in range(THREADS)]

    def _work(self) -> None:
        while True:
            with self.changed:
                if not self.waiting:
                    return
                learner = self.waiting.pop(0)
            try:
                wait_until(f"{learner['email']} is served", lambda one=learner: self._submit(one), seconds=120)
            except Exception as error:  # reported by the test, in its own thread
                self.problems.append(f"{learner['email']}: {error!r}")

    def _submit(self, learner: dict[str, str]) -> bool:
        """Open the page and send its form; whether that was acknowledged."""
        browser = Browser(self.platform.port, learner["cookie"])
        try:
            status, _location, page = browser.open("GET", learner["page"])
            if status != 200:
                return self._again(f"GET {status}")
            fields = form_fields(page, learner["action"])
            if not fields:  # an answer was lost on its way, not the submission
                return self._acknowledge(learner) if learner["mark"] in page else self._again("GET without form")
            self._begin()
            status, _location, _page = browser.open(
                "POST", learner["action"], {**fields, "motivation": learner["email"]}
            )
        except Away:
            return self._again("away")
        finally:
            browser.close()
        return self._acknowledge(learner) if status == 303 else self._again(f"POST {status}")

    def _begin(self) -> None:
        with self.changed:
            self.begun += 1
            self.changed.notify_all()

    def _acknowledge(self, learner: dict[str, str]) -> bool:
        with self.changed:
            self.acknowledged.append(learner["email"])
        return True

    def _again(self, _why: str) -> bool:
        with self.changed:
            self.retries += 1
        return False

    @property
    def are_busy(self) -> bool:
        return any(thread.is_alive() for thread in self.threads)


def _kill_server(platform: Platform, learners: Learners, chance: random.Random) -> None:
    """Kill in the middle of what happens: a random moment after a random number of submissions began."""
    for at in sorted(chance.sample(range(5, SUBMISSIONS - 5), SERVER_KILLS)):
        with learners.changed:
            learners.changed.wait_for(lambda at=at: learners.begun >= at or not learners.are_busy, timeout=150)
        threading.Event().wait(chance.uniform(0, 0.03))
        platform.server.kill_and_restart()


def _kill_relay(platform: Platform, chance: random.Random) -> None:
    """Kill each relay when it has performed some rows, so that it dies at work."""
    for _ in range(RELAY_KILLS):
        upto = platform.done() + chance.randint(3, 15)
        wait_until("the relay works", lambda upto=upto: platform.done() >= upto, seconds=120, pause=0.01)
        threading.Event().wait(chance.uniform(0, 0.02))
        platform.relay.kill_and_restart()


def _idle(platform: Platform) -> bool:
    """Nothing is due any more, and every row of the journal is sealed."""
    due = platform.one("select count(*) from outbox_message where name <> 'workflow.transition' and state <> 'done'")
    tail = "select count(*) from audit_entry where commit_order > (select coalesce(max(upto), -1) from audit_seal)"
    return due == 0 and platform.one(tail) == 0


def test_no_kill_loses_or_doubles_anything(platform: Platform):
    chance = random.Random(SEED)
    learners = Learners(platform)
    killers = [
        threading.Thread(target=_kill_server, args=(platform, learners, random.Random(chance.random()))),
        threading.Thread(target=_kill_relay, args=(platform, random.Random(chance.random()))),
    ]
    for thread in (*learners.threads, *killers):
        thread.start()
    for thread in (*learners.threads, *killers):
        thread.join(90)
    wait_until("the outbox is empty and the journal sealed", lambda: _idle(platform), seconds=120)
    platform.server.kill()
    platform.relay.kill()

    assert learners.problems == []
    assert learners.retries > 0  # the kills hit somebody
    assert (platform.server.kills, platform.relay.kills) == (SERVER_KILLS + 1, RELAY_KILLS + 1)
    _everything_exists_once(platform, learners)
    verdict = flask(platform.env, "audit", "verify")
    assert verdict.returncode == 0, verdict.stdout + verdict.stderr
    assert verdict.stdout.startswith("intact")
    assert " 0 not yet sealed" in verdict.stdout


def _everything_exists_once(platform: Platform, learners: Learners) -> None:
    """Count what each submission must have left behind."""
    everybody = {learner["email"] for learner in platform.world["learners"]}
    assert set(learners.acknowledged) == everybody
    enrolled = platform.rows("select p.email, e.id, e.state from enrolment e join person p on p.id = e.person_id")
    assert Counter(email for email, _id, _state in enrolled) == Counter(everybody)

    ids = [id_ for _email, id_, _state in enrolled]
    starts = platform.rows(
        "select subject_id from workflow_history where machine = 'enrolment' and transition = 'start'"
    )
    moves = platform.rows(
        "select subject_id from workflow_history where machine = 'enrolment' and transition <> 'start'"
    )
    journal = platform.rows("select subject_id from audit_entry where action in ('enrolment.enrol', 'enrolment.apply')")
    for found in (starts, moves, journal):
        assert Counter(row[0] for row in found) == Counter(ids)
    applied = [id_ for _email, id_, state in enrolled if state == "submitted"]
    items = platform.rows("select subject_id from waiting_item where subject_kind = 'enrolment' and closed_at is null")
    assert len(applied) == SUBMISSIONS // 2
    assert Counter(row[0] for row in items) == Counter(applied)

    _every_mail_once(platform, {email for email, _id, state in enrolled if state == "enrolled"}, len(applied))


def _every_mail_once(platform: Platform, enrolled: set[str], applied: int) -> None:
    """Each mail is recorded as sent, kept once, and there is one for everybody who should get one."""
    states = platform.rows("select state, count(*) from outbox_message where name = 'mail.send' group by state")
    assert [tuple(row) for row in states] == [("done", SUBMISSIONS)]
    kept = platform.rows("select outbox_id, to_address from kept_mail")
    assert len({outbox_id for outbox_id, _to in kept}) == len(kept) == SUBMISSIONS
    to = Counter(address for _id, address in kept)
    assert {address: to[address] for address in enrolled} == dict.fromkeys(enrolled, 1)
    assert to[platform.world["coordinator"]] == applied
