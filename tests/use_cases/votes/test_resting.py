"""Who never answers is warned twice, then rests by itself, and is back with one word."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from members.models import Organisation
from members.queries import history_of
from members.rules import OrganisationStatus
from members.use_cases.standing import wake_organisation
from network_app.core import clock as core_clock
from network_app.core.outbox import Outgoing
from network_app.votes.jobs import close_due
from network_app.votes.models import Proposal
from network_app.votes.queries import proposal_by_ref
from network_app.votes.rules import Position
from tests.conftest import MovableClock
from tests.factories.votes import Network, cast, make_network, make_vote


@pytest.fixture
def network(session: Session, clock: MovableClock) -> Network:
    made = make_network(session)
    clock.may_be_moved()
    return made


def vote(session: Session, clock: MovableClock, network: Network, *silent: str) -> Proposal:
    """A vote of a week in which all agree but these, and its close by the job."""
    proposal = make_vote(session, network)
    for entry in proposal.roll:
        if entry.name not in silent:
            cast(session, network.delegates[entry.name], proposal, Position.AGREE)
    clock.move(proposal.closes() - core_clock.now(session) + timedelta(seconds=1))
    close_due(session)
    return proposal_by_ref(session, proposal.ref)


def told(session: Session, organisation: Organisation, template: str) -> list[Outgoing]:
    rows = select(Outgoing).where(Outgoing.template == template, Outgoing.recipient == f"org:{organisation.id}")
    return list(session.scalars(rows.order_by(Outgoing.created_at)))


def test_three_silent_votes_in_a_row_rest_a_member_after_two_warnings_and_one_word_brings_it_back(
    session: Session, clock: MovableClock, network: Network
) -> None:
    quiet = network.organisations["m5"]
    for count in (1, 2):
        vote(session, clock, network, "m5")
        assert quiet.status is OrganisationStatus.ACTIVE
        assert [row.values["silent"] for row in told(session, quiet, "vote_silent")] == [*range(1, count + 1)]
    last = vote(session, clock, network, "m5")
    assert quiet.status is OrganisationStatus.DORMANT and len(last.roll) == 12
    assert len(told(session, quiet, "made_dormant")) == 1 and len(told(session, quiet, "vote_silent")) == 2
    assert "Dormant" in history_of(session, f"organisation:{quiet.id}")[0].sentence
    others = [one for name, one in network.organisations.items() if name != "m5"]
    assert all(one.status is OrganisationStatus.ACTIVE for one in others)
    assert not any(told(session, one, "vote_silent") for one in others)

    without = vote(session, clock, network)
    assert [entry.name for entry in without.roll].count("m5") == 0
    assert (len(without.roll), without.active_organisations) == (11, 11)

    wake_organisation(session, network.delegates["m5"])
    again = vote(session, clock, network, "m5")
    assert "m5" in [entry.name for entry in again.roll]
    assert quiet.status is OrganisationStatus.ACTIVE
    assert [row.values["silent"] for row in told(session, quiet, "vote_silent")] == [1, 2, 1]


def test_one_answer_in_between_starts_the_count_again_and_an_abstention_is_an_answer(
    session: Session, clock: MovableClock, network: Network
) -> None:
    quiet = network.organisations["m5"]
    vote(session, clock, network, "m5")
    vote(session, clock, network, "m5")
    proposal = make_vote(session, network)
    cast(session, network.delegates["m5"], proposal, Position.ABSTAIN)
    clock.move(proposal.closes() - core_clock.now(session) + timedelta(seconds=1))
    close_due(session)
    assert network.organisations["m4"].status is OrganisationStatus.ACTIVE
    vote(session, clock, network, "m5")
    assert quiet.status is OrganisationStatus.ACTIVE
    assert [row.values["silent"] for row in told(session, quiet, "vote_silent")] == [1, 2, 1]


def close_in_a_week(session: Session, clock: MovableClock, network: Network, *casting: str) -> None:
    """A vote in which only these say something."""
    proposal = make_vote(session, network)
    for name in casting:
        cast(session, network.delegates[name], proposal, Position.AGREE)
    clock.move(proposal.closes() - core_clock.now(session) + timedelta(seconds=1))
    close_due(session)


def test_an_affiliate_whose_family_has_cast_its_one_vote_was_not_silent(
    session: Session, clock: MovableClock, network: Network
) -> None:
    for name in ("m1", "m2"):
        network.organisations[name].family = "one union"
    session.flush()
    close_in_a_week(session, clock, network, "m1")
    assert not told(session, network.organisations["m2"], "vote_silent")
    assert told(session, network.organisations["m3"], "vote_silent")


def test_an_affiliate_that_could_not_cast_was_not_silent_either(
    session: Session, clock: MovableClock, network: Network
) -> None:
    speaks, listens = network.organisations["m1"], network.organisations["m5"]
    speaks.family = listens.family = "one union"
    session.flush()
    for _ in range(2):
        close_in_a_week(session, clock, network)
    listens.family = None
    session.flush()
    close_in_a_week(session, clock, network)
    assert [row.values["silent"] for row in told(session, listens, "vote_silent")] == [1]
    assert (speaks.status, listens.status) == (OrganisationStatus.DORMANT, OrganisationStatus.ACTIVE)
