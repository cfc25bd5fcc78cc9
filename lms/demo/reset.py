"""Making the demo world new: everything is deleted and seeded again in one transaction.

Until that is over, everybody sees the old world; if anything fails, it stays as it is. Nothing is downloaded.
"""

from datetime import timedelta

from sqlalchemy import Connection, inspect

from lms.core import clock, outbox, storage
from lms.core.actor import Actor, system_actor
from lms.core.audit import ddl
from lms.core.db import Base, db
from lms.core.errors import Refused
from lms.core.i18n import lazy_gettext as _l
from lms.core.outbox import Work, job
from lms.core.outbox.registry import Finish
from lms.demo import queries

_OLD_FILES = timedelta(minutes=2)  # Younger ones may be those of the new world, while its rows are being read.


def ask_for_reset(actor: Actor) -> None:
    """Have the relay make the world new; asking twice is asking once.

    Raises Refused when this database does not hold the demo world.
    """
    if not queries.is_seeded():
        raise Refused([_l("Only the demo world can be made new. This database holds something else.")])
    outbox.enqueue(actor, queries.RESET, {}, key=queries.RESET)


@job(queries.RESET)
def _reset(_work: Work) -> Finish | None:
    return make_new if queries.is_seeded() else None


def make_new() -> None:
    """Replace everything by a fresh demo world, in the caller's transaction. The clock is at the real time again."""
    from lms.demo.seed import seed

    db.session.flush()
    db.session.expunge_all()
    delete_everything(db.session.connection())
    seed()
    outbox.enqueue(system_actor(clock.now()), "demo.sweep", {})


def delete_everything(connection: Connection) -> None:
    """Empty every table. The journal lets go of its rows for this once."""
    dialect = connection.dialect.name
    for statement in ddl.unprotect(dialect):
        connection.exec_driver_sql(statement)
    present = set(inspect(connection).get_table_names())  # tests declare tables that only some databases have
    for table in reversed(Base.metadata.sorted_tables):
        if table.name in present:
            connection.execute(table.delete())
    for statement in ddl.protect(dialect):
        connection.exec_driver_sql(statement)


@job("demo.sweep")
def _sweep(_work: Work) -> None:
    """The files of the world before are gone from the tables; their bytes follow."""
    storage.sweep_orphans(_OLD_FILES)
