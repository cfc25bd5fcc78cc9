"""Writing people: accounts, sessions, mailed links, invitations, consents and offices."""

from lms.accounts.services.consents import give_consent, withdraw_consent
from lms.accounts.services.people import create_person, mail_person, set_home
from lms.accounts.services.registration import (
    CHANGE,
    CONFIRM,
    RESET,
    Registration,
    change_email,
    change_password,
    confirm_address,
    register,
    request_new_email,
    request_reset,
    reset_password,
    send_link,
)
from lms.accounts.services.sessions import end_session, end_sessions, needs_note, note_use, start_session

__all__ = [
    "CHANGE",
    "CONFIRM",
    "RESET",
    "Registration",
    "change_email",
    "change_password",
    "confirm_address",
    "create_person",
    "end_session",
    "end_sessions",
    "give_consent",
    "mail_person",
    "needs_note",
    "note_use",
    "register",
    "request_new_email",
    "request_reset",
    "reset_password",
    "send_link",
    "set_home",
    "start_session",
    "withdraw_consent",
]
