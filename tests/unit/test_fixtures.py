"""The fixtures themselves: if these fail, nothing else says anything."""

from __future__ import annotations

import itertools
import smtplib
from collections import Counter
from datetime import timedelta
from email.message import EmailMessage

import pytest
from sqlalchemy.orm import Session, sessionmaker

from network_app.core.clock import Installation, mark_as_demo, now
from tests.collecting import HERE, LONGEST, pytest_collection_modifyitems
from tests.conftest import MovableClock, SmtpSink


def test_each_test_has_a_database_of_its_own_part_one(factory: sessionmaker[Session]) -> None:
    with factory.begin() as session:
        assert session.get(Installation, 1) is None
        mark_as_demo(session)


def test_each_test_has_a_database_of_its_own_part_two(factory: sessionmaker[Session]) -> None:
    with factory.begin() as session:
        assert session.get(Installation, 1) is None
        mark_as_demo(session)


def test_the_clock_moves_for_an_open_session(session: Session, clock: MovableClock) -> None:
    before = now(session)
    clock.move(timedelta(days=3))
    assert timedelta(days=3) <= now(session) - before < timedelta(days=3, minutes=1)


def test_the_clock_moves_for_other_sessions(factory: sessionmaker[Session], clock: MovableClock) -> None:
    with factory.begin() as session:
        before = now(session)
    clock.move(timedelta(days=3))
    with factory.begin() as session:
        assert timedelta(days=3) <= now(session) - before < timedelta(days=3, minutes=1)


def test_the_mail_server_keeps_what_it_is_sent(smtp_sink: SmtpSink) -> None:
    message = EmailMessage()
    message["Subject"] = "কারখানা"
    message.set_content("text")
    with smtplib.SMTP("127.0.0.1", smtp_sink.port) as mail:
        mail.send_message(message, "a@network.test", ["b@brand.test"])
    assert [kept["Subject"] for kept in smtp_sink.messages] == ["কারখানা"]
    assert smtp_sink.messages[0]["X-Envelope-To"] == "b@brand.test"


def test_long_files_begin_first_and_each_file_stays_together(request: pytest.FixtureRequest) -> None:
    assert not [name for name in LONGEST if not (HERE / name).is_file()]
    items = [*reversed(request.session.items)]
    pytest_collection_modifyitems(items)
    files = [*dict.fromkeys(item.path for item in items)]
    assert sum(before.path != after.path for before, after in itertools.pairwise(items)) == len(files) - 1
    long = [HERE / name for name in LONGEST if HERE / name in files]
    assert files[: len(long)] == long
    sizes = Counter(item.path for item in items)
    rest = [sizes[path] for path in files[len(long) :]]
    assert rest == sorted(rest, reverse=True)
