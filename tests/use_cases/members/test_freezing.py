"""Freezing: a colleague cuts a seized phone off, at once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from members.messages import tell_organisation, tell_person
from members.models import SignIn
from members.queries import actor_for, has_factor, people_of, person_by_chat, sign_ins_of, token_hash
from members.use_cases.chat_links import link_chat, make_link_code
from members.use_cases.factors import give_app
from members.use_cases.freezing import ask_to_freeze, freeze_by_operator, freeze_person
from members.use_cases.inviting import join_by_invitation, make_invitation
from members.use_cases.mandates import grant_mandate
from members.use_cases.signing_in import sign_in
from members.use_cases.thawing import thaw_by_handle, thaw_by_operator, thaw_person
from network_app.core.errors import Conflict, GateShut, NotAllowed, NotFound
from network_app.core.outbox import Outgoing, State
from network_app.core.permissions import Actor, Duty
from tests.conftest import MovableClock
from tests.factories.members import (
    PASSWORD,
    actor_of,
    give_duties,
    login,
    make_actor,
    make_organisation,
    make_person,
)


def test_a_colleague_freezes_a_person_and_all_their_ways_in_are_dead(session: Session) -> None:
    union = make_organisation(session)
    seized = make_person(session, union, duties=[Duty.VOTE], email="s@x.test", password=PASSWORD)
    colleague = make_actor(session, union, Duty.FILE)
    link_chat(session, code=make_link_code(session, actor_of(session, seized)), matrix_id="@s:chat.test")
    sign_in(session, email="s@x.test", password=PASSWORD)

    freeze_person(session, colleague, person_id=seized.id)

    assert sign_ins_of(session, seized.id) == []
    assert person_by_chat(session, "@s:chat.test") is None
    with pytest.raises(NotAllowed):
        actor_for(session, seized.id)
    assert seized.id not in {person.id for person, _ in people_of(session, union.id)}
    with pytest.raises(Conflict):
        grant_mandate(session, Actor.system(), person_id=seized.id, organisation_id=union.id, duty=Duty.ACT)


def test_every_organisation_of_the_frozen_person_is_told(session: Session) -> None:
    first, second = make_organisation(session), make_organisation(session)
    seized = make_person(session, first)
    give_duties(session, second, seized, [Duty.ACT])
    freeze_person(session, Actor.system(), person_id=seized.id)
    told = session.scalars(select(Outgoing.recipient).where(Outgoing.template == "person_frozen")).all()
    assert set(told) == {f"org:{first.id}", f"org:{second.id}", first.email, second.email}


def test_nobody_from_elsewhere_freezes_alone(session: Session) -> None:
    union = make_organisation(session)
    person = make_person(session, union)
    elsewhere = make_organisation(session, secretariat=True)
    first, second = (make_actor(session, elsewhere, *duties) for duties in (list(Duty), [Duty.ACT]))
    with pytest.raises(NotAllowed):
        freeze_person(session, first, person_id=person.id)
    assert ask_to_freeze(session, first, handle=person.handle).frozen_at is None
    for again in (first, second):
        with pytest.raises(Conflict):
            ask_to_freeze(session, again, handle=person.handle)
    assert actor_for(session, person.id).duties == {Duty.ACT}
    told = session.scalars(select(Outgoing.recipient).where(Outgoing.template == "freeze_asked")).all()
    assert set(told) == {f"org:{union.id}", union.email}


def test_two_words_of_two_organisations_elsewhere_freeze(session: Session) -> None:
    person = make_person(session, make_organisation(session))
    first, second = (make_actor(session, make_organisation(session), Duty.FILE) for _ in range(2))
    ask_to_freeze(session, first, handle=person.handle)
    assert ask_to_freeze(session, second, handle=person.handle).frozen_at is not None
    with pytest.raises(NotAllowed):
        actor_for(session, person.id)


def test_a_word_older_than_a_day_does_not_count(session: Session, clock: MovableClock) -> None:
    person = make_person(session, make_organisation(session))
    first, second = (make_actor(session, make_organisation(session), Duty.FILE) for _ in range(2))
    ask_to_freeze(session, first, handle=person.handle)
    clock.move(timedelta(hours=25))
    assert ask_to_freeze(session, second, handle=person.handle).frozen_at is None
    assert ask_to_freeze(session, first, handle=person.handle).frozen_at is not None


def test_a_colleagues_word_freezes_at_once_also_by_handle(session: Session) -> None:
    union = make_organisation(session)
    person, colleague = make_person(session, union), make_actor(session, union, Duty.FILE)
    assert ask_to_freeze(session, colleague, handle=person.handle).frozen_at is not None


def test_messages_on_their_way_to_a_frozen_person_are_taken_back(session: Session) -> None:
    union = make_organisation(session)
    seized = make_person(session, union)
    link_chat(session, code=make_link_code(session, actor_of(session, seized)), matrix_id="@s:chat.test")
    tell_person(session, seized.id, key="call:1", template="made_dormant", values={})
    tell_organisation(session, union.id, key="call:1", template="made_dormant", values={})
    freeze_person(session, Actor.system(), person_id=seized.id)
    states = {row.key: row.state for row in session.scalars(select(Outgoing).where(Outgoing.key.startswith("call:1")))}
    assert states == {
        f"call:1:{seized.id}:chat": State.RECALLED,
        f"call:1:{seized.id}:mail": State.RECALLED,
        f"call:1:{union.id}:chat": State.PLANNED,
        f"call:1:{union.id}:mail:0": State.PLANNED,
    }


def test_what_a_frozen_person_started_lets_nobody_in(session: Session) -> None:
    union = make_organisation(session)
    admin = make_actor(session, union, Duty.ADMINISTER)
    link = make_invitation(session, admin, note="a friend", duties=[Duty.ADMINISTER])
    freeze_person(session, Actor.system(), person_id=admin.own_person())
    with pytest.raises(GateShut, match="taken back"):
        join_by_invitation(
            session, token=link.rsplit("/", 1)[1], handle="friend", email="f@x.test", password="violets over the gate"
        )


def test_the_word_of_whoever_runs_the_server_is_one_of_the_two(session: Session) -> None:
    union = make_organisation(session)
    seized, colleague = make_person(session, union, handle="dara"), make_actor(session, union, Duty.ACT)
    freeze_by_operator(session, handle="dara")
    assert thaw_by_operator(session, handle="dara") is False
    with pytest.raises(Conflict):
        thaw_by_operator(session, handle="dara")
    assert thaw_person(session, colleague, person_id=seized.id) is True
    told = session.scalars(select(Outgoing.recipient).where(Outgoing.template == "person_thawed")).all()
    assert f"org:{union.id}" in told


def test_where_nobody_else_acts_for_them_two_other_organisations_let_a_person_back(session: Session) -> None:
    seized = make_person(session, make_organisation(session), handle="dara")
    elsewhere = make_organisation(session)
    first, second = (make_actor(session, elsewhere, Duty.ACT) for _ in range(2))
    third = make_actor(session, make_organisation(session), Duty.ACT)
    freeze_person(session, Actor.system(), person_id=seized.id)
    assert thaw_by_handle(session, first, handle="dara") is False
    with pytest.raises(Conflict):
        thaw_by_handle(session, second, handle="dara")
    assert thaw_by_handle(session, third, handle="dara") is True


def test_after_the_word_of_the_only_colleague_one_of_another_organisation_gives_the_second(session: Session) -> None:
    union = make_organisation(session)
    seized, colleague = make_person(session, union, handle="dara"), make_actor(session, union, Duty.ACT)
    elsewhere = make_actor(session, make_organisation(session), Duty.ACT)
    freeze_person(session, colleague, person_id=seized.id)
    with pytest.raises(NotAllowed):
        thaw_by_handle(session, elsewhere, handle="dara")
    assert thaw_person(session, colleague, person_id=seized.id) is False
    assert thaw_by_handle(session, elsewhere, handle="dara") is True


def test_freezing_twice_tells_the_second_it_is_done(session: Session) -> None:
    person = make_person(session, make_organisation(session))
    freeze_person(session, Actor.system(), person_id=person.id)
    with pytest.raises(Conflict):
        freeze_person(session, Actor.system(), person_id=person.id)


def test_a_person_freezes_themselves_from_another_device(session: Session) -> None:
    person = make_person(session, make_organisation(session))
    freeze_person(session, actor_of(session, person), person_id=person.id)
    with pytest.raises(NotAllowed):
        actor_for(session, person.id)


def test_it_takes_two_colleagues_to_let_a_person_back(session: Session) -> None:
    union = make_organisation(session)
    seized = make_person(session, union, duties=[Duty.VOTE])
    first, second = (make_actor(session, union, Duty.ACT) for _ in range(2))
    stranger = make_actor(session, make_organisation(session, secretariat=True), *Duty)
    freeze_person(session, first, person_id=seized.id)

    assert thaw_person(session, first, person_id=seized.id) is False
    for again in (first, first):
        with pytest.raises(Conflict):
            thaw_person(session, again, person_id=seized.id)
    for outsider in (stranger, Actor.nobody()):
        with pytest.raises(NotAllowed):
            thaw_person(session, outsider, person_id=seized.id)
    with pytest.raises(NotAllowed):
        actor_for(session, seized.id)

    assert thaw_person(session, second, person_id=seized.id) is True
    assert actor_for(session, seized.id).duties == {Duty.VOTE}
    assert sign_ins_of(session, seized.id) == []


def test_a_word_given_for_an_earlier_freeze_does_not_count_again(session: Session, clock: MovableClock) -> None:
    union = make_organisation(session)
    seized = make_person(session, union)
    first, second = (make_actor(session, union, Duty.ACT) for _ in range(2))
    freeze_person(session, first, person_id=seized.id)
    thaw_person(session, first, person_id=seized.id)
    thaw_person(session, second, person_id=seized.id)
    clock.move(timedelta(days=1))
    freeze_person(session, first, person_id=seized.id)
    assert thaw_person(session, second, person_id=seized.id) is False


def test_whoever_runs_the_server_freezes_by_handle(session: Session) -> None:
    person = make_person(session, make_organisation(session), handle="dara")
    assert freeze_by_operator(session, handle=" Dara ") == person
    for unknown in ("nobody", "", "d\u0430ra"):
        with pytest.raises(NotFound):
            freeze_by_operator(session, handle=unknown)


def test_what_was_half_way_in_when_the_freeze_came_does_not_wake_up_with_the_person(session: Session) -> None:
    union = make_organisation(session)
    seized = make_person(session, union, duties=[Duty.ACT], handle="dara", email="d@x.test", password=PASSWORD)
    colleague = make_actor(session, union, Duty.FILE)
    opened = sign_in(session, **login("dara", email="d@x.test"))
    freeze_person(session, colleague, person_id=seized.id)
    assert opened is not None
    # As a request leaves it that began before the freeze and ended after it.
    reached = update(SignIn).where(SignIn.token_hash == token_hash(opened.token))
    session.execute(reached.values(revoked_at=None))
    give_app(session, seized)

    thaw_person(session, colleague, person_id=seized.id)
    thaw_by_operator(session, handle="dara")

    assert sign_ins_of(session, seized.id) == [] and not has_factor(session, seized.id)
