"""Mail through a real mail server that works, refuses, is away, or takes the message and falls silent."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Callable, Iterator
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy.orm import Session, sessionmaker

from members.messages import tell_organisation
from members.use_cases.freezing import freeze_person
from members.use_cases.thawing import thaw_by_operator, thaw_person
from network_app import mailer, worker
from network_app.core import outbox, schedule
from network_app.core.clock import now
from network_app.core.config import Settings
from network_app.core.db import transaction
from network_app.core.outbox import Outgoing, State
from network_app.core.permissions import Duty
from network_app.demo.probe import free_port
from network_app.letters.models import Letter
from network_app.letters.rules.states import LetterState
from network_app.letters.use_cases.releasing import recall_letter
from network_app.web.readiness import problems, stuck_messages
from tests.conftest import MovableClock, SmtpSink
from tests.factories.letters import make_frozen, make_writers
from tests.factories.members import make_actor, make_organisation, make_person

UNDO = timedelta(minutes=11)


def plan_alert(factory: sessionmaker[Session], key: str = "person:1:linked", gate: str | None = None) -> str:
    """A mail to a member; returns the Message-ID that it has."""
    with transaction(factory) as session:
        outbox.enqueue_mail(
            session,
            key=key,
            to="office@union.test",
            language="en",
            template="chat_linked",
            values={"ref": "UA-1", "matrix_id": "@sokha:union.test", "link": "http://127.0.0.1:8000/me"},
            gate=gate,
        )
    return f"<{outbox.message_id(key)}@network.test>"


def plan_letter(factory: sessionmaker[Session], clock: MovableClock) -> Letter:
    """A letter that two people released and whose time for an undo is over."""
    with transaction(factory) as session:
        letter = make_frozen(session, make_writers(session))
    clock.move(UNDO)
    return letter


def letters(sink: SmtpSink) -> list[EmailMessage]:
    """The letters among the mail; the others are notices to members."""
    return [message for message in sink.messages if (message["Reply-To"] or "").startswith("letter+")]


def row(factory: sessionmaker[Session], key: str = "person:1:linked") -> Outgoing:
    with factory() as session:
        return outbox.by_key(session, [key])[0]


def letter_state(factory: sessionmaker[Session], letter: Letter) -> LetterState:
    with factory() as session:
        return session.get_one(Letter, letter.id).state


@pytest.fixture
def mail(settings: Settings, smtp_sink: SmtpSink) -> Settings:
    """The installation with this mail server."""
    return dataclasses.replace(settings, smtp_url=smtp_sink.url)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mailer, "TIMEOUT", 1)


def test_an_alert_is_sent_once_in_both_forms_under_its_own_id(
    factory: sessionmaker[Session], mail: Settings, smtp_sink: SmtpSink
) -> None:
    message_id = plan_alert(factory)
    assert mailer.send_due(mail, factory) == 1
    assert mailer.send_due(mail, factory) == 0
    [message] = smtp_sink.messages
    assert message["Message-ID"] == message_id and message["Auto-Submitted"] == "auto-generated"
    assert message["X-Envelope-To"] == "office@union.test" and message["X-Envelope-From"] == "network@network.test"
    assert [part.get_content_type() for part in message.walk()][1:] == ["text/plain", "text/html"]
    assert row(factory).state is State.SENT


def test_mail_to_an_organisation_waits_while_its_address_is_a_frozen_persons_own(
    factory: sessionmaker[Session], mail: Settings, smtp_sink: SmtpSink
) -> None:
    with transaction(factory) as session:
        union = make_organisation(session, email="Dara@union.test")
        seized = make_person(session, union, handle="dara", email="dara@union.test")
        colleague = make_actor(session, union, Duty.ACT)
        freeze_person(session, colleague, person_id=seized.id)
        tell_organisation(session, union.id, key="news", template="made_dormant", values={})
    mailer.send_due(mail, factory)
    assert "dara@union.test" not in {message["X-Envelope-To"].lower() for message in smtp_sink.messages}
    kept = row(factory, f"news:{union.id}:mail:0")
    assert kept.state is State.HELD and kept.error is not None and "frozen" in kept.error
    with transaction(factory) as session:
        assert any("frozen person" in problem for problem in stuck_messages(session))
        thaw_by_operator(session, handle="dara")
        assert thaw_person(session, colleague, person_id=seized.id)
    mailer.send_due(mail, factory)
    assert row(factory, f"news:{union.id}:mail:0").state is State.SENT
    assert "dara@union.test" in {message["X-Envelope-To"].lower() for message in smtp_sink.messages}
    with transaction(factory) as session:
        assert not any("frozen person" in problem for problem in stuck_messages(session))


def test_a_letter_leaves_as_frozen_and_its_bounces_come_back_to_it(
    factory: sessionmaker[Session], mail: Settings, smtp_sink: SmtpSink, clock: MovableClock
) -> None:
    letter = plan_letter(factory, clock)
    mailer.send_due(mail, factory)
    [message] = letters(smtp_sink)
    assert message["X-Envelope-From"] == message["Reply-To"]
    kinds = [part.get_content_type() for part in message.walk()]
    assert "text/plain" in kinds and "text/html" in kinds and kinds[-1] == "application/pdf"
    assert letter_state(factory, letter) is LetterState.SENT
    clock.move(timedelta(days=1))
    mailer.send_due(mail, factory)
    assert len(letters(smtp_sink)) == 1


def test_a_letter_taken_back_within_the_undo_never_leaves(
    factory: sessionmaker[Session], mail: Settings, smtp_sink: SmtpSink, clock: MovableClock
) -> None:
    with transaction(factory) as session:
        writers = make_writers(session)
        letter = make_frozen(session, writers)
    mailer.send_due(mail, factory)
    with transaction(factory) as session:
        recall_letter(session, writers.first, ref=letter.ref, reason="talks")
    clock.move(UNDO)
    mailer.send_due(mail, factory)
    assert letters(smtp_sink) == []


def test_a_gate_that_is_shut_at_the_moment_of_sending_keeps_the_mail_back(
    factory: sessionmaker[Session], mail: Settings, smtp_sink: SmtpSink
) -> None:
    plan_alert(factory, gate="appeal:00000000-0000-0000-0000-000000000001:consent:share_with_network")
    plan_alert(factory, "misspelt", gate="apeal:1:consent")
    assert mailer.send_due(mail, factory) == 0
    assert smtp_sink.messages == []
    assert row(factory).state is row(factory, "misspelt").state is State.HELD
    assert "consent" in (row(factory).error or "")


def test_while_the_mail_server_is_away_mail_waits_longer_each_time_and_the_operator_is_told(
    factory: sessionmaker[Session], settings: Settings, clock: MovableClock
) -> None:
    away = dataclasses.replace(settings, smtp_url=f"smtp://127.0.0.1:{free_port()}")
    message_id, waits = plan_alert(factory), []
    for number in range(1, 6):
        assert mailer.send_due(away, factory) == 0
        waiting = row(factory)
        assert (waiting.state, waiting.attempts, waiting.error) == (State.PLANNED, number, "ConnectionRefusedError")
        with factory() as session:
            waits.append(waiting.not_before - now(session))
        assert mailer.send_due(away, factory) == 0 and row(factory).attempts == number
        clock.move(timedelta(seconds=65))
    assert max(waits[:2]) < max(waits[3:])
    with transaction(factory) as session:
        jobs = [job for job in worker.JOBS if job.name == "worker_lives"]
        schedule.ensure(session, jobs)
    worker.run_due(factory, tuple(jobs))
    with factory() as session:
        assert any("SMTP_URL" in problem for problem in problems(session))

    sink = SmtpSink(free_port())
    server = Controller(sink, hostname="127.0.0.1", port=sink.port)
    server.start()
    try:
        assert mailer.send_due(dataclasses.replace(settings, smtp_url=sink.url), factory) == 1
    finally:
        server.stop()
    assert [message["Message-ID"] for message in sink.messages] == [message_id]
    assert mailer.last_problem() == ""


def test_a_busy_server_is_asked_again_and_a_refusal_for_good_waits_for_a_person(
    factory: sessionmaker[Session], mail: Settings, smtp_sink: SmtpSink, clock: MovableClock
) -> None:
    plan_alert(factory)
    smtp_sink.refuse = "451 busy"
    assert mailer.send_due(mail, factory) == 0
    assert (row(factory).state, row(factory).error) == (State.PLANNED, "refused with 451")
    clock.move(timedelta(minutes=1))
    smtp_sink.refuse = "554 no such person"
    assert mailer.send_due(mail, factory) == 0
    assert (row(factory).state, row(factory).error) == (State.FAILED, "refused with 554")
    clock.move(timedelta(days=1))
    assert mailer.send_due(mail, factory) == 0
    with factory() as session:
        assert any("need a person" in problem for problem in stuck_messages(session))


class Silent(SmtpSink):
    """A mail server that takes the message and never says so."""

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        await super().handle_DATA(server, session, envelope)
        await asyncio.sleep(30)
        return "250 too late"


@pytest.fixture
def silent(settings: Settings) -> Iterator[tuple[Settings, Silent]]:
    sink = Silent(free_port())
    server = Controller(sink, hostname="127.0.0.1", port=sink.port)
    server.start()
    yield dataclasses.replace(settings, smtp_url=sink.url), sink
    server.stop()


@pytest.mark.usefixtures("impatient")
def test_a_letter_that_may_have_arrived_is_held_and_never_sent_a_second_time(
    factory: sessionmaker[Session], silent: tuple[Settings, Silent], clock: MovableClock
) -> None:
    settings, sink = silent
    letter = plan_letter(factory, clock)
    assert mailer.send_due(settings, factory) == 0
    for _ in range(3):
        clock.move(timedelta(days=1))
        # The author's organisation is told, by mail too; of the letter itself there is no second copy.
        mailer.send_due(settings, factory)
    assert letter_state(factory, letter) is LetterState.UNCERTAIN
    assert row(factory, f"letter:{letter.id}:mail").state is State.UNCERTAIN
    assert len(letters(sink)) == 1


@pytest.mark.usefixtures("impatient")
def test_an_alert_that_may_have_arrived_is_sent_again_under_the_same_id(
    factory: sessionmaker[Session], silent: tuple[Settings, Silent], clock: MovableClock
) -> None:
    settings, sink = silent
    message_id = plan_alert(factory)
    for _ in range(2):
        assert mailer.send_due(settings, factory) == 0
        assert row(factory).state is State.PLANNED
        clock.move(timedelta(minutes=1))
    assert [message["Message-ID"] for message in sink.messages] == [message_id, message_id]


def test_a_sender_that_lost_its_lease_to_another_sends_nothing(
    factory: sessionmaker[Session],
    mail: Settings,
    smtp_sink: SmtpSink,
    clock: MovableClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    letter = plan_letter(factory, clock)
    composed: Callable[..., Any] = mailer._compose

    def slow(*args: Any) -> Any:
        message = composed(*args)
        clock.move(mailer.LEASE * 2)
        with transaction(factory) as session:
            outbox.claim(session, outbox.Channel.MAIL, by="another", limit=5, lease=mailer.LEASE)
        return message

    monkeypatch.setattr(mailer, "_compose", slow)
    mailer.send_due(mail, factory)
    assert letters(smtp_sink) == []
    assert row(factory, f"letter:{letter.id}:mail").state is State.UNCERTAIN
