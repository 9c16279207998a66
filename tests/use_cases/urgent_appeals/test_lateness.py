"""A late promise is said once to those who made it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from network_app.core.outbox import Outgoing
from tests.factories.urgent_appeals import make_appeal, make_region
from urgent_appeals.jobs import tell_of_late_promises
from urgent_appeals.use_cases.triage import acknowledge


def told(session: Session) -> list[str]:
    """Whom a late promise was said to, by person."""
    rows = session.scalars(select(Outgoing).where(Outgoing.template == "appeal_late"))
    return sorted(row.key.rsplit(":", 2)[1] for row in rows)


def test_a_late_promise_is_said_once_to_duty(session: Session, clock: Any) -> None:
    region = make_region(session)
    make_appeal(session, clock="danger")
    clock.move(timedelta(hours=11))
    tell_of_late_promises(session)
    assert told(session) == []
    clock.move(timedelta(hours=1, minutes=1))
    for _ in range(2):
        tell_of_late_promises(session)
    people = (region.triager, region.confirmer, region.verifier)
    assert told(session) == sorted(str(person.person_id) for person in people)


def test_once_somebody_has_it_in_hand_only_they_hear(session: Session, clock: Any) -> None:
    region = make_region(session)
    appeal = make_appeal(session, clock="danger")
    acknowledge(session, region.triager, ref=appeal.ref)
    clock.move(timedelta(hours=12, minutes=1))
    tell_of_late_promises(session)
    assert told(session) == [str(region.triager.person_id)]
