"""The way in: who gets in, who does not, and that nobody learns which of the two an address is."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from members.models import SignIn
from members.queries import find_sign_in, get_person, sign_ins_of
from members.rules import SIGN_IN_IDLE, SIGN_IN_LONGEST, WRONG_PASSWORDS_PER_ACCOUNT_AND_SOURCE, Strength
from members.use_cases import passwords
from members.use_cases.freezing import freeze_person
from members.use_cases.mandates import end_mandate
from members.use_cases.own_account import change_password, revoke_other_sign_ins, revoke_sign_in
from members.use_cases.signing_in import (
    act_for,
    sign_in,
    sign_out,
    touch_sign_in,
)
from network_app.core import clock as network_clock
from network_app.core.errors import Invalid, NotAllowed, NotFound, TooMany
from network_app.core.permissions import Actor, Duty
from tests.conftest import MovableClock
from tests.factories.members import PASSWORD, actor_of, code_of, give_duties, make_organisation, make_person

EMAIL = "sok@union.test"


@pytest.fixture
def person_id(session: Session) -> object:
    """A person with a password."""
    union = make_organisation(session)
    person = make_person(session, union, duties=[Duty.ACT], handle="sok", email=EMAIL, password=PASSWORD)
    session.commit()
    return person.id


def enter(session: Session, **overrides: str) -> str:
    """Sign in and insist that it worked."""
    entry = sign_in(session, **{"email": EMAIL, "password": PASSWORD, "code": code_of("sok"), **overrides})
    assert entry is not None and entry.strength is Strength.SECOND_FACTOR, entry
    return entry.token


def found(session: Session, token: str) -> SignIn | None:
    """The sign-in of a token at this moment."""
    return find_sign_in(session, token, network_clock.now(session))


def test_a_person_signs_in_and_out(session: Session, person_id: object) -> None:
    token = enter(session, email=" SOK@union.test ")
    row = found(session, token)
    assert row is not None and row.person_id == person_id
    assert token not in (row.token_hash, str(row.id)) and len(token) >= 43
    sign_out(session, token=token)
    assert found(session, token) is None


@pytest.mark.usefixtures("person_id")
def test_a_wrong_password_and_an_unknown_address_get_the_same_nothing(session: Session) -> None:
    assert sign_in(session, email=EMAIL, password="wrong but long enough") is None
    assert sign_in(session, email="nobody@union.test", password=PASSWORD) is None
    assert sign_in(session, email="s\u043ek@union.test", password=PASSWORD) is None
    assert sign_in(session, email="no address", password="") is None
    assert session.scalars(select(SignIn)).all() == []


@pytest.mark.usefixtures("person_id")
def test_guessing_is_slowed_for_one_source_and_not_for_the_person_elsewhere(
    session: Session, clock: MovableClock
) -> None:
    for _ in range(WRONG_PASSWORDS_PER_ACCOUNT_AND_SOURCE):
        assert sign_in(session, email=EMAIL, password="wrong", source="10.0.0.66") is None
    with pytest.raises(TooMany):
        sign_in(session, email=EMAIL, password=PASSWORD, source="10.0.0.66")
    assert sign_in(session, email=EMAIL, password=PASSWORD, source="10.0.0.1")
    clock.move(timedelta(minutes=16))
    assert sign_in(session, email=EMAIL, password=PASSWORD, source="10.0.0.66")


def test_an_unknown_address_is_throttled_like_a_known_one(session: Session) -> None:
    for _ in range(WRONG_PASSWORDS_PER_ACCOUNT_AND_SOURCE):
        sign_in(session, email="nobody@union.test", password="wrong", source="10.0.0.66")
    with pytest.raises(TooMany):
        sign_in(session, email="nobody@union.test", password="wrong", source="10.0.0.66")


@pytest.mark.usefixtures("person_id")
def test_a_sign_in_ends_when_idle_and_at_the_latest_after_its_limit(session: Session, clock: MovableClock) -> None:
    token = enter(session)
    clock.move(SIGN_IN_IDLE - timedelta(minutes=1))
    row = found(session, token)
    assert row is not None
    touch_sign_in(session, row.id)
    clock.move(SIGN_IN_IDLE - timedelta(minutes=1))
    assert found(session, token) is not None
    clock.move(timedelta(minutes=2))
    assert found(session, token) is None

    token = enter(session)
    for _ in range(int(SIGN_IN_LONGEST / timedelta(hours=11))):
        clock.move(timedelta(hours=11))
        row = found(session, token)
        assert row is not None
        touch_sign_in(session, row.id)
    clock.move(timedelta(hours=11))
    assert found(session, token) is None


@pytest.mark.usefixtures("person_id")
def test_a_new_login_ends_what_the_browser_held_before(session: Session) -> None:
    old = enter(session)
    new = enter(session, replaces=old)
    assert new != old and found(session, old) is None and found(session, new) is not None


def test_a_person_sees_their_devices_and_ends_one_or_all_others(session: Session, person_id: object) -> None:
    tokens = [enter(session, device=device) for device in ("Android", "Linux", "iPhone")]
    row = found(session, tokens[0])
    assert row is not None
    me = actor_of(session, get_person(session, row.person_id))
    assert {row.device for row in sign_ins_of(session, me.own_person())} == {"Android", "Linux", "iPhone"}

    revoke_sign_in(session, me, sign_in_id=row.id)
    assert found(session, tokens[0]) is None
    kept = found(session, tokens[1])
    assert kept is not None
    revoke_other_sign_ins(session, me, keep=kept.id)
    assert found(session, tokens[1]) is not None
    assert found(session, tokens[2]) is None


@pytest.mark.usefixtures("person_id")
def test_nobody_ends_another_persons_sign_in(session: Session) -> None:
    row = found(session, enter(session))
    assert row is not None
    stranger = actor_of(session, make_person(session, make_organisation(session)))
    with pytest.raises(NotFound):
        revoke_sign_in(session, stranger, sign_in_id=row.id)


def test_acting_for_another_organisation_needs_a_mandate_and_gives_a_new_token(
    session: Session, person_id: object
) -> None:
    token = enter(session)
    row = found(session, token)
    assert row is not None
    person = get_person(session, row.person_id)
    other = make_organisation(session)
    with pytest.raises(NotAllowed):
        act_for(session, actor_of(session, person), token=token, organisation_id=other.id)
    give_duties(session, other, person, [Duty.ACT])
    fresh = act_for(session, actor_of(session, person), token=token, organisation_id=other.id)
    assert found(session, token) is None
    now_acting = found(session, fresh)
    assert now_acting is not None and now_acting.organisation_id == other.id


def test_nobody_comes_in_without_a_mandate(session: Session, person_id: object) -> None:
    row = found(session, enter(session))
    assert row is not None
    me = actor_of(session, get_person(session, row.person_id))
    for mandate_id in me.mandate_ids:
        end_mandate(session, Actor.system(), mandate_id=mandate_id)
    assert sign_in(session, email=EMAIL, password=PASSWORD) is None


def test_a_frozen_person_does_not_get_in_with_the_right_password(session: Session, person_id: object) -> None:
    token = enter(session)
    row = found(session, token)
    assert row is not None
    freeze_person(session, Actor.system(), person_id=row.person_id)
    assert found(session, token) is None
    assert sign_in(session, email=EMAIL, password=PASSWORD) is None


def test_a_new_password_needs_the_old_one_and_ends_the_other_browsers(session: Session, person_id: object) -> None:
    here, elsewhere = enter(session), enter(session)
    row = found(session, here)
    assert row is not None
    me = actor_of(session, get_person(session, row.person_id))
    assert not change_password(session, me, old="wrong", new="a new long pass phrase")
    with pytest.raises(Invalid):
        change_password(session, me, old=PASSWORD, new="short")
    assert change_password(session, me, old=PASSWORD, new="a new long pass phrase", keep=row.id)
    assert found(session, here) is not None and found(session, elsewhere) is None
    assert sign_in(session, email=EMAIL, password=PASSWORD) is None
    enter(session, password="a new long pass phrase")


def test_a_hash_of_yesterdays_cost_is_made_anew(session: Session, person_id: object) -> None:
    from argon2 import PasswordHasher

    row = found(session, enter(session))
    assert row is not None
    person = get_person(session, row.person_id)
    old = PasswordHasher(time_cost=1, memory_cost=512, parallelism=1).hash(PASSWORD)
    person.password_hash = old
    enter(session)
    made_anew = get_person(session, row.person_id).password_hash
    assert made_anew not in (None, old) and not passwords.needs_rehash(str(made_anew))


def test_a_made_password_is_long_enough_to_be_kept(session: Session) -> None:
    made = {passwords.make_password() for _ in range(20)}
    assert len(made) == 20
    assert passwords.password_matches(passwords.hash_password(min(made)), min(made))
