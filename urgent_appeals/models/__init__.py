"""All tables of the domain: `case` up to acceptance, `response` for what the network does."""

from urgent_appeals.models.case import (
    Appeal,
    AppealMessage,
    AppealReceipt,
    CaseTeamMember,
    Consent,
    CustodyEntry,
    Evidence,
    TriageDecision,
    Verification,
    WrongReceipt,
)
from urgent_appeals.models.response import (
    AppealTarget,
    AskedOrganisation,
    AudienceText,
    Call,
    CallOptOut,
    Demand,
    FanOut,
    Payment,
)
from urgent_appeals.models.rings import Ring, RingTaken

__all__ = [
    "Appeal",
    "AppealMessage",
    "AppealReceipt",
    "AppealTarget",
    "AskedOrganisation",
    "AudienceText",
    "Call",
    "CallOptOut",
    "CaseTeamMember",
    "Consent",
    "CustodyEntry",
    "Demand",
    "Evidence",
    "FanOut",
    "Payment",
    "Ring",
    "RingTaken",
    "TriageDecision",
    "Verification",
    "WrongReceipt",
]
