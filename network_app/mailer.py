"""Mail, out and in: sends what the outbox holds, and hands the incoming post to the letters.

An alert whose sending ended in doubt is sent again under the same Message-ID. A letter is not: a brand that gets the
same letter twice learns that nobody keeps the books, so a person decides.
"""

from __future__ import annotations

import mailbox
import os
import random
import smtplib
import socket
from datetime import timedelta
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import formatdate, parseaddr
from pathlib import Path
from urllib.parse import unquote, urlsplit

import structlog
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

from network_app import gates
from network_app.core import clock, outbox
from network_app.core.config import Settings
from network_app.core.db import read_transaction, transaction
from network_app.core.rendering import markdown_to_html, markdown_to_text, render
from network_app.letters.queries import frozen_mail
from network_app.letters.use_cases.replies import receive_reply
from network_app.letters.use_cases.sending import mark_letter_sent, mark_letter_uncertain

BATCH = 20
LEASE = timedelta(minutes=5)
TIMEOUT = 60
GIVE_UP_AFTER = 60

log = structlog.get_logger()
_last_problem = ""


def last_problem() -> str:
    """What kept mail from leaving at the last try, in one sentence with its cure; empty when it left."""
    return _last_problem


def send_due(settings: Settings, factory: sessionmaker[Session]) -> int:
    """Send the mail that is due; returns how many messages left."""
    if not settings.smtp_url:
        return 0
    by = f"{socket.gethostname()}:{os.getpid()}"
    with transaction(factory) as session:
        rows = outbox.claim(session, outbox.Channel.MAIL, by=by, limit=BATCH, lease=LEASE)
    return sum(_send_one(settings, factory, row, by) for row in rows)


def _send_one(settings: Settings, factory: sessionmaker[Session], row: outbox.Outgoing, by: str) -> bool:
    try:
        with read_transaction(factory) as session:
            shut = gates.open_gate(session, row.gate) if row.gate else None
            if shut is None and not row.letter:
                shut = gates.open_address(session, row.recipient)
            message = None if shut else _compose(settings, session, row)
    except Exception as error:
        _settle(factory, row, by, "failed" if row.attempts >= GIVE_UP_AFTER else "retry", type(error).__name__)
        return False
    if message is None:
        _settle(factory, row, by, "held", str(shut))
        return False
    with transaction(factory) as session:
        if not outbox.hold(session, row.id, by=by, lease=LEASE):
            return False
    outcome, problem = _hand_over(settings, message)
    _settle(factory, row, by, outcome, problem)
    return outcome == "sent"


def _compose(settings: Settings, session: Session, row: outbox.Outgoing) -> EmailMessage:
    message = EmailMessage(policy=policy.SMTP)
    message["To"] = row.recipient
    message["Date"] = formatdate(clock.now(session).timestamp())
    message["Message-ID"] = f"<{row.id}@{settings.mail_domain}>"
    if row.letter:
        _fill_with_letter(message, session, row)
        return message
    message["From"] = f"{settings.network_name} <{settings.mail_from}>"
    message["Auto-Submitted"] = "auto-generated"
    values = outbox.opened_values(row)
    body = render(f"mail/{row.template}/body.md", row.language, **values)
    message["Subject"] = render(f"mail/{row.template}/subject.txt", row.language, **values)
    message.set_content(markdown_to_text(body))
    message.add_alternative(_html(row.language, markdown_to_html(body)), subtype="html")
    return message


def _fill_with_letter(message: EmailMessage, session: Session, row: outbox.Outgoing) -> None:
    letter = frozen_mail(session, row.values["letter_id"])
    message["From"] = letter.from_address
    message["Reply-To"] = letter.reply_to
    message["Subject"] = letter.subject
    message.set_content(letter.text)
    message.add_alternative(letter.html, subtype="html")
    message.add_attachment(letter.pdf, maintype="application", subtype="pdf", filename=letter.pdf_name)


def _html(language: str, body: str) -> str:
    return f'<!doctype html><html lang="{language}"><meta charset="utf-8"><body>{body}</body></html>'


def _hand_over(settings: Settings, message: EmailMessage) -> tuple[str, str]:
    """Give the message to the mail server. What failed before the message was handed over certainly did not arrive."""
    try:
        server = connect(settings.smtp_url)
    except (OSError, smtplib.SMTPException) as error:
        return "retry", type(error).__name__
    try:
        # A letter's bounce has to come back to the address that belongs to this letter.
        server.send_message(message, from_addr=str(message["Reply-To"] or settings.mail_from))
    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as error:
        code = error.smtp_code if isinstance(error, smtplib.SMTPResponseException) else _first_code(error)
        return ("failed" if 500 <= code < 600 else "retry"), f"refused with {code}"
    except (OSError, smtplib.SMTPException) as error:
        return "uncertain", type(error).__name__
    finally:
        _close(server)
    return "sent", ""


