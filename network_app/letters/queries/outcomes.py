"""What letters brought: who answers, and what became of promises."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from network_app.letters.models import Commitment, CommitmentWord, Letter
from network_app.letters.rules.commitments import CommitmentState, state_on
from network_app.letters.rules.replies import response_rate
from network_app.letters.rules.states import LetterState
from network_app.targets.models import Target


@dataclass(frozen=True)
class Rate:
    """Of `known` letters whose outcome is known, `answered` got an answer of any kind."""

    answered: int
    known: int


def answer_rate(
    session: Session,
    *,
    target_id: uuid.UUID | None = None,
    country: str | None = None,
    campaign_id: uuid.UUID | None = None,
) -> Rate:
    """How often a target, the targets of a home country, or those of a campaign answered."""
    known = select(Letter.outcome).join(Letter.recipient).where(Letter.outcome.is_not(None))
    if target_id is not None:
        known = known.where((Letter.target_id == target_id) | (Letter.recipient_id == target_id))
    if country is not None:
        known = known.where(Target.home_country == country)
    if campaign_id is not None:
        known = known.where(Letter.campaign_id == campaign_id)
    return Rate(*response_rate([klass for klass in session.scalars(known) if klass]))


def letters_past_deadline(session: Session, moment: datetime) -> list[Letter]:
    """Letters still without an answer whose deadline has passed."""
    late = select(Letter).where(Letter.state == LetterState.SENT, Letter.deadline_at <= moment)
    return list(session.scalars(late.order_by(Letter.deadline_at)))


def letters_on_their_way(session: Session) -> list[Letter]:
    """Frozen letters of which nobody has yet said whether they left."""
    return list(session.scalars(select(Letter).where(Letter.state == LetterState.FROZEN).order_by(Letter.frozen_at)))


def commitments_of(session: Session, target_id: uuid.UUID) -> list[Commitment]:
    """What a target promised, oldest date first."""
    promised = select(Commitment).where(Commitment.target_id == target_id).options(selectinload(Commitment.words))
    return list(session.scalars(promised.order_by(Commitment.due_on, Commitment.recorded_at)))


def state_of(commitment: Commitment, day: date) -> CommitmentState:
    """What became of a promise, as it was known on `day`."""
    heard = [word for word in commitment.words if word.heard_on <= day]
    last: CommitmentWord | None = heard[-1] if heard else None
    said = last.said if last else CommitmentState.MADE
    heard_on = last.heard_on if last else commitment.recorded_at.date()
    return state_on(day, said=said, due_on=commitment.due_on, heard_on=heard_on)
