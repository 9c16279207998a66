"""Puts the public record on the network's registers: brands, owners, factories, and what both sides say of them."""

from __future__ import annotations

import uuid

from sqlalchemy.orm import Session

from network_app.core.permissions import Actor
from network_app.demo import public_data
from network_app.demo.public_data import CaseFacility
from network_app.targets.queries import find_target
from network_app.targets.rules import TargetKind
from network_app.targets.use_cases.facility_lists import import_facilities
from network_app.targets.use_cases.public_record import load_aliases, load_brands, load_facts, load_parents, load_wages
from network_app.targets.use_cases.registering import add_facility, add_target, mark_facility
from network_app.targets.use_cases.sourcing import claim_sourcing, record_statement


def load_public_record(session: Session, actor: Actor) -> None:
    """Load all of it; each row names its source."""
    load_brands(session, actor, public_data.brands())
    load_aliases(session, actor, public_data.aliases())
    load_parents(session, actor, public_data.parents())
    load_facts(session, actor, public_data.facts())
    load_wages(session, actor, public_data.wages())
    for one in public_data.facility_lists():
        import_facilities(session, actor, name=one.name, csv_text=one.data, source=one.source)
    for workplace in public_data.case_facilities():
        _load_workplace(session, actor, workplace)


def _load_workplace(session: Session, actor: Actor, workplace: CaseFacility) -> None:
    facility = add_facility(
        session,
        actor,
        name=workplace.facility,
        country=workplace.country,
        source=workplace.source,
        address=workplace.address,
        owner_id=_owner(session, actor, workplace),
    )
    if workplace.status is not facility.status:
        status, since = workplace.status, workplace.status_since
        mark_facility(session, actor, facility_id=facility.id, status=status, since=since)
    for said in workplace.claims:
        target = find_target(session, said.brand)
        if target is None:
            continue
        link = claim_sourcing(
            session,
            actor,
            target_id=target.id,
            facility_id=facility.id,
            evidence=said.evidence,
            claim=said.claim,
            source=said.source,
            confidence=said.confidence,
            first_seen=said.first_seen,
            last_seen=said.last_seen,
        )
        for statement in said.statements:
            record_statement(session, actor, link_id=link.id, **vars(statement))


def _owner(session: Session, actor: Actor, workplace: CaseFacility) -> uuid.UUID | None:
    if not workplace.owner:
        return None
    known = find_target(session, workplace.owner)
    if known is not None:
        return known.id
    made = add_target(
        session,
        actor,
        name=workplace.owner,
        kind=TargetKind.OWNER,
        source=workplace.source,
        home_country=workplace.owner_country,
    )
    return made.id
