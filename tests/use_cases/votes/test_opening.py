"""What is fixed when a vote opens, and who is told."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from network_app.core import clock as core_clock
from network_app.core.errors import Conflict, GateShut, Invalid, NotAllowed
from network_app.core.outbox import Channel, Outgoing
from network_app.core.permissions import Duty
from network_app.votes.models import PollOption
from network_app.votes.queries import frozen, proposal_by_ref, roll_data
from network_app.votes.use_cases import open_vote
from tests.factories.members import make_actor, make_organisation
from tests.factories.votes import WEEK, make_network, make_proposal, make_vote


def test_a_proposal_keeps_each_language_version_with_its_hash(session: Session) -> None:
    network = make_network(session)
    proposal = make_proposal(
        session, network.delegates["m1"], texts={"en": "Pay.\r\n", "bn": "দিন।"}, authoritative="bn"
    )
    assert [(t.language, t.authoritative, t.text, len(t.sha256)) for t in proposal.texts] == [
        ("bn", True, "দিন।", 64),
        ("en", False, "Pay.", 64),
    ]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"title": " "}, "title"),
        ({"title": "a\u202eb"}, "title"),
        ({"texts": {"en": ""}}, "texts"),
        ({"texts": {"xx": "text"}}, "texts"),
        ({"authoritative": "bn"}, "authoritative"),
        ({"affected_countries": ["Cambodia"]}, "affected_countries"),
        ({"electorate": "coalition:0"}, "electorate"),
    ],
)
def test_what_cannot_be_used_is_refused_and_the_field_named(
    session: Session, wrong: dict[str, object], field: str
) -> None:
    network = make_network(session)
    with pytest.raises(Invalid) as refused:
        make_proposal(session, network.delegates["m1"], **wrong)
    assert refused.value.field == field


def test_opening_freezes_roll_blocs_rule_and_text(session: Session) -> None:
    network = make_network(session)
    newcomer = make_organisation(
        session, country="KH", joined_on=core_clock.now(session).date(), coalition=network.makers
    )
    proposal = make_vote(session, network, affected_countries=["kh"], filer_consents=["KH", "BD"])
    before = (roll_data(proposal), frozen(proposal))

    assert len(proposal.roll) == 12 and newcomer.id not in {entry.organisation_id for entry in proposal.roll}
    assert frozen(proposal).affected == ("KH",) and frozen(proposal).written_consents == {"KH"}
    assert proposal.active_organisations == 13
    assert {entry.bloc for entry in proposal.roll} == {"south-east-asia", "europe"}

    network.organisations["m2"].name = "another name"
    network.organisations["m2"].country = "DE"
    network.organisations["b1"].bloc_id = network.makers.id
    make_organisation(session, name="late", coalition=network.makers)
    session.flush()
    session.expire_all()
    proposal = proposal_by_ref(session, proposal.ref)
    assert (roll_data(proposal), frozen(proposal)) == before


def test_every_organisation_on_the_roll_is_told_once_and_gets_a_poll_of_its_own(session: Session) -> None:
    network = make_network(session)
    session.query(Outgoing).delete()
    proposal = make_vote(session, network)
    rows = list(session.scalars(select(Outgoing).where(Outgoing.key.startswith(f"vote:{proposal.id}"))))
    chats = [row for row in rows if row.channel is Channel.MATRIX]
    assert sorted((row.recipient, row.template) for row in chats) == sorted(
        (f"org:{o.id}", template) for o in network.organisations.values() for template in ("vote_opened", "poll")
    )
    assert len([row for row in rows if row.channel is Channel.MAIL]) == 12
    polls = [row.values for row in chats if row.template == "poll"]
    answers = [option["id"] for poll in polls for option in poll["options"]]
    assert len(set(answers)) == 12 * 5 == len(session.scalars(select(PollOption)).all())
    assert polls[0]["options"][0]["text"] == "We agree" and polls[0]["ref"] == proposal.ref


def test_a_coalition_decides_among_its_own_countries(session: Session) -> None:
    network = make_network(session)
    proposal = make_vote(session, network, electorate=f"coalition:{network.makers.id}")
    assert len(proposal.roll) == 6 and not frozen(proposal).network


def test_a_family_shares_one_vote_and_only_its_affiliates_near_the_workers_cast_it(session: Session) -> None:
    network = make_network(session)
    for name in ("m1", "m2", "b1"):
        network.organisations[name].family = "World Union"
    proposal = make_vote(session, network, affected_countries=["KH"])
    assert len(frozen(proposal).roll) == 10
    speaks = {entry.name: entry.speaks for entry in proposal.roll}
    assert (speaks["m1"], speaks["m2"], speaks["b1"]) == (True, True, False)


@pytest.mark.parametrize("lasts", [timedelta(hours=47), timedelta(days=91), -WEEK])
def test_a_close_that_is_too_near_or_too_far_is_refused(session: Session, lasts: timedelta) -> None:
    network = make_network(session)
    with pytest.raises(Invalid) as refused:
        make_vote(session, network, lasts=lasts)
    assert refused.value.field == "closes_at"


def test_only_the_proposer_opens_it_and_only_once(session: Session) -> None:
    network = make_network(session)
    proposal = make_proposal(session, network.delegates["m1"])
    closes_at = core_clock.now(session) + WEEK
    with pytest.raises(NotAllowed):
        open_vote(session, network.delegates["b1"], ref=proposal.ref, closes_at=closes_at)
    with pytest.raises(NotAllowed):
        open_vote(
            session, make_actor(session, network.organisations["m1"], Duty.ACT), ref=proposal.ref, closes_at=closes_at
        )
    open_vote(session, network.delegates["m1"], ref=proposal.ref, closes_at=closes_at)
    with pytest.raises(Conflict):
        open_vote(session, network.delegates["m1"], ref=proposal.ref, closes_at=closes_at)


def test_a_vote_without_anybody_on_the_roll_is_not_opened(session: Session) -> None:
    organisation = make_organisation(session, joined_on=core_clock.now(session).date())
    actor = make_actor(session, organisation, Duty.VOTE)
    proposal = make_proposal(session, actor)
    with pytest.raises(GateShut):
        open_vote(session, actor, ref=proposal.ref, closes_at=core_clock.now(session) + WEEK)
