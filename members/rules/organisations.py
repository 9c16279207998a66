"""What sort of body a member is and how it stands: DOMAIN 1 and 4."""

from enum import StrEnum

from network_app.core.charter import number, span
from network_app.core.errors import Conflict
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

MEMBER_BEFORE_VOTING = span("member_before_voting")
OBJECTION_TIME = span("objection_time")
SPONSORS = number("sponsors")
# How often a member is asked to act in a month if it says nothing else; it never binds on the danger clock (DOMAIN 3).
MONTHLY_CALLS = number("monthly_calls")


def check_transition(old: OrganisationStatus, new: OrganisationStatus) -> None:
    """Refuse a change of status that the table does not know; raises Conflict."""
    if new not in TRANSITIONS[old]:
        names = {"old": old.label, "new": new.label}
        raise Conflict(lazy("An organisation whose standing is “%(old)s” cannot become “%(new)s”.") % names)
