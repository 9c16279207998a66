"""Two people doing the same thing at the same moment, in transactions of their own."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from members.models import ChatIdentity
from members.queries import current_mandates
from members.use_cases.bootstrap import bootstrap
from members.use_cases.chat_links import link_chat, make_link_code
from members.use_cases.mandates import end_mandate, grant_mandate
from network_app.core.db import transaction
from network_app.core.errors import Conflict
from network_app.core.permissions import Actor, Duty
from tests.factories.members import actor_of, make_actor, make_organisation, make_person
from tests.use_cases.members.test_bootstrap import CIRCLE


def at_once(factory: sessionmaker[Session], acts: list[Callable[[Session], object]]) -> list[object]:
    """Run every act in a thread and transaction of its own; a Conflict is an outcome."""

    def run(act: Callable[[Session], object]) -> object:
        try:
            with transaction(factory) as session:
                return act(session)
        except Conflict as refused:
            return refused

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_one_code_sent_from_many_chats_links_one(factory: sessionmaker[Session]) -> None:
    with transaction(factory) as session:
        code = make_link_code(session, actor_of(session, make_person(session, make_organisation(session))))

    def send(number: int) -> Callable[[Session], object]:
        return lambda session: link_chat(session, code=code, matrix_id=f"@thief{number}:chat.test")

    outcomes = at_once(factory, [send(number) for number in range(8)])
    assert sum(outcome is not None for outcome in outcomes) == 1
    with factory() as session:
        assert session.scalar(select(func.count()).select_from(ChatIdentity)) == 1


def test_the_last_two_administrators_cannot_both_leave(factory: sessionmaker[Session]) -> None:
    with transaction(factory) as session:
        union = make_organisation(session)
        people = [make_actor(session, union, Duty.ADMINISTER) for _ in range(2)]

    def leave(actor: Actor) -> Callable[[Session], object]:
        (mandate_id,) = actor.mandate_ids
        return lambda session: end_mandate(session, actor, mandate_id=mandate_id)

    outcomes = at_once(factory, [leave(actor) for actor in people])
    assert sum(isinstance(outcome, Conflict) for outcome in outcomes) == 1
    with factory() as session:
        assert len(current_mandates(session, union.id)) == 1


def test_two_organisations_cannot_both_give_one_person_their_vote(factory: sessionmaker[Session]) -> None:
    with transaction(factory) as session:
        unions = [make_organisation(session) for _ in range(2)]
        admins = [make_actor(session, union, Duty.ADMINISTER) for union in unions]
        person_id = make_person(session, unions[0], duties=[Duty.ACT]).id

    def give(admin: Actor, organisation_id: uuid.UUID) -> Callable[[Session], object]:
        return lambda session: grant_mandate(
            session, admin, person_id=person_id, organisation_id=organisation_id, duty=Duty.VOTE
        )

    outcomes = at_once(factory, [give(admin, union.id) for admin, union in zip(admins, unions, strict=True)])
    assert sum(isinstance(outcome, Conflict) for outcome in outcomes) == 1


def test_a_mandate_ended_by_two_administrators_is_ended_by_one(factory: sessionmaker[Session]) -> None:
    with transaction(factory) as session:
        union = make_organisation(session)
        admins = [make_actor(session, union, Duty.ADMINISTER) for _ in range(2)]
        (mandate_id,) = make_actor(session, union, Duty.VOTE).mandate_ids

    def end(admin: Actor) -> Callable[[Session], object]:
        return lambda session: end_mandate(session, admin, mandate_id=mandate_id)

    outcomes = at_once(factory, [end(admin) for admin in admins])
    assert sum(isinstance(outcome, Conflict) for outcome in outcomes) == 1


def test_two_bootstraps_make_one_circle(factory: sessionmaker[Session]) -> None:
    outcomes = at_once(factory, [lambda session: bootstrap(session, CIRCLE)] * 2)
    assert sum(isinstance(outcome, Conflict) for outcome in outcomes) == 1
