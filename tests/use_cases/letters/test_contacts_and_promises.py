"""Calls and meetings, how often a target answers, and what it promised."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from network_app.core import clock
from network_app.core.errors import Conflict, Invalid, NotAllowed
from network_app.letters.queries import (
    answer_rate,
    commitments_of,
    state_of,
)
from network_app.letters.rules.commitments import CommitmentState
from network_app.letters.rules.replies import ReplyClass
from network_app.letters.rules.states import LetterState
from network_app.letters.use_cases.commitments import judge_commitment, record_commitment
from network_app.letters.use_cases.contacts import record_contact
from network_app.letters.use_cases.replies import (
    class_reply,
    confirm_mailbox_checked,
)
from tests.conftest import MovableClock
from tests.factories.letters import (
    Writers,
    make_reply,
    make_sent,
    make_target,
    make_writers,
)


@pytest.fixture
def writers(session: Session) -> Writers:
    return make_writers(session)


def test_a_call_can_be_the_answer(session: Session, writers: Writers) -> None:
    letter = make_sent(session, writers)
    record = record_contact(
        session,
        writers.author,
        kind="call",
        happened_on=clock.now(session).date(),
        with_whom="Ms Smith, compliance",
        summary="They will pay in March.",
        letter_ref=letter.ref,
        klass="partial",
    )
    assert letter.state is LetterState.ANSWERED and letter.outcome is ReplyClass.PARTIAL
    assert record.summary == "They will pay in March." and record.target_id == letter.recipient_id


WRONG: list[tuple[str, dict[str, object]]] = [
    ("kind", {"kind": "telepathy"}),
    ("summary", {"summary": ""}),
    ("happened_on", {"happened_on": date(2999, 1, 1)}),
    ("klass", {"klass": "none_by_deadline"}),
]


def test_a_contact_that_cannot_be_used_names_its_field(session: Session, writers: Writers) -> None:
    letter = make_sent(session, writers)
    usable: dict[str, object] = {"kind": "call", "summary": "x", "happened_on": clock.now(session).date()}
    for field, values in WRONG:
        with pytest.raises(Invalid) as refused:
            record_contact(session, writers.author, letter_ref=letter.ref, **(usable | values))  # type: ignore[arg-type]  # wrong on purpose
        assert refused.value.field == field


def test_how_often_a_target_answers(session: Session, writers: Writers, clock: MovableClock) -> None:
    target = make_target(session)
    answered, silent = (make_sent(session, writers, target=target) for _ in range(2))
    make_sent(session, writers, target=target)
    class_reply(session, writers.author, reply_id=make_reply(session, answered).id, klass="refers_to_audit")
    clock.move(timedelta(days=20))
    confirm_mailbox_checked(session, writers.author, ref=silent.ref)
    for asked in ({"target_id": target.id}, {"country": "DE"}):
        rate = answer_rate(session, **asked)
        assert (rate.answered, rate.known) == (1, 2)
    assert answer_rate(session, country="FR").known == 0


PROMISE: dict[str, Any] = {
    "promise": "pay the award",
    "measure": "1,284 workers paid",
    "means": "a fund of 343,174 dollars",
    "owner": "its head of sourcing",
    "due_on": date(2021, 1, 1),
    "source": "letter of 3 September",
}


def test_a_promise_without_substance_is_no_commitment(session: Session, writers: Writers) -> None:
    target, judge = make_target(session), writers.organisations[0].id
    for missing in PROMISE:
        values = PROMISE | {missing: None if missing == "due_on" else ""}
        with pytest.raises(Invalid) as refused:
            record_commitment(session, writers.author, target_id=target.id, judge_id=judge, **values)
        assert refused.value.field == missing


def test_only_the_named_organisation_says_that_a_promise_was_kept(session: Session, writers: Writers) -> None:
    target, workers = make_target(session), writers.organisations[0]
    made = record_commitment(session, writers.first, target_id=target.id, judge_id=workers.id, **PROMISE)
    today = clock.now(session).date()
    with pytest.raises(NotAllowed):
        judge_commitment(session, writers.first, commitment_id=made.id, said="kept", heard_on=today)
    judge_commitment(session, writers.first, commitment_id=made.id, said="on_track", heard_on=today)
    judge_commitment(session, writers.author, commitment_id=made.id, said="kept", heard_on=today)
    assert commitments_of(session, target.id) == [made]
    assert state_of(made, today) is CommitmentState.KEPT
    assert state_of(made, today - timedelta(days=1)) in (CommitmentState.MADE, CommitmentState.LATE)
    with pytest.raises(Conflict):
        judge_commitment(session, writers.author, commitment_id=made.id, said="broken", heard_on=today)
