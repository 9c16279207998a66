"""One clock for all, and only a demo's can be moved."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session, sessionmaker

from network_app.core import clock
from network_app.core.db import read_transaction, transaction
from network_app.core.errors import NotAllowed

DAY = timedelta(days=1)


def test_one_transaction_has_one_moment_and_the_next_a_later_one(session: Session) -> None:
    first = clock.now(session)
    time.sleep(0.02)
    with session.begin_nested():
        assert clock.now(session) == first
    assert clock.now(session) == first
    assert clock.fresh_now(session) > first
    session.commit()
    assert clock.now(session) > first


def test_a_moment_is_aware_utc_and_about_now(session: Session) -> None:
    moment = clock.now(session)
    assert moment.utcoffset() == timedelta(0)
    assert abs(datetime.now(UTC) - moment) < timedelta(seconds=30)


def test_a_real_installation_has_a_clock_that_nobody_moves(session: Session) -> None:
    assert not clock.is_demo(session)
    with pytest.raises(NotAllowed):
        clock.move(session, DAY)
    session.add(clock.Installation(id=1, demo=False, clock_offset_seconds=86_400))
    session.commit()
    with pytest.raises(NotAllowed):
        clock.move(session, DAY)
    # Even a row that somebody wrote by hand moves nothing.
    assert abs(datetime.now(UTC) - clock.now(session)) < timedelta(seconds=30)


def test_a_demo_moves_forward_for_everybody_and_never_back(factory: sessionmaker[Session]) -> None:
    with transaction(factory) as session:
        clock.mark_as_demo(session)
        before = clock.now(session)
        assert clock.move(session, DAY) - before >= DAY
        assert clock.now(session) - before >= DAY
        with pytest.raises(NotAllowed):
            clock.move(session, -DAY)
    with read_transaction(factory) as session:
        assert clock.is_demo(session)
        assert DAY <= clock.now(session) - before < DAY + timedelta(minutes=2)
