"""An open vote with the room and the linked delegate of one organisation on its roll, for tests of commands."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import select

from members.models import Organisation
from network_app.votes.models import Cast
from network_app.votes.queries import last_casts, poll_options, proposal_by_ref
from network_app.votes.rules import Position
from tests.factories.votes import Network, make_network, make_vote
from tests.fakes.room import FakeRooms

DELEGATE = "@delegate:x"


@dataclass
class Voting:
    """An open vote, the room of m1 and its linked delegate."""

    network: Network
    room: str
    ref: str
    organisation: Organisation
    options: dict[Position, str] = field(default_factory=dict)


def open_voting(rooms: FakeRooms) -> Voting:
    """A network of twelve whose vote is open; DELEGATE speaks for m1."""
    with rooms.transaction() as session:
        network = make_network(session)
        proposal = make_vote(session, network)
        organisation = network.organisations["m1"]
        options = {one.position: one.answer_id for one in poll_options(session, proposal, organisation.id)}
        ref, person = proposal.ref, network.delegates["m1"].person_id
    assert person is not None
    rooms.link(person, DELEGATE)
    return Voting(network, rooms.open(f"org:{organisation.id}"), ref, organisation, options)


def cast_of(rooms: FakeRooms, voting: Voting) -> Cast | None:
    """The cast that counts for m1."""
    with rooms.factory() as session:
        proposal = proposal_by_ref(session, voting.ref)
        return last_casts(session, proposal).get(voting.organisation.id)


def all_casts(rooms: FakeRooms) -> int:
    """How many casts were accepted at all."""
    with rooms.factory() as session:
        return len(session.scalars(select(Cast)).all())
