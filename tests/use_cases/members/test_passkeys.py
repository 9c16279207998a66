"""Passkeys: added, shown at the door, and every answer that must open nothing."""

from __future__ import annotations

import copy
import dataclasses
import json
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from members.models import Passkey, Person, SignIn, UsedChallenge
from members.queries import find_sign_in, has_factor, passkeys_of
from members.rules import CHALLENGE_LIFE, Strength
from members.use_cases.factors import remove_passkey
from members.use_cases.freezing import freeze_person
from members.use_cases.passkeys import (
    add_passkey,
    enter_with_passkey,
    options_to_add,
    options_to_enter,
)
from members.use_cases.signing_in import sign_in
from members.use_cases.tidying import forget_the_old
from network_app.core import clock as network_clock
from network_app.core import config
from network_app.core.config import Settings
from network_app.core.errors import Conflict, Invalid
from network_app.core.permissions import Actor, Duty
from tests.conftest import MovableClock
from tests.factories.members import PASSWORD, actor_of, make_organisation, make_person
from tests.fakes.authenticator import Device

ADDRESS = "https://network.example"


@pytest.fixture
def named(settings: Settings) -> None:
    """The network has a name of its own."""
    config.use(dataclasses.replace(settings, public_url=ADDRESS))


@pytest.fixture
def sok(session: Session, named: None) -> Person:
    return make_person(
        session, make_organisation(session), duties=[Duty.ACT], handle="sok", password=PASSWORD, factor=False
    )


@pytest.fixture
def here(session: Session, sok: Person) -> SignIn:
    entry = sign_in(session, email="sok@people.test", password=PASSWORD)
    assert entry is not None
    row = find_sign_in(session, entry.token, network_clock.now(session))
    assert row is not None
    return row


@pytest.fixture
def device(session: Session, sok: Person, here: SignIn) -> Device:
    """A device that holds a passkey of sok's."""
    made = Device(ADDRESS)
    asked = options_to_add(session, sok)
    assert asked
    add_passkey(session, actor_of(session, sok), sign_in_id=here.id, answer=made.make(asked), name="laptop")
    return made


def asked(session: Session) -> str:
    options = options_to_enter(session)
    assert options
    return options


def test_a_passkey_lets_its_owner_in_without_address_and_password(
    session: Session, sok: Person, here: SignIn, device: Device
) -> None:
    assert has_factor(session, sok.id) and here.strength is Strength.SECOND_FACTOR
    entry = enter_with_passkey(session, answer=device.show(asked(session), person=sok.id.bytes))
    assert entry is not None and entry.strength is Strength.SECOND_FACTOR and entry.person_id == sok.id
    [row] = passkeys_of(session, sok.id)
    assert (row.name, row.sign_count, row.used_at is not None) == ("laptop", device.count, True)
    half = sign_in(session, email="sok@people.test", password=PASSWORD)
    assert half is not None and half.strength is Strength.HALF


def test_what_is_asked_at_the_door_names_nobody(session: Session, sok: Person, device: Device) -> None:
    options = asked(session)
    assert "sok" not in options and str(sok.id) not in options and not json.loads(options).get("allowCredentials")


def test_an_answer_opens_once(session: Session, device: Device) -> None:
    answer = device.show(asked(session))
    assert enter_with_passkey(session, answer=answer) is not None
    assert enter_with_passkey(session, answer=answer) is None


def test_an_old_question_is_answered_in_vain(session: Session, device: Device, monkeypatch: pytest.MonkeyPatch) -> None:
    options = asked(session)
    later = network_clock.unmoved(session) + CHALLENGE_LIFE + timedelta(seconds=1)
    monkeypatch.setattr(network_clock, "unmoved", lambda _session: later)
    assert enter_with_passkey(session, answer=device.show(options)) is None


