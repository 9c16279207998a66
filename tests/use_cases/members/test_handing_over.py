"""Mandates with days, alternates and successors."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from members.models import Absence
from members.queries import (
    actor_for,
    current_mandate,
    ended_mandates,
    get_person,
    mandates_of,
    organisations_of,
    people_with_duty,
)
from members.use_cases.freezing import freeze_person
from members.use_cases.mandates import change_mandate, end_mandate, grant_mandate, hand_over_mandate
from members.use_cases.tidying import warn_of_mandates_that_end
from network_app.core import clock as network_clock
from network_app.core.db import new_id, transaction
from network_app.core.errors import Conflict, Invalid, NotAllowed
from network_app.core.outbox import Outgoing
from network_app.core.permissions import Actor, Duty
from tests.conftest import MovableClock
from tests.factories.members import actor_of, make_actor, make_organisation, make_person
from tests.use_cases.members.test_at_once import at_once
from tests.use_cases.members.test_mandates import mandate_of

DAY = timedelta(days=1)


def told(session: Session, template: str) -> list[Outgoing]:
    """The messages of this template, the room's first."""
    return sorted(session.scalars(select(Outgoing).where(Outgoing.template == template)), key=lambda row: row.channel)


def today(session: Session) -> date:
    """The day that it is where these organisations live."""
    return network_clock.now(session).astimezone(ZoneInfo("Asia/Phnom_Penh")).date()


@pytest.mark.parametrize(("country", "begins"), [("KH", 17), ("US", 5), ("GB", 0)])
def test_the_days_of_a_mandate_begin_and_end_in_the_organisations_country(
    session: Session, country: str, begins: int
) -> None:
    union = make_organisation(session, country=country)
    admin, person = make_actor(session, union, Duty.ADMINISTER), make_person(session, union, duties=[])
    year = network_clock.now(session).year + 1
    first, last = date(year, 12, 10), date(year, 12, 30)
    grant = grant_mandate(
        session,
        admin,
        person_id=person.id,
        organisation_id=union.id,
        duty=Duty.ACT,
        first_day=first,
        last_day=last,
    )
    begun = datetime(year, 12, 9 if begins == 17 else 10, begins, tzinfo=UTC)
    assert (grant.since, grant.until) == (begun, begun + 21 * DAY)
    assert (grant.first_day, grant.last_day) == (first, last)
    term = f"from 10 December {year} to 30 December {year}"
    assert {row.values["term"] for row in told(session, "mandate_granted")} == {term}


def test_a_mandate_that_begins_later_holds_from_its_first_day(session: Session, clock: MovableClock) -> None:
    union = make_organisation(session)
    admin, person = make_actor(session, union, Duty.ADMINISTER), make_person(session, union, duties=[Duty.FILE])
    first = today(session) + 3 * DAY
    grant_mandate(
        session, admin, person_id=person.id, organisation_id=union.id, duty=Duty.ACT, first_day=first, last_day=first
    )
    assert actor_of(session, person).duties == {Duty.FILE}
    clock.move(3 * DAY)
    assert actor_of(session, person).duties == {Duty.FILE, Duty.ACT}
    clock.move(DAY)
    assert actor_of(session, person).duties == {Duty.FILE}
    assert [mandate.duty for mandate in ended_mandates(session, union.id)] == [Duty.ACT]


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [(-1, None, "first_day"), (None, -1, "last_day"), (5, 4, "last_day"), (9999, None, "first_day")],
)
def test_days_that_make_no_sense_are_named(session: Session, first: int | None, last: int | None, field: str) -> None:
    union = make_organisation(session)
    day = today(session)
    days = [None if ahead is None else day + ahead * DAY for ahead in (first, last)]
    with pytest.raises(Invalid) as refused:
        grant_mandate(
            session,
            Actor.system(),
            person_id=make_person(session, union).id,
            organisation_id=union.id,
            duty=Duty.FILE,
            first_day=days[0],
            last_day=days[1],
        )
    assert refused.value.field == field


