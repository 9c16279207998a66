"""Who may be on a roll, and in which bloc each one counts."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session, selectinload

from members.models import Coalition, CoalitionMembership, Organisation
from members.queries.organisations import coalitions
from members.rules import MEMBER_BEFORE_VOTING, SMALLEST_BLOC, OrganisationStatus, Side, Standing, pool_blocs
from network_app.core.db import get
from network_app.core.errors import NotFound
from network_app.core.i18n import country_name, lazy


@dataclass(frozen=True)
class RollCandidate:
    """An organisation that may be put on a roll. `family` is shared by affiliates, who share one vote."""

    organisation_id: uuid.UUID
    name: str
    slug: str
    country: str
    family: str | None
    bloc: str


_COUNTED = Organisation.status == OrganisationStatus.ACTIVE, Organisation.secretariat.is_(False)


def roll_candidates(session: Session, now: datetime, electorate: str) -> list[RollCandidate]:
    """List who may be on a roll opened now: active, a member for 90 days, never the secretariat (DOMAIN 1, 4).

    `electorate` is "network" (blocs are coalitions) or "coalition:<id>" (blocs are its countries). Blocs under five are
    already pooled. Affiliates of one family are all listed: the vote lets them share one voice. Raises NotFound.
    """
    joined_by = (now - MEMBER_BEFORE_VOTING).date()
    chosen = select(Organisation).where(
        Organisation.status == OrganisationStatus.ACTIVE,
        Organisation.secretariat.is_(False),
        Organisation.joined_on <= joined_by,
    )
    if electorate != "network":
        coalition = _coalition_of(session, electorate)
        inside = select(CoalitionMembership.organisation_id).where(
            CoalitionMembership.coalition_id == coalition.id, CoalitionMembership.until.is_(None)
        )
        chosen = chosen.where(Organisation.id.in_(inside))
    rows = list(session.scalars(chosen.options(selectinload(Organisation.bloc)).order_by(Organisation.folded)))
    raw = {row.id: row.country if electorate != "network" else _bloc(row) for row in rows}
    pooled = pool_blocs(Standing(raw[row.id], row.side) for row in rows)
    return [RollCandidate(row.id, row.name, row.slug, row.country, row.family, pooled[raw[row.id]]) for row in rows]


def pooled_bloc(session: Session, organisation: Organisation) -> str:
    """Name the bloc in which an organisation counts now, if the charter joined its own with others; else nothing."""
    if organisation.secretariat or organisation.status is not OrganisationStatus.ACTIVE:
        return ""
    market = Organisation.side == Side.MARKET
    direct = and_(Organisation.bloc_id.is_(None), market if organisation.side == Side.MARKET else ~market)
    alike = Organisation.bloc_id == organisation.bloc_id if organisation.bloc_id else direct
    fellows = select(Organisation.id).where(alike, *_COUNTED).limit(SMALLEST_BLOC)
    # A bloc that is large enough by itself is joined to no other: nothing has to be counted for it.
    if len(session.scalars(fellows).all()) >= SMALLEST_BLOC:
        return ""
    own = _bloc(organisation)
    pooled = pool_blocs(_standings(session)).get(own, own)
    return "" if pooled == own else bloc_name(session, pooled)


def _standings(session: Session) -> list[Standing]:
    """Count the active members of each bloc and side in one query, however many there are."""
    slugs: dict[uuid.UUID | None, str] = {coalition.id: coalition.slug for coalition in coalitions(session)}
    groups = (
        select(Organisation.bloc_id, Organisation.side, func.count())
        .where(*_COUNTED)
        .group_by(Organisation.bloc_id, Organisation.side)
    )
    return [
        Standing(slugs.get(bloc_id) or f"direct-{Side.MARKET if side == Side.MARKET else Side.PRODUCTION}", side, count)
        for bloc_id, side, count in session.execute(groups)
    ]


def bloc_name(session: Session, bloc: str) -> str:
    """Return a bloc's name for people to read, in the current language."""
    names: dict[str, str] = {coalition.slug: coalition.name for coalition in coalitions(session)}
    names |= {f"direct-{Side.MARKET}": str(lazy("direct members, market side"))}
    names |= {f"direct-{Side.PRODUCTION}": str(lazy("direct members, production side"))}
    return " + ".join(names.get(part) or country_name(part) for part in bloc.split("+"))


def _bloc(organisation: Organisation) -> str:
    if organisation.bloc is not None:
        return organisation.bloc.slug
    return f"direct-{Side.MARKET if organisation.side == Side.MARKET else Side.PRODUCTION}"


def _coalition_of(session: Session, electorate: str) -> Coalition:
    kind, _, key = electorate.partition(":")
    try:
        coalition_id = uuid.UUID(key)
    except ValueError as error:
        raise NotFound() from error
    if kind != "coalition":
        raise NotFound()
    return get(session, Coalition, coalition_id)
