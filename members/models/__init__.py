"""The tables of who belongs to the network and who may act for whom."""

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
from members.models.tokens import ApiAnswer, ApiToken
from members.models.way_in import (
    SignIn,
    WrongAttempt,
)

__all__ = [
    "Absence",
    "ApiAnswer",
    "ApiToken",
    "AuthenticatorApp",
    "ChatIdentity",
    "Coalition",
    "CoalitionMembership",
    "DutyTurn",
    "FreezeWord",
    "Invitation",
    "LinkCode",
    "Mandate",
    "Organisation",
    "PaperCode",
    "Passkey",
    "Person",
    "Recovery",
    "SignIn",
    "ThawWord",
    "UsedChallenge",
    "VoucherWord",
    "WrongAttempt",
]
