"""Taking in public lists about companies: who they are, who owns them, what they said and what their suppliers pay.

Loading the same rows again adds nothing. What sources say about owners is kept even where they disagree; it becomes the
parent on record only where it is clear.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from network_app.core import audit
from network_app.core.db import new_id
from network_app.core.permissions import Actor, Permission, require
from network_app.targets.models import ParentClaim, PublicFact, Target
from network_app.targets.queries import facility_named, find_target, targets_by_key
from network_app.targets.rules import TargetKind, Topic, would_loop
from network_app.targets.rules.names import name_key
from network_app.targets.use_cases.registering import add_alias, add_facility, put_target

# Label -> year of the answer -> owners named in it.
Answers = defaultdict[uuid.UUID, defaultdict[int, set[uuid.UUID]]]
# Label, owner, year.
Claim = tuple[uuid.UUID, uuid.UUID, int]


@dataclass(frozen=True)
class BrandRow:
    """A company and the country it is led from."""

    name: str
    country: str | None
    source: str
    kind: TargetKind = TargetKind.BRAND


@dataclass(frozen=True)
class AliasRow:
    """Another name of a company."""

    alias: str
    company: str


@dataclass(frozen=True)
class ParentRow:
    """What one source said in one year about who owns a label."""

    parent: str
    brand: str
    year: int
    source: str
    parent_kind: TargetKind = TargetKind.BRAND


@dataclass(frozen=True)
class FactRow:
    """What a public list says about a company, on a day, a month or in a year."""

    name: str
    topic: Topic
    value: str
    as_of: str
    source: str
    country: str | None = None
    kind: TargetKind = TargetKind.BRAND


@dataclass(frozen=True)
class WageRow:
    """What a workplace pays, in per cent of a living-wage benchmark."""

    factory: str
    country: str
    year: int
    percent: str
    source: str


def load_brands(session: Session, actor: Actor, rows: Iterable[BrandRow]) -> int:
    """Put every company on record that is not yet. Returns how many were added."""
    require(actor, Permission.MANAGE_TARGETS)
    known, slugs = targets_by_key(session), set(session.scalars(select(Target.slug)))
    before = len(known)
    for row in rows:
        if name_key(row.name) not in known:
            known[name_key(row.name)] = put_target(
                session, name=row.name, kind=row.kind, source=row.source, home_country=row.country, slugs=slugs
            )
    session.flush()
    audit.record(session, actor, "load_brands", "target", added=len(known) - before)
    return len(known) - before


def load_aliases(session: Session, actor: Actor, rows: Iterable[AliasRow]) -> int:
    """Note other names of companies on record; a name that already finds its company, or none, is passed over."""
    require(actor, Permission.MANAGE_TARGETS)
    added = 0
    for row in rows:
        company = find_target(session, row.company)
        if company is None or row.alias == company.name or _knows(company, row.alias):
            continue
        holder = find_target(session, row.alias)
        if holder is None or holder.id == company.id:
            add_alias(session, actor, target_id=company.id, name=row.alias)
            added += 1
    return added


def load_parents(session: Session, actor: Actor, rows: Sequence[ParentRow]) -> int:
    """Keep what sources say about owners, and take over the parent where it is clear. Returns how many were taken over.

    Clear means: the newest answers agree, and the company is not itself named as the owner of other labels, because
    then it answers for them (a licensee is often named as the owner of the company whose name it uses).
    """
    require(actor, Permission.MANAGE_TARGETS)
    known, slugs = targets_by_key(session), set(session.scalars(select(Target.slug)))
    claims = {(one.target_id, one.parent_id, one.year) for one in session.scalars(select(ParentClaim))}
    said: Answers = defaultdict(lambda: defaultdict(set))
    for row in _about_known(set(known), rows):
        for name, kind in ((row.brand, TargetKind.BRAND), (row.parent, row.parent_kind)):
            if name_key(name) not in known:
                known[name_key(name)] = put_target(session, name=name, kind=kind, source=row.source, slugs=slugs)
        brand, parent = known[name_key(row.brand)], known[name_key(row.parent)]
        if brand.id != parent.id:
            said[brand.id][row.year].add(parent.id)
            _keep_claim(session, claims, brand.id, parent.id, row)
    # Labels and owners are one table: all of them are stored before one points to another.
    session.flush()
    taken_over = _take_over(said, {target.id: target for target in known.values()})
    session.flush()
    audit.record(session, actor, "load_parents", "target", taken_over=taken_over)
    return taken_over


def load_facts(session: Session, actor: Actor, rows: Iterable[FactRow]) -> int:
    """Keep dated facts about companies and agreements; a company not on record yet is added. Returns how many."""
    require(actor, Permission.MANAGE_TARGETS)
    added = 0
    for row in rows:
        target = find_target(session, row.name) or put_target(
            session, name=row.name, kind=row.kind, source=row.source, home_country=row.country
        )
        session.flush()
        fact = PublicFact(id=new_id(), target_id=target.id, topic=row.topic, value=row.value, as_of=row.as_of)
        fact.source = row.source
        added += _keep_fact(session, fact)
    audit.record(session, actor, "load_facts", "public_fact", added=added)
    return added


def load_wages(session: Session, actor: Actor, rows: Iterable[WageRow]) -> int:
    """Keep what workplaces pay; a workplace that no list has named yet is added. Returns how many."""
    require(actor, Permission.MANAGE_TARGETS)
    added = 0
    for row in rows:
        facility = facility_named(session, row.factory, row.country) or add_facility(
            session, actor, name=row.factory, country=row.country, source=row.source
        )
        fact = PublicFact(
            id=new_id(), facility_id=facility.id, topic=Topic.WAGE, value=row.percent, as_of=str(row.year)
        )
        fact.source = row.source
        added += _keep_fact(session, fact)
    audit.record(session, actor, "load_wages", "public_fact", added=added)
    return added


def _about_known(known: set[str], rows: Sequence[ParentRow]) -> list[ParentRow]:
    """The rows that lead to a company on record, over any number of owners and labels; the rest is not our business."""
    chosen: list[ParentRow] = []
    waiting, found = list(rows), True
    while found:
        near = [row for row in waiting if known & {name_key(row.brand), name_key(row.parent)}]
        waiting = [row for row in waiting if row not in near]
        known |= {name_key(name) for row in near for name in (row.brand, row.parent)}
        chosen, found = chosen + near, bool(near)
    return chosen


def _knows(company: Target, alias: str) -> bool:
    return any(known.name == alias for known in company.aliases)


def _keep_claim(
    session: Session, claims: set[Claim], brand_id: uuid.UUID, parent_id: uuid.UUID, row: ParentRow
) -> None:
    if (brand_id, parent_id, row.year) not in claims:
        claims.add((brand_id, parent_id, row.year))
        claim = ParentClaim(id=new_id(), target_id=brand_id, parent_id=parent_id, year=row.year, source=row.source)
        session.add(claim)


def _take_over(said: Answers, targets: dict[uuid.UUID, Target]) -> int:
    owners = {owner_id for years in said.values() for newest in years.values() for owner_id in newest}
    taken_over = 0
    for brand_id, years in said.items():
        newest = years[max(years)]
        clear = len(newest) == 1 and brand_id not in owners and targets[brand_id].parent_id is None
        owner_id = next(iter(newest))
        if clear and not would_loop(brand_id, owner_id, lambda one: targets[one].parent_id):
            targets[brand_id].parent_id = owner_id
            taken_over += 1
    return taken_over


def _keep_fact(session: Session, fact: PublicFact) -> bool:
    same = select(PublicFact.id).where(
        PublicFact.target_id == fact.target_id if fact.target_id else PublicFact.facility_id == fact.facility_id,
        PublicFact.topic == fact.topic,
        PublicFact.as_of == fact.as_of,
    )
    if session.scalar(same) is not None:
        return False
    session.add(fact)
    session.flush()
    return True
