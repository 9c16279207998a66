"""The board: every appeal and campaign that one may see, with its next step, who has it, and how late it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from network_app.campaigns.queries import campaigns, campaigns_after, rungs
from network_app.campaigns.rules import CampaignState
from network_app.core import clock
from network_app.core.i18n import LazyText
from network_app.core.outbox import Outgoing, needing_a_person
from network_app.core.paging import Slice
from network_app.core.permissions import Actor
from urgent_appeals.queries.queue import QueueRow, Wish, appeal_queue, appeals_after

# No cursor of the appeals holds a full stop.
CAMPAIGNS = "campaigns."


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
    appeals = sorted(_appeals(session, actor, now), key=lambda line: not line.late)
    return [*appeals, *(_campaign(session, campaign) for campaign in campaigns(session))]


def lines_after(session: Session, actor: Actor, *, after: str, size: int) -> Slice:
    """The board from a place in it: the appeals in the order of their list, then the campaigns. Raises Invalid.

    How late a line is follows from working days, which no database counts; so here the late ones are not on top.
    """
    now, in_campaigns = clock.now(session), after.startswith(CAMPAIGNS)
    shown: list[Line] = []
    if not in_campaigns:
        rows, following = appeals_after(session, actor, Wish(), after=after or None, size=size)
        shown = [_appeal(row, now) for row in rows]
        if following or len(shown) == size:
            return Slice(shown, following or CAMPAIGNS)
    place = after.removeprefix(CAMPAIGNS) if in_campaigns else ""
    found = campaigns_after(session, after=place or None, size=size - len(shown))
    shown += [_campaign(session, campaign) for campaign in found.rows]
    return Slice(shown, f"{CAMPAIGNS}{found.next}" if found.next else None)


def _appeals(session: Session, actor: Actor, now: datetime) -> Iterable[Line]:
    number, last = 0, 1
    while number < last:
        number += 1
        shown = appeal_queue(session, actor, page=number)
        last = shown.pages
        yield from (_appeal(row, now) for row in shown.rows)


def _appeal(row: QueueRow, now: datetime) -> Line:
    due = row.due
    return Line(
        ref=row.appeal.ref,
        endpoint="appeals.case",
        stage=row.appeal.stage.label,
        next_step=due.promise.label if due else "",
        owner=row.coordinator,
        due=due.at if due else None,
        late=due.is_late(now) if due else False,
    )


def _campaign(session: Session, campaign: Any) -> Line:
    running = campaign.state is CampaignState.LAUNCHED
    waiting = [rung for rung in rungs(session, campaign) if rung.open] if running else []
    voting = campaign.state is CampaignState.PROPOSED
    return Line(
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
