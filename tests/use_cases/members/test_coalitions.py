"""Coalitions run themselves: who coordinates, who is in, and in which bloc an organisation counts."""

from __future__ import annotations

from threading import Barrier, Thread

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from members.queries import (
    actor_for,
    coordinators_of,
    current_mandate,
    history_of,
    open_join_requests,
    roll_candidates,
)
from members.use_cases.belonging import answer_join, ask_to_join, choose_bloc, invite_member, leave_coalition
from members.use_cases.coordinating import end_coordinator, name_coordinator
from members.use_cases.mandates import end_mandate
from network_app.core import clock as network_clock
from network_app.core.db import transaction
from network_app.core.errors import Conflict, Invalid, NotAllowed
from network_app.core.outbox import Outgoing
from network_app.core.permissions import Actor, Duty
from tests.factories.members import actor_of, coordinator_of, make_actor, make_coalition, make_organisation, make_person

SYSTEM = Actor.system()


def test_coordinators_are_named_and_ended_from_inside_and_never_by_the_secretariat(session: Session) -> None:
    asia, europe = make_coalition(session), make_coalition(session)
    inside, away = make_organisation(session, coalition=asia), make_organisation(session, coalition=europe)
    office = make_organisation(session, secretariat=True, coalition=asia)
    first = coordinator_of(session, asia, inside)
    second = make_person(session, inside, duties=[Duty.COORDINATE])
    strangers = [
        coordinator_of(session, europe, away),
        make_actor(session, office, *Duty),
        make_actor(session, inside, *Duty),
        Actor.nobody(),
    ]
    for stranger in strangers:
        with pytest.raises(NotAllowed):
            name_coordinator(session, stranger, coalition_id=asia.id, handle=second.handle, organisation_id=inside.id)
    row = name_coordinator(session, first, coalition_id=asia.id, handle=second.handle, organisation_id=inside.id)
    assert actor_of(session, second, inside).coordinates == {asia.id}
    for stranger in strangers:
        with pytest.raises(NotAllowed):
            end_coordinator(session, stranger, coordinator_id=row.id)
    end_coordinator(session, first, coordinator_id=row.id)
    assert not actor_of(session, second, inside).coordinates
    last = coordinators_of(session, asia.id)[0]
    with pytest.raises(Conflict):
        end_coordinator(session, first, coordinator_id=last.id)


def test_a_coalition_without_coordinators_gets_one_by_the_word_of_another_organisation(
    factory: sessionmaker[Session],
) -> None:
    with transaction(factory) as session:
        asia, europe = make_coalition(session), make_coalition(session)
        one, two = make_organisation(session, coalition=asia), make_organisation(session, coalition=asia)
        away, office = make_organisation(session, coalition=europe), make_organisation(session, secretariat=True)
        namer, ours = make_actor(session, one, Duty.COORDINATE), make_person(session, one, duties=[Duty.COORDINATE])
        named = make_person(session, two, duties=[Duty.COORDINATE])
        others = [
            make_actor(session, two, *(set(Duty) - {Duty.COORDINATE})),
            make_actor(session, away, *Duty),
            make_actor(session, office, *Duty),
        ]
        for other in others:
            with pytest.raises(NotAllowed):
                name_coordinator(session, other, coalition_id=asia.id, handle=named.handle, organisation_id=two.id)
        with pytest.raises(Invalid):
            name_coordinator(session, namer, coalition_id=asia.id, handle=ours.handle, organisation_id=one.id)
        name_coordinator(session, namer, coalition_id=asia.id, handle=named.handle, organisation_id=two.id)
        assert actor_of(session, named, two).coordinates == {asia.id}
        # Now there is one, and the others name nobody any more.
        with pytest.raises(NotAllowed):
            name_coordinator(session, namer, coalition_id=asia.id, handle=ours.handle, organisation_id=one.id)
        told = session.scalars(select(Outgoing.recipient).where(Outgoing.template == "coordinator_anew")).all()
        assert {to for to in told if to.startswith("org:")} == {f"org:{one.id}", f"org:{two.id}"}


