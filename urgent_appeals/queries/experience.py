"""Who has dealt with a company before, read from the letters: answers that were got, campaigns that are run."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from network_app.core import clock
from network_app.letters.models import ContactRecord, Letter
from network_app.letters.rules.replies import ReplyClass

WORTH_SOMETHING = frozenset({ReplyClass.SUBSTANTIVE, ReplyClass.PARTIAL})
# A campaign whose last letter is older than this is history.
RUNS_ON = timedelta(days=365)

Known = dict[uuid.UUID, set[uuid.UUID]]


def answered_before(session: Session, target_ids: Collection[uuid.UUID]) -> Known:
    """Per organisation the companies that gave it an answer worth something, by letter, call or meeting."""
    letters = select(Letter).where(Letter.recipient_id.in_(target_ids), Letter.outcome.in_(WORTH_SOMETHING))
    known = _of_letters(session.scalars(letters.options(selectinload(Letter.signatures))))
    contacts = select(ContactRecord.organisation_id, ContactRecord.target_id).where(
        ContactRecord.target_id.in_(target_ids), ContactRecord.klass.in_(WORTH_SOMETHING)
    )
    for organisation_id, target_id in session.execute(contacts):
        known[organisation_id].add(target_id)
    return known


def campaigning_on(session: Session, target_ids: Collection[uuid.UUID]) -> Known:
    """Per organisation the companies it wrote to for a campaign in the last year."""
    letters = select(Letter).where(
        Letter.recipient_id.in_(target_ids),
        Letter.campaign_id.is_not(None),
        Letter.sent_at > clock.now(session) - RUNS_ON,
    )
    return _of_letters(session.scalars(letters.options(selectinload(Letter.signatures))))


def _of_letters(letters: Iterable[Letter]) -> Known:
    known: Known = defaultdict(set)
    for letter in letters:
        signed = {signature.organisation_id for signature in letter.valid_signatures}
        for organisation_id in signed | ({letter.author_organisation_id} if letter.author_organisation_id else set()):
            known[organisation_id].add(letter.recipient_id)
    return known
