"""Passwords: made, kept and compared with Argon2id, at a cost a small server can pay for several people at once."""

import secrets
from base64 import b64encode
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from members.rules import LONGEST_PASSWORD, SHORTEST_PASSWORD, SHORTEST_WITH_SECOND_FACTOR
from members.rules.passwords import as_compared, why_easy_to_guess
from network_app.core.errors import Invalid, TooMany
from network_app.core.i18n import lazy

# OWASP's password storage guide asks for 19 MiB and two passes at least. A small server has little memory, so that we
# take no more of it, and three times the passes: a tenth of a second.
PASSES, KIBIBYTES = 6, 19 * 1024
_hasher = PasswordHasher(time_cost=PASSES, memory_cost=KIBIBYTES, parallelism=1)
# A burst of sign-ins must not take the memory of the whole web worker.
_at_once = BoundedSemaphore(2)
_waiting = BoundedSemaphore(5)
BUSY = lazy("Many people sign in at this moment. Try again in a few seconds.")
_READABLE = "abcdefghjkmnpqrstuvwxyz23456789"


def make_password() -> str:
    """Make a password of 16 random letters and digits that can be copied from paper."""
    letters = [secrets.choice(_READABLE) for _ in range(16)]
    return "-".join("".join(letters[start : start + 4]) for start in range(0, 16, 4))


def hash_password(password: str, field: str = "password", *, alone: bool = True, context: Collection[str] = ()) -> str:
    """Return what is stored for a new password; raises Invalid for one that is too short, too long or easy to guess.

    `alone` is false where a second factor stands beside it: then eight characters are enough (NIST SP 800-63B-4).
    `context` are the words that others would try first: the network's, the person's, the organisation's.
    """
    compared, shortest = as_compared(password), SHORTEST_PASSWORD if alone else SHORTEST_WITH_SECOND_FACTOR
    if len(compared) < shortest:
        message = lazy("Use at least %(count)s characters; four or five words in a row are easy to remember.")
        raise Invalid(message % {"count": shortest}, field=field)
    if len(compared) > LONGEST_PASSWORD:
        raise Invalid(lazy("Use at most %(count)s characters.") % {"count": LONGEST_PASSWORD}, field=field)
    easy = why_easy_to_guess(compared, context)
    if easy is not None:
        raise Invalid(easy, field=field)
    return hash_at_todays_cost(password)


def hash_at_todays_cost(password: str) -> str:
    """Hash a password that was good enough when it was chosen."""
    with _turn():
        return _hasher.hash(as_compared(password))


def password_matches(stored: str | None, password: str) -> bool:
    """Compare a password with what is stored for it; raises TooMany if too many others wait already.

    Safety: where nothing is stored, the same work is done against a hash of nothing, so that the time it takes does not
    tell who has an account.
    """
    with _turn():
        try:
            _hasher.verify(stored or _nobodys_hash(), as_compared(password[: LONGEST_PASSWORD + 1]))
        except (VerificationError, InvalidHashError):
            return False
    return stored is not None


@contextmanager
def _turn() -> Iterator[None]:
    # Safety: a flood of sign-ins must neither take all memory nor keep every thread of the web worker waiting.
    if not _waiting.acquire(blocking=False):
        raise TooMany(BUSY)
    try:
        with _at_once:
            yield
    finally:
        _waiting.release()


def needs_rehash(stored: str) -> bool:
    """Say whether a stored hash was made at another cost than today's."""
    return _hasher.check_needs_rehash(stored)


def _nobodys_hash() -> str:
    """A hash that no password has, at today's cost; put together, because making one takes as long as comparing."""
    cost = f"m={_hasher.memory_cost},t={_hasher.time_cost},p={_hasher.parallelism}"
    parts = [secrets.token_bytes(length) for length in (_hasher.salt_len, _hasher.hash_len)]
    salt, made = (b64encode(part).decode().rstrip("=") for part in parts)
    return f"$argon2id$v=19${cost}${salt}${made}"
