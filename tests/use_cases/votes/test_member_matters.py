"""What coalitions vote about a member takes effect by itself, and a proposal says so."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from members.models import Coalition
from members.rules import OrganisationStatus
from network_app.core import clock as network_clock
from network_app.core.errors import Invalid
from network_app.core.permissions import Actor, Duty
from network_app.votes.queries.member_matters import effect
from network_app.votes.use_cases import cast_vote, close_vote, open_vote, propose
from network_app.votes.use_cases.member_matters import settle_member_matters
from tests.conftest import MovableClock
from tests.factories.members import make_actor, make_coalition, make_organisation


def adopt(session: Session, clock: MovableClock, coalition: Coalition, subject: str) -> None:
    """Let everybody of a coalition agree to a proposal of this subject."""
    voices = _voices[coalition.id]
    proposal = propose(
        session,
        voices[0],
        title="About a member",
        electorate=f"coalition:{coalition.id}",
        texts={"en": "We decide this."},
        authoritative="en",
        subject=subject,
    )
    open_vote(session, voices[0], ref=proposal.ref, closes_at=network_clock.now(session) + timedelta(days=3))
    for number, voice in enumerate(voices):
        cast_vote(session, voice, ref=proposal.ref, position="agree", via="web", source_key=f"{proposal.ref}-{number}")
    clock.move(timedelta(days=4))
    close_vote(session, Actor.system(), ref=proposal.ref)
    settle_member_matters(session)


_voices: dict[object, list[Actor]] = {}


def voting_coalition(session: Session, name: str) -> Coalition:
    coalition = make_coalition(session, name=name)
    members = [make_organisation(session, coalition=coalition) for _ in range(3)]
    _voices[coalition.id] = [make_actor(session, member, Duty.VOTE, Duty.COORDINATE) for member in members]
    return coalition


def test_a_member_is_suspended_when_its_coalition_and_another_adopted_it_and_back_by_its_own(
    session: Session, clock: MovableClock
) -> None:
    asia, europe = voting_coalition(session, "Asia"), voting_coalition(session, "Europe")
    member = make_organisation(session, name="Turned Union", slug="turned-union", coalition=asia)
    adopt(session, clock, asia, "suspend:turned-union")
    assert member.status is OrganisationStatus.ACTIVE
    adopt(session, clock, europe, "suspend:turned-union")
    assert member.status is OrganisationStatus.SUSPENDED
    adopt(session, clock, asia, "reinstate:turned-union")
    assert member.status is OrganisationStatus.ACTIVE
    settle_member_matters(session)
    assert member.status is OrganisationStatus.ACTIVE, "no vote suspends twice"


def test_a_proposal_about_a_member_says_what_follows_and_goes_to_a_coalition(session: Session) -> None:
    asia = voting_coalition(session, "Asia")
    make_organisation(session, name="Turned Union", slug="turned-union", coalition=asia)
    said = effect(session, "suspend:turned-union")
    assert "Turned Union is suspended" in str(said)
    assert effect(session, "campaign:x") is None
    for electorate, subject in (("network", "suspend:turned-union"), (f"coalition:{asia.id}", "suspend:nobody")):
        with pytest.raises(Invalid):
            propose(
                session,
                _voices[asia.id][0],
                title="About a member",
                electorate=electorate,
                texts={"en": "We decide this."},
                authoritative="en",
                subject=subject,
            )
