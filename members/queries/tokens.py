"""Programs' tokens: whom one stands for at this moment, and which a person has made."""

import dataclasses
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session, selectinload

from members.models import ApiToken, Mandate
from members.queries.people import actor_for, held_at
from members.rules.tokens import TOKEN_PREFIX
from network_app.core import clock
from network_app.core.crypto import keyed_hash
from network_app.core.errors import NotAllowed
from network_app.core.permissions import Actor, Duty
from network_app.core.scopes import Scope


@dataclass(frozen=True)
class TokenHolder:
    """Who acts through a token, and what the token may be used for."""

    actor: Actor
    scopes: frozenset[Scope]
    token_id: uuid.UUID
    last_used_at: datetime | None


def api_token_hash(token: str) -> str:
    """Return what is stored for a program's token."""
    return keyed_hash("api-token", token)


def actor_for_token(session: Session, token: str) -> TokenHolder | None:
    """Find who acts through this token now; None if it is unknown, expired, revoked, or its mandates have ended.

    The duties are those of the mandates that the token was made under and that still hold. A frozen person or an
    organisation that may not act any more finds nobody.
    """
    if not token.startswith(TOKEN_PREFIX):
        return None
    row = session.scalar(
        select(ApiToken).where(ApiToken.token_hash == api_token_hash(token), _open(clock.now(session)))
    )
    if row is None:
        return None
    try:
        person = actor_for(session, row.person_id, row.organisation_id)
    except NotAllowed:
        return None
    actor = _narrowed(session, person, row)
    if not actor.duties:
        return None
    return TokenHolder(actor, frozenset(Scope(scope) for scope in row.scopes), row.id, row.last_used_at)


def _narrowed(session: Session, person: Actor, row: ApiToken) -> Actor:
    """The person's rights, cut down to the mandates that the token is bound to."""
    bound = {uuid.UUID(mandate) for mandate in row.mandate_ids} & person.mandate_ids
    held = select(Mandate.duty).where(Mandate.id.in_(bound), held_at(clock.now(session)))
    duties = frozenset(session.scalars(held))
    coordinates = person.coordinates if Duty.COORDINATE in duties else frozenset()
    return dataclasses.replace(person, duties=duties, mandate_ids=frozenset(bound), coordinates=coordinates)


def tokens_of(session: Session, person_id: uuid.UUID) -> Sequence[ApiToken]:
    """List the tokens of a person that can still be used, the newest first."""
    mine = select(ApiToken).where(ApiToken.person_id == person_id, _open(clock.now(session)))
    return session.scalars(
        mine.options(selectinload(ApiToken.organisation)).order_by(ApiToken.made_at.desc(), ApiToken.id)
    ).all()


def _open(now: datetime) -> ColumnElement[bool]:
    return and_(ApiToken.revoked_at.is_(None), ApiToken.expires_at > now)
