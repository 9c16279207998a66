"""Linking a chat account: once, within ten minutes, and never to two people."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from members.models import ChatIdentity, LinkCode
from members.queries import chat_identities, link_codes_waiting, linked_people, person_by_chat
from members.rules import LINK_CODE_LIFE, WRONG_LINK_CODES_PER_CHAT
from members.use_cases.chat_links import link_chat, make_link_code, unlink_chat
from members.use_cases.freezing import freeze_person
from network_app.core.errors import Conflict, Invalid, TooMany
from network_app.core.outbox import Outgoing
from network_app.core.permissions import Actor
from tests.conftest import MovableClock
from tests.factories.members import actor_of, make_organisation, make_person

SOK = "@sok:chat.test"


def test_a_code_from_the_web_links_the_chat_that_sends_it(session: Session) -> None:
    union = make_organisation(session)
    person = make_person(session, union, handle="sok")
    code = make_link_code(session, actor_of(session, person))
    assert link_codes_waiting(session)

    linked = link_chat(session, code=code.lower().replace("-", " "), matrix_id=SOK)

    assert linked is not None and linked.id == person.id
    assert person_by_chat(session, SOK) == person
    assert linked_people(session, union.id) == [(person.id, SOK)]
    assert not link_codes_waiting(session)
    told = session.scalars(select(Outgoing).where(Outgoing.template == "chat_linked")).one()
    assert (told.recipient, told.values) == (person.email, {"matrix_id": SOK})


def test_only_the_hash_of_a_code_is_kept(session: Session) -> None:
    code = make_link_code(session, actor_of(session, make_person(session, make_organisation(session))))
    row = session.scalars(select(LinkCode)).one()
    assert code.replace("-", "") not in row.code_hash and len(row.code_hash) == 64


def test_a_code_works_once(session: Session) -> None:
    code = make_link_code(session, actor_of(session, make_person(session, make_organisation(session))))
    assert link_chat(session, code=code, matrix_id=SOK)
    assert link_chat(session, code=code, matrix_id="@thief:chat.test") is None
    assert person_by_chat(session, "@thief:chat.test") is None


def test_a_code_dies_after_ten_minutes(session: Session, clock: MovableClock) -> None:
    code = make_link_code(session, actor_of(session, make_person(session, make_organisation(session))))
    clock.move(LINK_CODE_LIFE)
    assert link_chat(session, code=code, matrix_id=SOK) is None


def test_a_new_code_ends_the_one_before(session: Session) -> None:
    me = actor_of(session, make_person(session, make_organisation(session)))
    old, new = make_link_code(session, me), make_link_code(session, me)
    assert link_chat(session, code=old, matrix_id=SOK) is None
    assert link_chat(session, code=new, matrix_id=SOK)


def test_guessing_is_stopped_even_for_the_right_code(session: Session, clock: MovableClock) -> None:
    for _ in range(WRONG_LINK_CODES_PER_CHAT):
        assert link_chat(session, code="22222-22222-22222", matrix_id=SOK) is None
    code = make_link_code(session, actor_of(session, make_person(session, make_organisation(session))))
    with pytest.raises(TooMany):
        link_chat(session, code=code, matrix_id=SOK)
    assert link_chat(session, code=code, matrix_id="@other:chat.test")


def test_a_chat_account_never_speaks_for_two_people(session: Session) -> None:
    union = make_organisation(session)
    first, second = make_person(session, union), make_person(session, union)
    link_chat(session, code=make_link_code(session, actor_of(session, first)), matrix_id=SOK)
    with pytest.raises(Conflict):
        link_chat(session, code=make_link_code(session, actor_of(session, second)), matrix_id=SOK)
    assert person_by_chat(session, SOK) == first


def test_look_alike_accounts_are_other_accounts(session: Session) -> None:
    person = make_person(session, make_organisation(session))
    link_chat(session, code=make_link_code(session, actor_of(session, person)), matrix_id=SOK)
    for twin in ("@Sok:chat.test", "@sok:chat.test.", "@s\u043ek:chat.test", "@sok:chat.test\u200b", " @sok:chat.test"):
        assert person_by_chat(session, twin) is None


@pytest.mark.parametrize("matrix_id", ["", "sok", "@sok", "@s ok:chat.test", "@sok:chat.test\n", "@\u0441:x.test"])
def test_what_is_no_matrix_account_is_refused(session: Session, matrix_id: str) -> None:
    with pytest.raises(Invalid):
        link_chat(session, code="22222-22222-22222", matrix_id=matrix_id)


def test_a_person_cuts_off_their_own_chat_and_no_other(session: Session) -> None:
    union = make_organisation(session)
    mine, other = make_person(session, union), make_person(session, union)
    link_chat(session, code=make_link_code(session, actor_of(session, mine)), matrix_id=SOK)
    identity = chat_identities(session, mine.id)[0]
    unlink_chat(session, actor_of(session, other), identity_id=identity.id)
    assert person_by_chat(session, SOK) == mine
    unlink_chat(session, actor_of(session, mine), identity_id=identity.id)
    assert session.scalars(select(ChatIdentity)).all() == []


def test_a_frozen_persons_code_links_nothing(session: Session) -> None:
    person = make_person(session, make_organisation(session))
    code = make_link_code(session, actor_of(session, person))
    freeze_person(session, Actor.system(), person_id=person.id)
    assert link_chat(session, code=code, matrix_id=SOK) is None
