"""What sort of body a member is and how it stands: DOMAIN 1 and 4."""

from network_app.core.charter import number, span
from network_app.core.errors import Conflict
from network_app.core.i18n import lazy
from network_app.core.labels import Labelled


class OrganisationKind(Labelled):
    """What sort of body a member is."""

    UNION = "union", lazy("trade union")
    FEDERATION = "federation", lazy("federation of unions")
    WORKER_CENTRE = "worker_centre", lazy("worker centre")
    NGO = "ngo", lazy("labour rights organisation")
    WOMENS_GROUP = "womens_group", lazy("women's group")
    STUDENT_GROUP = "student_group", lazy("student group")
    RESEARCH = "research", lazy("research body")
    MONITORING = "monitoring", lazy("monitoring body")


class Side(Labelled):
    """Where a member stands in the trade; it declares this itself."""

    PRODUCTION = "production", lazy("where clothes are made")
    MARKET = "market", lazy("where clothes are sold")
    BOTH = "both", lazy("both sides")


class OrganisationStatus(Labelled):
    """How a member stands towards the network."""

    APPLICANT = "applicant", lazy("applicant")
    ACTIVE = "active", lazy("active")
    DORMANT = "dormant", lazy("dormant")
    SUSPENDED = "suspended", lazy("suspended")
    LEFT = "left", lazy("has left")


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
