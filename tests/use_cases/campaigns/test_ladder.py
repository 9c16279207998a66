"""The ladder of letters: each step waits until every gate is open, and nothing leaves to who has agreed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

import pytest
from sqlalchemy.orm import Session

from network_app import gates
from network_app.campaigns.models import Campaign
from network_app.campaigns.queries import rung
from network_app.campaigns.rules import End, Facts, all_open, next_step
from network_app.campaigns.rules import gates as gates_of
from network_app.campaigns.use_cases.ladder import end_ladder, pause_for_talks
from network_app.core import clock as core_clock
from network_app.core.errors import Conflict, GateShut, Invalid, NotAllowed, NotFound
from network_app.core.outbox import State, by_key
from network_app.core.permissions import Duty
from network_app.letters.models import Letter
from network_app.letters.rules.states import LetterState, Step
from network_app.letters.use_cases.releasing import release_letter
from network_app.letters.use_cases.replies import confirm_mailbox_checked, pass_deadlines
from network_app.letters.use_cases.sending import mark_letter_sent
from tests.conftest import MovableClock
from tests.factories.campaigns import make_launched, make_step
from tests.factories.letters import Writers, make_reply, make_target, make_writers, sign_and_close
from tests.factories.members import coordinator_of, make_actor, make_coalition, make_organisation
from tests.factories.urgent_appeals import Region, allow, make_region, make_verified
from urgent_appeals.models import Appeal
from urgent_appeals.use_cases.consent import withdraw_consent


@dataclass
class Running:
    """A campaign that runs, for one case whose workers consented."""

    campaign: Campaign
    writers: Writers
    region: Region
    case: Appeal


@pytest.fixture
def running(session: Session, clock: MovableClock) -> Running:
    region, writers = make_region(session), make_writers(session)
    case = make_verified(session, region, uses=("name_to_target", "share_with_network"))
    campaign = make_launched(session, region.triager, appeal_refs=[case.ref])
    return Running(campaign, writers, region, case)


def step(session: Session, running: Running) -> Letter:
    return make_step(session, running.writers.author, running.campaign)


def sent(session: Session, running: Running) -> Letter:
    letter = step(session, running)
    frozen = freeze(session, running, letter)
    return mark_letter_sent(session, letter_id=frozen.id)


def freeze(session: Session, running: Running, letter: Letter) -> Letter:
    sign_and_close(session, running.writers, letter)
    release_letter(session, running.writers.first, ref=letter.ref, open_gate=gates.open_gate)
    return release_letter(session, running.writers.second, ref=letter.ref, open_gate=gates.open_gate)


def silence(session: Session, running: Running, clock: MovableClock, letter: Letter) -> None:
    """The deadline passes, and a person looks into the mailbox."""
    clock.move(timedelta(days=30))
    pass_deadlines(session)
    confirm_mailbox_checked(session, running.writers.first, ref=letter.ref)


def target_id(running: Running) -> object:
    return running.campaign.targets[0].target_id


def test_with_every_gate_open_the_first_letter_is_written_with_what_it_needs(
    session: Session, running: Running
) -> None:
    letter = step(session, running)
    assert (letter.step, letter.campaign_id, letter.appeal_id) == (
        Step.PRIVATE,
        running.campaign.id,
        running.case.id,
    )
    assert f"campaign:{running.campaign.id}:target:{letter.target_id}" in letter.gates
    assert f"appeal:{running.case.id}:consent:name_to_target" in letter.gates


def talks(session: Session, running: Running) -> None:
    until = core_clock.now(session).date() + timedelta(days=3)
    ref, row = running.campaign.ref, running.campaign.targets[0]
    pause_for_talks(session, running.region.triager, ref=ref, target_id=row.target_id, until=until)


def no_consent(session: Session, running: Running) -> None:
    withdraw_consent(session, running.region.triager, ref=running.case.ref, use="name_to_target")


def agreed(session: Session, running: Running) -> None:
    row = running.campaign.targets[0]
    end_ladder(session, running.region.triager, ref=running.campaign.ref, target_id=row.target_id, end=End.AGREED)


@pytest.mark.parametrize(("act", "gate"), [(talks, "talks"), (no_consent, "consent"), (agreed, "agreed")])
def test_each_missing_condition_shuts_the_gate_and_is_named(
    session: Session, running: Running, act: Callable[[Session, Running], None], gate: str
) -> None:
    act(session, running)
    with pytest.raises(GateShut, match=gate):
        step(session, running)


def test_after_the_day_of_the_talks_the_ladder_goes_on(session: Session, running: Running, clock: MovableClock) -> None:
    talks(session, running)
    clock.move(timedelta(days=4))
    assert step(session, running).step is Step.PRIVATE


def test_the_reminder_waits_for_the_letter_its_deadline_and_a_persons_look_into_the_mailbox(
    session: Session, running: Running, clock: MovableClock
) -> None:
    letter = step(session, running)
    with pytest.raises(GateShut, match="was sent"):
        step(session, running)
    mark_letter_sent(session, letter_id=freeze(session, running, letter).id)
    with pytest.raises(GateShut, match="deadline"):
        step(session, running)
    clock.move(timedelta(days=30))
    pass_deadlines(session)
    with pytest.raises(GateShut, match="mailbox"):
        step(session, running)
    confirm_mailbox_checked(session, running.writers.first, ref=letter.ref)
    reminder = step(session, running)
    assert (reminder.step, reminder.follows_id) == (Step.REMINDER, letter.id)


def test_an_answer_keeps_the_reminder_back(session: Session, running: Running, clock: MovableClock) -> None:
    letter = sent(session, running)
    make_reply(session, letter)
    clock.move(timedelta(days=30))
    pass_deadlines(session)
    with pytest.raises(Conflict, match="class"):
        confirm_mailbox_checked(session, running.writers.first, ref=letter.ref)
    with pytest.raises(GateShut):
        step(session, running)


def test_the_ladder_of_letters_ends_with_the_reminder(session: Session, running: Running, clock: MovableClock) -> None:
    silence(session, running, clock, sent(session, running))
    silence(session, running, clock, sent(session, running))
    with pytest.raises(Conflict, match="no further letter"):
        step(session, running)


def test_a_target_that_agrees_gets_no_letter_that_is_still_queued(session: Session, running: Running) -> None:
    letter = freeze(session, running, step(session, running))
    [mail] = by_key(session, [f"letter:{letter.id}:mail"])
    assert mail.state is State.PLANNED
    agreed(session, running)
    session.expire_all()
    assert letter.state is LetterState.RECALLED and mail.state is State.RECALLED
    with pytest.raises(Conflict, match="ended"):
        agreed(session, running)


def test_a_letter_that_slipped_through_is_held_at_the_moment_of_sending(session: Session, running: Running) -> None:
    token = f"campaign:{running.campaign.id}:target:{target_id(running)}"
    assert gates.open_gate(session, token) is None
    agreed(session, running)
    assert gates.open_gate(session, token) is not None


def test_another_target_of_the_same_campaign_is_not_stopped(session: Session, running: Running) -> None:
    both = [make_target(session).id, make_target(session).id]
    campaign = make_launched(session, running.region.triager, target_ids=both)
    one, other = (
        make_step(session, running.writers.author, campaign, target_id=row.target_id) for row in campaign.targets
    )
    end_ladder(session, running.region.triager, ref=campaign.ref, target_id=both[0], end=End.ENDED)
    assert (one.state, other.state) == (LetterState.RECALLED, LetterState.SIGNING)
    assert rung(session, campaign, campaign.targets[1]).row.end is None


def test_talks_until_a_day_that_has_passed_are_refused(session: Session, running: Running) -> None:
    yesterday = core_clock.now(session).date() - timedelta(days=1)
    ref = running.campaign.ref
    with pytest.raises(Invalid) as refused:
        pause_for_talks(
            session,
            running.region.triager,
            ref=ref,
            target_id=running.campaign.targets[0].target_id,
            until=yesterday,
        )
    assert refused.value.field == "until"


def test_only_who_runs_campaigns_climbs_and_only_to_its_own_targets(session: Session, running: Running) -> None:
    observer = make_actor(session, make_organisation(session), Duty.FILE)
    with pytest.raises(NotAllowed):
        make_step(session, observer, running.campaign)
    with pytest.raises(NotAllowed):
        end_ladder(
            session,
            observer,
            ref=running.campaign.ref,
            target_id=running.campaign.targets[0].target_id,
            end=End.ENDED,
        )
    with pytest.raises(NotFound):
        make_step(session, running.writers.author, running.campaign, target_id=make_target(session).id)


def test_the_ladder_is_rested_and_ended_by_its_proposer_and_by_the_electorates_coordinators(
    session: Session, running: Running
) -> None:
    coalition, other = make_coalition(session), make_coalition(session)
    member, stranger = (make_organisation(session, coalition=each) for each in (coalition, other))
    campaign = make_launched(session, running.region.triager)
    campaign.proposal.electorate = f"coalition:{coalition.id}"
    row, until = campaign.targets[0], core_clock.now(session).date() + timedelta(days=3)
    ours = make_actor(session, member, Duty.ACT, Duty.COORDINATE)
    theirs = coordinator_of(session, other, stranger)
    for outsider in (ours, theirs):
        with pytest.raises(NotAllowed):
            pause_for_talks(session, outsider, ref=campaign.ref, target_id=row.target_id, until=until)
        with pytest.raises(NotAllowed):
            end_ladder(session, outsider, ref=campaign.ref, target_id=row.target_id, end=End.ENDED)
    with pytest.raises(NotAllowed):
        make_step(session, theirs, campaign)
    make_step(session, ours, campaign)
    coordinator = replace(ours, coordinates=frozenset({coalition.id}))
    pause_for_talks(session, coordinator, ref=campaign.ref, target_id=row.target_id, until=until)
    end_ladder(session, running.region.triager, ref=campaign.ref, target_id=row.target_id, end=End.ENDED)


def test_a_campaign_of_the_network_is_steered_by_any_coalitions_coordinators_but_not_by_any_member(
    session: Session, running: Running
) -> None:
    row, until = running.campaign.targets[0], core_clock.now(session).date() + timedelta(days=3)
    member = running.writers.author
    with pytest.raises(NotAllowed):
        pause_for_talks(session, member, ref=running.campaign.ref, target_id=row.target_id, until=until)
    coordinator = replace(member, coordinates=frozenset({make_coalition(session).id}))
    pause_for_talks(session, coordinator, ref=running.campaign.ref, target_id=row.target_id, until=until)
    assert row.talks_until == until


def test_a_consent_given_again_opens_the_gate_again(session: Session, running: Running) -> None:
    no_consent(session, running)
    allow(session, running.region.triager, running.case, "name_to_target")
    assert step(session, running).state is LetterState.SIGNING


def test_the_first_step_needs_no_earlier_letter_and_each_gate_counts() -> None:
    today = date(2020, 7, 1)
    open_facts = Facts(
        launched=True,
        end=None,
        talks_until=None,
        today=today,
        consented=True,
        last_step=None,
        last_state=None,
        mailbox_checked=False,
    )
    assert all_open(gates_of(open_facts)) and next_step(None) is Step.PRIVATE
    assert next_step(Step.PRIVATE) is Step.REMINDER and next_step(Step.REMINDER) is None
