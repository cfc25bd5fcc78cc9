"""What applications keep about people, for how long, and why they are read."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import RowMapping, select

from lms.accounts import privacy, readings
from lms.accounts.privacy import ERASED_TEXT, Hold, Holding, Values
from lms.applications.models import (
    Application,
    ApplicationDocument,
    Call,
    DeclaredConflict,
    Endorsement,
    ReturnedField,
    Review,
)
from lms.core.db import db
from lms.core.i18n import lazy_gettext as _l
from lms.core.waiting.kinds import Titled

_COMPLAINTS = timedelta(days=365)
"""How long after the end of a call its decisions can be questioned."""
_NEVER_ENDED = timedelta(days=3 * 365)
"""How long after its closing date a call counts as running that was never brought to an end."""
_LOOK_AGAIN = timedelta(days=90)


def _while_decided(row: RowMapping, now: datetime) -> Hold | None:
    """What was handed in under a call is kept until its decisions cannot be questioned any more."""
    if row["submitted_at"] is None:
        return None
    call = db.session.get_one(Call, row["call_id"])
    is_over = call.released_at is not None or call.state == "cancelled"
    until = max(call.released_at or call.closes_at, call.closes_at) + _COMPLAINTS
    if not is_over:
        until = min(max(until, now + _LOOK_AGAIN), call.closes_at + _NEVER_ENDED)
    reason = _l("The decisions of a call are made by comparing all applications, and can be questioned for a year.")
    return Hold(reason, until, with_name=True)


def _application_left(row: RowMapping) -> Values | None:
    """A draft goes; what was handed in stays as a number of the call."""
    if row["submitted_at"] is None:
        return None
    return {
        "facts": {},
        "statement": "",
        "endorsement_wish": {},
        "named_ties": [],
        "eligibility": [],
        "decided_reason": ERASED_TEXT if row["decided_reason"] else "",
    }


def _endorsement_left(row: RowMapping) -> Values:
    return {
        "endorser_name": "",
        "endorser_email": "erased@erased.invalid" if row["endorser_email"] else "",
        "endorser_office": "",
        "file_id": None,
        "token_digest": None,
        "reason": ERASED_TEXT if row["reason"] else "",
    }


APPLICATIONS = Holding(
    "applications",
    Application,
    _l("Applications"),
    becomes=_application_left,
    hold=_while_decided,
    subject="application",
)
privacy.register(
    APPLICATIONS,
    Holding(
        "application-documents",
        ApplicationDocument,
        _l("Documents of applications"),
        owner="application_id",
        part_of=APPLICATIONS,
    ),
    Holding(
        "returned-fields",
        ReturnedField,
        _l("What was sent back for correction"),
        owner="application_id",
        part_of=APPLICATIONS,
    ),
    Holding(
        "endorsements",
        Endorsement,
        _l("Endorsements"),
        owner="application_id",
        part_of=APPLICATIONS,
        becomes=_endorsement_left,
        subject="endorsement",
        secret=frozenset({"token_digest", "code"}),
    ),
    Holding(
        "reviews",
        Review,
        _l("Reviews of applications"),
        owner="application_id",
        part_of=APPLICATIONS,
        becomes={"comment": "", "reason": ""},
        subject="review",
        withheld=_l("Reviewers write in confidence, so that they can judge freely."),
    ),
    Holding("ties", DeclaredConflict, _l("Declared ties")),
    Holding(
        "ties-of-others",
        DeclaredConflict,
        _l("Ties declared by others"),
        owner="other_id",
        withheld=_l("What others declare about themselves is theirs."),
    ),
)
privacy.register_mentions(
    privacy.ACTED,
    "call.created_by_id",
    "eligibility_rules.made_by_id",
    "endorsement.decided_by_id",
    "review.reviewer_id",
)


def _titles(ids: Collection[int]) -> dict[int, Titled]:
    rows = db.session.execute(
        select(Application.id, Call).join(Application.call).where(Application.id.in_(ids)).order_by(Application.id)
    )
    return {row[0]: row[1] for row in rows}


def _titles_of(model: Any) -> Any:
    def titles(ids: Collection[int]) -> dict[int, Titled]:
        rows = db.session.execute(
            select(model.id, Call)
            .join(Application, Application.id == model.application_id)
            .join(Application.call)
            .where(model.id.in_(ids))
        )
        return {row[0]: row[1] for row in rows}

    return titles


readings.register(
    readings.Readable(
        Application,
        "application",
        _l("Application"),
        lambda application: application.person_id,
        {
            "application.screen": _l("To check it against the rules of the call"),
            "application.decide": _l("To decide on it"),
            "review.assign": _l("To find reviewers without ties to you"),
            "candidate.view": _l("To rank the candidates for a post"),
        },
        _titles,
    ),
    readings.Readable(
        Endorsement,
        "endorsement",
        _l("Application, to be endorsed"),
        lambda endorsement: endorsement.application.person_id,
        {
            "endorsement.view": _l("To endorse it for your institution"),
            "endorsement.check": _l("To check the sealed sheet"),
            "endorsement.see_sheet": _l("To see the sealed sheet"),
            "endorsement.link": _l("To endorse it by the link that you asked for"),
        },
        _titles_of(Endorsement),
    ),
    readings.Readable(
        Review,
        "review",
        _l("Application, to be reviewed"),
        lambda review: review.application.person_id,
        {"review.own": _l("To review it"), "review.manage": _l("To manage the reviews")},
        _titles_of(Review),
        unnamed=frozenset({"review.own"}),
    ),
)