def test_nobody_of_the_secretariat_or_without_the_mandate_is_named(session: Session) -> None:
    asia = make_coalition(session)
    inside, office = make_organisation(session, coalition=asia), make_organisation(session, secretariat=True)
    first = coordinator_of(session, asia, inside)
    helper = make_person(session, office, duties=list(Duty))
    plain = make_person(session, inside, duties=[Duty.ACT])
    for person, organisation in ((helper, office), (plain, inside), (helper, inside)):
        with pytest.raises(Invalid):
            name_coordinator(
                session, first, coalition_id=asia.id, handle=person.handle, organisation_id=organisation.id
            )


def test_the_right_to_coordinate_ends_with_the_mandate_and_with_the_membership(session: Session) -> None:
    asia = make_coalition(session)
    one, two = make_organisation(session, coalition=asia), make_organisation(session, coalition=asia)
    first, second = coordinator_of(session, asia, one), coordinator_of(session, asia, two)
    leave_coalition(session, second, coalition_id=asia.id)
    assert not actor_for(session, second.own_person()).coordinates
    mandate = current_mandate(session, first.own_person(), one.id, Duty.COORDINATE)
    assert mandate is not None
    end_mandate(session, SYSTEM, mandate_id=mandate.id)
    assert not actor_for(session, first.own_person()).coordinates


def test_two_coordinators_who_end_each_other_at_once_leave_one(factory: sessionmaker[Session]) -> None:
    with transaction(factory) as session:
        asia = make_coalition(session)
        inside = make_organisation(session, coalition=asia)
        actors = [coordinator_of(session, asia, inside) for _ in range(2)]
        rows = {row.person_id: row.id for row in coordinators_of(session, asia.id)}
    start, refused = Barrier(2), []

    def end(actor: Actor, other: Actor) -> None:
        start.wait()
        try:
            with transaction(factory) as own:
                end_coordinator(own, actor, coordinator_id=rows[other.own_person()])
        except Conflict as error:
            refused.append(error)

    threads = [Thread(target=end, args=pair) for pair in (actors, actors[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with transaction(factory) as session:
        assert len(refused) == 1
        assert len(coordinators_of(session, asia.id)) == 1


def test_a_member_joins_a_further_coalition_only_when_both_sides_want_it(session: Session) -> None:
    asia, europe = make_coalition(session, name="Asia"), make_coalition(session, name="Europe")
    member, host = make_organisation(session, coalition=asia), make_organisation(session, coalition=europe)
    admin, host_admin = make_actor(session, member, Duty.ADMINISTER), coordinator_of(session, europe, host)
    request = ask_to_join(session, admin, coalition_id=europe.id)
    with pytest.raises(NotAllowed):
        answer_join(session, admin, request_id=request.id, accept=True)
    with pytest.raises(Conflict):
        invite_member(session, host_admin, coalition_id=europe.id, organisation_id=member.id)
    answer_join(session, host_admin, request_id=request.id, accept=False)
    again = invite_member(session, host_admin, coalition_id=europe.id, organisation_id=member.id)
    with pytest.raises(NotAllowed):
        answer_join(session, host_admin, request_id=again.id, accept=True)
    answer_join(session, admin, request_id=again.id, accept=True)
    assert member.bloc_id == asia.id, "the bloc stays until the organisation itself changes it"
    assert not open_join_requests(session, organisation_id=member.id)
    assert history_of(session, f"organisation:{member.id}")[0].sentence == "Joined Europe."


def test_another_bloc_counts_from_the_next_roll_on_and_only_an_own_coalition_can_be_it(session: Session) -> None:
    asia, europe = make_coalition(session, name="Asia"), make_coalition(session, name="Europe")
    for _ in range(5):
        make_organisation(session, coalition=asia)
        make_organisation(session, coalition=europe)
    member = make_organisation(session, name="Ours", coalition=asia)
    admin = make_actor(session, member, Duty.ADMINISTER)
    with pytest.raises(Invalid):
        choose_bloc(session, admin, coalition_id=europe.id)
    host = coordinator_of(session, europe, make_organisation(session, coalition=europe))
    answer_join(session, host, request_id=ask_to_join(session, admin, coalition_id=europe.id).id, accept=True)

    def bloc() -> str:
        roll = roll_candidates(session, network_clock.now(session), "network")
        return next(entry.bloc for entry in roll if entry.name == "Ours")

    frozen = bloc()
    choose_bloc(session, admin, coalition_id=europe.id)
    assert (frozen, bloc()) == ("asia", "europe")
    leave_coalition(session, admin, coalition_id=europe.id)
    assert bloc() == "asia"
