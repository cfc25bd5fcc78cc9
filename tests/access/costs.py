"""What the pages of the main journeys may cost: bytes of the page as it travels, queries, and requests of a first visit.

`costs.csv` holds the limit of each page, a little above what it cost when it was last agreed on. A page that grows over
its limit fails the test: make it lighter, or raise its limit on purpose (UPDATE_COSTS=1 writes what pages cost now with
a tenth above it). Nothing may go over the limits for all: 12 KB for a page, 60 KB for a first visit with style sheet and
scripts, 16 queries, 8 requests; pictures and fonts stand apart.
"""

import csv
import gzip
import re
from dataclasses import dataclass
from pathlib import Path

from flask import Flask, url_for
from flask.testing import FlaskClient
from sqlalchemy import select

from lms.core.db import db
from lms.courses.models import Attempt, Course, Enrolment, Offering
from lms.exchange.models import Application, Call, Post
from tests.access.world import World
from tests.counting import counted_queries

FILE = Path(__file__).with_name("costs.csv")
WARM, COLD, QUERIES, REQUESTS = 12_000, 60_000, 16, 8
_HEADER = ["page", "persona", "bytes", "queries", "requests"]
_ASSET = re.compile(r'(?:href|src)="(/static/[^"?]+)[^"]*"')


@dataclass(frozen=True)
class Cost:
    """What a page costs, or may cost. `cold` is a first visit with everything that the page asks for."""

    page: str
    persona: str
    bytes: int
    queries: int
    requests: int
    cold: int = 0


def pages(world: World) -> list[tuple[str, str, str]]:
    """Name, persona and address of each page. Needs the application's context."""
    call = db.session.scalars(select(Call).where(Call.state == "published").order_by(Call.id)).first()
    post = db.session.scalars(select(Post).where(Post.state == "approved").order_by(Post.id)).first()
    course = db.session.scalars(select(Course).where(Course.state == "published").order_by(Course.id)).first()
    enrolment = db.session.scalars(
        select(Enrolment).where(Enrolment.person_id == world.people["learner"], Enrolment.state == "enrolled")
    ).first()
    applied = db.session.scalars(
        select(Application).where(Application.person_id == world.people["scientist"]).order_by(Application.id)
    ).first()
    offering = db.session.scalars(select(Offering).where(Offering.mode == "restricted").order_by(Offering.id)).first()
    attempt = db.session.scalars(select(Attempt).order_by(Attempt.id)).first()
    assert call and post and course and enrolment and applied and offering and attempt  # noqa: PT018 - all of the seed
    with world.app.test_request_context():
        return [
            ("home", "visitor", "/"),
            ("search", "visitor", "/search?q=health"),
            ("sign-in", "visitor", "/accounts/sign-in"),
            ("courses", "visitor", "/courses/"),
            ("course", "visitor", url_for("courses.course", code=course.code)),
            ("exchange", "scientist", "/exchange/"),
            ("call", "scientist", url_for("exchange.call", ref=call.ref)),
            ("post", "scientist", url_for("exchange.post", ref=post.ref)),
            ("application", "scientist", url_for("exchange.application", ref=applied.ref)),
            ("programmes", "visitor", "/programmes/"),
            ("mentoring", "visitor", "/mentoring/"),
            ("institutions", "visitor", "/institutions/"),
            ("course home", "learner", url_for("courses.home", ref=enrolment.ref)),
            ("my learning", "learner", "/courses/mine"),
            ("dashboard of a learner", "learner", "/dashboard"),
            ("dashboard of a scientist", "scientist", "/dashboard"),
            ("dashboard of a coordinator", "home_coordinator", "/dashboard"),
            ("dashboard of the secretariat", "secretariat", "/dashboard"),
            ("what waits", "secretariat", "/waiting/"),
            ("screening", "secretariat", url_for("exchange.screening", ref=call.ref)),
            ("participants", "secretariat", url_for("courses.participants", ref=offering.ref)),
        ]


def measured(app: Flask, browser: FlaskClient, page: str, persona: str, address: str) -> Cost:
    """What a page costs whose templates and caches are warm, without the demo's clock, which is asked for the time."""
    browser.get(address)
    with counted_queries() as statements:
        answer = browser.get(address)
    assert answer.status_code == 200, (page, answer.status_code)
    asked = [one for one in statements if not one.startswith("BEGIN") and "clock_offset" not in one]
    assets = sorted(set(_ASSET.findall(answer.text)))
    weighed = [name for name in assets if name.endswith((".css", ".js"))]
    size = len(gzip.compress(answer.data, 6))
    cold = size + sum(len(gzip.compress(_file(app, name).read_bytes(), 6)) for name in weighed)
    return Cost(page, persona, size, len(asked), 1 + len(assets), cold)


def _file(app: Flask, address: str) -> Path:
    return Path(app.static_folder or "") / address.removeprefix("/static/")


def limits() -> dict[str, Cost]:
    """The limit of each page."""
    with FILE.open() as file:
        return {
            row["page"]: Cost(row["page"], row["persona"], int(row["bytes"]), int(row["queries"]), int(row["requests"]))
            for row in csv.DictReader(file)
        }


def write_limits(costs: list[Cost]) -> None:
    """Agree on what pages cost now, with some room above."""
    with FILE.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(_HEADER)
        writer.writerows(
            [cost.page, cost.persona, round(cost.bytes * 1.1 / 100) * 100 + 100, cost.queries + 1, cost.requests]
            for cost in costs
        )
