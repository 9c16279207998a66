"""A released letter through a real mail server: what arrives is what was approved, and it arrives once."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy.orm import Session, sessionmaker

from network_app.core.config import Settings
from network_app.letters.models import Letter
from network_app.letters.queries import frozen_mail, reply_address
from network_app.letters.rules.states import LetterState
from network_app.mailer import send_due
from tests.conftest import MovableClock, SmtpSink
from tests.factories.letters import Writers, make_frozen, make_writers


@pytest.fixture
def writers(session: Session) -> Writers:
    return make_writers(session)


def letters_in(sink: SmtpSink) -> list[object]:
    return [mail for mail in sink.messages if "Wages owed" in str(mail["Subject"])]


def test_what_arrives_is_what_two_people_approved(
    settings: Settings,
    factory: sessionmaker[Session],
    session: Session,
    clock: MovableClock,
    smtp_sink: SmtpSink,
    writers: Writers,
) -> None:
    sending = replace(settings, smtp_url=smtp_sink.url)
    letter = make_frozen(session, writers)
    mail = frozen_mail(session, letter.id)
    session.commit()
    send_due(sending, factory)
    assert letters_in(smtp_sink) == []
    clock.move(timedelta(minutes=11))
    for _ in range(3):
        send_due(sending, factory)
    (arrived,) = [each for each in smtp_sink.messages if each["Subject"] == mail.subject]
    assert arrived["To"] == mail.to and arrived["Reply-To"] == mail.reply_to == reply_address(letter)
    (attached,) = [part for part in arrived.iter_attachments()]
    assert hashlib.sha256(attached.get_content()).hexdigest() == letter.pdf_sha256
    plain, html = (arrived.get_body(preferencelist=(kind,)) for kind in ("plain", "html"))
    assert plain is not None and html is not None
    assert plain.get_content().split() == mail.text.split()
    assert html.get_content().split() == mail.html.split()
    session.expire_all()
    assert session.get_one(Letter, letter.id).state is LetterState.SENT


def test_a_letter_whose_consent_fell_stays_here(
    settings: Settings,
    factory: sessionmaker[Session],
    session: Session,
    clock: MovableClock,
    smtp_sink: SmtpSink,
    writers: Writers,
) -> None:
    letter = make_frozen(session, writers, appeal_id=uuid4())
    session.commit()
    clock.move(timedelta(minutes=11))
    send_due(replace(settings, smtp_url=smtp_sink.url), factory)
    assert letters_in(smtp_sink) == []
    session.expire_all()
    assert session.get_one(Letter, letter.id).state is LetterState.FROZEN


def test_a_letter_that_the_server_refuses_for_good_waits_for_a_person(
    settings: Settings,
    factory: sessionmaker[Session],
    session: Session,
    clock: MovableClock,
    smtp_sink: SmtpSink,
    writers: Writers,
) -> None:
    from network_app.letters.use_cases.sending import follow_sending

    smtp_sink.refuse = "550 no such mailbox"
    letter = make_frozen(session, writers)
    session.commit()
    clock.move(timedelta(minutes=11))
    send_due(replace(settings, smtp_url=smtp_sink.url), factory)
    session.expire_all()
    follow_sending(session)
    assert session.get_one(Letter, letter.id).state is LetterState.UNCERTAIN
