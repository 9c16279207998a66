"""Long random sequences of casts, repeats, replays and late events, against a model of three lines."""

from __future__ import annotations

import os
import random
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from network_app.core import audit
from network_app.core.errors import GateShut
from network_app.core.permissions import Actor, Duty
from network_app.votes import recount
from network_app.votes.jobs import close_due
from network_app.votes.queries import board_export, last_casts, proposal_by_ref, standing
from network_app.votes.rules import Position
from network_app.votes.use_cases import Receipt
from tests.conftest import MovableClock
from tests.factories.members import make_actor
from tests.factories.votes import WEEK, cast, make_network, make_vote

SEEDS = range(20 if os.environ.get("REQUIRE_ALL") == "1" else 2)
STEPS = 60


@pytest.mark.parametrize("seed", SEEDS)
def test_each_organisation_has_one_vote_and_only_its_last_cast_counts(
    session: Session, clock: MovableClock, seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311  # a test that can be repeated, not a secret
    network = make_network(session)
    clock.may_be_moved()
    delegates: list[tuple[str, Actor]] = list(network.delegates.items())
    delegates += [(name, make_actor(session, network.organisations[name], Duty.VOTE)) for name in ("m1", "m2", "b1")]
    ref = make_vote(session, network, affected_countries=["KH"]).ref
    said: dict[str, Position] = {}
    receipts: dict[str, tuple[Actor, Receipt]] = {}

    for step in range(STEPS):
        proposal = proposal_by_ref(session, ref)
        if receipts and chance.random() < 0.25:
            # The same event once more, from a retry, a second server or a restarted bot.
            key = chance.choice(list(receipts))
            actor, before = receipts[key]
            again = cast(session, actor, proposal, chance.choice(list(Position)), source_key=key)
            assert (again.number, again.head, again.position) == (before.number, before.head, before.position)
            continue
        name, actor = chance.choice(delegates)
        position = chance.choice(list(Position))
        receipts[f"{seed}:{step}"] = actor, cast(session, actor, proposal, position, source_key=f"{seed}:{step}")
        said[name] = position
        if chance.random() < 0.1:
            clock.move(timedelta(hours=chance.randrange(8)))

    proposal = proposal_by_ref(session, ref)
    names = {organisation.id: name for name, organisation in network.organisations.items()}
    assert {names[voice]: one.position for voice, one in last_casts(session, proposal).items()} == said
    assert standing(session, proposal).whole.votes == 12
    clock.move(WEEK)
    with pytest.raises(GateShut):
        cast(session, delegates[0][1], proposal_by_ref(session, ref), Position.AGREE)
    close_due(session)
    assert audit.verify(session, proposal.chain) is None
    heads = [receipt.head for _, receipt in receipts.values()]
    assert recount.recount(board_export(session, ref), heads)[-1].startswith("AGREES")
