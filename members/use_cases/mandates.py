"""The mandates under which people act. Granted from inside, announced, and ended at once everywhere."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from members.messages import tell_of_change, tell_of_handing_over, tell_of_mandate
from members.models import Mandate, Organisation, Person
from members.queries import get_person, mandates_of, person_by_handle
from members.queries.organisations import zone_of_organisation
from members.rules import term
from members.use_cases.people import add_person
from network_app.core import audit, clock
from network_app.core.db import lock, new_id
from network_app.core.errors import Conflict, Invalid, NotAllowed
from network_app.core.i18n import lazy
from network_app.core.permissions import Actor, ActorKind, Duty, Permission, require

__all__ = [
    "add_person",
    "change_mandate",
    "end_mandate",
    "grant_mandate",
    "grant_mandate_by_handle",
    "hand_over_mandate",
]


def grant_mandate(
    session: Session,
    actor: Actor,
    *,
    person_id: uuid.UUID,
    organisation_id: uuid.UUID,
    duty: Duty,
    first_day: date | None = None,
    last_day: date | None = None,
    alternate: bool = False,
) -> Mandate:
    """Let a person act for an organisation, from now or a day ahead, and announce it to all its people (DOMAIN 1).

    Days are those of the organisation's country. An alternate may do it only while nobody is there who has the duty as
    their own. Raises NotAllowed from outside the organisation, Invalid for the days, Conflict if the person holds it,
    or a vote elsewhere (DOMAIN 4).
    """
    _require_inside(actor, organisation_id)
    zone = zone_of_organisation(session, organisation_id)
    since, until = term(clock.now(session), first_day, last_day, zone)
    mandate = _give(session, actor, person_id, organisation_id, duty, since=since, until=until, alternate=alternate)
    audit.record(session, actor, "grant_mandate", f"mandate:{mandate.id}", duty=duty, alternate=alternate)
    if actor.is_person:
        tell_of_mandate(session, mandate, get_person(session, person_id), ended=False)
    return mandate


def grant_mandate_by_handle(
    session: Session,
    actor: Actor,
    *,
    handle: str,
    organisation_id: uuid.UUID,
    duty: Duty,
    first_day: date | None = None,
    last_day: date | None = None,
    alternate: bool = False,
) -> Mandate:
    """Grant a mandate to the person with this handle; raises as grant_mandate, and Invalid if there is none."""
    _require_inside(actor, organisation_id)
    return grant_mandate(
        session,
        actor,
        person_id=_known(session, handle).id,
        organisation_id=organisation_id,
        duty=duty,
        first_day=first_day,
        last_day=last_day,
        alternate=alternate,
    )


def end_mandate(session: Session, actor: Actor, *, mandate_id: uuid.UUID) -> None:
    """Take a mandate away, or lay one's own down; it ends at once in browser, chat and API. Cast votes stand.

    Raises NotAllowed from outside, Conflict if it has ended already or is the last one to administer with.
    """
    mandate = lock(session, Mandate, mandate_id)
    if not (actor.is_person and mandate.person_id == actor.person_id):
        _require_inside(actor, mandate.organisation_id)
    lock(session, Organisation, mandate.organisation_id)
    _end(session, actor, mandate)
    audit.record(session, actor, "end_mandate", f"mandate:{mandate.id}", duty=mandate.duty)
    tell_of_mandate(session, mandate, get_person(session, mandate.person_id), ended=True)


def hand_over_mandate(session: Session, actor: Actor, *, mandate_id: uuid.UUID, handle: str, version: int) -> Mandate:
    """Let another person do from now on what this one did: the new in, the old out, all told, in one step.

    The last day stays. Raises NotAllowed from outside, Invalid for the handle, and Conflict if the mandate is not as it
    was shown (`version`), or the new person cannot hold it.
    """
    old = _hold(session, actor, mandate_id, version)
    person = _known(session, handle)
    if person.id == old.person_id:
        raise Invalid(lazy("This person has the mandate already. Name the one who comes after them."), field="handle")
    giver = get_person(session, old.person_id)
    now = clock.fresh_now(session)
    new = _give(
        session,
        actor,
        person.id,
        old.organisation_id,
        old.duty,
        since=now,
        until=old.until,
        alternate=old.alternate,
    )
    _end(session, actor, old)
    audit.record(session, actor, "hand_over_mandate", f"mandate:{new.id}", duty=old.duty, old=old.id)
    tell_of_handing_over(session, new, giver, person)
    return new


def change_mandate(
    session: Session, actor: Actor, *, mandate_id: uuid.UUID, version: int, last_day: date | None
) -> Mandate:
    """Let a mandate end on another day, or on none. Raises NotAllowed, Invalid, and Conflict as hand_over_mandate."""
    mandate = _hold(session, actor, mandate_id, version)
    _, until = term(clock.fresh_now(session), None, last_day, mandate.zone)
    if until is not None and until <= mandate.since:
        raise Invalid(lazy("The last day comes before the first."), field="last_day")
    ends_sooner = until is not None and (mandate.until is None or until < mandate.until)
    if ends_sooner and _is_last_administrator(session, mandate):
        raise Conflict(lazy("Name another administrator without a last day first."))
    mandate.until, mandate.version = until, mandate.version + 1
    session.flush()
    audit.record(session, actor, "change_mandate", f"mandate:{mandate.id}", last_day=last_day)
    tell_of_change(session, mandate, get_person(session, mandate.person_id))
    return mandate


def _hold(session: Session, actor: Actor, mandate_id: uuid.UUID, version: int) -> Mandate:
    """Load a mandate for a change, if it still is what the person who changes it saw."""
    mandate = lock(session, Mandate, mandate_id)
    _require_inside(actor, mandate.organisation_id)
    lock(session, Organisation, mandate.organisation_id)
    if mandate.version != version or _is_over(mandate, clock.fresh_now(session)):
        raise Conflict()
    return mandate


def _give(
    session: Session,
    actor: Actor,
    person_id: uuid.UUID,
    organisation_id: uuid.UUID,
    duty: Duty,
    *,
    since: datetime,
    until: datetime | None,
    alternate: bool,
) -> Mandate:
    # Both rows are held, so that two administrators at once cannot give one person two votes.
    organisation = lock(session, Organisation, organisation_id)
    person = lock(session, Person, person_id)
    if person.frozen_at is not None:
        raise Conflict(lazy("This person is frozen and can be given nothing."))
    meanwhile = _held_during(session, person.id, duty, since, until)
    here = [held for held in meanwhile if held.organisation_id == organisation.id]
    if any(alternate or not held.alternate for held in here):
        raise Conflict(lazy("This person may do that already."))
    if duty is Duty.VOTE and len(meanwhile) > len(here):
        raise Conflict(lazy("This person casts the vote of another organisation; nobody casts two."))
    for held in here:
        _stand_in_no_more(session, actor, held, since)
    mandate = Mandate(
        id=new_id(),
        person_id=person.id,
        organisation_id=organisation.id,
        duty=duty,
        since=since,
        until=until,
        alternate=alternate,
        granted_at=clock.now(session),
        granted_by_id=actor.person_id,
        version=1,
    )
    session.add(mandate)
    session.flush()
    return mandate


def _known(session: Session, handle: str) -> Person:
    person = person_by_handle(session, handle)
    if person is None:
        raise Invalid(lazy("Nobody has this handle. Ask the person how it is written."), field="handle")
    return person


def _require_inside(actor: Actor, organisation_id: uuid.UUID) -> None:
    require(actor, Permission.MANAGE_MEMBERS)
    if actor.kind is not ActorKind.SYSTEM and actor.organisation_id != organisation_id:
        raise NotAllowed()


def _held_during(
    session: Session, person_id: uuid.UUID, duty: Duty, since: datetime, until: datetime | None
) -> Sequence[Mandate]:
    """A person's mandates of this duty at any moment of a span, also those of an alternate who waits."""
    ends_later: ColumnElement[bool] = or_(Mandate.until.is_(None), Mandate.until > since)
    held = select(Mandate).where(Mandate.person_id == person_id, Mandate.duty == duty, ends_later)
    return session.scalars(held if until is None else held.where(Mandate.since < until)).all()


