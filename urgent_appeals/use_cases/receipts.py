"""The filer's way back: a number on paper, in no phone, in no address, and in our database only as a keyed hash."""

from __future__ import annotations

import secrets
import uuid
from datetime import timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from network_app.core import clock
from network_app.core.crypto import keyed_hash
from network_app.core.db import new_id
from network_app.core.errors import NotFound, TooMany
from network_app.core.permissions import Actor
from urgent_appeals.models import Appeal, AppealMessage, AppealReceipt, WrongReceipt
from urgent_appeals.rules.audiences import TO_FILER
from urgent_appeals.rules.receipts import RANDOM_DIGITS, read_receipt, with_check_digit
from urgent_appeals.use_cases.opening import own_case
from urgent_appeals.use_cases.timeline import write_timeline

# The page that shows the number may be reloaded this long; later nobody who finds the phone sees it again.
SHOWN_FOR = timedelta(minutes=30)
GUESSES = 20
GUESS_WINDOW = timedelta(minutes=15)


def first_receipt(session: Session, appeal: Appeal, client_id: str) -> str | None:
    """The number of a new appeal: the same for the same form, so that a form sent twice shows one number.

    None once it was proved to be kept, retired, or shown for long enough.
    """
    number = _number(keyed_hash("receipt-number", f"{appeal.id}:{client_id}"))
    receipt = session.scalar(select(AppealReceipt).where(AppealReceipt.number_hash == _hash(number)))
    if receipt is None:
        if session.scalar(select(AppealReceipt.id).where(AppealReceipt.appeal_id == appeal.id).limit(1)):
            return None
        receipt = _keep(session, appeal, number)
    shown_out = clock.now(session) - receipt.made_at > SHOWN_FOR
    return None if shown_out or receipt.proved_at or receipt.retired_at else number


def open_receipt(session: Session, *, typed: str, caller: str) -> AppealReceipt | None:
    """Find the receipt that was typed, in any numerals. None if there is none: then the try counts and must be kept.

    `caller` tells callers apart for throttling and must not name anybody. Raises TooMany.
    """
    now = clock.now(session)
    subject = keyed_hash("receipt-caller", f"{now.date()}:{caller}")
    session.execute(delete(WrongReceipt).where(WrongReceipt.at < now - GUESS_WINDOW))
    wrong = session.scalar(select(func.count()).where(WrongReceipt.subject == subject)) or 0
    if wrong >= GUESSES:
        raise TooMany()
    receipt = _find(session, typed)
    if receipt is None:
        session.add(WrongReceipt(id=new_id(), subject=subject, at=now))
        session.flush()
        return None
    if receipt.proved_at is None:
        receipt.proved_at = now
        appeal = session.get_one(Appeal, receipt.appeal_id)
        write_timeline(session, Actor.filer(appeal.id), appeal, "receipt_kept")
    _mark_read(session, receipt.appeal_id)
    return receipt


def retire_receipt(session: Session, actor: Actor, *, receipt_id: uuid.UUID) -> None:
    """Let the filer make the number worthless: afterwards nobody comes in with it. Raises NotFound."""
    appeal = own_case(session, actor)
    receipt = _own(session, appeal, receipt_id)
    receipt.retired_at = clock.now(session)
    write_timeline(session, actor, appeal, "receipt_retired")


def replace_receipt(session: Session, actor: Actor, *, receipt_id: uuid.UUID) -> tuple[AppealReceipt, str]:
    """Give the filer a new number and make the old one worthless. Raises NotFound."""
    appeal = own_case(session, actor)
    old = _own(session, appeal, receipt_id)
    number = _number(secrets.token_hex(32))
    new = _keep(session, appeal, number)
    old.retired_at = clock.now(session)
    write_timeline(session, actor, appeal, "receipt_replaced")
    return new, number


def _own(session: Session, appeal: Appeal, receipt_id: uuid.UUID) -> AppealReceipt:
    receipt = session.get(AppealReceipt, receipt_id)
    if receipt is None or receipt.appeal_id != appeal.id or receipt.retired_at is not None:
        raise NotFound()
    return receipt


def _find(session: Session, typed: str) -> AppealReceipt | None:
    number = read_receipt(typed)
    if number is None:
        return None
    return session.scalar(
        select(AppealReceipt).where(AppealReceipt.number_hash == _hash(number), AppealReceipt.retired_at.is_(None))
    )


def _keep(session: Session, appeal: Appeal, number: str) -> AppealReceipt:
    receipt = AppealReceipt(id=new_id(), appeal_id=appeal.id, number_hash=_hash(number), made_at=clock.now(session))
    session.add(receipt)
    session.flush()
    return receipt


def _mark_read(session: Session, appeal_id: uuid.UUID) -> None:
    """The filer is looking: what the team wrote counts as read, so that the team knows it arrived."""
    now = clock.now(session)
    unread = select(AppealMessage).where(AppealMessage.appeal_id == appeal_id, AppealMessage.read_at.is_(None))
    fresh = [message for message in session.scalars(unread) if message.kind in TO_FILER]
    for message in fresh:
        message.read_at = now
    if fresh:
        appeal = session.get_one(Appeal, appeal_id)
        appeal.news_read_at = now
        write_timeline(session, Actor.filer(appeal_id), appeal, "news_read")


def _number(random_hex: str) -> str:
    # 64 hex digits are so many more than 15 decimal ones that none comes out more often than another.
    return with_check_digit(str(int(random_hex, 16) % 10**RANDOM_DIGITS).zfill(RANDOM_DIGITS))


def _hash(number: str) -> str:
    return keyed_hash("receipt", number)
