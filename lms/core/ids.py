"""Identifiers that people and addresses see: random, short, and easy to read aloud."""

import secrets

# Crockford's base 32 without the letters I, L, O and U, which are misread or spell words.
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


def new_ref(length: int = 12) -> str:
    """A random reference of `length` characters (5 bits each), for addresses: it reveals no count."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


def new_code() -> str:
    """A code to be typed from paper: three groups of four, 60 bits."""
    raw = new_ref(12).upper()
    return f"{raw[:4]}-{raw[4:8]}-{raw[8:]}"


def normal_code(text: str) -> str:
    """Fold what people type back into the form of `new_code`; other text only becomes upper-case."""
    letters = "".join(ch for ch in text.upper() if ch.isalnum())
    letters = letters.translate(str.maketrans("ILO", "110"))
    return "-".join((letters[:4], letters[4:8], letters[8:])) if len(letters) == 12 else text.strip().upper()


def whole_number(text: str) -> int | None:
    """The number that an address or a form names, as large as the database's; None for anything else."""
    return int(text) if text.isdecimal() and len(text) < 19 else None


def new_token() -> str:
    """A secret for a link in a mail, 256 bits. Only its digest is ever stored."""
    return secrets.token_urlsafe(32)
