"""What the two databases promise alike: read-only is read-only, references are looked up safely, moments are UTC."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError, StatementError
from sqlalchemy.orm import Session, sessionmaker

from members.models import Organisation
from network_app.core.db import engine_for, get, get_by_ref, lock, may_lose_acts, new_id, read_transaction, transaction
from network_app.core.errors import NotFound
from network_app.core.heartbeat import Heartbeat, beat, beats
from network_app.votes.models import Proposal


def test_a_reading_session_cannot_write(factory: sessionmaker[Session]) -> None:
    with pytest.raises(DBAPIError), read_transaction(factory) as session:
        beat(session, "web")
        session.flush()
    with transaction(factory) as session:
        assert beats(session) == {}
        beat(session, "web")


def test_what_raises_is_rolled_back_whole(factory: sessionmaker[Session]) -> None:
    with pytest.raises(RuntimeError), transaction(factory) as session:
        beat(session, "web")
        session.flush()
        raise RuntimeError
    with read_transaction(factory) as session:
        assert beats(session) == {}


@pytest.mark.parametrize("ref", ["V-NONE", "", "\x00", "V-\x00", "' or 1=1", "V-" + "A" * 10_000, "\ud800", "৳"])
def test_a_reference_that_is_none_finds_nothing(session: Session, ref: str) -> None:
    with pytest.raises(NotFound):
        get_by_ref(session, Proposal, ref)


def test_a_key_that_is_none_finds_nothing(session: Session) -> None:
    for load in (get, lock):
        with pytest.raises(NotFound):
            load(session, Organisation, new_id())


def test_a_moment_comes_back_in_utc_and_one_without_zone_is_refused(session: Session) -> None:
    phnom_penh = timezone(timedelta(hours=7))
    session.add(Heartbeat(process="worker", at=datetime(2020, 7, 1, 12, tzinfo=phnom_penh)))
    session.commit()
    session.expire_all()
    assert beats(session)["worker"].at.isoformat() == "2020-07-01T05:00:00+00:00"
    session.add(Heartbeat(process="bot", at=datetime(2020, 7, 1, 12)))
    with pytest.raises(StatementError, match="without a time zone"):
        session.flush()


def test_a_database_that_could_forget_an_act_is_told_from_one_that_could_not(database_url: str) -> None:
    engine = engine_for(database_url)
    assert may_lose_acts(engine) == ""
    weaker = "PRAGMA synchronous = NORMAL" if engine.dialect.name == "sqlite" else "SET synchronous_commit = off"

    def weaken(connection: Any, _entry: object) -> None:
        connection.cursor().execute(weaker)
        connection.commit()

    event.listen(engine, "connect", weaken)
    engine.dispose()
    why, _, cure = may_lose_acts(engine).partition(". ")
    assert why and cure
    engine.dispose()