def test_a_vote_promised_to_one_organisation_is_not_promised_to_another(session: Session) -> None:
    ours, theirs = make_organisation(session), make_organisation(session)
    person = make_person(session, ours, duties=[Duty.FILE])
    ahead = today(session) + 30 * DAY
    give = {"person_id": person.id, "duty": Duty.VOTE}
    grant_mandate(session, Actor.system(), **give, organisation_id=ours.id, first_day=ahead)  # type: ignore[arg-type]  # see above
    with pytest.raises(Conflict):
        grant_mandate(session, Actor.system(), **give, organisation_id=theirs.id)  # type: ignore[arg-type]  # see above
    grant_mandate(session, Actor.system(), **give, organisation_id=theirs.id, last_day=ahead - DAY)  # type: ignore[arg-type]  # see above


def test_an_alternate_may_act_only_while_nobody_else_is_there(session: Session, clock: MovableClock) -> None:
    union = make_organisation(session)
    delegate, other = make_person(session, union, duties=[Duty.VOTE]), make_person(session, union, duties=[])
    grant_mandate(session, Actor.system(), person_id=other.id, organisation_id=union.id, duty=Duty.VOTE, alternate=True)

    def duties() -> frozenset[Duty]:
        return actor_for(session, other.id).duties

    assert duties() == frozenset() and organisations_of(session, other.id) == [union]
    assert [person.id for person in people_with_duty(session, union.id, Duty.VOTE)] == [delegate.id]
    now = network_clock.now(session)
    session.add(Absence(id=new_id(), person_id=delegate.id, since=now, until=now + 2 * DAY))
    session.flush()
    assert duties() == {Duty.VOTE}
    clock.move(3 * DAY)
    assert duties() == frozenset()
    freeze_person(session, Actor.system(), person_id=delegate.id)
    assert duties() == {Duty.VOTE}


def test_a_hand_over_puts_one_out_and_the_other_in_and_tells_all(session: Session) -> None:
    union = make_organisation(session)
    admin, old = make_actor(session, union, Duty.ADMINISTER), make_actor(session, union, Duty.VOTE)
    new = make_person(session, union, duties=[Duty.FILE])
    mandate = mandate_of(session, old, Duty.VOTE)

    hand_over_mandate(session, admin, mandate_id=mandate.id, handle=new.handle, version=mandate.version)

    assert actor_of(session, new).duties == {Duty.FILE, Duty.VOTE}
    with pytest.raises(NotAllowed):
        actor_for(session, old.own_person())
    messages = told(session, "mandate_handed_over")
    people = [get_person(session, one) for one in (admin.own_person(), old.own_person(), new.id)]
    assert {row.recipient for row in messages} == {f"org:{union.id}", union.email, *(one.email for one in people)}
    assert mandate.ended_by_id == admin.person_id


def test_the_alternate_takes_over_as_the_one_whose_duty_it_is(session: Session) -> None:
    union = make_organisation(session)
    admin, alternate = make_actor(session, union, Duty.ADMINISTER), make_person(session, union, duties=[Duty.FILE])
    term: dict[str, Any] = {
        "person_id": alternate.id,
        "organisation_id": union.id,
        "duty": Duty.ADMINISTER,
        "alternate": True,
    }
    grant_mandate(session, admin, **term)
    with pytest.raises(Conflict):
        grant_mandate(session, admin, **term)
    mandate = mandate_of(session, admin, Duty.ADMINISTER)
    new = hand_over_mandate(session, admin, mandate_id=mandate.id, handle=alternate.handle, version=mandate.version)
    theirs = [held for held in mandates_of(session, union.id) if held.person_id == alternate.id]
    assert [held.id for held in theirs if held.duty is Duty.ADMINISTER] == [new.id] and not new.alternate
    assert people_with_duty(session, union.id, Duty.ADMINISTER) == [alternate]


def test_the_last_administrator_hands_over_but_never_leaves_nobody(session: Session) -> None:
    union = make_organisation(session)
    admin, new = make_actor(session, union, Duty.ADMINISTER), make_person(session, union, duties=[Duty.FILE])
    mandate = mandate_of(session, admin, Duty.ADMINISTER)
    with pytest.raises(Conflict):
        tomorrow = today(session) + DAY
        change_mandate(session, admin, mandate_id=mandate.id, version=mandate.version, last_day=tomorrow)
    hand_over_mandate(session, admin, mandate_id=mandate.id, handle=new.handle, version=mandate.version)
    assert people_with_duty(session, union.id, Duty.ADMINISTER) == [new]


