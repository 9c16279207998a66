"""The tables of who belongs to the network and who may act for whom."""

from members.models.freezing import FreezeWord, ThawWord
from members.models.invitations import Invitation
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
from members.models.tokens import ApiAnswer, ApiToken
from members.models.way_in import (
    SignIn,
    WrongAttempt,
)

__all__ = [
    "ApiAnswer",
    "ApiToken",
    "ChatIdentity",
    "Coalition",
    "CoalitionMembership",
    "FreezeWord",
    "Invitation",
    "LinkCode",
    "Mandate",
    "Organisation",
    "Person",
    "SignIn",
    "ThawWord",
    "WrongAttempt",
]
