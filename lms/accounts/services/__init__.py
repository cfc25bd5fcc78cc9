"""Writing people: accounts, sessions, mailed links, invitations, consents and offices."""

from lms.accounts.services.consents import give_consent, move_consents, withdraw_consent
from lms.accounts.services.disclosures import record_disclosure
from lms.accounts.services.erasure import ask_for_erasure
from lms.accounts.services.export import ask_for_export
from lms.accounts.services.invitations import accept, invite, open_items_for, resend, revoke
from lms.accounts.services.offices import end_membership, hand_over_leave, office_of, set_deputy
from lms.accounts.services.people import create_person, mail_office, mail_person, move_homes, set_home
from lms.accounts.services.profile import set_title, update_profile
from lms.accounts.services.registration import (
    CHANGE,
    CONFIRM,
    RESET,
    Registration,
    change_email,
    change_password,
    claim_address,
    confirm_address,
    forget_unconfirmed,
    register,
    request_new_email,
    request_reset,
    reset_password,
    send_link,
)
from lms.accounts.services.roles import give_role, hand_over_everything
from lms.accounts.services.sessions import end_session, end_sessions, needs_note, note_use, start_session
from lms.accounts.services.suspension import restore, suspend

__all__ = [
    "CHANGE",
    "CONFIRM",
    "RESET",
    "Registration",
    "accept",
    "ask_for_erasure",
    "ask_for_export",
    "change_email",
    "change_password",
    "claim_address",
    "confirm_address",
    "create_person",
    "end_membership",
    "end_session",
    "end_sessions",
    "forget_unconfirmed",
    "give_consent",
    "give_role",
    "hand_over_everything",
    "hand_over_leave",
    "invite",
    "mail_office",
    "mail_person",
    "move_consents",
    "move_homes",
    "needs_note",
    "note_use",
    "office_of",
    "open_items_for",
    "record_disclosure",
    "register",
    "request_new_email",
    "request_reset",
    "resend",
    "reset_password",
    "restore",
    "revoke",
    "send_link",
    "set_deputy",
    "set_home",
    "set_title",
    "start_session",
    "suspend",
    "update_profile",
    "withdraw_consent",
]
