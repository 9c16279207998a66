"""Members who use Element: its own library takes the invitation, reads our polls and answers, on a real homeserver."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from network_app.demo.homeserver import Account
from network_app.votes.queries import last_casts, proposal_by_ref
from network_app.votes.rules import Position
from tests.conftest import missing
from tests.factories import response
from tests.factories.votes import make_network, make_vote
from tests.fakes.chat_world import ChatWorld, Member
from tests.fakes.foreign_client import ForeignClient, NotHere, install
from urgent_appeals.queries.response import calls_of
from urgent_appeals.rules.calls import CallAnswer

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture(scope="session")
def library() -> Path:
    """Element's library, installed as its lock file says."""
    try:
        return install()
    except NotHere as absent:
        missing(str(absent))
        raise


@pytest.fixture
def element(world: ChatWorld, library: Path) -> Iterator[Callable[[Account], ForeignClient]]:
    """Signs a member in with that library."""
    opened: list[ForeignClient] = []

    def sign_in(account: Account) -> ForeignClient:
        opened.append(ForeignClient(world.url, account, library))
        return opened[-1]

    yield sign_in
    for client in opened:
        client.close()


def receipts(member: Member, room: str, event: str) -> set[str]:
    """Who has read up to this event, as the homeserver tells everybody."""
    seen = member.call("GET", "/sync?timeout=0")["rooms"]["join"][room]["ephemeral"]["events"]
    found = [each["content"].get(event, {}).get("m.read", {}) for each in seen if each["type"] == "m.receipt"]
    return {user for readers in found for user in readers}


def test_a_member_with_element_votes_by_poll_and_by_command(
    world: ChatWorld, element: Callable[[Account], ForeignClient]
) -> None:
    with world.transaction() as session:
        network = make_network(session)
        organisation = network.organisations["m1"]
    member = world.member(organisation)
    with world.transaction() as session:
        ref = make_vote(session, network).ref
    world.start_bot()
    room = world.room(f"org:{organisation.id}")
    client = element(member.account)

    client.does("join", room)
    poll = client.does("poll", room)
    assert ref in poll["question"]
    choices = {choice["text"]: choice["id"] for choice in poll["answers"]}

    said = client.does("say", room, text=f"!vote {ref} abstain")
    assert f"{ref}: your vote is counted." in client.does("read", room, to=said["id"])["body"]
    answered = client.does("answer", room, poll=poll["id"], choice=choices["We agree"])
    counted = client.does("read", room, to=answered["id"])

    assert f"{ref}: your vote is counted." in counted["body"]
    assert member.user_id in receipts(member, room, counted["id"])
    with world.transaction() as session:
        cast = last_casts(session, proposal_by_ref(session, ref))[organisation.id]
        assert (cast.position, cast.via) == (Position.AGREE, "poll")


def test_a_member_with_element_is_called_and_answers_in_chat(
    world: ChatWorld, element: Callable[[Account], ForeignClient]
) -> None:
    with world.transaction() as session:
        scene = response.make_world(session)
        response.make_case(session, scene, danger=True)
        response.approve_text(session, scene)
        response.fan_out(session, scene)
        network = {one.id: one for one in scene.network.values()}
        # The calls of one moment come in any order, and some go to the organisations that looked at the case.
        called = next(key for row in calls_of(session, scene.ref) if (key := row.call.organisation_id) in network)
    organisation = network[called]
    member = world.member(organisation)
    world.start_bot()
    room = world.room(f"org:{organisation.id}")
    client = element(member.account)

    client.does("join", room)
    asked = client.does("read", room, words=f"{scene.ref}: you are asked to act")
    said = client.does("say", room, text=f"!call {scene.ref} will")
    assert f"{scene.ref}: noted" in client.does("read", room, to=said["id"])["body"]

    assert "Sokha" not in asked["body"]
    with world.transaction() as session:
        [own] = [row.call for row in calls_of(session, scene.ref) if row.call.organisation_id == called]
        assert own.answer is CallAnswer.WILL_ACT
