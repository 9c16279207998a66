"""What somebody on duty is told when it rings: a reference, a clock and what is late; never a word of the case."""

from __future__ import annotations

import uuid

from sqlalchemy.orm import Session

from members.messages import tell_person
from network_app.core import outbox
from network_app.core.config import current
from urgent_appeals.models import Appeal
from urgent_appeals.rules.clocks import Clock
from urgent_appeals.rules.rings import Alarm


def ring_person(session: Session, appeal: Appeal, alarm: Alarm, person_id: uuid.UUID) -> None:
    """Ring one person about a case, in their own chat and by mail."""
    danger = appeal.clock is Clock.DANGER
    tell_person(
        session,
        person_id,
        key=f"{_prefix(appeal)}{alarm.about}:{alarm.since.isoformat()}",
        template="duty_ring",
        values={
            "ref": appeal.ref,
            "clock": appeal.clock.label,
            "what": alarm.words,
            "link": f"{current().public_url}/appeals/{appeal.ref}/ring",
        },
        priority=outbox.URGENT if danger else outbox.NORMAL,
    )


def stop_ringing(session: Session, appeal: Appeal) -> int:
    """Take back the rings that have not left yet; returns how many."""
    return outbox.recall(session, key_prefix=_prefix(appeal))


def _prefix(appeal: Appeal) -> str:
    return f"ring:{appeal.id}:"
