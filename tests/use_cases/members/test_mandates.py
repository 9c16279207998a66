"""Mandates: granted from inside, announced, ended at once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from members.models import Mandate
from members.queries import actor_for, current_mandate, get_person, linked_people, people_of, people_with_duty
from members.use_cases.mandates import add_person, end_mandate, grant_mandate
from network_app.core import audit
from network_app.core.errors import Conflict, Invalid, NotAllowed
from network_app.core.outbox import Outgoing
from network_app.core.permissions import Actor, Duty
from tests.conftest import MovableClock
from tests.factories.members import actor_of, give_duties, make_actor, make_organisation, make_person


def mandate_of(session: Session, actor: Actor, duty: Duty) -> Mandate:
    """The mandate an actor holds now."""
    found = current_mandate(session, actor.own_person(), actor.own_organisation(), duty)
    assert found is not None
    return found


def test_an_administrator_grants_a_mandate_and_everybody_is_told(session: Session) -> None:
    union = make_organisation(session)
    admin = make_actor(session, union, Duty.ADMINISTER)
    colleague = make_person(session, union, duties=[Duty.FILE])

    grant_mandate(session, admin, person_id=colleague.id, organisation_id=union.id, duty=Duty.VOTE)

    assert actor_of(session, colleague).duties == {Duty.FILE, Duty.VOTE}
    assert [p.handle for p in people_with_duty(session, union.id, Duty.VOTE)] == [colleague.handle]
    told = session.scalars(select(Outgoing).where(Outgoing.template == "mandate_granted")).all()
    everybody = {union.email, colleague.email, get_person(session, admin.own_person()).email}
    assert {row.recipient for row in told} == {f"org:{union.id}", *everybody}
    assert told[0].values == {"handle": colleague.handle, "duty": "cast our vote", "term": "from now"}


def test_nobody_grants_a_mandate_elsewhere(session: Session) -> None:
    ours, theirs = make_organisation(session), make_organisation(session)
    admin = make_actor(session, ours, Duty.ADMINISTER)
    with pytest.raises(NotAllowed):
        grant_mandate(session, admin, person_id=admin.own_person(), organisation_id=theirs.id, duty=Duty.ACT)


@pytest.mark.parametrize("duty", [duty for duty in Duty if duty is not Duty.ADMINISTER])
def test_only_an_administrator_grants(session: Session, duty: Duty) -> None:
    union = make_organisation(session)
    member = make_actor(session, union, duty)
    with pytest.raises(NotAllowed):
        grant_mandate(session, member, person_id=member.own_person(), organisation_id=union.id, duty=Duty.ADMINISTER)


def test_the_secretariat_grants_nothing_to_others(session: Session) -> None:
    union, office = make_organisation(session), make_organisation(session, secretariat=True)
    clerk = make_actor(session, office, *Duty)
    person = make_person(session, union)
    with pytest.raises(NotAllowed):
        grant_mandate(session, clerk, person_id=person.id, organisation_id=union.id, duty=Duty.VOTE)


def test_an_ended_mandate_is_dead_at_once_in_every_reading(session: Session) -> None:
    union = make_organisation(session)
    admin = make_actor(session, union, Duty.ADMINISTER)
    delegate = make_actor(session, union, Duty.VOTE)

    end_mandate(session, admin, mandate_id=mandate_of(session, delegate, Duty.VOTE).id)

    with pytest.raises(NotAllowed):
        actor_for(session, delegate.own_person(), union.id)
    assert delegate.person_id not in {person.id for person, _ in people_of(session, union.id)}
    assert people_with_duty(session, union.id, Duty.VOTE) == []
    assert linked_people(session, union.id) == []


def test_ending_a_mandate_twice_tells_the_second_who_was_too_late(session: Session) -> None:
    union = make_organisation(session)
    admin = make_actor(session, union, Duty.ADMINISTER)
    mandate = mandate_of(session, make_actor(session, union, Duty.VOTE), Duty.VOTE)
    end_mandate(session, admin, mandate_id=mandate.id)
    with pytest.raises(Conflict):
        end_mandate(session, admin, mandate_id=mandate.id)


def test_a_person_lays_down_their_own_mandate_without_an_administrator(session: Session) -> None:
    union = make_organisation(session)
    delegate = make_actor(session, union, Duty.VOTE, Duty.ACT)
    end_mandate(session, delegate, mandate_id=mandate_of(session, delegate, Duty.VOTE).id)
    assert actor_for(session, delegate.own_person()).duties == {Duty.ACT}


def test_the_last_administrator_cannot_remove_itself(session: Session) -> None:
    union = make_organisation(session)
    admin = make_actor(session, union, Duty.ADMINISTER)
    with pytest.raises(Conflict):
        end_mandate(session, admin, mandate_id=mandate_of(session, admin, Duty.ADMINISTER).id)
    make_actor(session, union, Duty.ADMINISTER)
    end_mandate(session, admin, mandate_id=mandate_of(session, admin, Duty.ADMINISTER).id)


def test_a_person_casts_one_organisations_vote_only(session: Session) -> None:
    ours, theirs = make_organisation(session), make_organisation(session)
    person = make_person(session, ours, duties=[Duty.VOTE])
    with pytest.raises(Conflict):
        give_duties(session, theirs, person, [Duty.VOTE])
    give_duties(session, theirs, person, [Duty.ACT])


def test_a_mandate_tells_since_when_it_holds(session: Session, clock: MovableClock) -> None:
    union = make_organisation(session)
    early = make_actor(session, union, Duty.VOTE)
    opened_at = clock.move(timedelta(hours=1))
    clock.move(timedelta(hours=1))
    late = make_actor(session, union, Duty.VOTE)
    assert mandate_of(session, early, Duty.VOTE).since < opened_at < mandate_of(session, late, Duty.VOTE).since


def test_a_person_with_two_organisations_acts_for_the_one_they_choose(session: Session) -> None:
    first, second = make_organisation(session, country="KH"), make_organisation(session, country="LK")
    person = make_person(session, first, duties=[Duty.VOTE])
    session.commit()
    give_duties(session, second, person, [Duty.ACT])
    assert actor_of(session, person).organisation_id == first.id
    chosen = actor_of(session, person, second)
    assert chosen.country == "LK" and chosen.duties == {Duty.ACT}


def test_a_mandate_names_itself_in_the_audit(session: Session) -> None:
    union = make_organisation(session)
    admin = make_actor(session, union, Duty.ADMINISTER)
    colleague = make_person(session, union)
    grant_mandate(session, admin, person_id=colleague.id, organisation_id=union.id, duty=Duty.FILE)
    last = audit.links(session, audit.AUDIT)[-1].body
    assert (last["act"], last["person"], last["organisation"]) == ("grant_mandate", str(admin.person_id), str(union.id))
    assert last["mandates"] == [str(mandate) for mandate in admin.mandate_ids]
    assert audit.verify(session, audit.AUDIT) is None


def test_twins_of_a_person_are_refused(session: Session) -> None:
    make_person(session, make_organisation(session), handle="sok.dara", email="dara@x.test")
    system = Actor.system()
    with pytest.raises(Conflict):
        add_person(session, system, handle="Sok.Dara", email="other@x.test")
    with pytest.raises(Conflict):
        add_person(session, system, handle="other", email="DARA@x.test")
    with pytest.raises(Invalid):
        add_person(session, system, handle="other", email="d\u0131ara@x.test")
