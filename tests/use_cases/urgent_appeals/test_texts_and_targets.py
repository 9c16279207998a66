"""Texts for wider circles and targets: what needs a second person, a consent, a claim or a reason."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from network_app.core.errors import Conflict, GateShut, Invalid
from network_app.core.outbox import Outgoing, State
from network_app.core.permissions import Actor
from tests.factories.response import TEXT, World, approve_text, fan_out, give_consent, make_case, make_world
from urgent_appeals.queries.response import targets_of
from urgent_appeals.queries.texts import newest_text
from urgent_appeals.rules.audiences import Audience
from urgent_appeals.rules.consent import Use
from urgent_appeals.rules.texts import fingerprint
from urgent_appeals.use_cases.audience_texts import (
    approve_audience_text,
    withdraw_audience_text,
    write_audience_text,
)
from urgent_appeals.use_cases.targeting import drop_target, name_target


@pytest.fixture
def world(session: Session) -> World:
    """A case with an approved text for the network."""
    world = make_world(session)
    make_case(session, world)
    approve_text(session, world)
    return world


def messages(session: Session) -> list[Outgoing]:
    return list(session.scalars(select(Outgoing).where(Outgoing.template == "call_opened")))


def test_the_writer_cannot_approve_and_another_text_than_the_shown_cannot_be_approved(session: Session) -> None:
    world = make_world(session)
    appeal = make_case(session, world)
    write_audience_text(session, world.coordinator, ref=world.ref, audience=Audience.NETWORK, fields=TEXT)
    shown = fingerprint("en", TEXT)
    with pytest.raises(GateShut):
        _approve(session, world, world.coordinator, 1, shown)
    with pytest.raises(Conflict):
        _approve(session, world, world.verifier, 1, fingerprint("en", {**TEXT, "place": "Takeo"}))
    write_audience_text(session, world.colleague, ref=world.ref, audience=Audience.NETWORK, fields=TEXT)
    with pytest.raises(Conflict):
        _approve(session, world, world.verifier, 1, shown)
    _approve(session, world, world.verifier, 2, shown)
    text = newest_text(session, appeal.id, Audience.NETWORK)
    assert text is not None and text.sha256 == shown


def _approve(session: Session, world: World, actor: Actor, version: int, sha256: str) -> None:
    approve_audience_text(session, actor, ref=world.ref, audience=Audience.NETWORK, version=version, sha256=sha256)


@pytest.mark.parametrize(
    "text", ["Call 012 345 6789.", "Write to union@example.org.", "Ask for Sokha.", "+855 12-345-678"]
)
def test_no_number_address_or_contact_of_the_case_gets_into_a_text(session: Session, text: str) -> None:
    world = make_world(session)
    make_case(session, world)
    with pytest.raises(Invalid) as refusal:
        write_audience_text(
            session,
            world.coordinator,
            ref=world.ref,
            audience=Audience.NETWORK,
            fields={**TEXT, "what_happened": text},
        )
    assert refusal.value.field == "what_happened"


def test_a_public_text_needs_the_consent_to_publish(session: Session, world: World) -> None:
    with pytest.raises(GateShut):
        approve_text(session, world, audience=Audience.PUBLIC)
    give_consent(session, world, Use.PUBLISH)
    write_audience_text(session, world.coordinator, ref=world.ref, audience=Audience.PUBLIC, fields=TEXT)


def test_a_text_that_is_taken_back_stops_what_has_not_left(session: Session, world: World) -> None:
    fan_out(session, world)
    withdraw_audience_text(session, world.coordinator, ref=world.ref, audience=Audience.NETWORK)
    assert {one.state for one in messages(session)} == {State.RECALLED}
    with pytest.raises(GateShut):
        fan_out(session, world, round_nr=2)


def test_a_target_needs_a_claim_about_this_workplace_or_a_reason(session: Session, world: World) -> None:
    nike, matalan = world.targets["Nike Inc."], world.targets["Matalan"]
    with pytest.raises(Conflict):
        name_target(session, world.coordinator, ref=world.ref, target_id=nike.id, reason="again")
    link_of_nike = next(row for row in targets_of(session, world.case) if row.name == "Nike Inc.").links[0]
    drop_target(session, world.coordinator, ref=world.ref, target_id=matalan.id, reason="by mistake")
    with pytest.raises(Invalid):
        name_target(session, world.coordinator, ref=world.ref, target_id=matalan.id)
    with pytest.raises(Invalid):
        name_target(session, world.coordinator, ref=world.ref, target_id=matalan.id, link_id=link_of_nike.id)
