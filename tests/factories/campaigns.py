"""Campaigns for tests, from a proposal to a running ladder, built through use cases."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from network_app.campaigns.models import Campaign
from network_app.campaigns.rules import Change
from network_app.campaigns.use_cases.ladder import draft_next_letter
from network_app.campaigns.use_cases.launching import settle_campaign
from network_app.campaigns.use_cases.proposing import propose_campaign
from network_app.core import clock
from network_app.core.permissions import Actor
from network_app.letters.models import Letter
from tests.factories.letters import make_target
from tests.factories.members import SYSTEM

WEEK = timedelta(days=7)


def make_campaign(session: Session, actor: Actor, **overrides: Any) -> Campaign:
    """A campaign that the whole network votes on for a week, about one brand."""
    values: dict[str, Any] = {
        "title": "Pay what is owed",
        "texts": {"en": "We ask the brand to pay the wages that are owed."},
        "authoritative": "en",
        "electorate": "network",
        "demands": [(Change.PROTECTION, "Pay the severance that the law gives.")],
        "closes_at": clock.now(session) + WEEK,
    }
    if "target_ids" not in overrides:
        values["target_ids"] = [make_target(session).id]
    return propose_campaign(session, actor, **(values | overrides))


def make_launched(session: Session, actor: Actor, **overrides: Any) -> Campaign:
    """A campaign that runs, without the days of its vote."""
    campaign = make_campaign(session, actor, **overrides)
    settle_campaign(session, SYSTEM, campaign=campaign, adopted=True)
    return campaign


def make_step(session: Session, actor: Actor, campaign: Campaign, **overrides: Any) -> Letter:
    """The next letter to the campaign's first target, open for signing for a day."""
    values: dict[str, Any] = {
        "ref": campaign.ref,
        "target_id": campaign.targets[0].target_id,
        "subject": "Wages owed",
        "body": "Please pay **what is owed** by {{deadline}}.",
        "days_to_answer": 10,
        "sign_until": clock.now(session) + timedelta(days=1),
    }
    return draft_next_letter(session, actor, **(values | overrides))
