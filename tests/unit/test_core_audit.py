"""Whatever somebody does to a chain of records, reading it again finds it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session, sessionmaker

from network_app.core.audit import ChainHead, ChainLink, append, canonical, head, links, record, verify
from network_app.core.db import new_id, transaction
from network_app.core.permissions import Actor, ActorKind

CHAIN, LENGTH = "appeal:1", 6
PLACES = st.integers(1, LENGTH)


def write(session: Session, chain: str = CHAIN) -> None:
    for number in range(LENGTH):
        append(session, chain, {"n": number, "words": "বেতন \n দাও"})
    session.commit()


def test_a_chain_that_nobody_touched_holds(session: Session) -> None:
    write(session)
    assert verify(session, CHAIN) is None
    read = links(session, CHAIN)
    assert [link.seq for link in read] == list(range(1, LENGTH + 1))
    assert read[-1].hash == head(session, CHAIN) and read[0].body["words"] == "বেতন \n দাও"
    assert verify(session, "appeal:none") is None


CHANGES: dict[str, Any] = {
    "body": lambda row: '{"n":99}',
    "at": lambda row: row.at + timedelta(seconds=1),
    "hash": lambda row: "f" * 64,
    "prev_hash": lambda row: "e" * 64,
}


@pytest.mark.parametrize("column", CHANGES)
@settings(max_examples=LENGTH, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(place=PLACES)
def test_every_changed_column_of_every_link_is_found(session: Session, column: str, place: int) -> None:
    with session.begin_nested() as savepoint:
        write_once(session)
        row = session.get_one(ChainLink, (CHAIN, place))
        here = (ChainLink.chain == CHAIN, ChainLink.seq == place)
        session.execute(update(ChainLink).where(*here).values({column: CHANGES[column](row)}))
        session.expire_all()
        broken = verify(session, CHAIN)
        savepoint.rollback()
    assert broken is not None and broken.seq in (place, place + 1)


@settings(max_examples=LENGTH, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(place=PLACES)
def test_every_link_that_is_cut_out_is_missed(session: Session, place: int) -> None:
    with session.begin_nested() as savepoint:
        write_once(session)
        session.execute(delete(ChainLink).where(ChainLink.chain == CHAIN, ChainLink.seq == place))
        session.expire_all()
        broken = verify(session, CHAIN)
        savepoint.rollback()
    assert broken is not None and broken.seq == place


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(places=st.tuples(PLACES, PLACES).filter(lambda pair: pair[0] != pair[1]))
def test_two_links_that_change_places_are_found(session: Session, places: tuple[int, int]) -> None:
    with session.begin_nested() as savepoint:
        write_once(session)
        one, other = (session.get_one(ChainLink, (CHAIN, place)) for place in places)
        for column in ("at", "body", "prev_hash", "hash"):
            kept = getattr(one, column)
            setattr(one, column, getattr(other, column))
            setattr(other, column, kept)
        session.flush()
        broken = verify(session, CHAIN)
        savepoint.rollback()
    assert broken is not None and broken.seq == min(places)


def test_a_link_put_into_another_chain_does_not_hold_there(session: Session) -> None:
    append(session, "vote:1", {"position": "agree"})
    session.execute(update(ChainLink).values(chain="vote:2"))
    session.execute(update(ChainHead).values(chain="vote:2"))
    session.expire_all()
    broken = verify(session, "vote:2")
    assert broken is not None and broken.seq == 1


def test_acts_at_the_same_moment_get_places_of_their_own(factory: sessionmaker[Session]) -> None:
    start = Barrier(4)

    def act(number: int) -> None:
        start.wait()
        for _ in range(5):
            with transaction(factory) as session:
                append(session, CHAIN, {"by": number})

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(act, range(4)))
    with factory() as session:
        assert verify(session, CHAIN) is None
        assert [link.seq for link in links(session, CHAIN)] == list(range(1, 21))


def test_the_audit_says_who_for_whom_and_under_which_mandate(session: Session) -> None:
    person, organisation, mandate = new_id(), new_id(), new_id()
    actor = Actor(
        ActorKind.PERSON, person_id=person, organisation_id=organisation, mandate_ids=frozenset({mandate}), country="KH"
    )
    record(session, actor, "cast", "vote:V-1", position="agree", seq=2, other=organisation)
    [link] = links(session, "audit")
    assert link.body == {
        "act": "cast",
        "subject": "vote:V-1",
        "kind": "person",
        "person": str(person),
        "organisation": str(organisation),
        "mandates": [str(mandate)],
        "details": {"position": "agree", "seq": 2, "other": str(organisation)},
    }


@given(st.dictionaries(st.text(max_size=5), st.text(max_size=10) | st.integers() | st.none(), max_size=5))
def test_a_body_is_written_in_one_way_only(body: dict[str, Any]) -> None:
    turned = dict(reversed(list(body.items())))
    assert canonical(body) == canonical(turned)


def write_once(session: Session) -> None:
    """The chain, inside the savepoint of this example."""
    session.expire_all()
    if session.scalar(select(ChainHead).where(ChainHead.chain == CHAIN)) is None:
        for number in range(LENGTH):
            append(session, CHAIN, {"n": number})
