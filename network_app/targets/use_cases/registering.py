"""Putting targets and workplaces on record, and saying who answers for whom."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import select
from sqlalchemy.orm import Session

from network_app.core import audit, clock
from network_app.core.db import lock, new_id
from network_app.core.errors import Conflict, Invalid
from network_app.core.i18n import lazy
from network_app.core.permissions import Actor, Permission, require
from network_app.core.refs import new_ref
from network_app.core.texts import clean_language, clean_line
from network_app.targets.models import Facility, FacilityName, Target, TargetAlias
from network_app.targets.queries import find_target, get_facility, get_target, parent_of
from network_app.targets.rules import FacilityStatus, TargetKind, would_loop
from network_app.targets.rules.countries import is_country
from network_app.targets.rules.matching import describe, fingerprint
from network_app.targets.rules.names import name_key, plain_words, slug_of


def add_target(
    session: Session,
    actor: Actor,
    *,
    name: str,
    kind: TargetKind,
    source: str,
    home_country: str | None = None,
    markets: list[str] | None = None,
) -> Target:
    """Put a brand, owner, authority or other target on record.

    Raises Invalid for a name, source or country that cannot be used, Conflict if the name is on record already.
    """
    require(actor, Permission.MANAGE_TARGETS)
    if find_target(session, name) is not None:
        raise Conflict(lazy("“%(name)s” is on record already.") % {"name": name.strip()}, field="name")
    target = put_target(session, name=name, kind=kind, source=source, home_country=home_country)
    target.markets = sorted(set(markets or []))
    for code in target.markets:
        _require_country(code, "markets")
    session.flush()
    audit.record(session, actor, "add_target", str(target.id), kind=target.kind.value)
    return target


def put_target(
    session: Session,
    *,
    name: str,
    kind: TargetKind,
    source: str,
    home_country: str | None = None,
    slugs: set[str] | None = None,
) -> Target:
    """The new record of a target whose name is known to be free; the caller requires permission, flushes and audits.

    `slugs` are those in use, for whoever adds many.
    """
    name = clean_line(name, "name")
    if home_country:
        _require_country(home_country, "home_country")
    target = Target(
        id=new_id(),
        slug=_free_slug(name, set(session.scalars(select(Target.slug))) if slugs is None else slugs),
        kind=TargetKind(kind),
        name=name,
        name_key=name_key(name),
        home_country=home_country or None,
        markets=[],
        source=clean_line(source, "source", longest=500),
        added_at=clock.now(session),
    )
    session.add(target)
    return target


def add_alias(session: Session, actor: Actor, *, target_id: uuid.UUID, name: str, source: str = "") -> TargetAlias:
    """Note another name of a target. Raises Conflict if that name means another target already."""
    require(actor, Permission.MANAGE_TARGETS)
    target = get_target(session, target_id)
    name = clean_line(name, "name")
    key = name_key(name)
    taken = session.scalar(select(TargetAlias).where(TargetAlias.name_key == key))
    if taken is not None and taken.target_id == target.id:
        return taken
    holder = find_target(session, name)
    if taken is not None or (holder is not None and holder.id != target.id):
        raise Conflict(lazy("“%(name)s” means another target already.") % {"name": name}, field="name")
    source = clean_line(source, "source", longest=500, required=False)
    alias = TargetAlias(id=new_id(), target_id=target.id, name=name, name_key=key, source=source)
    session.add(alias)
    session.flush()
    audit.record(session, actor, "add_alias", str(target.id), alias=alias.id)
    return alias


def set_parent(session: Session, actor: Actor, *, target_id: uuid.UUID, parent_id: uuid.UUID | None) -> Target:
    """Say who stands above a target, and so who answers for it. Raises Invalid if that would close a circle."""
    require(actor, Permission.MANAGE_TARGETS)
    target = get_target(session, target_id)
    if parent_id is not None:
        # Two people who build the two halves of a circle at once: the second waits here and then sees the first half.
        for one in sorted((target.id, get_target(session, parent_id).id)):
            lock(session, Target, one)
        if would_loop(target.id, parent_id, lambda one: parent_of(session, one)):
            message = lazy("%(name)s cannot stand above itself.") % {"name": target.name}
            raise Invalid(message, field="parent_id")
    target.parent_id = parent_id
    session.flush()
    audit.record(session, actor, "set_parent", str(target.id), parent=parent_id)
    return target


def let_answer_itself(session: Session, actor: Actor, *, target_id: uuid.UUID, answers: bool) -> Target:
    """Say whether letters go to this target although another company stands above it."""
    require(actor, Permission.MANAGE_TARGETS)
    target = get_target(session, target_id)
    target.answers_itself = answers
    audit.record(session, actor, "let_answer_itself", str(target.id), answers=answers)
    return target


def set_contact(
    session: Session, actor: Actor, *, target_id: uuid.UUID, email: str, language: str, source: str
) -> Target:
    """Record where letters to a target go, since today. Raises Invalid for an address that cannot be one."""
    require(actor, Permission.MANAGE_TARGETS)
    target = get_target(session, target_id)
    try:
        # No look-up at the target's own name server: that would tell it that somebody is preparing a letter.
        checked = validate_email(email.strip(), check_deliverability=False, test_environment=True)
    except EmailNotValidError as problem:
        raise Invalid(lazy("This is not a mail address."), field="email") from problem
    target.contact_email = checked.normalized
    target.contact_language = clean_language(language)
    target.contact_source = clean_line(source, "source", longest=500)
    target.contact_since = clock.now(session).date()
    target.contact_bounced_at = None
    audit.record(session, actor, "set_contact", str(target.id), language=language)
    return target


def add_facility(
    session: Session,
    actor: Actor,
    *,
    name: str,
    country: str,
    source: str,
    address: str = "",
    lat: float | None = None,
    lng: float | None = None,
    owner_id: uuid.UUID | None = None,
) -> Facility:
    """Put a workplace on record. Raises Invalid, or Conflict if exactly this one is on record."""
    require(actor, Permission.MANAGE_TARGETS)
    name = clean_line(name, "name", longest=300)
    address = clean_line(address, "address", longest=800, required=False)
    _require_country(country, "country")
    if (lat is None) != (lng is None) or abs(lat or 0) > 90 or abs(lng or 0) > 180:
        raise Invalid(lazy("A position needs a latitude and a longitude."), field="lat")
    mark = fingerprint(country, describe(name, address))
    if session.scalar(select(FacilityName.id).where(FacilityName.fingerprint == mark)) is not None:
        raise Conflict(lazy("This workplace is on record already."), field="name")
    facility = Facility(
        id=new_id(),
        ref=new_ref(session, Facility, "F"),
        name=name,
        country=country,
        address=address,
        lat=lat,
        lng=lng,
        owner_id=get_target(session, owner_id).id if owner_id else None,
        source=clean_line(source, "source", longest=500),
        added_at=clock.now(session),
    )
    session.add(facility)
    written = written_as(facility.id, name=name, address=address, mark=mark, source=facility.source)
    session.add(FacilityName(**written))
    session.flush()
    audit.record(session, actor, "add_facility", facility.ref)
    return facility


def set_owner(session: Session, actor: Actor, *, facility_id: uuid.UUID, owner_id: uuid.UUID | None) -> Facility:
    """Say which factory owner runs a workplace."""
    require(actor, Permission.MANAGE_TARGETS)
    facility = get_facility(session, facility_id)
    facility.owner_id = get_target(session, owner_id).id if owner_id else None
    audit.record(session, actor, "set_owner", facility.ref, owner=owner_id)
    return facility


def mark_facility(
    session: Session, actor: Actor, *, facility_id: uuid.UUID, status: FacilityStatus, since: dt.date | None
) -> Facility:
    """Note that a workplace closed, moved or opened again; it stays findable."""
    require(actor, Permission.MANAGE_TARGETS)
    facility = get_facility(session, facility_id)
    if status is FacilityStatus.MERGED or facility.status is FacilityStatus.MERGED:
        raise Invalid(lazy("Records are joined with the record that stays."), field="status")
    facility.status, facility.status_since = status, since
    audit.record(session, actor, "mark_facility", facility.ref, status=status.value)
    return facility


def join_facilities(session: Session, actor: Actor, *, kept_id: uuid.UUID, joined_id: uuid.UUID) -> Facility:
    """Join two records of one workplace. The joined one keeps its reference, names and claims, and points to the other.

    Raises Invalid if the one to be kept is itself joined, or both are the same.
    """
    require(actor, Permission.MANAGE_TARGETS)
    kept, joined = get_facility(session, kept_id), get_facility(session, joined_id)
    if kept.id == joined.id or kept.status is FacilityStatus.MERGED or joined.status is FacilityStatus.MERGED:
        raise Invalid(lazy("Choose two records that are not joined with another yet."), field="joined_id")
    for pointing in session.scalars(select(Facility).where(Facility.merged_into_id == joined.id)):
        pointing.merged_into_id = kept.id
    joined.status, joined.merged_into_id = FacilityStatus.MERGED, kept.id
    joined.status_since = clock.now(session).date()
    session.flush()
    audit.record(session, actor, "join_facilities", kept.ref, joined=joined.ref)
    return kept


def written_as(facility_id: uuid.UUID, *, name: str, address: str, mark: str, source: str) -> dict[str, Any]:
    """The values of the row that makes a workplace findable under one way of writing it."""
    return {
        "id": new_id(),
        "facility_id": facility_id,
        "name": name,
        "address": address,
        "search_key": " ".join(plain_words(f"{name} {address}")),
        "fingerprint": mark,
        "source": source,
    }


def _require_country(code: str, field: str) -> None:
    if not is_country(code):
        raise Invalid(lazy("Choose a country from the list."), field=field)


def _free_slug(name: str, taken: set[str]) -> str:
    wanted = slug_of(name) or f"t-{new_id().hex[:8]}"
    slug, number = wanted, 2
    while slug in taken:
        slug, number = f"{wanted}-{number}", number + 1
    taken.add(slug)
    return slug
