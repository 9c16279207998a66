"""Programs' tokens: made by a person who is surely themselves, used under their mandates, ended at once."""

import secrets
import uuid
from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from members.models import ApiToken, Mandate, SignIn
from members.queries.people import held_at
from members.queries.tokens import api_token_hash, tokens_of
from members.rules import Strength
from members.rules.tokens import LONGEST_TOKEN_LIFE, MOST_TOKENS, TOKEN_BYTES, TOKEN_PREFIX, TOKEN_SEEN_EVERY
from network_app.core import audit, clock
from network_app.core.db import lock, new_id
from network_app.core.errors import Conflict, GateShut, Invalid, NotAllowed, NotFound
from network_app.core.i18n import lazy
from network_app.core.permissions import Actor, Duty
from network_app.core.scopes import Scope
from network_app.core.texts import clean_line


def make_token(
    session: Session,
    actor: Actor,
    *,
    name: str,
    scopes: Iterable[Scope],
    duties: Iterable[Duty],
    days: int,
    sign_in_id: uuid.UUID | None,
) -> tuple[ApiToken, str]:
    """Make a token for a program that acts for my organisation; returns it with the text that is shown once.

    It carries those of my mandates that have the chosen duties, never more. Raises Invalid, GateShut without a second
    factor in this sign-in, and Conflict with too many tokens.
    """
    _require_second_factor(session, actor, sign_in_id)
    return issue_token(session, actor, name=name, scopes=scopes, duties=duties, days=days)


def issue_token(
    session: Session, actor: Actor, *, name: str, scopes: Iterable[Scope], duties: Iterable[Duty], days: int
) -> tuple[ApiToken, str]:
    """Make a token for whoever the operator of the server vouches for; raises as make_token, but for the sign-in."""
    person_id, organisation_id = actor.own_person(), actor.own_organisation()
    chosen, wanted = set(scopes), set(duties)
    if not chosen:
        raise Invalid(lazy("Choose at least one thing that the program may do."), field="scopes")
    if not 1 <= days <= LONGEST_TOKEN_LIFE.days:
        message = lazy("A token holds for at least one day and at most %(days)d days.")
        raise Invalid(message % {"days": LONGEST_TOKEN_LIFE.days}, field="days")
    mandates = _mandates(session, actor, wanted)
    if len(tokens_of(session, person_id)) >= MOST_TOKENS:
        raise Conflict(lazy("You have as many tokens as one person can have. End one that you do not need any more."))
    now, secret = clock.now(session), TOKEN_PREFIX + secrets.token_urlsafe(TOKEN_BYTES)
    row = ApiToken(
        id=new_id(),
        token_hash=api_token_hash(secret),
        name=clean_line(name, "name", longest=80),
        person_id=person_id,
        organisation_id=organisation_id,
        mandate_ids=sorted(str(mandate) for mandate in mandates),
        scopes=sorted(scope.value for scope in chosen),
        made_at=now,
        expires_at=now + timedelta(days=days),
    )
    session.add(row)
    session.flush()
    audit.record(session, actor, "make_token", f"token:{row.id}", scopes=row.scopes)
    return row, secret


def _require_second_factor(session: Session, actor: Actor, sign_in_id: uuid.UUID | None) -> None:
    row = session.get(SignIn, sign_in_id) if sign_in_id else None
    # Safety: a token outlives the sign-in, so a stolen password must not be enough to make one.
    if row is None or row.person_id != actor.own_person() or row.strength is not Strength.SECOND_FACTOR:
        raise GateShut(lazy("A token needs a sign-in with a second factor. Set one up under “How I get in”."))


def _mandates(session: Session, actor: Actor, wanted: set[Duty]) -> set[uuid.UUID]:
    if not wanted:
        raise Invalid(lazy("Choose under which of your mandates the program acts."), field="duties")
    if not wanted <= actor.duties:
        raise NotAllowed()
    held = select(Mandate.id).where(
        Mandate.id.in_(actor.mandate_ids), Mandate.duty.in_(wanted), held_at(clock.now(session))
    )
    return set(session.scalars(held))


def revoke_token(session: Session, actor: Actor, *, token_id: uuid.UUID) -> None:
    """End one of my tokens at once; raises NotFound for somebody else's."""
    row = lock(session, ApiToken, token_id)
    if row.person_id != actor.own_person():
        raise NotFound()
    row.revoked_at = row.revoked_at or clock.now(session)
    audit.record(session, actor, "revoke_token", f"token:{row.id}")


def revoke_tokens_of(session: Session, *, person_id: uuid.UUID) -> None:
    """End every token of a person: a frozen one's stay dead after the thaw."""
    mine = update(ApiToken).where(ApiToken.person_id == person_id, ApiToken.revoked_at.is_(None))
    session.execute(mine.values(revoked_at=clock.now(session)))


def note_use_of_token(session: Session, *, token_id: uuid.UUID) -> None:
    """Note that a token was used, at most every five minutes."""
    now = clock.now(session)
    earlier = (ApiToken.last_used_at.is_(None)) | (ApiToken.last_used_at <= now - TOKEN_SEEN_EVERY)
    session.execute(update(ApiToken).where(ApiToken.id == token_id, earlier).values(last_used_at=now))
