"""Who is told what while an appeal arrives and is verified: a reference and a clock, never a word of the case."""

from __future__ import annotations

import uuid

from sqlalchemy.orm import Session

from members.messages import tell_organisation, tell_person
from members.queries import duty_organisations, people_with_duty
from network_app.core.config import current
from network_app.core.outbox import NORMAL, URGENT
from network_app.core.permissions import Duty
from urgent_appeals.models import Appeal
from urgent_appeals.queries.case import region_of_organisation, team_organisations
from urgent_appeals.rules.clocks import Clock


def tell_duty(session: Session, appeal: Appeal, *, event: str, template: str) -> None:
    """Tell the people on duty for the appeal's region, each in their own chat and by mail."""
    # Safety: people, not rooms: an organisation's room has readers who may not know that this case exists.
    for organisation in duty_organisations(session, Duty.VERIFY):
        if not region_of_organisation(session, organisation).covers(appeal.country):
            continue
        if organisation.id in (appeal.filer_organisation_id, appeal.workers_organisation_id):
            continue
        for person in people_with_duty(session, organisation.id, Duty.VERIFY):
            _tell(session, appeal, person.id, event=event, template=template)


def tell_team(session: Session, appeal: Appeal, *, event: str, template: str) -> None:
    """Tell the people who work on the case."""
    told: set[uuid.UUID] = set()
    for organisation_id in team_organisations(session, appeal.id):
        for duty in (Duty.VERIFY, Duty.COORDINATE):
            told |= {person.id for person in people_with_duty(session, organisation_id, duty)}
    for person_id in sorted(told):
        _tell(session, appeal, person_id, event=event, template=template)


def tell_workers_organisation(session: Session, appeal: Appeal, *, event: str) -> None:
    """Tell the member that filed or speaks for the workers that there is news; strangers see it with their receipt."""
    for organisation_id in {appeal.filer_organisation_id, appeal.workers_organisation_id}:
        if organisation_id is None:
            continue
        tell_organisation(
            session,
            organisation_id,
            key=f"appeal:{appeal.id}:{event}",
            template="appeal_news",
            values={"ref": appeal.ref, "link": _link(appeal)},
            priority=_priority(appeal),
        )


def _tell(session: Session, appeal: Appeal, person_id: uuid.UUID, *, event: str, template: str) -> None:
    tell_person(
        session,
        person_id,
        key=f"appeal:{appeal.id}:{event}",
        template=template,
        values={"ref": appeal.ref, "clock": appeal.clock.label, "link": _link(appeal)},
        priority=_priority(appeal),
    )


def _priority(appeal: Appeal) -> int:
    return URGENT if appeal.clock is Clock.DANGER else NORMAL


def _link(appeal: Appeal) -> str:
    return f"{current().public_url}/appeals/{appeal.ref}"
