"""What accounts and the ground floor keep about people, and how it leaves them."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import RowMapping, delete, false, func, select, update

from lms.accounts import privacy, readings
from lms.accounts.models import (
    ERASED_DOMAIN,
    Consent,
    Disclosure,
    Erasure,
    Invitation,
    LoginSession,
    MailToken,
    Person,
    PersonTitle,
)
from lms.accounts.privacy import Hold, Holding, Values
from lms.core.access import Grant
from lms.core.actor import Actor
from lms.core.db import db
from lms.core.i18n import lazy_gettext as _l
from lms.core.outbox import KeptMail, OutboxMessage
from lms.core.saved_filters import SavedFilter
from lms.core.storage import FileOpening, StoredFile
from lms.core.waiting import WaitingItem
from lms.core.waiting.kinds import Titled

ERASED_NAME = {
    "name": "Erased person",
    "name_zh": "已注销的用户",
    "name_local": "",
    "name_local_lang": "",
    "called": "",
}
"""What stands where the name of somebody stood whose data was erased."""

_CONSENT_PROOF = timedelta(days=3 * 365)


def _account_left(row: RowMapping) -> Values:
    """The account stays as a number that others' records refer to; the country stays for the figures."""
    return {
        "email": f"{row['ref'].lower()}{ERASED_DOMAIN}",
        "password_hash": None,
        "email_confirmed_at": None,
        "passport_family": "",
        "passport_given": "",
        "gender": "",
        "born_on": None,
        "nationality": None,
        "home_institution_id": None,
    }


def _proof_of_consent(row: RowMapping, _now: datetime) -> Hold:
    reason = _l("It proves the consent, should it ever be questioned.")
    return Hold(reason, (row["withdrawn_at"] or row["given_at"]) + _CONSENT_PROOF)


def _file_left(row: RowMapping) -> Values | None:
    """A picture of a course belongs to the course."""
    return None if row["is_personal"] else {"owner_id": None}


_FILES = Holding(
    "files",
    StoredFile,
    _l("Uploaded files"),
    owner="owner_id",
    becomes=_file_left,
    secret=frozenset({"key"}),
)

privacy.register(
    Holding(
        "account",
        Person,
        _l("Account: address, password, passport name, gender, birthday, nationality"),
        owner="id",
        becomes=_account_left,
        leaves_nothing=True,
        secret=frozenset({"password_hash"}),
    ),
    Holding("name", Person, _l("Names"), owner="id", becomes=ERASED_NAME, leaves_nothing=True, shown=false),
    Holding("titles", PersonTitle, _l("Titles")),
    Holding("sign-ins", LoginSession, _l("Signed-in browsers"), secret=frozenset({"token_digest"})),
    Holding("mailed-links", MailToken, _l("Mailed links"), secret=frozenset({"digest"})),
    Holding("consents", Consent, _l("Consents"), hold=_proof_of_consent),
    Holding("roles", Grant, _l("Roles held"), becomes={"reason": "", "end_reason": ""}),
    Holding(
        "invitations",
        Invitation,
        _l("Invitations accepted"),
        owner="accepted_by_id",
        becomes={"email": "", "note": ""},
        secret=frozenset({"digest"}),
    ),
    # Without the numbers of readers: reviewers stay unnamed, and the log itself names everybody else.
    Holding("readings", Disclosure, _l("Log of who has read the file"), secret=frozenset({"reader_id"})),
    Holding("erasure", Erasure, _l("This request"), becomes={}, subject="erasure", secret=frozenset({"letter_digest"})),
    Holding("to-do", WaitingItem, _l("Things to do")),
    Holding(
        "jobs",
        OutboxMessage,
        _l("Jobs started"),
        owner="owner_id",
        becomes={"owner_id": None, "result": {}},
        secret=frozenset({"payload", "key", "lease_token"}),
    ),
    Holding("saved-filters", SavedFilter, _l("Saved filters of lists")),
    _FILES,
    Holding(
        "file-readings",
        FileOpening,
        _l("Log of who opened the files"),
        owner="file_id",
        part_of=_FILES,
        secret=frozenset({"opener_id"}),
    ),
)
privacy.register_mentions(
    privacy.ACTED,
    "access_grant.given_by_id",
    "access_grant.ended_by_id",
    "disclosure.reader_id",
    "erasure.decided_by_id",
    "file_opening.opener_id",
    "invitation.invited_by_id",
    "setting.changed_by_id",
    "waiting_item.assignee_id",
    "workflow_history.actor_id",
)
privacy.register_mentions(_l("Tables that were brought in are forgotten after thirty days."), "import_run.owner_id")


def _forget_letters(_actor: Actor, person_id: int) -> None:
    """Take back what is still to be mailed, and forget to which address anything ever went."""
    email = db.session.scalars(select(func.lower(Person.email)).where(Person.id == person_id)).one()
    to = func.lower(OutboxMessage.payload["to"].as_string())
    mails = (OutboxMessage.name == "mail.send") & (to == email)
    silent = {"synchronize_session": False}
    db.session.execute(delete(KeptMail).where(func.lower(KeptMail.to_address) == email), execution_options=silent)
    db.session.execute(
        update(OutboxMessage).where(mails, OutboxMessage.state.in_(["pending", "dead"])).values(state="cancelled"),
        execution_options=silent,
    )
    db.session.execute(update(OutboxMessage).where(mails).values(payload={}), execution_options=silent)
    invited = func.lower(Invitation.email) == email
    db.session.execute(update(Invitation).where(invited).values(email="", note=""), execution_options=silent)


privacy.on_leaving(_forget_letters)


def _no_titles(_ids: Collection[int]) -> dict[int, Titled]:
    return {}


readings.register(
    readings.Readable(
        Person,
        "person",
        _l("Account"),
        lambda person: person.id,
        {"account.manage": _l("To administer accounts"), "roles.manage": _l("To give or end a role")},
        _no_titles,
    )
)
