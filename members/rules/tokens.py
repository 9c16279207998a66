"""The limits of programs' tokens: plain numbers, no database."""

from datetime import timedelta

# So that a token found in a log or a public repository is known for what it is.
TOKEN_PREFIX = "nwa_"  # noqa: S105  # what every token begins with, not a secret
TOKEN_BYTES = 32
LONGEST_TOKEN_LIFE = timedelta(days=365)
TOKEN_SEEN_EVERY = timedelta(minutes=5)
ANSWERS_KEPT = timedelta(hours=24)
MOST_TOKENS = 20
