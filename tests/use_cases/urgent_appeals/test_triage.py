"""From arrival to acceptance: three tests, two organisations, a second source, and who sees what meanwhile."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from members.queries import get_organisation
from network_app.core import audit
from network_app.core.errors import Conflict, GateShut, Invalid, NotAllowed, NotFound
from network_app.core.outbox import Outgoing
from network_app.core.permissions import Duty
from tests.factories.members import make_actor, make_organisation
from tests.factories.urgent_appeals import make_appeal, make_region, make_triaged, make_verified
from urgent_appeals.models import AppealMessage
from urgent_appeals.queries.case import case_audience, is_verified
from urgent_appeals.queries.case_page import case_page
from urgent_appeals.queries.queue import Wish, appeal_queue, appeals_awaiting_triage
from urgent_appeals.rules.audiences import Audience
from urgent_appeals.rules.clocks import Clock
from urgent_appeals.rules.stages import Stage
from urgent_appeals.use_cases.triage import (
    acknowledge,
    confirm_triage,
    decline_appeal,
    disagree_with_triage,
    reopen_appeal,
    triage_appeal,
)
from urgent_appeals.use_cases.verification import verify_appeal

TESTS: dict[str, Any] = {"genuine": "we know the factory", "wanted": "the union asks", "useful": "three brands"}


def test_two_people_of_two_organisations_take_an_appeal_up(session: Session) -> None:
    region, appeal = make_region(session), make_appeal(session)
    triage_appeal(session, region.triager, ref=appeal.ref, title="Violet Apparel", **TESTS)
    assert appeal.stage is Stage.TRIAGE
    with pytest.raises(GateShut):
        confirm_triage(session, region.triager, ref=appeal.ref)
    home = get_organisation(session, region.triager.own_organisation())
    with pytest.raises(GateShut):
        confirm_triage(session, make_actor(session, home, Duty.VERIFY), ref=appeal.ref)
    confirm_triage(session, region.confirmer, ref=appeal.ref)
    assert appeal.stage is Stage.VERIFYING
    assert appeal.triaged_at is not None
    assert appeal.title == "Violet Apparel"


def test_the_three_tests_are_written_out(session: Session) -> None:
    region, appeal = make_region(session), make_appeal(session)
    for name in TESTS:
        with pytest.raises(Invalid) as refusal:
            triage_appeal(session, region.triager, ref=appeal.ref, **(TESTS | {name: " "}))
        assert refusal.value.field == name


def test_a_declined_appeal_tells_the_workers_why(session: Session) -> None:
    region, appeal = make_region(session), make_appeal(session)
    with pytest.raises(Invalid):
        decline_appeal(session, region.triager, ref=appeal.ref, reason="", **TESTS)
    decline_appeal(session, region.triager, ref=appeal.ref, reason="Ask the labour court first.", **TESTS)
    confirm_triage(session, region.confirmer, ref=appeal.ref)
    assert appeal.stage is Stage.DECLINED
    news = session.scalars(select(AppealMessage).where(AppealMessage.appeal_id == appeal.id)).all()
    assert [each.text for each in news] == ["Ask the labour court first."]


def test_disagreement_opens_the_tests_again(session: Session) -> None:
    region, appeal = make_region(session), make_appeal(session)
    triage_appeal(session, region.triager, ref=appeal.ref, **TESTS)
    disagree_with_triage(session, region.confirmer, ref=appeal.ref, why="Nobody spoke with the workers.")
    with pytest.raises(Conflict):
        confirm_triage(session, region.verifier, ref=appeal.ref)
    triage_appeal(session, region.confirmer, ref=appeal.ref, **TESTS)
    confirm_triage(session, region.triager, ref=appeal.ref)
    assert appeal.stage is Stage.VERIFYING


def test_who_filed_neither_decides_nor_verifies(session: Session) -> None:
    region = make_region(session)
    union = make_actor(session, make_organisation(session), Duty.FILE, Duty.VERIFY)
    appeal = make_appeal(session, actor=union)
    for act in (
        lambda: acknowledge(session, union, ref=appeal.ref),
        lambda: triage_appeal(session, union, ref=appeal.ref, **TESTS),
    ):
        with pytest.raises(GateShut):
            act()
    triage_appeal(session, region.triager, ref=appeal.ref, **TESTS)
    confirm_triage(session, region.confirmer, ref=appeal.ref)
    with pytest.raises(GateShut):
        verify_appeal(session, union, ref=appeal.ref, source="ourselves")


def test_a_second_organisation_verifies(session: Session) -> None:
    region = make_region(session)
    appeal = make_triaged(session, region)
    assert not is_verified(session, appeal.id)
    with pytest.raises(GateShut):
        verify_appeal(session, region.triager, ref=appeal.ref, source="ourselves")
    verify_appeal(session, region.verifier, ref=appeal.ref, source="a lawyer")
    assert is_verified(session, appeal.id)
    assert appeal.stage is Stage.ACCEPTED
    assert audit.verify(session, f"appeal:{appeal.id}") is None


def test_verification_does_not_come_before_triage(session: Session) -> None:
    region, appeal = make_region(session), make_appeal(session)
    with pytest.raises(Conflict):
        verify_appeal(session, region.verifier, ref=appeal.ref, source="a lawyer")
    assert appeal.stage is Stage.RECEIVED


def test_a_second_verifier_follows_on_the_danger_clock_only(session: Session) -> None:
    region = make_region(session)
    harm, danger = make_verified(session, region), make_verified(session, region, clock=Clock.DANGER.value)
    with pytest.raises(Conflict):
        verify_appeal(session, region.confirmer, ref=harm.ref, source="a second lawyer")
    with pytest.raises(GateShut):
        verify_appeal(session, region.verifier, ref=danger.ref, source="the same again")
    verify_appeal(session, region.confirmer, ref=danger.ref, source="a second lawyer")
    assert danger.stage is Stage.ACCEPTED


def test_a_reopened_case_is_verified_anew(session: Session) -> None:
    region, appeal = make_region(session), make_appeal(session)
    decline_appeal(session, region.triager, ref=appeal.ref, reason="No.", **TESTS)
    confirm_triage(session, region.confirmer, ref=appeal.ref)
    reopen_appeal(session, region.triager, ref=appeal.ref, why="New facts.")
    assert appeal.stage is Stage.REOPENED
    triage_appeal(session, region.triager, ref=appeal.ref, **TESTS)
    assert appeal.stage is Stage.TRIAGE
    assert not is_verified(session, appeal.id)


def test_an_unverified_appeal_does_not_exist_for_others(session: Session) -> None:
    region = make_region(session)
    appeal = make_triaged(session, region, share_with_network=True)
    voter = make_actor(session, get_organisation(session, region.triager.own_organisation()), Duty.VOTE)
    for who in (region.stranger, voter):
        assert case_audience(session, who, appeal) is None
        assert appeal_queue(session, who).total == 0
        with pytest.raises(NotFound):
            case_page(session, who, appeal.ref)
    for act in (acknowledge, confirm_triage):
        with pytest.raises(NotFound):
            act(session, region.stranger, ref=appeal.ref)
        with pytest.raises(NotAllowed):
            act(session, voter, ref=appeal.ref)


def test_the_network_sees_a_verified_case_only_with_consent(session: Session) -> None:
    region = make_region(session)
    closed, shared = make_verified(session, region), make_verified(session, region, share_with_network=True)
    assert case_audience(session, region.stranger, closed) is None
    assert case_audience(session, region.stranger, shared) is Audience.NETWORK
    found = appeal_queue(session, region.stranger)
    assert [(row.appeal.id, row.audience, row.title, row.due) for row in found.rows] == [
        (shared.id, Audience.NETWORK, "", None)
    ]
    page = case_page(session, region.stranger, shared.ref)
    assert (page.messages, page.timeline, page.consents, page.team) == ([], [], [], [])


def test_the_queue_agrees_with_the_one_place_that_decides(session: Session) -> None:
    region = make_region(session)
    union = make_actor(session, make_organisation(session), Duty.FILE)
    appeals = [
        make_appeal(session),
        make_appeal(session, country="BD"),
        make_appeal(session, country="DE"),
        make_appeal(session, actor=union),
        make_triaged(session, region),
        make_verified(session, region),
        make_verified(session, region, share_with_network=True),
    ]
    for who in (region.triager, region.stranger, union):
        shown = {row.appeal.id: row.audience for row in appeal_queue(session, who).rows}
        decided = {appeal.id: case_audience(session, who, appeal) for appeal in appeals}
        assert shown == {key: audience for key, audience in decided.items() if audience is not None}


def test_the_queue_asks_the_same_number_of_questions_for_any_length(session: Session) -> None:
    from sqlalchemy import event

    region = make_region(session)

    def questions() -> int:
        counted: list[str] = []

        def count(*found: object) -> None:
            counted.append(str(found[2]))

        event.listen(session.get_bind(), "before_cursor_execute", count)
        session.expire_all()
        assert appeal_queue(session, region.triager).rows
        event.remove(session.get_bind(), "before_cursor_execute", count)
        return len(counted)

    make_appeal(session)
    few = questions()
    for _ in range(8):
        make_appeal(session)
    assert questions() <= few


def test_the_queue_filters_and_puts_danger_first(session: Session) -> None:
    region = make_region(session)
    harm, danger = make_appeal(session), make_appeal(session, clock="danger")
    assert [row.appeal.id for row in appeal_queue(session, region.triager).rows] == [danger.id, harm.id]
    assert [row.appeal.id for row in appeal_queue(session, region.triager, Wish(clock="harm")).rows] == [harm.id]
    assert appeal_queue(session, region.triager, Wish(text=danger.ref.lower())).total == 1
    assert appeal_queue(session, region.triager, Wish(country="BD")).total == 0
    assert len(appeals_awaiting_triage(session, region.triager)) == 2
    assert appeals_awaiting_triage(session, region.stranger) == []


def test_each_next_step_is_told_without_a_word_of_the_case(session: Session) -> None:
    region = make_region(session)
    make_verified(session, region, account="CANARY-A", wanted="CANARY-W", workplace="CANARY-F", contact="CANARY-C")
    rows = session.scalars(select(Outgoing)).all()
    assert {"appeal_filed", "appeal_to_confirm", "appeal_to_verify", "appeal_accepted"} <= {
        row.template for row in rows
    }
    assert "CANARY" not in "".join(f"{row.key}{row.values}{row.recipient}" for row in rows)
    links = audit.links(session, audit.AUDIT)
    assert "CANARY" not in "".join(str(link.body) for link in links)