def _first_code(error: smtplib.SMTPRecipientsRefused) -> int:
    return next(iter(error.recipients.values()))[0]


def connect(url: str) -> smtplib.SMTP:
    """Open a connection to the mail server at `url`. Raises OSError or SMTPException."""
    parts = urlsplit(url)
    kind = smtplib.SMTP_SSL if parts.scheme == "smtps" else smtplib.SMTP
    default_port = {"smtps": 465, "smtp+starttls": 587}.get(parts.scheme, 25)
    server = kind(parts.hostname or "", parts.port or default_port, timeout=TIMEOUT)
    if parts.scheme == "smtp+starttls":
        server.starttls()
    if parts.username:
        server.login(unquote(parts.username), unquote(parts.password or ""))
    return server


def _close(server: smtplib.SMTP) -> None:
    try:
        server.quit()
    except (OSError, smtplib.SMTPException):
        server.close()


def _settle(factory: sessionmaker[Session], row: outbox.Outgoing, by: str, outcome: str, problem: str) -> None:
    if outcome == "uncertain" and not row.letter:
        outcome = "retry"
    with transaction(factory) as session:
        if _mark(session, row, by, outcome, problem) and row.letter:
            _tell_letter(session, row, outcome)
    _remember(outcome)
    log.info("mail", id=str(row.id), outcome=outcome, problem=problem, attempts=row.attempts)


def _mark(session: Session, row: outbox.Outgoing, by: str, outcome: str, problem: str) -> bool:
    if outcome == "sent":
        return outbox.mark_sent(session, row.id, by=by, remote_id=str(row.id))
    if outcome == "retry":
        delay = outbox.backoff(row.attempts, jitter=random.random())  # noqa: S311  # spreads load, guards nothing
        return outbox.mark_retry(session, row.id, by=by, error=problem, delay=delay)
    if outcome == "uncertain":
        return outbox.mark_uncertain(session, row.id, by=by, error=problem)
    if outcome == "held":
        return outbox.mark_held(session, row.id, by=by, reason=problem)
    return outbox.mark_failed(session, row.id, by=by, error=problem)


def _tell_letter(session: Session, row: outbox.Outgoing, outcome: str) -> None:
    if outcome == "sent":
        mark_letter_sent(session, letter_id=row.values["letter_id"])
    elif outcome == "uncertain":
        mark_letter_uncertain(session, letter_id=row.values["letter_id"])


def _remember(outcome: str) -> None:
    global _last_problem
    if outcome == "sent":
        _last_problem = ""
    elif outcome in ("retry", "uncertain"):
        _last_problem = "the mail server does not take our mail. Check SMTP_URL and that the server answers."


def read_post(data_dir: Path, factory: sessionmaker[Session]) -> int:
    """Hand each message that a mail server put into the Maildir `DATA_DIR/mail-in` to the letter it answers.

    A message leaves `new/` only after its transaction: a kill in between reads it again, and the Message-ID keeps it
    from counting twice. What is no answer to a letter is flagged for a person. Returns how many were read.
    """
    post = data_dir / "mail-in"
    mailbox.Maildir(post, create=True)
    read = 0
    for path in sorted((post / "new").iterdir()):
        found = _take(factory, path.read_bytes())
        if found is None:
            continue
        path.rename(post / "cur" / f"{path.name}:2,{'S' if found else 'F'}")
        read += 1
    return read


def _take(factory: sessionmaker[Session], raw: bytes) -> bool | None:
    try:
        with transaction(factory) as session:
            return _receive(session, raw)
    except OperationalError:
        # The database is away, not the message wrong: it stays in new/ and is read again.
        return None
    except Exception as error:
        # One message that cannot be read must not stop the post; it stays in the Maildir, flagged for a person.
        log.error("post_unreadable", error=type(error).__name__)
        return False


def _receive(session: Session, raw: bytes) -> bool:
    message = BytesParser(policy=policy.default).parsebytes(raw)
    part = message.get_body(preferencelist=("plain", "html"))
    reply = receive_reply(
        session,
        to_address=str(message.get("Delivered-To") or parseaddr(str(message["To"] or ""))[1]),
        from_address=parseaddr(str(message["From"] or ""))[1],
        subject=str(message["Subject"] or ""),
        text=str(part.get_content()) if part else "",
        message_id=str(message["Message-ID"] or ""),
        received_at=clock.now(session),
        auto_submitted=str(message["Auto-Submitted"] or ""),
        content_type=message.get_content_type(),
        sender_path=str(message["Return-Path"]) if message["Return-Path"] else None,
    )
    return reply is not None
