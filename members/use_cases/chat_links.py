"""Binding a chat account to a person: a code shown on the web is typed in chat, once, within ten minutes."""

import re
import secrets
import uuid

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from members.messages import tell_of_link
from members.models import ChatIdentity, LinkCode, Person
from members.queries import actor_for
from members.rules import LINK_CODE_LIFE, WRONG_LINK_CODES_PER_CHAT
from members.use_cases.attempts import Limit, check_attempts, count_wrong_attempt, forget_attempts
from network_app.core import audit, clock
from network_app.core.crypto import keyed_hash
from network_app.core.db import lock, new_id
from network_app.core.errors import Conflict, Invalid
from network_app.core.i18n import lazy
from network_app.core.permissions import Actor
from network_app.core.refs import LETTERS

GROUPS, GROUP = 3, 5
MATRIX_ID = re.compile(r"@[\x21-\x39\x3b-\x7e]{1,200}:[A-Za-z0-9.\-:\[\]]{1,200}")


def make_link_code(session: Session, actor: Actor) -> str:
    """Make the code that a person types in chat as `!link CODE`; the ones made before stop working.

    It is shown once: only its keyed hash is kept.
    """
    person_id = actor.own_person()
    session.execute(delete(LinkCode).where(LinkCode.person_id == person_id))
    code = "-".join("".join(secrets.choice(LETTERS) for _ in range(GROUP)) for _ in range(GROUPS))
    session.add(LinkCode(id=new_id(), person_id=person_id, code_hash=_code_hash(code), made_at=clock.now(session)))
    session.flush()
    audit.record(session, actor, "make_link_code", f"person:{person_id}")
    return code


def link_chat(session: Session, *, code: str, matrix_id: str) -> Person | None:
    """Bind the chat account that sent a code to the person who made it; None if the code does not work.

    Unknown, used and expired codes look the same. A None must be committed, so that the try counts. Raises TooMany,
    Invalid for what is no Matrix id, Conflict if the account is linked to somebody else, and NotAllowed for a person
    who acts for nobody any more.
    """
    if len(matrix_id) > 255 or not MATRIX_ID.fullmatch(matrix_id):
        raise Invalid(lazy("This is not a Matrix account."))
    subject = keyed_hash("link-chat", matrix_id)
    check_attempts(session, Limit(subject, WRONG_LINK_CODES_PER_CHAT))
    person = _use_code(session, code)
    if person is None:
        count_wrong_attempt(session, subject)
        return None
    forget_attempts(session, subject)
    _bind(session, person, matrix_id)
    audit.record(session, actor_for(session, person.id), "link_chat", f"person:{person.id}")
    tell_of_link(session, person, matrix_id)
    return person


def unlink_chat(session: Session, actor: Actor, *, identity_id: uuid.UUID) -> None:
    """Cut one of my chat accounts off; it can do nothing for me from now on."""
    gone = delete(ChatIdentity).where(ChatIdentity.id == identity_id, ChatIdentity.person_id == actor.own_person())
    session.execute(gone)
    audit.record(session, actor, "unlink_chat", f"person:{actor.person_id}")


def _use_code(session: Session, code: str) -> Person | None:
    row = session.scalar(select(LinkCode).where(LinkCode.code_hash == _code_hash(code)).with_for_update())
    if row is None or row.used_at is not None or clock.fresh_now(session) >= row.made_at + LINK_CODE_LIFE:
        return None
    person = lock(session, Person, row.person_id)
    if person.frozen_at is not None:
        return None
    row.used_at = clock.now(session)
    return person


def _bind(session: Session, person: Person, matrix_id: str) -> None:
    known = session.scalar(select(ChatIdentity).where(ChatIdentity.matrix_id == matrix_id))
    if known is not None and known.person_id != person.id:
        # Safety: one chat account never speaks for two people, and a stolen code cannot take an account over.
        raise Conflict(lazy("This chat account is linked to somebody else. Unlink it there first."))
    if known is None:
        session.add(ChatIdentity(id=new_id(), person_id=person.id, matrix_id=matrix_id, linked_at=clock.now(session)))
        session.flush()


def _code_hash(code: str) -> str:
    return keyed_hash("link-code", re.sub(r"[\s-]", "", code).upper()[:40])
