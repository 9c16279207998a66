"""The list of appeals a person may see, in a number of questions that does not grow with the list."""

from __future__ import annotations

import uuid
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, case, false, func, or_, select, true
from sqlalchemy.orm import Session, defer

from members.models import Person
from network_app.core import clock
from network_app.core.paging import page_of
from network_app.core.permissions import Actor, ActorKind, Permission, may
from network_app.targets.models import Facility
from urgent_appeals.models import Appeal, CaseTeamMember, Consent
from urgent_appeals.queries.case import KNOWN_TO_NETWORK, region_of
from urgent_appeals.rules.audiences import Audience
from urgent_appeals.rules.clocks import Clock, Due, promises_of
from urgent_appeals.rules.consent import ConsentFact, Use, holds
from urgent_appeals.rules.stages import AWAITING_TRIAGE, ENDED, Stage

PER_PAGE = 50
MOST_WAITING = 200
# The list shows none of these, so they are not even read.
LIGHT = tuple(
    defer(column)
    for column in (
        *(Appeal.account_ct, Appeal.wanted_ct, Appeal.contact_ct, Appeal.brands_ct, Appeal.place_ct, Appeal.came_in_ct),
        *(Appeal.filing_key, Appeal.facility_id, Appeal.filer_organisation_id, Appeal.workers_organisation_id),
        *(Appeal.stage_before, Appeal.filed_via, Appeal.news_read_at, Appeal.wake_on, Appeal.outcome),
    )
)


# Each list asks it: put together once, and read as plain rows.
_CONSENTS_OF_VERIFIED = (
    select(
        *(Consent.appeal_id, Consent.use, Consent.basis, Consent.granted, Consent.recorded_at),
        *(Consent.expires_at, Consent.withdrawn_at, Consent.seconded_at.is_not(None).label("seconded")),
    )
    .join(Appeal, Appeal.id == Consent.appeal_id)
    .where(Appeal.verified_at.is_not(None), Appeal.stage.in_(KNOWN_TO_NETWORK), Appeal.stopped_at.is_(None))
    .where(Consent.use.in_((Use.SHARE_WITH_TEAM, Use.SHARE_WITH_NETWORK)))
)


@dataclass(frozen=True)
class QueueRow:
    """One appeal as the list shows it."""

    appeal: Appeal
    audience: Audience
    # For the case team only; empty for everybody else.
    title: str
    coordinator: str
    due: Due | None
    late: bool


@dataclass(frozen=True)
class QueuePage:
    """One page of the list."""

    rows: list[QueueRow]
    total: int
    page: int
    pages: int
    # Of all appeals that the actor may see, for the filter.
    countries: list[str]


@dataclass(frozen=True)
class Wish:
    """What the list is filtered by; empty means all."""

    text: str = ""
    stage: str = ""
    clock: str = ""
    country: str = ""