def _stand_in_no_more(session: Session, actor: Actor, alternate: Mandate, since: datetime) -> None:
    """End what somebody held as an alternate, because from now on they have the duty as their own."""
    alternate.until, alternate.ended_by_id = max(since, alternate.since), actor.person_id
    alternate.version += 1
    session.flush()
    audit.record(session, actor, "end_mandate", f"mandate:{alternate.id}", duty=alternate.duty)


def _is_over(mandate: Mandate, now: datetime) -> bool:
    return mandate.until is not None and mandate.until <= now


def _end(session: Session, actor: Actor, mandate: Mandate) -> None:
    now = clock.fresh_now(session)
    if _is_over(mandate, now):
        raise Conflict(lazy("This mandate has ended already."))
    if _is_last_administrator(session, mandate):
        raise Conflict(lazy("Name another administrator first: without one nobody could be named after you."))
    mandate.until, mandate.ended_by_id, mandate.version = now, actor.person_id, mandate.version + 1
    session.flush()


def _is_last_administrator(session: Session, mandate: Mandate) -> bool:
    """Whether without this mandate nobody could be named any more, now or once the others' last day is over.

    Alternates only stand in: they count beside another alternate, never for somebody who has the duty as their own.
    """
    if mandate.duty is not Duty.ADMINISTER:
        return False
    return not any(
        held.until is None or (mandate.until is not None and held.until >= mandate.until)
        for held in mandates_of(session, mandate.organisation_id)
        if held.duty is Duty.ADMINISTER
        and held.since <= clock.now(session)
        and held.person_id != mandate.person_id
        and held.person.frozen_at is None
        and (mandate.alternate or not held.alternate)
    )
