"""The tables of who belongs to the network and who may act for whom."""

from members.models.organisations import (
    Coalition,
    CoalitionMembership,
    Organisation,
)
from members.models.people import (
    ChatIdentity,
    LinkCode,
    Mandate,
    Person,
)
from members.models.way_in import (
    SignIn,
    ThawWord,
    WrongAttempt,
)

__all__ = [
    "ChatIdentity",
    "Coalition",
    "CoalitionMembership",
    "LinkCode",
    "Mandate",
    "Organisation",
    "Person",
    "SignIn",
    "ThawWord",
    "WrongAttempt",
]
