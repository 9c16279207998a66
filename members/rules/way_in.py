"""The limits that guard the way in: plain values, no database. Source: DOMAIN 1 and 4, NIST SP 800-63B-4."""

from collections.abc import Iterable
from datetime import timedelta
from enum import StrEnum

from network_app.core.charter import span
from network_app.core.permissions import Duty

LINK_CODE_LIFE = timedelta(minutes=10)

# How long a sign-in lasts without use, and in all. Whoever may give rights away, or serves everybody, has less.
SIGN_IN_IDLE, SIGN_IN_LONGEST = timedelta(hours=12), timedelta(days=7)
STRICT_IDLE, STRICT_LONGEST = timedelta(hours=1), timedelta(hours=12)
SIGN_IN_SEEN_EVERY = timedelta(minutes=5)
# Between the password and the code.
HALF_WAY_IN = timedelta(minutes=10)
# Between the question to a passkey and its answer.
CHALLENGE_LIFE = timedelta(minutes=5)

ATTEMPT_WINDOW = timedelta(minutes=15)
ATTEMPTS_KEPT = timedelta(days=1)
WRONG_PASSWORDS_PER_ACCOUNT_AND_SOURCE = 10
WRONG_PASSWORDS_PER_SOURCE = 60
# NIST SP 800-63B-4 allows 100 wrong tries in a row. Browsers that were signed in before are counted apart.
WRONG_PASSWORDS_PER_ACCOUNT_AND_DAY = 100
WRONG_CODES_PER_PERSON = 10
WRONG_LINK_CODES_PER_CHAT = 5
WRONG_RECOVERIES_PER_ACCOUNT = 5
WRONG_RECOVERIES_PER_SOURCE = 20

SHORTEST_PASSWORD = 15
SHORTEST_WITH_SECOND_FACTOR = 8
LONGEST_PASSWORD = 256

PAPER_CODES = 10
VOUCHED_WAIT = span("vouched_wait")
VOUCHED_OPEN = timedelta(days=7)
VOUCHERS = 2


class Strength(StrEnum):
    """How a browser was let in."""

    HALF = "half"
    PASSWORD = "password"  # noqa: S105  # the name of a way in, not a secret
    SECOND_FACTOR = "second_factor"


def needs_second_factor(duties: Iterable[Duty], *, secretariat: bool) -> bool:
    """Whether a password alone is not enough: everybody who may do more than file, and the secretariat."""
    return secretariat or any(duty is not Duty.FILE for duty in duties)


def needs_short_sessions(duties: Iterable[Duty], *, secretariat: bool) -> bool:
    """Whether a sign-in ends sooner: for administrators and the secretariat."""
    return secretariat or Duty.ADMINISTER in set(duties)
