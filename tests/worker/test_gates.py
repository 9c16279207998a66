"""The last look before something leaves: it is open only while everything that allowed it still holds."""

from __future__ import annotations

import uuid

import pytest
from sqlalchemy.orm import Session

from network_app.gates import open_gate
from network_app.letters.use_cases.releasing import recall_letter
from tests.factories.letters import make_frozen, make_letter, make_writers
from tests.factories.response import World, give_consent, make_case, make_world
from tests.factories.urgent_appeals import make_appeal
from urgent_appeals.rules.consent import Use
from urgent_appeals.use_cases.brakes import stop_everything
from urgent_appeals.use_cases.consent import stop_publication, withdraw_consent


@pytest.fixture
def world(session: Session) -> World:
    world = make_world(session)
    make_case(session, world)
    return world


def is_open(session: Session, token: str) -> bool:
    return open_gate(session, token) is None


def token(world: World, use: Use = Use.SHARE_WITH_NETWORK) -> str:
    return f"appeal:{world.case.id}:consent:{use.value}"


def test_a_consent_opens_its_own_gate_and_no_other(session: Session, world: World) -> None:
    assert is_open(session, token(world))
    assert not is_open(session, token(world, Use.PUBLISH))


def test_a_consent_taken_back_shuts_the_gate(session: Session, world: World) -> None:
    withdraw_consent(session, world.coordinator, use=Use.SHARE_WITH_NETWORK.value, ref=world.ref)
    shut = open_gate(session, token(world))
    assert str(shut) == "The workers' consent for this does not hold now."


def test_the_workers_brakes_shut_the_gates(session: Session, world: World) -> None:
    give_consent(session, world, Use.PUBLISH)
    assert is_open(session, token(world, Use.PUBLISH))
    stop_publication(session, world.officer, ref=world.ref)
    assert not is_open(session, token(world, Use.PUBLISH))
    assert is_open(session, token(world))
    stop_everything(session, world.coordinator, ref=world.ref, how="called back on the known number")
    assert not is_open(session, token(world))


def test_verification_is_a_gate_of_its_own(session: Session, world: World) -> None:
    unverified = make_appeal(session)
    assert is_open(session, f"appeal:{world.case.id}:verified")
    assert not is_open(session, f"appeal:{unverified.id}:verified")


def test_several_conditions_must_all_hold(session: Session, world: World) -> None:
    both = f"appeal:{world.case.id}:verified {token(world, Use.NAME_TO_TARGET)}"
    assert not is_open(session, both)
    give_consent(session, world, Use.NAME_TO_TARGET)
    assert is_open(session, both)


@pytest.mark.parametrize(
    "misspelt",
    [
        "",
        " ",
        "appeal",
        "appeal:",
        "appeal:{id}",
        "appeal:{id}:consent",
        "appeal:{id}:consent:anything",
        "appeal:{id}:consents:share_with_network",
        "appeal:{id}:verified:not",
        "appeals:{id}:verified",
        "letter:{id}",
        "letter:{id}:x",
        "campaign:{id}:target:{id}",
        "campaign:{id}:target:x",
        "campaign:{id}:brand:{id}",
        "open",
    ],
)
def test_what_nobody_understands_is_shut(session: Session, world: World, misspelt: str) -> None:
    for key in (world.case.id, uuid.uuid4()):
        assert not is_open(session, misspelt.format(id=key))


def test_a_letter_leaves_only_while_it_is_frozen(session: Session) -> None:
    writers = make_writers(session)
    assert not is_open(session, f"letter:{make_letter(session, writers).id}")
    letter = make_frozen(session, writers)
    assert is_open(session, f"letter:{letter.id}")
    recall_letter(session, writers.first, ref=letter.ref, reason="They answered.")
    assert not is_open(session, f"letter:{letter.id}")
