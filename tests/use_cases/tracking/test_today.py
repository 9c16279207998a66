"""Today shows each person what waits for them, and nothing that they may not know."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.orm import Session

from members.queries import mandates_of
from members.use_cases.mandates import change_mandate
from network_app.core import clock as core_clock
from network_app.core import outbox
from network_app.core.permissions import Actor, Duty
from network_app.letters.use_cases.releasing import release_letter
from network_app.letters.use_cases.replies import pass_deadlines
from network_app.letters.use_cases.sending import mark_letter_uncertain
from network_app.letters.use_cases.signing import close_signing, sign_letter
from network_app.tracking.board import lines, stuck
from network_app.tracking.routes import harmless
from network_app.tracking.today import Task, ending_soon, tasks_of
from network_app.votes.use_cases import open_vote
from tests.conftest import MovableClock
from tests.factories.campaigns import make_campaign
from tests.factories.letters import make_frozen, make_letter, make_sent, make_writers
from tests.factories.members import make_actor, make_organisation
from tests.factories.response import approve_text, fan_out, make_case, make_world
from tests.factories.urgent_appeals import make_appeal, make_region
from tests.factories.votes import make_proposal
from urgent_appeals.use_cases.triage import acknowledge


def waiting(session: Session, actor: Actor) -> dict[str, str]:
    """What waits for somebody: reference and page."""
    return {task.ref: task.endpoint for task in tasks_of(session, actor)}


def test_a_letter_waits_for_those_who_have_not_signed_then_for_a_second_person(session: Session) -> None:
    writers = make_writers(session)
    letter = make_letter(session, writers)
    assert all(letter.ref in waiting(session, actor) for actor in (writers.author, writers.first, writers.second))
    sign_letter(session, writers.second, ref=letter.ref)
    assert letter.ref not in waiting(session, writers.second) and letter.ref in waiting(session, writers.first)
    close_signing(session, writers.author, ref=letter.ref)
    assert letter.ref in waiting(session, writers.second) and letter.ref not in waiting(session, writers.author)
    release_letter(session, writers.first, ref=letter.ref)
    assert letter.ref in waiting(session, writers.second)
    assert letter.ref not in waiting(session, writers.first)
    filer = make_actor(session, make_organisation(session), Duty.FILE)
    assert waiting(session, filer) == {}


def test_a_letter_in_doubt_waits_for_somebody_who_finds_out(session: Session) -> None:
    writers = make_writers(session)
    letter = make_frozen(session, writers)
    assert letter.ref not in waiting(session, writers.author)
    mark_letter_uncertain(session, letter_id=letter.id)
    assert waiting(session, writers.author)[letter.ref] == "letters.show"
    outsider = make_actor(session, make_organisation(session), Duty.ACT, Duty.COORDINATE)
    assert letter.ref not in waiting(session, outsider)


def test_a_silence_to_confirm_is_late_from_the_deadline_on_not_from_the_signing(
    session: Session, clock: MovableClock
) -> None:
    writers = make_writers(session)
    letter = make_sent(session, writers)
    clock.move(timedelta(days=60))
    pass_deadlines(session)
    [task] = [task for task in tasks_of(session, writers.author) if task.ref == letter.ref]
    assert task.due == letter.deadline_at


def test_an_open_vote_waits_for_each_delegate_on_the_roll(session: Session) -> None:
    member = make_organisation(session)
    delegate, other = make_actor(session, member, Duty.VOTE), make_actor(session, member, Duty.ACT)
    proposal = make_proposal(session, delegate)
    assert waiting(session, delegate) == {}
    open_vote(session, delegate, ref=proposal.ref, closes_at=core_clock.now(session) + timedelta(days=7))
    assert waiting(session, delegate) == {proposal.ref: "votes.show"} and waiting(session, other) == {}


def test_a_call_waits_for_the_organisation_that_was_asked_and_for_no_other(session: Session) -> None:
    world = make_world(session, countries=("US", "PE"))
    make_case(session, world, danger=True)
    approve_text(session, world)
    fan_out(session, world)
    assert waiting(session, world.people["US"]) == {world.ref: "response.show_call"}
    assert waiting(session, world.people["PE"]) == {}


def test_an_appeal_waits_for_triage_then_for_who_took_it_and_becomes_late(
    session: Session, clock: MovableClock
) -> None:
    region = make_region(session)
    appeal = make_appeal(session)
    assert waiting(session, region.triager)[appeal.ref] == "appeals.case"
    assert waiting(session, region.stranger) == {}
    acknowledge(session, region.triager, ref=appeal.ref)
    clock.move(timedelta(days=30))
    now = core_clock.now(session)
    [task] = [task for task in tasks_of(session, region.triager) if task.ref == appeal.ref]
    assert task.is_late(now)


def test_the_most_urgent_stands_first_and_what_has_no_day_last(session: Session, clock: MovableClock) -> None:
    writers = make_writers(session)
    later = make_letter(session, writers, sign_until=core_clock.now(session) + timedelta(days=5))
    sooner = make_letter(session, writers, sign_until=core_clock.now(session) + timedelta(days=1))
    doubtful = make_frozen(session, writers)
    mark_letter_uncertain(session, letter_id=doubtful.id)
    tasks: list[Task] = tasks_of(session, writers.first)
    order = [task.ref for task in tasks]
    assert order.index(sooner.ref) < order.index(later.ref)


def test_a_mandate_that_ends_soon_is_told_by_its_last_day_in_the_organisations_country(session: Session) -> None:
    union = make_organisation(session, country="KH")
    actor = make_actor(session, union, Duty.ACT)
    (held,) = mandates_of(session, union.id)
    here = ZoneInfo("Asia/Phnom_Penh")
    last = core_clock.now(session).astimezone(here).date() + timedelta(days=9)
    change_mandate(session, Actor.system(), mandate_id=held.id, version=held.version, last_day=last)
    assert [(one.slug, one.last_day) for one in ending_soon(session, actor)] == [(union.slug, last)]


def test_the_board_shows_what_one_may_see_with_its_next_step(session: Session) -> None:
    region = make_region(session)
    appeal = make_appeal(session)
    campaign = make_campaign(session, region.triager)
    shown = {line.ref: line for line in lines(session, region.triager)}
    assert set(shown) == {appeal.ref, campaign.ref}
    assert shown[appeal.ref].due and not shown[appeal.ref].late
    assert shown[campaign.ref].due == campaign.proposal.closes()
    # A campaign is the members' own; a case is for those whose region it is.
    assert [line.ref for line in lines(session, region.stranger)] == [campaign.ref]


def test_the_board_shows_the_messages_that_wait_for_a_person(session: Session) -> None:
    outbox.enqueue_chat(session, key="k", room="org:1", language="en", template="t", values={})
    assert stuck(session) == []
    [row] = outbox.claim(session, outbox.Channel.MATRIX, by="bot", limit=1, lease=timedelta(minutes=1))
    outbox.mark_failed(session, row.id, by="bot", error="no such room")
    assert [message.key for message in stuck(session)] == ["k"]


@pytest.mark.parametrize("cell", ["=1+1", "+cmd", "-2", "@sum", "\tx", "\rx", "＝1", "＠x"])
def test_a_cell_is_never_a_formula_to_a_spreadsheet(cell: str) -> None:
    assert harmless(cell) == f"'{cell}" and harmless("UA-7K3F") == "UA-7K3F"
