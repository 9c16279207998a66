"""Who may see a case, and what about it holds at this moment. The one place for both."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from members.models import CoalitionMembership, Organisation
from members.rules import ACTING
from network_app.core import clock
from network_app.core.db import get_by_ref
from network_app.core.permissions import Actor, ActorKind, Permission, may
from urgent_appeals.models import Appeal, CaseTeamMember, Consent, Verification
from urgent_appeals.rules.audiences import Audience
from urgent_appeals.rules.consent import PUBLIC_USES, Use, holds
from urgent_appeals.rules.stages import Stage

# The network may know of a case in these, once it is verified and the workers consented.
KNOWN_TO_NETWORK = frozenset({Stage.ACCEPTED, Stage.ACTIVE, Stage.DORMANT, Stage.CLOSED})
SHUT_STAGES = frozenset({Stage.DECLINED, Stage.PAUSED_BY_WORKERS, Stage.WITHDRAWN})
# Asked for at nearly every request, so put together once.
_CONSENTS = select(Consent).where(Consent.appeal_id == bindparam("appeal_id")).order_by(Consent.recorded_at, Consent.id)
_TEAM = select(CaseTeamMember.organisation_id).where(CaseTeamMember.appeal_id == bindparam("appeal_id"))
_OWN = select(CoalitionMembership.coalition_id).where(
    CoalitionMembership.organisation_id == bindparam("own"), CoalitionMembership.until.is_(None)
)
_PLACES = (
    select(Organisation.country, CoalitionMembership.coalition_id.in_(_OWN))
    .join(CoalitionMembership, CoalitionMembership.organisation_id == Organisation.id)
    .where(CoalitionMembership.until.is_(None), Organisation.status.in_(ACTING))
    .distinct()
)


def get_appeal(session: Session, ref: str) -> Appeal:
    """Load an appeal by its reference. Raises NotFound. Says nothing about who may see it: see case_audience."""
    return get_by_ref(session, Appeal, ref)


def is_verified(session: Session, appeal_id: uuid.UUID) -> bool:
    """Whether a second organisation has verified the appeal."""
    found = select(Verification.id).where(Verification.appeal_id == appeal_id, Verification.replaced_at.is_(None))
    return session.scalar(found.limit(1)) is not None


def consent_holds(session: Session, appeal_id: uuid.UUID, use: Use | str) -> bool:
    """Whether this use is allowed now. The single check, made at the moment of sending (DOMAIN 3).

    The workers' brakes come first: "stop publication" shuts everything public, "stop everything" and a case that was
    paused, declined or taken back shut everything but the case team's own work.
    """
    appeal = session.get(Appeal, appeal_id)
    return appeal is not None and Use(use) in uses_held(appeal, consents_of(session, appeal_id), clock.now(session))


def uses_held(appeal: Appeal, records: Sequence[Consent], now: datetime) -> set[Use]:
    """The uses that are allowed now, by the brakes and by the consent records of the case."""
    stopped = appeal.stopped_at is not None or appeal.stage in SHUT_STAGES
    # Safety: a brake in the workers' hands outranks every consent on record.
    shut = set(Use) - {Use.SHARE_WITH_TEAM} if stopped else set()
    if appeal.publication_stopped_at is not None:
        shut |= PUBLIC_USES
    return {use for use in Use if use not in shut and holds(records, use, now)}


def consents_of(session: Session, appeal_id: uuid.UUID) -> list[Consent]:
    """Every consent record of the case, oldest first."""
    return list(session.scalars(_CONSENTS, {"appeal_id": appeal_id}))


def team_organisations(session: Session, appeal_id: uuid.UUID) -> set[uuid.UUID]:
    """The organisations that work on the case."""
    return set(session.scalars(_TEAM, {"appeal_id": appeal_id}))


@dataclass(frozen=True)
class Region:
    """The countries whose new appeals an organisation looks after. None: all of them."""

    countries: frozenset[str] | None
    # Countries that belong to some coalition; an appeal from elsewhere is everybody's on duty.
    somebodys: frozenset[str] = frozenset()

    def covers(self, country: str) -> bool:
        """Whether an appeal from this country is this organisation's to look at."""
        return self.countries is None or country in self.countries or country not in self.somebodys


def region_of(session: Session, actor: Actor) -> Region:
    """The region that the actor's organisation looks after; the secretariat sees all of them."""
    if actor.secretariat or actor.kind is ActorKind.SYSTEM:
        return Region(None)
    return _region(session, actor.own_organisation(), actor.country)


def region_of_organisation(session: Session, organisation: Organisation) -> Region:
    """The region that an organisation looks after."""
    if organisation.secretariat:
        return Region(None)
    return _region(session, organisation.id, organisation.country)


def _region(session: Session, organisation_id: uuid.UUID, country: str) -> Region:
    """The countries of the members of the organisation's coalitions, and its own."""
    rows = session.execute(_PLACES, {"own": organisation_id}).all()
    mine = {place for place, is_own in rows if is_own} | {country}
    return Region(frozenset(mine), frozenset(place for place, _ in rows))


def case_audience(session: Session, actor: Actor, appeal: Appeal) -> Audience | None:
    """As whom the actor may see the case: case team, network, or not at all.

    None must look exactly like a case that does not exist.
    """
    if actor.kind is ActorKind.SYSTEM:
        return Audience.CASE_TEAM
    if not actor.is_person:
        return None
    if _works_on_it(session, actor, appeal):
        return Audience.CASE_TEAM
    if may(actor, Permission.SEE_APPEALS) and network_may_know(session, appeal):
        return Audience.NETWORK
    return None


def network_may_know(session: Session, appeal: Appeal) -> bool:
    """Whether members outside the case team may know that this case exists."""
    # Safety: unverified is invisible; so is every case whose workers have not allowed the network in.
    if appeal.verified_at is None or appeal.stage not in KNOWN_TO_NETWORK:
        return False
    return consent_holds(session, appeal.id, Use.SHARE_WITH_NETWORK)


def speaks_for_workers(actor: Actor, appeal: Appeal) -> bool:
    """Whether the actor is the workers' side: the one with the receipt, or their own organisation's people."""
    if actor.kind is ActorKind.FILER:
        return actor.appeal_id == appeal.id
    own = {appeal.workers_organisation_id, appeal.filer_organisation_id} - {None}
    return actor.is_person and actor.organisation_id in own and may(actor, Permission.FILE_APPEAL)


def _works_on_it(session: Session, actor: Actor, appeal: Appeal) -> bool:
    if speaks_for_workers(actor, appeal):
        return True
    if not may(actor, Permission.TRIAGE_APPEAL):
        return False
    if actor.secretariat or session.get(CaseTeamMember, (appeal.id, actor.own_organisation())) is not None:
        return True
    return region_of(session, actor).covers(appeal.country)


def names_of(session: Session, organisation_ids: Iterable[uuid.UUID | None]) -> dict[uuid.UUID, str]:
    """The names of these organisations, in one question."""
    wanted = {organisation_id for organisation_id in organisation_ids if organisation_id is not None}
    if not wanted:
        return {}
    rows = session.execute(select(Organisation.id, Organisation.name).where(Organisation.id.in_(wanted)))
    return {organisation_id: name for organisation_id, name in rows}