@pytest.mark.usefixtures("device")
def test_nothing_opens_for_a_device_that_cheats(session: Session, sok: Person, device: Device) -> None:
    good = asked(session)
    foreign = json.dumps(json.loads(good) | {"challenge": "bm90IG91cnM"})
    other_site = json.dumps(json.loads(asked(session)) | {"rpId": "network.example.evil.test"})
    other_key = Device(ADDRESS, credential_id=device.credential_id)
    elsewhere, not_unlocked = copy.copy(device), copy.copy(device)
    elsewhere.origin, not_unlocked.verified = "https://network.example.evil.test", False
    for_adding = options_to_add(session, sok) or ""
    adding = json.dumps({"challenge": json.loads(for_adding)["challenge"], "rpId": "network.example"})
    answers = [
        Device(ADDRESS).show(asked(session)),
        other_key.show(asked(session)),
        elsewhere.show(asked(session)),
        not_unlocked.show(asked(session)),
        device.show(foreign),
        device.show(other_site),
        device.show(adding),
        "",
        "{}",
        "[]",
        '{"rawId": 5}',
        '{"rawId": "AAAA", "response": {}}',
        "\u0000",
    ]
    assert [enter_with_passkey(session, answer=answer) for answer in answers] == [None] * len(answers)
    assert enter_with_passkey(session, answer=device.show(good)) is not None


def test_a_copied_device_is_noticed_by_its_counter(session: Session, device: Device) -> None:
    assert enter_with_passkey(session, answer=device.show(asked(session))) is not None
    device.count -= 2
    assert enter_with_passkey(session, answer=device.show(asked(session))) is None


def test_a_frozen_persons_passkey_opens_nothing(session: Session, sok: Person, device: Device) -> None:
    answer = device.show(asked(session))
    freeze_person(session, Actor.system(), person_id=sok.id)
    assert enter_with_passkey(session, answer=answer) is None


def test_a_passkey_is_added_by_its_owner_alone_and_once(session: Session, sok: Person, here: SignIn) -> None:
    me = actor_of(session, sok)
    lena = make_person(session, make_organisation(session), duties=[Duty.ACT], handle="lena")
    device = Device(ADDRESS)
    for_lena = device.make(options_to_add(session, lena) or "")
    for bad in (
        for_lena,
        "",
        "{}",
        device.show(asked(session)),
        Device("https://evil.test").make(for_options(session, sok)),
    ):
        with pytest.raises(Invalid):
            add_passkey(session, me, sign_in_id=here.id, answer=bad, name="")
    answer = device.make(for_options(session, sok))
    add_passkey(session, me, sign_in_id=here.id, answer=answer, name="")
    with pytest.raises(Invalid):
        add_passkey(session, me, sign_in_id=here.id, answer=answer, name="")
    with pytest.raises(Conflict):
        add_passkey(session, me, sign_in_id=here.id, answer=device.make(for_options(session, sok)), name="")
    assert len(session.scalars(select(Passkey)).all()) == 1


def for_options(session: Session, person: Person) -> str:
    return options_to_add(session, person) or ""


@pytest.mark.usefixtures("device")
def test_the_last_one_stays_and_others_removed_nothing(session: Session, sok: Person, here: SignIn) -> None:
    [row] = passkeys_of(session, sok.id)
    with pytest.raises(Conflict):
        remove_passkey(session, actor_of(session, sok), sign_in_id=here.id, passkey_id=row.id)


@pytest.mark.usefixtures("sok")
def test_a_bare_number_as_address_offers_no_passkeys(session: Session, settings: Settings) -> None:
    config.use(settings)
    assert options_to_enter(session) is None


def test_answered_questions_are_forgotten_once_they_are_too_old(
    session: Session, device: Device, clock: MovableClock
) -> None:
    answer = device.show(asked(session))
    assert enter_with_passkey(session, answer=answer) is not None
    clock.move(timedelta(hours=1))
    forget_the_old(session)
    assert session.scalar(select(UsedChallenge)) is None
