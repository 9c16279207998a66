"""What the holder of a receipt sees: their own words, questions, news and clocks. Never a name."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from network_app.core import clock
from network_app.core.errors import NotFound
from network_app.core.i18n import LazyText
from urgent_appeals.models import Appeal, AppealMessage, AppealReceipt, Evidence
from urgent_appeals.queries.case import consents_of, uses_held
from urgent_appeals.queries.case_page import Entry, timeline_of
from urgent_appeals.rules.audiences import FROM_FILER, TO_FILER, MessageKind
from urgent_appeals.rules.clocks import Clock, Due, Promise, promises_of
from urgent_appeals.rules.consent import Use
from urgent_appeals.rules.stages import UNVERIFIED, Stage

# The promises that are made to the workers; what the team owes itself is not their worry.
TO_WORKERS = frozenset({Promise.ACKNOWLEDGE, Promise.TRIAGE, Promise.VERIFY, Promise.NEWS})


@dataclass(frozen=True)
class FilerMessage:
    """A message without its writer."""

    id: uuid.UUID
    kind: MessageKind
    text: str
    at: datetime
    answered: bool


@dataclass(frozen=True)
class FilerView:
    """The receipt page. Holds nothing that could name anybody but the filer's own words."""

    receipt_id: uuid.UUID
    appeal_id: uuid.UUID
    clock: Clock
    stage: Stage
    country: str
    received_at: datetime
    account: str
    wanted: str
    photos: int
    promises: list[Due]
    questions: list[FilerMessage]
    messages: list[FilerMessage]
    timeline: list[Entry]
    uses: list[tuple[Use, bool]]
    publication_stopped: bool
    can_take_back: bool

    @property
    def stage_label(self) -> LazyText:
        """The stage in words."""
        return self.stage.label


def appeal_of_receipt(session: Session, receipt_id: uuid.UUID) -> uuid.UUID | None:
    """The appeal that a receipt still opens; None once it was retired."""
    return session.scalar(
        select(AppealReceipt.appeal_id).where(AppealReceipt.id == receipt_id, AppealReceipt.retired_at.is_(None))
    )


def filer_view(session: Session, receipt_id: uuid.UUID) -> FilerView:
    """What the holder of this receipt sees. Raises NotFound once it was retired."""
    appeal_id = appeal_of_receipt(session, receipt_id)
    appeal = session.get(Appeal, appeal_id) if appeal_id else None
    if appeal is None:
        raise NotFound()
    messages = _messages(session, appeal)
    photos = session.scalar(select(func.count()).where(Evidence.appeal_id == appeal.id)) or 0
    held = uses_held(appeal, consents_of(session, appeal.id), clock.now(session))
    return FilerView(
        receipt_id=receipt_id,
        appeal_id=appeal.id,
        clock=appeal.clock,
        stage=appeal.stage,
        country=appeal.country,
        received_at=appeal.received_at,
        account=appeal.account or "",
        wanted=appeal.wanted or "",
        photos=photos,
        promises=[due for due in promises_of(appeal) if due.promise in TO_WORKERS],
        questions=[each for each in messages if each.kind is MessageKind.QUESTION and not each.answered],
        messages=[each for each in messages if each.kind is not MessageKind.QUESTION or each.answered],
        timeline=timeline_of(session, appeal, filer=True),
        uses=[(use, use in held) for use in Use],
        publication_stopped=appeal.publication_stopped_at is not None,
        can_take_back=appeal.stage in UNVERIFIED and appeal.stage is not Stage.DECLINED,
    )


def _messages(session: Session, appeal: Appeal) -> list[FilerMessage]:
    kinds = tuple(FROM_FILER | TO_FILER)
    rows = session.scalars(
        select(AppealMessage)
        .where(AppealMessage.appeal_id == appeal.id, AppealMessage.kind.in_(kinds))
        .order_by(AppealMessage.sent_at.desc(), AppealMessage.id)
    ).all()
    answered = {row.answers_id for row in rows if row.answers_id is not None}
    return [FilerMessage(row.id, row.kind, row.text or "", row.sent_at, row.id in answered) for row in rows]
