"""The tables of who belongs to the network and who may act for whom."""

from members.models.coalitions import Application, CoalitionCoordinator, JoinRequest, Objection, Sponsor
from members.models.duty import (
    Absence,
    DutyTurn,
)
from members.models.factors import (
    AuthenticatorApp,
    PaperCode,
    Passkey,
    Recovery,
    UsedChallenge,
    VoucherWord,
)
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
from members.models.profiles import ContactPoint, FormerName, NamePrefix
from members.models.tokens import ApiAnswer, ApiToken
from members.models.way_in import (
    SignIn,
    WrongAttempt,
)

__all__ = [
    "Absence",
    "ApiAnswer",
    "ApiToken",
    "Application",
    "AuthenticatorApp",
    "ChatIdentity",
    "Coalition",
    "CoalitionCoordinator",
    "CoalitionMembership",
    "ContactPoint",
    "DutyTurn",
    "FormerName",
    "FreezeWord",
    "Invitation",
    "JoinRequest",
    "LinkCode",
    "Mandate",
    "NamePrefix",
    "Objection",
    "Organisation",
    "PaperCode",
    "Passkey",
    "Person",
    "Recovery",
    "SignIn",
    "Sponsor",
    "ThawWord",
    "UsedChallenge",
    "VoucherWord",
    "WrongAttempt",
]
