"""Builds the demo network, once, through the same use cases that real people's acts go through."""

from __future__ import annotations

import json
import os
import tomllib
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session, sessionmaker

from members.use_cases.bootstrap import bootstrap
from network_app.core import clock
from network_app.core.db import engine_for, session_factory, transaction
from network_app.core.permissions import Actor
from network_app.core.process import begin
from network_app.demo import public_data
from network_app.demo.cases import load_case
from network_app.demo.place import Place
from network_app.demo.public_data import CaseFacility
from network_app.migrations import schema
from network_app.targets.queries import find_target
from network_app.targets.rules import TargetKind
from network_app.targets.use_cases.facility_lists import import_facilities
from network_app.targets.use_cases.public_record import load_aliases, load_brands, load_facts, load_parents, load_wages
from network_app.targets.use_cases.registering import add_facility, add_target, mark_facility
from network_app.targets.use_cases.sourcing import claim_sourcing, record_statement

DATA = Path(__file__).parent / "data"


def load_demo(place: Place) -> dict[str, str]:
    """Load the demo of `place`; returns the new passwords of its people, by handle."""
    return _load(place.environment)


def load_into_installation() -> dict[str, str]:
    """Load the demo into this installation's empty database. Raises Conflict if there are members already."""
    return _load(dict(os.environ))


def _load(environment: dict[str, str]) -> dict[str, str]:
    settings = begin(environment)
    engine = engine_for(settings.database_url)
    schema.upgrade(engine)
    factory = session_factory(engine)
    with transaction(factory) as session:
        logins = bootstrap(session, tomllib.loads((DATA / "members.toml").read_text()))
        clock.mark_as_demo(session)
    _load_public_record(factory)
    for case in json.loads((DATA / "cases.json").read_text()):
        with transaction(factory) as session:
            load_case(session, case)
    engine.dispose()
    return logins


def _load_public_record(factory: sessionmaker[Session]) -> None:
    actor = Actor.system()
    with transaction(factory) as session:
        load_brands(session, actor, public_data.brands())
        load_aliases(session, actor, public_data.aliases())
        load_parents(session, actor, public_data.parents())
        load_facts(session, actor, public_data.facts())
        load_wages(session, actor, public_data.wages())
    for one in public_data.facility_lists():
        with transaction(factory) as session:
            import_facilities(session, actor, name=one.name, csv_text=one.data, source=one.source)
    with transaction(factory) as session:
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


def _owner(session: Session, actor: Actor, workplace: CaseFacility) -> Any:
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
