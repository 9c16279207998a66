"""A small network that votes, and proposals in it, built through use cases."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from members.models import Coalition, Organisation
from network_app.core import clock
from network_app.core.permissions import Actor, Duty
from network_app.votes.models import Proposal
from network_app.votes.rules import Position
from network_app.votes.use_cases import Receipt, cast_vote, open_vote, propose
from tests.factories.members import make_actor, make_coalition, make_organisation

WEEK = timedelta(days=7)
_event = itertools.count(1)


@dataclass
class Network:
    """Two coalitions of six: one where clothes are made (four in Cambodia), one where they are sold."""

    makers: Coalition
    buyers: Coalition
    organisations: dict[str, Organisation] = field(default_factory=dict)
    delegates: dict[str, Actor] = field(default_factory=dict)

    def side(self, letter: str) -> list[str]:
        """The names of one coalition's organisations: `m` for makers, `b` for buyers."""
        return [name for name in self.organisations if name.startswith(letter)]


def make_network(session: Session) -> Network:
    """Twelve organisations m1-m6 and b1-b6, each with one delegate."""
    network = Network(make_coalition(session, name="South-East Asia"), make_coalition(session, name="Europe"))
    places = zip(["KH", "KH", "KH", "KH", "ID", "ID", "DE", "DE", "FR", "NL", "NL", "NO"], range(12), strict=True)
    for country, place in places:
        name, coalition, side = (
            (f"m{place + 1}", network.makers, "production")
            if place < 6
            else (f"b{place - 5}", network.buyers, "market")
        )
        organisation = make_organisation(session, name=name, country=country, side=side, coalition=coalition)
        network.organisations[name] = organisation
        network.delegates[name] = make_actor(session, organisation, Duty.VOTE)
    return network


def make_proposal(session: Session, actor: Actor, **overrides: Any) -> Proposal:
    """A draft in English."""
    values: dict[str, Any] = {
        "title": "Ask the brand to pay what is owed",
        "electorate": "network",
        "texts": {"en": "We ask the brand to pay the wages that are owed, by 1 March."},
        "authoritative": "en",
    }
    return propose(session, actor, **(values | overrides))


def make_vote(session: Session, network: Network, *, lasts: timedelta = WEEK, **overrides: Any) -> Proposal:
    """A vote that m1 proposed and opened for a week."""
    actor = network.delegates["m1"]
    proposal = make_proposal(session, actor, **overrides)
    return open_vote(session, actor, ref=proposal.ref, closes_at=clock.now(session) + lasts)


def cast(session: Session, actor: Actor, proposal: Proposal, position: Position | str, **overrides: Any) -> Receipt:
    """A cast from the web, with a reason, as a new event."""
    values: dict[str, Any] = {"reason": "because", "via": "web", "source_key": f"test:{next(_event)}"}
    return cast_vote(session, actor, ref=proposal.ref, position=position, **(values | overrides))


def everybody_agrees(session: Session, network: Network, proposal: Proposal) -> None:
    """All twelve agree."""
    for actor in network.delegates.values():
        cast(session, actor, proposal, Position.AGREE)
