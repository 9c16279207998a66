"""A campaign is launched by an adopted vote of its electorate and by nothing else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from network_app.campaigns.models import Campaign
from network_app.campaigns.queries import campaign_by_ref, campaigns
from network_app.campaigns.rules import CampaignState, Change
from network_app.campaigns.use_cases.launching import sweep_adopted
from network_app.core import audit
from network_app.core import clock as core_clock
from network_app.core.errors import GateShut, Invalid, NotAllowed
from network_app.core.outbox import Outgoing
from network_app.core.permissions import Actor, Duty
from network_app.targets.use_cases.registering import set_parent
from network_app.votes.jobs import close_due
from network_app.votes.queries import outcome
from network_app.votes.rules import Position
from tests.conftest import MovableClock
from tests.factories.campaigns import WEEK, make_campaign, make_step
from tests.factories.letters import make_target
from tests.factories.members import SYSTEM, make_actor
from tests.factories.urgent_appeals import make_appeal, make_region, make_verified
from tests.factories.votes import Network, cast, everybody_agrees, make_network


@pytest.fixture
def network(session: Session, clock: MovableClock) -> Network:
    return make_network(session)


@pytest.fixture
def proposer(network: Network) -> Actor:
    return network.delegates["m1"]


def decided(session: Session, clock: MovableClock, campaign: Campaign) -> CampaignState:
    """What became of the campaign after its vote closed by the clock."""
    clock.move(campaign.proposal.closes() - core_clock.now(session) + timedelta(seconds=1))
    close_due(session)
    sweep_adopted(session)
    session.commit()
    return campaign_by_ref(session, campaign.ref).state


def told(session: Session, template: str) -> list[Outgoing]:
    return list(session.scalars(select(Outgoing).where(Outgoing.template == template)))


def test_an_adopted_vote_launches_the_campaign_once_and_tells_everybody(
    session: Session, clock: MovableClock, network: Network, proposer: Actor
) -> None:
    campaign = make_campaign(session, proposer)
    everybody_agrees(session, network, campaign.proposal)
    sweep_adopted(session)
    assert campaign.state is CampaignState.PROPOSED
    assert decided(session, clock, campaign) is CampaignState.LAUNCHED
    decision = outcome(session, campaign.proposal_id)
    assert decision is not None and decision.adopted and campaign.launched_at
    rooms = [row.recipient for row in told(session, "campaign_launched") if row.recipient.startswith("org:")]
    assert sorted(rooms) == sorted(f"org:{organisation.id}" for organisation in network.organisations.values())
    before = len(told(session, "campaign_launched"))
    sweep_adopted(session)
    assert len(told(session, "campaign_launched")) == before
    acts = [link.body["act"] for link in audit.links(session, "audit")]
    assert acts.count("settle_campaign") == 1


@pytest.mark.parametrize("why", ["nobody voted", "a block"])
def test_what_the_members_did_not_adopt_never_runs(
    session: Session, clock: MovableClock, network: Network, proposer: Actor, why: str
) -> None:
    campaign = make_campaign(session, proposer)
    if why == "a block":
        everybody_agrees(session, network, campaign.proposal)
        for name in ("m1", "m2", "m3"):
            cast(
                session,
                network.delegates[name],
                campaign.proposal,
                Position.BLOCK,
                reason="they are followed",
                ground="safety",
            )
    assert decided(session, clock, campaign) is CampaignState.NOT_ADOPTED
    assert told(session, "campaign_launched") == [] and campaign.launched_at is None
    runner = make_actor(session, network.organisations["m1"], Duty.ACT)
    with pytest.raises(GateShut, match="adopted"):
        make_step(session, runner, campaign)


def test_while_the_vote_is_open_no_letter_is_written(session: Session, network: Network, proposer: Actor) -> None:
    campaign = make_campaign(session, proposer)
    everybody_agrees(session, network, campaign.proposal)
    with pytest.raises(GateShut, match="adopted"):
        make_step(session, make_actor(session, network.organisations["m1"], Duty.ACT), campaign)


def test_a_coalitions_campaign_is_decided_by_that_coalition_alone(
    session: Session, clock: MovableClock, network: Network, proposer: Actor
) -> None:
    campaign = make_campaign(session, proposer, electorate=f"coalition:{network.makers.id}")
    assert {entry.organisation_id for entry in campaign.proposal.roll} == {
        network.organisations[name].id for name in network.side("m")
    }


def test_the_countries_of_its_cases_are_the_affected_ones(session: Session, network: Network) -> None:
    region = make_region(session)
    appeal = make_verified(session, region)
    campaign = make_campaign(session, region.triager, appeal_refs=[appeal.ref])
    assert campaign.proposal.affected_countries == ["KH"]
    assert [case.appeal_id for case in campaign.appeals] == [appeal.id]


def test_nobody_puts_a_case_to_the_vote_that_they_may_not_know(session: Session, network: Network) -> None:
    region = make_region(session)
    secret = make_appeal(session)
    for ref in (secret.ref, "UA-NONE"):
        with pytest.raises(Invalid) as refused:
            make_campaign(session, region.stranger, appeal_refs=[ref])
        assert refused.value.field == "cases" and str(refused.value).startswith("There is no such case")


def test_a_sub_brand_is_addressed_once_through_the_company_that_answers(
    session: Session, network: Network, proposer: Actor
) -> None:
    group, brand = make_target(session), make_target(session)
    set_parent(session, SYSTEM, target_id=brand.id, parent_id=group.id)
    campaign = make_campaign(session, proposer, target_ids=[brand.id, group.id])
    assert [row.target_id for row in campaign.targets] == [group.id]


@pytest.mark.parametrize(
    ("missing", "field"),
    [
        ({"target_ids": []}, "targets"),
        ({"demands": []}, "demand"),
        ({"demands": [(Change.SAFETY, "")]}, "demand"),
        ({"title": ""}, "title"),
    ],
)
def test_a_campaign_without_its_parts_is_refused_by_name(
    session: Session, network: Network, proposer: Actor, missing: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        make_campaign(session, proposer, **missing)
    assert refused.value.field == field


def test_a_vote_of_a_day_is_too_short_for_a_campaign(session: Session, network: Network, proposer: Actor) -> None:
    with pytest.raises(Invalid):
        make_campaign(session, proposer, closes_at=core_clock.now(session) + timedelta(days=1))
    assert WEEK > timedelta(days=2)


def test_only_who_may_propose_proposes(session: Session, network: Network) -> None:
    with pytest.raises(NotAllowed):
        make_campaign(session, make_actor(session, network.organisations["m1"], Duty.ACT))
    assert campaigns(session) == []
