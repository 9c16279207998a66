"""An organisation never ends up without anybody who can name people, whatever its last administrator tries."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from members.models import Mandate, Organisation
from members.queries import actor_for
from members.use_cases.duty import be_away
from members.use_cases.freezing import freeze_person
from members.use_cases.mandates import change_mandate, end_mandate, grant_mandate, hand_over_mandate
from network_app.core import clock
from network_app.core.errors import Conflict
from network_app.core.permissions import Actor, Duty
from tests.factories.members import actor_of, make_organisation, make_person

DAY = timedelta(days=1)


@pytest.fixture
def union(session: Session) -> Organisation:
    return make_organisation(session)


def admin(session: Session, union: Organisation, *, alternate: bool = False, last_day: date | None = None) -> Actor:
    """One more who may name people for the union, with a word to say otherwise too."""
    person = make_person(session, union, duties=[Duty.ACT])
    grant_mandate(
        session,
        Actor.system(),
        person_id=person.id,
        organisation_id=union.id,
        duty=Duty.ADMINISTER,
        alternate=alternate,
        last_day=last_day,
    )
    return actor_of(session, person)


def goes_away(session: Session, actor: Actor) -> None:
    today = clock.now(session).date()
    be_away(session, actor, away_from=today, away_until=today + 3 * DAY)


def mandate_of(session: Session, actor: Actor) -> Mandate:
    theirs = select(Mandate).where(Mandate.person_id == actor.own_person(), Mandate.duty == Duty.ADMINISTER)
    return session.scalars(theirs).one()


def must_stay(session: Session, actor: Actor) -> None:
    """Every way out that this administrator has is shut."""
    mandate, today = mandate_of(session, actor), clock.now(session).date()
    for who in (actor, Actor.system()):
        with pytest.raises(Conflict):
            end_mandate(session, who, mandate_id=mandate.id)
        with pytest.raises(Conflict):
            change_mandate(session, who, mandate_id=mandate.id, version=mandate.version, last_day=today)
    assert mandate.until is None or mandate.until > clock.now(session) + DAY


def test_an_alternate_who_stands_in_does_not_let_the_one_go_for_whom_it_stands_in(
    session: Session, union: Organisation
) -> None:
    own = admin(session, union)
    admin(session, union, alternate=True)
    must_stay(session, own)
    goes_away(session, own)
    must_stay(session, actor_for(session, own.own_person()))


def test_an_alternate_stays_while_the_one_with_the_duty_is_frozen(session: Session, union: Organisation) -> None:
    own, standing_in = admin(session, union), admin(session, union, alternate=True)
    freeze_person(session, own, person_id=own.own_person())
    must_stay(session, actor_for(session, standing_in.own_person()))


def test_an_alternate_goes_whenever_somebody_has_the_duty_as_their_own(session: Session, union: Organisation) -> None:
    admin(session, union)
    alternate = admin(session, union, alternate=True)
    end_mandate(session, alternate, mandate_id=mandate_of(session, alternate).id)
    assert mandate_of(session, alternate).until is not None


def test_a_frozen_administrator_counts_for_nobody_and_one_who_is_away_does(
    session: Session, union: Organisation
) -> None:
    first, second = admin(session, union), admin(session, union)
    goes_away(session, second)
    third = admin(session, union)
    end_mandate(session, third, mandate_id=mandate_of(session, third).id)
    freeze_person(session, second, person_id=second.own_person())
    must_stay(session, first)


def test_who_stays_longest_stays(session: Session, union: Organisation) -> None:
    today = clock.now(session).date()
    longer, shorter = admin(session, union, last_day=today + 30 * DAY), admin(session, union, last_day=today + 2 * DAY)
    must_stay(session, longer)
    end_mandate(session, shorter, mandate_id=mandate_of(session, shorter).id)
    mandate = mandate_of(session, longer)
    for later in (today + 60 * DAY, None):
        change_mandate(session, longer, mandate_id=mandate.id, version=mandate.version, last_day=later)
    must_stay(session, longer)


def test_handing_over_leaves_the_next_one_who_cannot_go_either(session: Session, union: Organisation) -> None:
    own = admin(session, union)
    heir = make_person(session, union, duties=[Duty.FILE])
    mandate = mandate_of(session, own)
    hand_over_mandate(session, own, mandate_id=mandate.id, handle=heir.handle, version=mandate.version)
    must_stay(session, actor_of(session, heir))
