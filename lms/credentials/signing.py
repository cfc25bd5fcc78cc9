"""Signing what is certified, so that nobody can change it unnoticed, not even in the database.

The key is derived from `CREDENTIAL_KEY` (HKDF-SHA256, RFC 5869) and signs by Ed25519 (RFC 8032) the bytes
of canonical JSON: keys sorted, no spaces, UTF-8. Contents hold strings, whole numbers and lists only.
"""

import base64
import binascii
import json
from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_PURPOSE = b"lms credential signature, Ed25519, version 1"
_key: Ed25519PrivateKey | None = None


def configure(secret: str) -> None:
    """Called once at start-up with `CREDENTIAL_KEY`."""
    global _key  # noqa: PLW0603 - one key per process, set by create_app alone
    seed = HKDF(SHA256(), length=32, salt=None, info=_PURPOSE).derive(secret.encode())
    _key = Ed25519PrivateKey.from_private_bytes(seed)


def _signing_key() -> Ed25519PrivateKey:
    if _key is None:
        raise RuntimeError("signing.configure() was not called")
    return _key


def canonical(content: Mapping[str, Any]) -> str:
    """The one way in which a content is written."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def sign(text: str) -> str:
    """The signature of a canonical text, in base64."""
    return base64.b64encode(_signing_key().sign(text.encode())).decode()


def holds(text: str, signature: str) -> bool:
    """Whether the text is exactly what was signed."""
    try:
        _signing_key().public_key().verify(base64.b64decode(signature, validate=True), text.encode())
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True
