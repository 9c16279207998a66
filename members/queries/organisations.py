"""The registers of organisations and coalitions, and how an organisation is reached."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypedDict, Unpack
from zoneinfo import ZoneInfo

from sqlalchemy import Select, false, func, or_, select
from sqlalchemy.orm import Session, selectinload

from members.models import Coalition, CoalitionMembership, ContactPoint, Mandate, Organisation, Person
from members.queries.people import held_at
from members.queries.register import called
from members.rules import ACTING, SLUG, ContactKind, ContactPurpose, OrganisationStatus, Side, asked_prefixes, fold
from network_app.core import clock
from network_app.core.db import get
from network_app.core.errors import Invalid, NotFound
from network_app.core.i18n import lazy
from network_app.core.permissions import Duty
from network_app.core.texts import clean_line
from network_app.core.zones import zone_of_country


@dataclass(frozen=True)
class Contact:
    """Where an organisation's mail goes, and in which language."""

    address: str
    language: str


def get_organisation(session: Session, organisation_id: uuid.UUID) -> Organisation:
    """Load an organisation; raises NotFound."""
    return get(session, Organisation, organisation_id)


def organisation_by_slug(session: Session, slug: str) -> Organisation:
    """Load an organisation by the name in its address; raises NotFound."""
    # PostgreSQL refuses a zero byte in a text with an error of its own; no slug has anything but these.
    found = session.scalar(select(Organisation).where(Organisation.slug == slug)) if SLUG.fullmatch(slug) else None
    if found is None:
        raise NotFound()
    return found


def organisation_named(session: Session, words: str) -> Organisation:
    """Find the member that somebody means by its name, or by the last part of its page's address. Raises Invalid."""
    meant = clean_line(words, "member", longest=200)
    named = select(Organisation).where(or_(Organisation.folded == fold(meant), Organisation.slug == meant.lower()))
    found = session.scalars(named.where(Organisation.status.in_(ACTING)).limit(2)).all()
    if len(found) != 1:
        raise Invalid(lazy("We know no member of this name. Look under Members how it is written."), field="member")
    return found[0]


class Filters(TypedDict, total=False):
    """What the register may be narrowed to; `coalition` is a slug, empty words narrow nothing."""

    text: str
    country: str
    coalition: str
    side: str
    statuses: Iterable[OrganisationStatus]


def organisations(
    session: Session, *, page: int | None = None, per_page: int = 20, **filters: Unpack[Filters]
) -> list[Organisation]:
    """List organisations by name; `page` counts from 1, without it all are given. Without `statuses`: who may act."""
    chosen = _chosen(filters).options(selectinload(Organisation.bloc)).order_by(Organisation.folded, Organisation.id)
    if page is not None:
        chosen = chosen.limit(per_page).offset((page - 1) * per_page)
    return list(session.scalars(chosen))


def count_organisations(session: Session, **filters: Unpack[Filters]) -> int:
    """Count the organisations that `organisations` would list with the same filters."""
    return session.scalar(select(func.count()).select_from(_chosen(filters).subquery())) or 0


def _chosen(filters: Filters) -> Select[Organisation]:
    chosen = select(Organisation).where(Organisation.status.in_(tuple(filters.get("statuses", ACTING))))
    if text := filters.get("text", "").strip():
        words = asked_prefixes(text)
        chosen = chosen.where(called(words) if words else false())
    if country := filters.get("country"):
        chosen = chosen.where(Organisation.country == country.upper())
    if side := filters.get("side"):
        chosen = chosen.where(Organisation.side == Side(side))
    if coalition := filters.get("coalition"):
        inside = (
            select(CoalitionMembership.organisation_id)
            .join(Coalition, Coalition.id == CoalitionMembership.coalition_id)
            .where(Coalition.slug == coalition, CoalitionMembership.until.is_(None))
        )
        chosen = chosen.where(Organisation.id.in_(inside))
    return chosen


def duty_organisations(session: Session, duty: Duty) -> list[Organisation]:
    """List the acting organisations in which somebody holds this duty now, by name."""
    held = (
        select(Mandate.organisation_id)
        .join(Mandate.person)
        .where(Mandate.duty == duty, held_at(clock.now(session)), Person.frozen_at.is_(None))
    )
    chosen = select(Organisation).where(Organisation.id.in_(held), Organisation.status.in_(ACTING))
    return list(session.scalars(chosen.order_by(Organisation.folded)))


def coalitions(session: Session) -> Sequence[Coalition]:
    """List the coalitions by name."""
    return session.scalars(select(Coalition).order_by(Coalition.name)).all()


def coalition_by_slug(session: Session, slug: str) -> Coalition:
    """Load a coalition by the name in its address; raises NotFound."""
    found = session.scalar(select(Coalition).where(Coalition.slug == slug)) if SLUG.fullmatch(slug) else None
    if found is None:
        raise NotFound()
    return found


def coalitions_of(session: Session, organisation_id: uuid.UUID) -> list[tuple[Coalition, CoalitionMembership]]:
    """List the coalitions an organisation is in, with its membership in each; past ones last."""
    joined = (
        select(Coalition, CoalitionMembership)
        .join(CoalitionMembership, CoalitionMembership.coalition_id == Coalition.id)
        .where(CoalitionMembership.organisation_id == organisation_id)
        .order_by(CoalitionMembership.until.is_not(None), Coalition.name)
    )
    return [(coalition, membership) for coalition, membership in session.execute(joined)]


def coalition_ids_of(session: Session, organisation_id: uuid.UUID) -> set[uuid.UUID]:
    """Return the coalitions an organisation is in now, as ids."""
    return set(
        session.scalars(
            select(CoalitionMembership.coalition_id).where(
                CoalitionMembership.organisation_id == organisation_id, CoalitionMembership.until.is_(None)
            )
        )
    )


def zone_of_organisation(session: Session, organisation_id: uuid.UUID) -> ZoneInfo:
    """Return the zone in which an organisation counts its days: that of its country."""
    return zone_of_country(get_organisation(session, organisation_id).country)


def mail_contacts(session: Session, organisation_id: uuid.UUID) -> list[Contact]:
    """List the addresses an organisation is written to, each with its language."""
    organisation = get_organisation(session, organisation_id)
    first = [Contact(organisation.email, organisation.room_language)] if organisation.email else []
    more = [Contact(address, language) for address, language in notice_addresses(session, organisation_id)]
    return [*first, *(contact for contact in more if contact.address != organisation.email)]


def notice_addresses(session: Session, organisation_id: uuid.UUID) -> list[tuple[str, str]]:
    """List the further mail addresses to which everything goes, each with its language."""
    chosen = select(ContactPoint).where(
        ContactPoint.organisation_id == organisation_id,
        ContactPoint.kind == ContactKind.MAIL,
        ContactPoint.purpose == ContactPurpose.NOTICES,
    )
    rows = session.scalars(chosen.order_by(ContactPoint.made_at, ContactPoint.id))
    return [(row.value, row.language) for row in rows if row.value]
