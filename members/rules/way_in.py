"""The limits that guard the way in: plain numbers, no database. Source: DOMAIN 1 and 4, NIST SP 800-63B-4."""

from datetime import timedelta

LINK_CODE_LIFE = timedelta(minutes=10)
SIGN_IN_IDLE = timedelta(hours=12)
SIGN_IN_LONGEST = timedelta(days=7)
SIGN_IN_SEEN_EVERY = timedelta(minutes=5)

ATTEMPT_WINDOW = timedelta(minutes=15)
ATTEMPTS_KEPT = timedelta(days=1)
WRONG_PASSWORDS_PER_ACCOUNT_AND_SOURCE = 10
WRONG_PASSWORDS_PER_SOURCE = 60
WRONG_LINK_CODES_PER_CHAT = 5
SHORTEST_PASSWORD = 15
LONGEST_PASSWORD = 256