def test_a_hand_over_to_nobody_or_to_the_same_person_is_named(session: Session) -> None:
    union = make_organisation(session)
    admin, holder = make_actor(session, union, Duty.ADMINISTER), make_person(session, union, duties=[Duty.ACT])
    mandate = mandate_of(session, actor_of(session, holder), Duty.ACT)
    for handle in (holder.handle, "nobody", "d\u0430ra"):
        with pytest.raises(Invalid):
            hand_over_mandate(session, admin, mandate_id=mandate.id, handle=handle, version=mandate.version)
    assert actor_of(session, holder).duties == {Duty.ACT}


def test_the_end_of_a_mandate_is_said_ahead_once_for_each_end(session: Session) -> None:
    union = make_organisation(session)
    admin, person = make_actor(session, union, Duty.ADMINISTER), make_person(session, union, duties=[])
    soon = today(session) + 10 * DAY
    mandate = grant_mandate(session, admin, person_id=person.id, organisation_id=union.id, duty=Duty.ACT, last_day=soon)
    for _ in range(3):
        warn_of_mandates_that_end(session)
    assert len([row for row in told(session, "mandate_ending") if row.recipient == f"org:{union.id}"]) == 1
    change_mandate(session, admin, mandate_id=mandate.id, version=mandate.version, last_day=soon + DAY)
    warn_of_mandates_that_end(session)
    assert len([row for row in told(session, "mandate_ending") if row.recipient == f"org:{union.id}"]) == 2


def test_the_page_of_people_knows_who_named_and_who_ended(session: Session) -> None:
    union = make_organisation(session)
    admin, person = make_actor(session, union, Duty.ADMINISTER), make_person(session, union, duties=[])
    mandate = grant_mandate(session, admin, person_id=person.id, organisation_id=union.id, duty=Duty.ACT)
    assert mandate in mandates_of(session, union.id)
    end_mandate(session, admin, mandate_id=mandate.id)
    (over,) = ended_mandates(session, union.id)
    assert over.granted_by is not None and over.ended_by is not None
    assert (over.granted_by.id, over.ended_by.id) == (admin.person_id, admin.person_id)


CHANGES: dict[str, Callable[..., object]] = {
    "hand over": lambda session, admin, held, new: hand_over_mandate(
        session, admin, mandate_id=held.id, handle=new.handle, version=held.version
    ),
    "last day": lambda session, admin, held, new: change_mandate(
        session,
        admin,
        mandate_id=held.id,
        version=held.version,
        last_day=today(session) + 30 * DAY,
    ),
    "end": lambda session, admin, held, new: end_mandate(session, admin, mandate_id=held.id),
}


@pytest.mark.parametrize(
    ("first", "second"),
    [("hand over", "hand over"), ("hand over", "end"), ("last day", "hand over"), ("last day", "last day")],
)
def test_of_two_administrators_who_change_one_mandate_at_once_one_wins_and_the_other_is_told(
    factory: sessionmaker[Session], first: str, second: str
) -> None:
    with transaction(factory) as session:
        union = make_organisation(session)
        admins = [make_actor(session, union, Duty.ADMINISTER) for _ in range(2)]
        held = mandate_of(session, make_actor(session, union, Duty.VOTE), Duty.VOTE)
        heirs = [make_person(session, union, duties=[Duty.FILE]) for _ in range(2)]
    changes = zip((first, second), admins, heirs, strict=True)
    outcomes = at_once(factory, [partial(CHANGES[what], admin=a, held=held, new=h) for what, a, h in changes])
    assert sum(isinstance(outcome, Conflict) for outcome in outcomes) == 1
    with factory() as session:
        holders = [one for one in heirs if current_mandate(session, one.id, union.id, Duty.VOTE)]
        assert len(holders) <= 1
