"""What a person may do in all: for whom, whether a password alone is enough, and a stamp that changes with it."""

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from members.models import AuthenticatorApp, PaperCode, Passkey
from members.queries.people import acting_for, mandates_held
from members.rules import needs_second_factor, needs_short_sessions
from network_app.core.permissions import Actor


@dataclass(frozen=True)
class Home:
    """An organisation that a person may act for, as the head of each page names it."""

    id: uuid.UUID
    name: str


@dataclass(frozen=True)
class Rights:
    """All that a person's mandates give them now."""

    person_id: uuid.UUID
    organisations: list[Home]
    needs_second_factor: bool
    strict: bool
    stamp: str
    held: Sequence[Row[Any]]

    def acting_for(self, organisation_id: uuid.UUID | None) -> Actor:
        """Act for this organisation, or for the first by name if the mandate for it has ended. Raises NotAllowed."""
        known = any(home.id == organisation_id for home in self.organisations)
        return acting_for(self.held, self.person_id, organisation_id if known else self.organisations[0].id)


def rights_of(session: Session, person_id: uuid.UUID) -> Rights:
    """Read what a person's mandates give them at this moment, in one question to the database."""
    held = mandates_held(session, person_id)
    named = sorted(held, key=lambda row: (row.folded, row.organisation_id))
    homes = {row.organisation_id: Home(row.organisation_id, row.name) for row in named}
    duties = [row.duty for row in held]
    serves = any(row.secretariat for row in held)
    # What an alternate may do, and what somebody coordinates, changes while the mandates stay.
    written = ",".join(sorted(f"{row.id}:{row.usable}:{row.coalition_id}" for row in held)) + f":{serves}"
    return Rights(
        person_id,
        list(homes.values()),
        needs_second_factor(duties, secretariat=serves),
        needs_short_sessions(duties, secretariat=serves),
        hashlib.sha256(written.encode()).hexdigest(),
        held,
    )


def has_factor(session: Session, person_id: uuid.UUID) -> bool:
    """Whether a person has an app or a passkey, so that the password alone opens nothing."""
    return app_of(session, person_id) is not None or bool(passkeys_of(session, person_id))


def app_of(
    session: Session, person_id: uuid.UUID, *, confirmed: bool = True, locked: bool = False
) -> AuthenticatorApp | None:
    """Find a person's app: the one in use, or the one that waits for its first code; `locked` to use a code up."""
    theirs = select(AuthenticatorApp).where(AuthenticatorApp.person_id == person_id)
    state = AuthenticatorApp.confirmed_at.is_not(None) if confirmed else AuthenticatorApp.confirmed_at.is_(None)
    found = theirs.where(state).execution_options(populate_existing=locked)
    return session.scalar(found.with_for_update() if locked else found)


def passkeys_of(session: Session, person_id: uuid.UUID) -> Sequence[Passkey]:
    """List a person's passkeys, the oldest first."""
    return session.scalars(select(Passkey).where(Passkey.person_id == person_id).order_by(Passkey.made_at)).all()


def paper_codes_left(session: Session, person_id: uuid.UUID) -> int:
    """Count the codes on paper that a person has not used."""
    unused = select(PaperCode.id).where(PaperCode.person_id == person_id, PaperCode.used_at.is_(None))
    return len(session.scalars(unused).all())
