"""Measures one database: `python -m benchmarks.run RESULT.json`, on the empty database that DATABASE_URL names."""

import gc
import json
import os
import statistics
import sys
from pathlib import Path
from typing import Any

from sqlalchemy import text

from benchmarks import lists, pages, quiz, world
from benchmarks.bare import create_bare
from benchmarks.visits import Visitor
from benchmarks.weigh import Scales
from config import from_environment
from lms import create_app
from lms.accounts import queries as people
from lms.core import clock
from lms.core.db import db


def _scales(database: str, base_url: str) -> Scales:
    """The bare application on the same database, and a meter of all processor time that is used."""
    bare = create_bare(database)
    person = people.person_by_email("student@demo.example")
    assert person is not None
    cookie = world.cookie(bare, {"_user_id": str(person.id), "_fresh": True})
    is_postgres = db.engine.dialect.name == "postgresql"
    backend = db.session.scalar(text("select pg_backend_pid()")) if is_postgres else None
    db.session.rollback()
    return Scales(Visitor(bare, base_url, {"session": cookie}), db.engine, backend)


def measure() -> dict[str, Any]:
    """Build the world and weigh it."""
    config = from_environment()
    app = create_app(config)
    with app.app_context():
        found = world.build(app, config.BASE_URL)
        scales = _scales(config.SQLALCHEMY_DATABASE_URI, config.BASE_URL)
        addresses = pages.addresses(found)
        quiz_pages = quiz.Addresses.of(found)
        db.session.remove()
    clock.allow_moving(False)  # as in production, where nobody asks the database what time it is
    gc.collect()
    gc.freeze()  # as wsgi.py does
    weights = [scales.weigh(name, found.visitors[who], path).as_dict() | {"who": who} for name, who, path in addresses]
    whole, answer = quiz.weigh(scales, found.visitors["student"], quiz_pages)
    flat = lists.compare(found)
    visits = [(path, found.visitors[who].cookies.get("lms", "")) for _name, who, path in addresses]
    return {
        "pages": weights,
        "whole_quiz": whole,
        "one_answer": answer,
        "lists": flat,
        "bare_ms": statistics.median(scales.bare_seconds) * 1000,
        "visits": visits,
    }


if __name__ == "__main__":
    os.environ.setdefault("LMS_ENV", "demo")
    Path(sys.argv[1]).write_text(json.dumps(measure()))
