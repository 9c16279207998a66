"""What must still hold at the moment something leaves, asked by the mailer and the bot just before they send.

A message is planned with a token that names its condition; between planning and sending the workers may have taken
their consent back, or somebody may have stopped the letter. A token that nobody understands is shut.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from members.queries import person_by_email
from network_app.campaigns.queries import may_write_to
from network_app.core.errors import NotFound
from network_app.core.i18n import LazyText, lazy
from network_app.letters.queries import gates_of, may_send
from urgent_appeals.queries.case import consent_holds, is_verified


@dataclass(frozen=True)
class Shut:
    """A gate that is shut, and why."""

    reason: LazyText

    def __str__(self) -> str:
        return str(self.reason)


NO_CONSENT = lazy("The workers' consent for this does not hold now.")
NOT_VERIFIED = lazy("The case is not verified.")
TARGET_LEFT = lazy("This target has agreed or left the campaign, or the campaign does not run.")
FROZEN = lazy("The address is the own one of a person who is frozen. It leaves once two people let the person back in.")
NOT_READABLE = lazy("Nobody knows under which condition this may leave.")


def open_gate(session: Session, token: str) -> Shut | None:
    """None if the message may leave now, else why it may not.

    Tokens: `appeal:<id>:consent:<use>`, `appeal:<id>:verified`, `letter:<id>`, `campaign:<id>:target:<id>`; several
    are joined by a blank and must all be open.
    """
    conditions = token.split()
    if not conditions:
        return Shut(NOT_READABLE)
    return next((shut for one in conditions if (shut := _ask(session, one))), None)


def open_address(session: Session, address: str) -> Shut | None:
    """None if mail may go to this address now, else why not.

    Safety: an organisation's address may be the mailbox on a phone that is in the wrong hands (SAFETY 2b).
    """
    person = person_by_email(session, address)
    return Shut(FROZEN) if person is not None and person.frozen_at is not None else None


def _ask(session: Session, token: str) -> Shut | None:
    kind, _, rest = token.partition(":")
    key, _, condition = rest.partition(":")
    try:
        return GATES[kind](session, uuid.UUID(key), condition)
    except (KeyError, ValueError, NotFound):
        # Safety: a misspelt condition, or one about something that is gone, must keep a message back.
        return Shut(NOT_READABLE)


def _appeal(session: Session, appeal_id: uuid.UUID, condition: str) -> Shut | None:
    if condition == "verified":
        return None if is_verified(session, appeal_id) else Shut(NOT_VERIFIED)
    what, _, use = condition.partition(":")
    if what != "consent":
        raise ValueError(condition)
    return None if consent_holds(session, appeal_id, use) else Shut(NO_CONSENT)


def _letter(session: Session, letter_id: uuid.UUID, condition: str) -> Shut | None:
    if condition:
        raise ValueError(condition)
    reason = may_send(session, letter_id)
    if reason is not None:
        return Shut(reason)
    gates = gates_of(session, letter_id)
    return next((shut for gate in gates if (shut := open_gate(session, gate))), None)


def _campaign(session: Session, campaign_id: uuid.UUID, condition: str) -> Shut | None:
    what, _, target = condition.partition(":")
    if what != "target":
        raise ValueError(condition)
    return None if may_write_to(session, campaign_id, uuid.UUID(target)) else Shut(TARGET_LEFT)


GATES: dict[str, Callable[[Session, uuid.UUID, str], Shut | None]] = {
    "appeal": _appeal,
    "letter": _letter,
    "campaign": _campaign,
}
