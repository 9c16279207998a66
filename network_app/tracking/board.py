"""The board: every appeal and campaign that one may see, with its next step, who has it, and how late it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from network_app.campaigns.queries import campaigns, rungs
from network_app.campaigns.rules import CampaignState
from network_app.core import clock
from network_app.core.i18n import LazyText
from network_app.core.outbox import Outgoing, needing_a_person
from network_app.core.permissions import Actor
from urgent_appeals.queries.queue import appeal_queue


@dataclass(frozen=True)
class Line:
    """One appeal or campaign."""

    ref: str
    endpoint: str
    stage: LazyText
    next_step: LazyText | str
    owner: str
    due: datetime | None
    late: bool


def lines(session: Session, actor: Actor) -> list[Line]:
    """Appeals first, the latest on top; then campaigns."""
    now = clock.now(session)
    return [*sorted(_appeals(session, actor, now), key=lambda line: not line.late), *_campaigns(session)]


def _appeals(session: Session, actor: Actor, now: datetime) -> Iterable[Line]:
    number, last = 0, 1
    while number < last:
        number += 1
        shown = appeal_queue(session, actor, page=number)
        last = shown.pages
        for row in shown.rows:
            due = row.due
            yield Line(
                ref=row.appeal.ref,
                endpoint="appeals.case",
                stage=row.appeal.stage.label,
                next_step=due.promise.label if due else "",
                owner=row.coordinator,
                due=due.at if due else None,
                late=due.is_late(now) if due else False,
            )


def _campaigns(session: Session) -> Iterable[Line]:
    for campaign in campaigns(session):
        running = campaign.state is CampaignState.LAUNCHED
        waiting = [rung for rung in rungs(session, campaign) if rung.open] if running else []
        voting = campaign.state is CampaignState.PROPOSED
        yield Line(
            ref=campaign.ref,
            endpoint="campaigns.show",
            stage=campaign.state.label,
            next_step=waiting[0].step.label if waiting and waiting[0].step else "",
            owner=campaign.organisation.name,
            due=campaign.proposal.closes_at if voting else None,
            late=False,
        )


def stuck(session: Session) -> list[Outgoing]:
    """Messages that wait for a person: uncertain, failed or held."""
    return needing_a_person(session)
