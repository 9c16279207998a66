"""Who may do what, on one page.

A person acts for an organisation, by mandate. A duty is what the mandate covers; a permission is one kind of act. What
needs more than a duty (a second person, a consent, a vote) stands in decisions.py and in the rules of each domain.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from enum import StrEnum

from network_app.core.errors import NotAllowed
from network_app.core.i18n import lazy
from network_app.core.labels import Labelled


class Duty(Labelled):
    """What a mandate lets a person do for an organisation (DOMAIN 1)."""

    FILE = "file", lazy("file appeals")
    VERIFY = "verify", lazy("check and verify appeals")
    ACT = "act", lazy("answer calls, sign and send letters")
    VOTE = "vote", lazy("cast our vote")
    COORDINATE = "coordinate", lazy("coordinate cases and campaigns")
    ADMINISTER = "administer", lazy("manage our people and their mandates")


class Permission(StrEnum):
    """One kind of act, with the duties that cover it in PERMISSIONS."""

    FILE_APPEAL = "file an appeal for workers"
    TRIAGE_APPEAL = "decide at triage whether the network takes a case up"
    VERIFY_APPEAL = "confirm a case from a second source"
    SEE_APPEALS = "see the appeals that one's region or duty covers"
    COORDINATE_CASE = "keep a case: consents, targets, demands, news to the workers"
    FAN_OUT_APPEAL = "ask the organisations that have leverage"
    ANSWER_CALL = "answer a call to act"
    SEE_NETWORK = "see registers, votes and campaigns of the network"
    PROPOSE = "put a proposal to the vote"
    CAST_VOTE = "cast the organisation's vote"
    RUN_CAMPAIGN = "work on a campaign that was adopted"
    DRAFT_LETTER = "write a letter"
    SIGN_LETTER = "sign a letter for the organisation"
    RELEASE_LETTER = "release a letter, as one of two people"
    RECORD_RESPONSE = "record and class what a target answered"
    MANAGE_TARGETS = "keep brands, owners, facilities and sourcing links"
    MANAGE_MEMBERS = "manage the organisation's people and mandates"
    SEE_BOARD = "see the board of all appeals and campaigns"


EVERYONE = frozenset(Duty)
PERMISSIONS: dict[Permission, frozenset[Duty]] = {
    Permission.FILE_APPEAL: frozenset({Duty.FILE, Duty.COORDINATE}),
    Permission.TRIAGE_APPEAL: frozenset({Duty.VERIFY, Duty.COORDINATE}),
    Permission.VERIFY_APPEAL: frozenset({Duty.VERIFY}),
    Permission.SEE_APPEALS: EVERYONE,
    Permission.COORDINATE_CASE: frozenset({Duty.COORDINATE, Duty.VERIFY}),
    Permission.FAN_OUT_APPEAL: frozenset({Duty.VERIFY, Duty.COORDINATE}),
    Permission.ANSWER_CALL: frozenset({Duty.ACT, Duty.COORDINATE}),
    Permission.SEE_NETWORK: EVERYONE,
    Permission.PROPOSE: frozenset({Duty.VOTE, Duty.COORDINATE}),
    Permission.CAST_VOTE: frozenset({Duty.VOTE}),
    Permission.RUN_CAMPAIGN: frozenset({Duty.COORDINATE, Duty.ACT}),
    Permission.DRAFT_LETTER: frozenset({Duty.COORDINATE, Duty.ACT}),
    Permission.SIGN_LETTER: frozenset({Duty.ACT, Duty.COORDINATE}),
    Permission.RELEASE_LETTER: frozenset({Duty.COORDINATE, Duty.ACT}),
    Permission.RECORD_RESPONSE: frozenset({Duty.COORDINATE, Duty.ACT}),
    Permission.MANAGE_TARGETS: frozenset({Duty.COORDINATE, Duty.VERIFY}),
    Permission.MANAGE_MEMBERS: frozenset({Duty.ADMINISTER}),
    Permission.SEE_BOARD: frozenset({Duty.COORDINATE}),
}
# DOMAIN 1: the secretariat sees and serves; it is on no roll, and cannot take a decision that is the members' own.
NOT_FOR_THE_SECRETARIAT = frozenset({Permission.CAST_VOTE, Permission.SIGN_LETTER, Permission.VERIFY_APPEAL})


class ActorKind(StrEnum):
    """Where an act comes from."""

    PERSON = "person"
    SYSTEM = "system"
    FILER = "filer"
    NOBODY = "nobody"


@dataclass(frozen=True)
class Actor:
    """Who acts, for which organisation, under which mandates, read at the moment of the act."""

    kind: ActorKind
    person_id: uuid.UUID | None = None
    organisation_id: uuid.UUID | None = None
    duties: frozenset[Duty] = frozenset()
    mandate_ids: frozenset[uuid.UUID] = field(default=frozenset(), repr=False)
    country: str = ""
    secretariat: bool = False
    language: str = "en"
    zone: str = "UTC"
    # The coalitions that this person coordinates now.
    coordinates: frozenset[uuid.UUID] = frozenset()
    appeal_id: uuid.UUID | None = None

    @staticmethod
    def system() -> Actor:
        """The worker acting on a rule or a deadline: allowed everything, and named so in the audit."""
        return Actor(ActorKind.SYSTEM)

    @staticmethod
    def nobody() -> Actor:
        """A stranger who files: no account, no rights beyond that."""
        return Actor(ActorKind.NOBODY)

    @staticmethod
    def filer(appeal_id: uuid.UUID) -> Actor:
        """The one who holds the receipt of this appeal, and may act on this one only."""
        return Actor(ActorKind.FILER, appeal_id=appeal_id)

    @property
    def is_person(self) -> bool:
        return self.kind is ActorKind.PERSON

    def own_person(self) -> uuid.UUID:
        """The person's id. Raises NotAllowed where no person acts."""
        if self.person_id is None:
            raise NotAllowed()
        return self.person_id

    def own_organisation(self) -> uuid.UUID:
        """The id of the organisation acted for. Raises NotAllowed where there is none."""
        if self.organisation_id is None:
            raise NotAllowed()
        return self.organisation_id


def may(actor: Actor, permission: Permission) -> bool:
    """Whether the actor's mandates cover the act."""
    if actor.kind is ActorKind.SYSTEM:
        return True
    if actor.secretariat and permission in NOT_FOR_THE_SECRETARIAT:
        return False
    return bool(actor.duties & PERMISSIONS[permission])


def require(actor: Actor, permission: Permission) -> None:
    """Stop an act that the actor's mandates do not cover. Raises NotAllowed."""
    if not may(actor, permission):
        raise NotAllowed()
