"""What a member is, and the limits that guard the way in: plain values, no database.

Source of every number and word: DOMAIN sections 1 and 4.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from network_app.core.errors import Conflict, Invalid
from network_app.core.i18n import LazyText, lazy


class OrganisationKind(StrEnum):
    """What sort of body a member is."""

    UNION = "union"
    FEDERATION = "federation"
    WORKER_CENTRE = "worker_centre"
    NGO = "ngo"
    WOMENS_GROUP = "womens_group"
    STUDENT_GROUP = "student_group"
    RESEARCH = "research"
    MONITORING = "monitoring"

    @property
    def label(self) -> LazyText:
        return KIND_LABELS[self]


class Side(StrEnum):
    """Where a member stands in the trade; it declares this itself."""

    PRODUCTION = "production"
    MARKET = "market"
    BOTH = "both"

    @property
    def label(self) -> LazyText:
        return SIDE_LABELS[self]


class OrganisationStatus(StrEnum):
    """How a member stands towards the network."""

    APPLICANT = "applicant"
    ACTIVE = "active"
    DORMANT = "dormant"
    SUSPENDED = "suspended"
    LEFT = "left"

    @property
    def label(self) -> LazyText:
        return STATUS_LABELS[self]


KIND_LABELS: dict[OrganisationKind, LazyText] = {
    OrganisationKind.UNION: lazy("trade union"),
    OrganisationKind.FEDERATION: lazy("federation of unions"),
    OrganisationKind.WORKER_CENTRE: lazy("worker centre"),
    OrganisationKind.NGO: lazy("labour rights organisation"),
    OrganisationKind.WOMENS_GROUP: lazy("women's group"),
    OrganisationKind.STUDENT_GROUP: lazy("student group"),
    OrganisationKind.RESEARCH: lazy("research body"),
    OrganisationKind.MONITORING: lazy("monitoring body"),
}
SIDE_LABELS: dict[Side, LazyText] = {
    Side.PRODUCTION: lazy("where clothes are made"),
    Side.MARKET: lazy("where clothes are sold"),
    Side.BOTH: lazy("both sides"),
}
STATUS_LABELS: dict[OrganisationStatus, LazyText] = {
    OrganisationStatus.APPLICANT: lazy("applicant"),
    OrganisationStatus.ACTIVE: lazy("active"),
    OrganisationStatus.DORMANT: lazy("dormant"),
    OrganisationStatus.SUSPENDED: lazy("suspended"),
    OrganisationStatus.LEFT: lazy("has left"),
}

TRANSITIONS: dict[OrganisationStatus, frozenset[OrganisationStatus]] = {
    OrganisationStatus.APPLICANT: frozenset({OrganisationStatus.ACTIVE, OrganisationStatus.LEFT}),
    OrganisationStatus.ACTIVE: frozenset(
        {OrganisationStatus.DORMANT, OrganisationStatus.SUSPENDED, OrganisationStatus.LEFT}
    ),
    OrganisationStatus.DORMANT: frozenset(
        {OrganisationStatus.ACTIVE, OrganisationStatus.SUSPENDED, OrganisationStatus.LEFT}
    ),
    OrganisationStatus.SUSPENDED: frozenset({OrganisationStatus.ACTIVE, OrganisationStatus.LEFT}),
    OrganisationStatus.LEFT: frozenset(),
}
# A dormant member still acts (it answers calls and comes back with one word); it is only off the rolls.
ACTING = (OrganisationStatus.ACTIVE, OrganisationStatus.DORMANT)

MEMBER_BEFORE_VOTING = timedelta(days=90)
SMALLEST_BLOC = 5
# How often a member is asked to act in a month if it says nothing else; it never binds on the danger clock (DOMAIN 3).
MONTHLY_CALLS = 6

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

SLUG = re.compile(r"[a-z0-9-]{1,60}")
HANDLE = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,38}[a-z0-9])?")
ADDRESS = re.compile(r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[a-z0-9-]+(?:\.[a-z0-9-]+)*")


@dataclass(frozen=True)
class Standing:
    """One organisation as it stands before blocs are pooled."""

    bloc: str
    side: Side


def check_transition(old: OrganisationStatus, new: OrganisationStatus) -> None:
    """Refuse a change of status that the table does not know; raises Conflict."""
    if new not in TRANSITIONS[old]:
        names = {"old": old.label, "new": new.label}
        raise Conflict(lazy("An organisation whose standing is “%(old)s” cannot become “%(new)s”.") % names)


def clean_address(text: str, field: str = "email") -> str:
    """Return an e-mail address in its one written form; raises Invalid.

    Safety: only ASCII is taken, so that no look-alike letter (Kelvin sign, dotless i) reaches a second account.
    """
    address = text.strip()
    if not address.isascii() or len(address) > 254 or not ADDRESS.fullmatch(address.lower()):
        raise Invalid(lazy("Give an e-mail address, like name@example.org, in Latin letters."), field=field)
    return address.lower()


def clean_handle(text: str, field: str = "handle") -> str:
    """Return a display handle in its one written form; raises Invalid.

    Safety: a handle is shown instead of a legal name, and letters of one alphabet have no look-alike twins.
    """
    handle = text.strip()
    if not handle.isascii() or not HANDLE.fullmatch(handle.lower()):
        raise Invalid(
            lazy("Choose a handle of Latin letters, digits, dots or dashes, at most 40, not your legal name."),
            field=field,
        )
    return handle.lower()


def fold(text: str) -> str:
    """Return text as the search compares it: small letters, Latin ones without their accents."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    kept = (c for c in decomposed if not "\u0300" <= c <= "\u036f")
    return unicodedata.normalize("NFC", "".join(kept))


def pool_blocs(standings: Iterable[Standing]) -> dict[str, str]:
    """Say which bloc each one counts in, after blocs under five have joined another of their side (DOMAIN 1, 4).

    The smallest joins the smallest of the same side, until none is too small or none is left to join.
    The charter's word "nearest" is read as: same side, fewest members, then by name, so that anybody can repeat it.
    """
    counts: Counter[str] = Counter()
    sides: dict[str, Counter[Side]] = {}
    for standing in standings:
        counts[standing.bloc] += 1
        sides.setdefault(standing.bloc, Counter())[standing.side] += 1
    groups = {bloc: [bloc] for bloc in counts}
    while pair := _next_to_join(counts, sides):
        small, host = pair
        groups[host] += groups.pop(small)
        counts[host] += counts.pop(small)
        sides[host] += sides.pop(small)
    return {bloc: "+".join(sorted(group)) for group in groups.values() for bloc in group}


def _next_to_join(counts: Counter[str], sides: dict[str, Counter[Side]]) -> tuple[str, str] | None:
    by_size = sorted(counts, key=lambda bloc: (counts[bloc], bloc))
    for small in by_size:
        if counts[small] >= SMALLEST_BLOC:
            return None
        for host in by_size:
            if host != small and _main_side(sides[host]) == _main_side(sides[small]):
                return small, host
    return None


def _main_side(sides: Counter[Side]) -> Side:
    """Return the side most of a bloc is on; where it is even, the side where clothes are made."""
    made = sides[Side.PRODUCTION] + sides[Side.BOTH]
    return Side.PRODUCTION if made >= sides[Side.MARKET] else Side.MARKET
