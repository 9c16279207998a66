"""Loads the public record into the demo: companies, owners, facts, supplier lists, buyers in the documented cases."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from sqlalchemy.orm import Session

from network_app.core.permissions import Actor
from network_app.demo import public_data
from network_app.demo.public_data import BuyerClaim, CaseFacility
from network_app.targets.queries import facility_named, find_target, links_of_facility
from network_app.targets.rules import FacilityStatus, TargetKind
from network_app.targets.use_cases.facility_lists import import_facilities
from network_app.targets.use_cases.public_record import (
    load_aliases,
    load_brands,
    load_facts,
    load_parents,
    load_wages,
)
from network_app.targets.use_cases.registering import add_facility, add_target, mark_facility
from network_app.targets.use_cases.sourcing import claim_sourcing, record_statement


def load_public_record(session: Session, actor: Actor, *, tell: Callable[[str], None] = lambda step: None) -> None:
    """Put everything on record; a second time adds nothing. `tell` hears each step, for a progress bar."""
    tell("companies")
    load_brands(session, actor, public_data.brands())
    load_aliases(session, actor, public_data.aliases())
    tell("owners")
    load_parents(session, actor, public_data.parents())
    tell("facts")
    load_facts(session, actor, public_data.facts())
    for one in public_data.facility_lists():
        tell(one.name)
        import_facilities(session, actor, name=one.name, csv_text=one.data, source=one.source)
    tell("wages")
    load_wages(session, actor, public_data.wages())
    tell("buyers")
    for case in public_data.case_facilities():
        _load_case_facility(session, actor, case)


def _load_case_facility(session: Session, actor: Actor, case: CaseFacility) -> None:
    facility = facility_named(session, case.facility, case.country)
    if facility is None:
        facility = add_facility(
            session,
            actor,
            name=case.facility,
            country=case.country,
            address=case.address,
            owner_id=_owner(session, actor, case),
            source=case.source,
        )
    if case.status is not FacilityStatus.OPEN and facility.status is FacilityStatus.OPEN:
        mark_facility(session, actor, facility_id=facility.id, status=case.status, since=case.status_since)
    known = {(link.target_id, link.claim) for link in links_of_facility(session, facility.id)}
    for claim in case.claims:
        target = find_target(session, claim.brand) or add_target(
            session, actor, name=claim.brand, kind=TargetKind.BRAND, source=claim.source
        )
        if (target.id, claim.claim) not in known:
            _load_claim(session, actor, claim, target.id, facility.id)


def _load_claim(
    session: Session, actor: Actor, claim: BuyerClaim, target_id: uuid.UUID, facility_id: uuid.UUID
) -> None:
    link = claim_sourcing(
        session,
        actor,
        target_id=target_id,
        facility_id=facility_id,
        evidence=claim.evidence,
        claim=claim.claim,
        source=claim.source,
        confidence=claim.confidence,
        first_seen=claim.first_seen,
        last_seen=claim.last_seen,
    )
    for one in claim.statements:
        record_statement(
            session,
            actor,
            link_id=link.id,
            said_by=one.said_by,
            stance=one.stance,
            text=one.text,
            said_on=one.said_on,
            ended_on=one.ended_on,
            source=one.source,
        )


def _owner(session: Session, actor: Actor, case: CaseFacility) -> uuid.UUID | None:
    if case.owner is None:
        return None
    owner = find_target(session, case.owner) or add_target(
        session, actor, name=case.owner, kind=TargetKind.OWNER, home_country=case.owner_country, source=case.source
    )
    return owner.id
