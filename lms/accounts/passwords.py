"""Hashing of passwords. Slow on purpose: call it before the transaction that writes."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

# 19 MiB, two passes, one lane: OWASP's first choice for Argon2id, about 30 ms, and many may sign in at once.
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
# Compared against when there is no account, so that the answer takes as long as for one that exists.
_NOBODY = _hasher.hash("nobody has this password")


def hash_password(password: str) -> str:
    """The Argon2id hash of a password, with its salt and parameters."""
    return _hasher.hash(password)


def is_right(password: str, stored: str | None) -> bool:
    """Whether the password belongs to the hash; without one it takes equally long and says no."""
    try:
        return _hasher.verify(stored or _NOBODY, password) and stored is not None
    except (VerifyMismatchError, InvalidHashError):
        return False


def is_outdated(stored: str) -> bool:
    """Whether the hash was made with weaker parameters than today's."""
    return _hasher.check_needs_rehash(stored)
