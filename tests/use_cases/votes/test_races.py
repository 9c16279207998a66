"""Everybody at once, in the moment of the close: each cast is counted with a receipt, or refused and told."""

from __future__ import annotations

import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from sqlalchemy.orm import Session, sessionmaker

from network_app.core import audit
from network_app.core import clock as core_clock
from network_app.core.errors import GateShut
from network_app.core.permissions import Actor
from network_app.votes import recount
from network_app.votes.queries import board_export, proposal_by_ref
from network_app.votes.rules import Position, State
from network_app.votes.use_cases import Receipt, cast_vote, close_vote
from tests.factories.votes import WEEK, Network, make_network, make_vote

# The long count belongs to `make soak` and to CI.
ROUNDS = 40 if os.environ.get("REQUIRE_ALL") == "1" else 4
CASTERS = 12
# Long enough for dozens of casts before the close, and the close is what each round is about.
BEFORE_THE_CLOSE = timedelta(seconds=0.3)


def test_a_cast_at_the_close_is_either_on_the_board_with_a_receipt_or_refused(factory: sessionmaker[Session]) -> None:
    with factory.begin() as session:
        network = make_network(session)
        core_clock.mark_as_demo(session)
    both = [0, 0]
    for _ in range(ROUNDS):
        ref = about_to_close(factory, network)
        receipts, refused = storm(factory, network, ref)
        with factory() as session:
            proposal = proposal_by_ref(session, ref)
            links = audit.links(session, proposal.chain)
            on_board = {link.hash for link in links if link.body["act"] == "cast"}
            assert proposal.state is State.CLOSED and links[-1].body["act"] == "closed"
            assert {receipt.head for receipt in receipts} == on_board
            assert len(receipts) + refused > 0 and all(r.at < proposal.closes() for r in receipts)
            assert recount.recount(board_export(session, ref))[-1].startswith("AGREES")
        both[0] += len(receipts)
        both[1] += refused
    assert all(both), "no round had both accepted and refused casts, so it proved nothing"


def about_to_close(factory: sessionmaker[Session], network: Network) -> str:
    """A vote that was opened a week ago, less a moment."""
    with factory.begin() as session:
        ref = make_vote(session, network).ref
    with factory.begin() as session:
        core_clock.move(session, WEEK - BEFORE_THE_CLOSE)
    return ref


def storm(factory: sessionmaker[Session], network: Network, ref: str) -> tuple[list[Receipt], int]:
    """All delegates cast again and again until they are refused, while the clock's job tries to close."""
    over = threading.Event()

    def cast_on(name: str, actor: Actor) -> tuple[list[Receipt], int]:
        receipts: list[Receipt] = []
        for number in range(1_000):
            try:
                with factory.begin() as session:
                    key = f"{ref}:{name}:{number}"
                    receipt = cast_vote(session, actor, ref=ref, position=Position.AGREE, via="web", source_key=key)
                receipts.append(receipt)
            except GateShut:
                return receipts, 1
        return receipts, 0

    def close() -> None:
        while not over.is_set():
            try:
                with factory.begin() as session:
                    close_vote(session, Actor.system(), ref=ref)
                return
            except GateShut:
                time.sleep(0.01)

    with ThreadPoolExecutor(CASTERS + 1) as pool:
        closing = pool.submit(close)
        results = list(pool.map(cast_on, network.delegates, network.delegates.values()))
        closing.result(timeout=30)
        over.set()
    return [receipt for receipts, _ in results for receipt in receipts], sum(count for _, count in results)


def test_the_same_event_arriving_on_many_ways_at_once_is_cast_once(factory: sessionmaker[Session]) -> None:
    with factory.begin() as session:
        network = make_network(session)
        ref = make_vote(session, network).ref
    actor = network.delegates["m1"]

    def once(_: int) -> str:
        with factory.begin() as session:
            return cast_vote(session, actor, ref=ref, position="agree", via="chat", source_key="$one:server").head

    with ThreadPoolExecutor(8) as pool:
        heads = list(pool.map(once, range(24)))
    with factory() as session:
        links = audit.links(session, proposal_by_ref(session, ref).chain)
    assert len(links) == 2 and set(heads) == {links[-1].hash}
