"""The same request twice, from a program whose line broke: it runs once, and both get the same answer."""

import uuid
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from members.models import ApiAnswer
from members.rules.tokens import ANSWERS_KEPT
from network_app.core import clock
from network_app.core.crypto import keyed_hash
from network_app.core.db import lock, new_id
from network_app.core.errors import Conflict, Invalid
from network_app.core.i18n import lazy


@dataclass(frozen=True)
class Claim:
    """A key that this request holds. `earlier` is what the first request of this key was answered, if there was one."""

    answer_id: uuid.UUID
    earlier: ApiAnswer | None = None


def claim_key(session: Session, *, token_id: uuid.UUID, key: str, request: str) -> Claim:
    """Hold an Idempotency-Key for this transaction; a second request with it waits here until the first is done.

    Raises Invalid if the key was used for another request, and Conflict if the first is still at it.
    """
    asked = keyed_hash("api-request", request)
    mine = and_(ApiAnswer.token_id == token_id, ApiAnswer.key == key)
    session.execute(delete(ApiAnswer).where(mine, ApiAnswer.expires_at <= clock.now(session)))
    row = ApiAnswer(
        id=new_id(),
        token_id=token_id,
        key=key,
        request_hash=asked,
        expires_at=clock.now(session) + ANSWERS_KEPT,
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        return Claim(row.id, _earlier(session, mine, asked))
    return Claim(row.id)


def _earlier(session: Session, mine: ColumnElement[bool], asked: str) -> ApiAnswer:
    found: ApiAnswer | None = session.scalar(select(ApiAnswer).where(mine))
    if found is None:
        raise Conflict(lazy("The same request is being answered at this moment. Ask again in a few seconds."))
    if found.request_hash != asked:
        raise Invalid(
            lazy("This key was used for another request. Take a new key for each act."), field="Idempotency-Key"
        )
    return found


def keep_answer(session: Session, *, claim: Claim, status: int, body: str, location: str = "") -> None:
    """Store what the act answered, in its own transaction."""
    row = lock(session, ApiAnswer, claim.answer_id)
    row.status, row.body, row.location = status, body, location
    session.flush()


def forget_old_answers(session: Session) -> None:
    """Delete what was answered a day ago."""
    session.execute(delete(ApiAnswer).where(ApiAnswer.expires_at <= clock.now(session)))
