"""A promise whose time is over is said to those who made it: the case team, or the people on duty if there is none."""

from __future__ import annotations

import uuid
from datetime import timedelta

from sqlalchemy.orm import Session

from network_app.core import clock
from network_app.core.db import get
from network_app.core.permissions import Actor
from urgent_appeals.messages.intake import tell_duty, tell_team
from urgent_appeals.models import Appeal
from urgent_appeals.queries.case import team_organisations
from urgent_appeals.rules.clocks import promises_of

# Looked back this far, so that what fell due while nothing ran is said too; each promise is said once.
LOOK_BACK = timedelta(hours=24)


def tell_of_lateness(session: Session, _actor: Actor, *, appeal_id: uuid.UUID) -> int:
    """Tell of each promise of this appeal that became late; returns how many those are."""
    appeal = get(session, Appeal, appeal_id)
    now = clock.now(session)
    late = [due for due in promises_of(appeal) if now - LOOK_BACK <= due.at <= now]
    for due in late:
        event = f"late:{due.promise.value}:{due.at.isoformat()}"
        tell = tell_team if team_organisations(session, appeal.id) else tell_duty
        tell(session, appeal, event=event, template="appeal_late")
    return len(late)
