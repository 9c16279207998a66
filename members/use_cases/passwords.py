"""Passwords: made, kept and compared with Argon2id, at a cost a small server can pay for several people at once."""

import secrets
from functools import cache
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from members.rules import LONGEST_PASSWORD, SHORTEST_PASSWORD
from network_app.core.errors import Invalid
from network_app.core.i18n import lazy

# 24 MiB and three passes: above the floor of OWASP's password storage guide (19 MiB, two passes).
_hasher = PasswordHasher(time_cost=3, memory_cost=24 * 1024, parallelism=1)
# A burst of sign-ins must not take the memory of the whole web worker.
_at_once = BoundedSemaphore(2)
_READABLE = "abcdefghjkmnpqrstuvwxyz23456789"


def make_password() -> str:
    """Make a password of 16 random letters and digits that can be copied from paper."""
    letters = [secrets.choice(_READABLE) for _ in range(16)]
    return "-".join("".join(letters[start : start + 4]) for start in range(0, 16, 4))


def hash_password(password: str, field: str = "password") -> str:
    """Return what is stored for a password; raises Invalid for one that is too short or too long."""
    if len(password) < SHORTEST_PASSWORD:
        message = lazy("Use at least %(count)s characters; four or five words in a row are easy to remember.")
        raise Invalid(message % {"count": SHORTEST_PASSWORD}, field=field)
    if len(password) > LONGEST_PASSWORD:
        raise Invalid(lazy("Use at most %(count)s characters.") % {"count": LONGEST_PASSWORD}, field=field)
    with _at_once:
        return _hasher.hash(password)


def password_matches(stored: str | None, password: str) -> bool:
    """Compare a password with what is stored for it.

    Safety: where nothing is stored, the same work is done against a hash of nothing, so that the time it takes does not
    tell who has an account.
    """
    with _at_once:
        try:
            _hasher.verify(stored or _nobodys_hash(), password[: LONGEST_PASSWORD + 1])
        except (VerificationError, InvalidHashError):
            return False
    return stored is not None


def needs_rehash(stored: str) -> bool:
    """Say whether a stored hash was made at another cost than today's."""
    return _hasher.check_needs_rehash(stored)


@cache
def _nobodys_hash() -> str:
    return _hasher.hash(secrets.token_urlsafe(32))