def appeal_queue(session: Session, actor: Actor, wish: Wish | None = None, *, page: int = 1) -> QueuePage:
    """The appeals that the actor may see, danger first, then the newest; the ended ones last."""
    as_team = _as_team(session, actor)
    seen = or_(as_team, _as_network(session, actor))
    chosen = _filtered(select(Appeal).where(seen), wish or Wish())
    listed = chosen.add_columns(as_team.label("as_team"), func.count().over()).options(*LIGHT)
    window = listed.order_by(*_in_order()).limit(PER_PAGE)
    found = session.execute(window.offset((page - 1) * PER_PAGE)).all()
    if not found and page > 1:
        # Behind the end: the last page.
        total = session.scalar(select(func.count()).select_from(chosen.with_only_columns(Appeal.id).subquery())) or 0
        page = max(1, -(-total // PER_PAGE))
        found = session.execute(window.offset((page - 1) * PER_PAGE)).all()
    total = found[0][2] if found else 0
    rows = _rows(session, [(appeal, bool(team)) for appeal, team, _ in found])
    countries = sorted(session.scalars(select(Appeal.country).where(seen).distinct()))
    return QueuePage(rows, total, page, max(1, -(-total // PER_PAGE)), countries)


def appeals_after(
    session: Session, actor: Actor, wish: Wish, *, after: str | None, size: int = PER_PAGE
) -> tuple[list[QueueRow], str | None]:
    """The same list from a place in it, with the place where the next rows begin. Raises Invalid for no place."""
    as_team = _as_team(session, actor)
    chosen = _filtered(select(Appeal).where(or_(as_team, _as_network(session, actor))), wish)
    listed = chosen.add_columns(as_team.label("as_team")).options(*LIGHT)
    found = page_of(session, listed, *_in_order(), after=after, size=size, strict=True)
    return _rows(session, [(appeal, bool(team)) for appeal, team in found.rows]), found.next


def _in_order() -> tuple[Any, ...]:
    ended_last = case((Appeal.stage.in_(ENDED), 1), else_=0)
    danger_first = case((Appeal.clock == Clock.DANGER, 0), else_=1)
    return ended_last, danger_first, Appeal.received_at.desc(), Appeal.id


def appeals_awaiting_triage(session: Session, actor: Actor) -> list[Appeal]:
    """The appeals that wait for a decision of somebody on duty like the actor, the oldest first."""
    if not may(actor, Permission.TRIAGE_APPEAL):
        return []
    waiting = select(Appeal).where(_as_team(session, actor), Appeal.stage.in_(AWAITING_TRIAGE))
    return list(session.scalars(waiting.order_by(Appeal.received_at)))


def appeals_late_since(session: Session, look_back: timedelta) -> list[uuid.UUID]:
    """The appeals with a promise that became late within this time."""
    now = clock.now(session)
    running = session.scalars(select(Appeal).where(Appeal.stage.not_in(ENDED)).options(*LIGHT))
    return [appeal.id for appeal in running if any(now - look_back <= due.at <= now for due in promises_of(appeal))]


def _as_team(session: Session, actor: Actor) -> ColumnElement[bool]:
    """The same rule as queries.case.case_audience, as a condition of the database."""
    if actor.kind is ActorKind.SYSTEM:
        return true()
    if not actor.is_person:
        return false()
    own = actor.own_organisation()
    conditions: list[ColumnElement[bool]] = []
    if may(actor, Permission.FILE_APPEAL):
        conditions += [Appeal.filer_organisation_id == own, Appeal.workers_organisation_id == own]
    if may(actor, Permission.TRIAGE_APPEAL):
        region = region_of(session, actor)
        if region.countries is None:
            return true()
        working = select(CaseTeamMember.appeal_id).where(CaseTeamMember.organisation_id == own)
        elsewhere = Appeal.country.not_in(region.somebodys)
        conditions += [Appeal.id.in_(working), Appeal.country.in_(region.countries), elsewhere]
    return or_(false(), *conditions)


def _as_network(session: Session, actor: Actor) -> ColumnElement[bool]:
    if not may(actor, Permission.SEE_APPEALS):
        return false()
    return Appeal.id.in_(_known_to_network(session))


def _known_to_network(session: Session) -> set[uuid.UUID]:
    """The verified cases whose workers allow the network to know of them now."""
    by_appeal: dict[uuid.UUID, list[ConsentFact]] = defaultdict(list)
    for record in session.execute(_CONSENTS_OF_VERIFIED):
        by_appeal[record.appeal_id].append(cast(ConsentFact, record))
    now = clock.now(session)
    return {key for key, found in by_appeal.items() if holds(found, Use.SHARE_WITH_NETWORK, now)}


def _filtered(chosen: Select[Appeal], wish: Wish) -> Select[Appeal]:
    if wish.stage in set(Stage):
        chosen = chosen.where(Appeal.stage == Stage(wish.stage))
    if wish.clock in set(Clock):
        chosen = chosen.where(Appeal.clock == Clock(wish.clock))
    if wish.country:
        chosen = chosen.where(Appeal.country == wish.country.upper())
    text = wish.text.strip()
    if text:
        # What is sealed is not searched: an index of it would be a copy in clear.
        named = select(Facility.id).where(Facility.name.icontains(text, autoescape=True))
        chosen = chosen.where(Appeal.ref.contains(text.upper(), autoescape=True) | Appeal.facility_id.in_(named))
    return chosen


def _rows(session: Session, found: list[tuple[Appeal, bool]]) -> list[QueueRow]:
    now = clock.now(session)
    wanted = {appeal.coordinator_id for appeal, _ in found} - {None}
    rows = session.execute(select(Person.id, Person.handle).where(Person.id.in_(wanted)))
    handles = {key: handle for key, handle in rows}
    return [_row(appeal, team, handles, now) for appeal, team in found]


def _row(appeal: Appeal, team: bool, handles: dict[uuid.UUID, str], now: datetime) -> QueueRow:
    due = next(iter(promises_of(appeal)), None) if team else None
    return QueueRow(
        appeal=appeal,
        audience=Audience.CASE_TEAM if team else Audience.NETWORK,
        title=(appeal.title or appeal.workplace or "") if team else "",
        coordinator=handles.get(appeal.coordinator_id, "") if team and appeal.coordinator_id else "",
        due=due,
        late=due is not None and due.is_late(now),
    )


def cases_waiting(session: Session, actor: Actor) -> list[QueueRow]:
    """The cases with a running promise that are this person's, or that nobody has and they may take up."""
    as_team = _as_team(session, actor)
    mine = Appeal.coordinator_id == actor.person_id
    if may(actor, Permission.TRIAGE_APPEAL):
        mine = or_(mine, Appeal.coordinator_id.is_(None))
    chosen = select(Appeal).where(as_team, mine, Appeal.stage.not_in(ENDED)).options(*LIGHT)
    found = session.scalars(chosen.order_by(Appeal.received_at).limit(MOST_WAITING)).all()
    return [row for row in _rows(session, [(appeal, True) for appeal in found]) if row.due is not None]
