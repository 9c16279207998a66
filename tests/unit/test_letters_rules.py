"""The life of a letter, its deadline, what came back and what was promised: on plain values."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest

from network_app.core.errors import Conflict
from network_app.letters.rules.commitments import CommitmentState, state_on
from network_app.letters.rules.deadlines import answer_by, deadline
from network_app.letters.rules.replies import (
    GIVEN_BY_HAND,
    ReplyClass,
    ReplyKind,
    reply_kind,
    response_rate,
)
from network_app.letters.rules.states import (
    OPEN,
    OUT,
    TRANSITIONS,
    LetterState,
    Step,
    check_move,
    gates_for,
)


def test_every_state_has_a_row() -> None:
    assert set(TRANSITIONS) == set(LetterState)


def test_what_may_have_arrived_is_never_taken_back_or_rewritten() -> None:
    for state in OUT:
        assert LetterState.RECALLED not in TRANSITIONS[state]
        assert not TRANSITIONS[state] & OPEN


def test_nothing_is_sent_that_was_not_frozen() -> None:
    before = {state for state, following in TRANSITIONS.items() if LetterState.SENT in following}
    assert before == {LetterState.FROZEN, LetterState.UNCERTAIN}
    assert {s for s, following in TRANSITIONS.items() if LetterState.FROZEN in following} == {
        LetterState.RELEASED_ONCE,
        LetterState.UNCERTAIN,
    }


def test_a_step_that_does_not_exist_names_where_the_letter_is() -> None:
    with pytest.raises(Conflict, match="the letter is sent"):
        check_move(LetterState.SENT, LetterState.SIGNING)


def test_a_letter_about_a_case_always_carries_its_consent() -> None:
    case = uuid4()

    def gates(step: Step, *, authority: bool = False, factory: bool = False) -> list[str]:
        return gates_for(step, appeal_id=case, to_authority=authority, may_tell_factory=factory, others=["x"])

    assert gates(Step.PRIVATE) == ["x", f"appeal:{case}:consent:name_to_target", f"appeal:{case}:verified"]
    assert gates(Step.PUBLIC)[1] == f"appeal:{case}:consent:publish"
    assert f"appeal:{case}:verified" not in gates(Step.PRIVATE, authority=True)
    assert f"appeal:{case}:consent:target_may_tell_factory" in gates(Step.REMINDER, factory=True)
    assert gates_for(Step.PRIVATE, appeal_id=None, to_authority=False, may_tell_factory=False) == []


@pytest.mark.parametrize(
    ("country", "danger", "last"),
    [
        ("DE", False, date(2020, 7, 15)),
        (None, False, date(2020, 7, 15)),
        ("BD", False, date(2020, 7, 15)),
        ("NP", False, date(2020, 7, 13)),
        ("DE", True, date(2020, 7, 11)),
    ],
)
def test_working_days_are_the_recipients(country: str | None, danger: bool, last: date) -> None:
    assert answer_by(date(2020, 7, 1), 10, country=country, danger=danger) == last


def test_a_friday_is_free_in_dhaka_and_not_in_berlin() -> None:
    thursday = date(2020, 7, 2)
    assert answer_by(thursday, 1, country="BD", danger=False) == date(2020, 7, 5)
    assert answer_by(thursday, 1, country="DE", danger=False) == date(2020, 7, 3)


def test_the_deadline_is_over_when_the_day_is_over_everywhere() -> None:
    assert deadline(date(2020, 7, 15)) == datetime(2020, 7, 16, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("headers", "kind"),
    [
        ({}, ReplyKind.ANSWER),
        ({"auto_submitted": "no"}, ReplyKind.ANSWER),
        ({"auto_submitted": "auto-replied"}, ReplyKind.ABSENCE),
        ({"auto_submitted": "auto-replied; owner-email=x"}, ReplyKind.ABSENCE),
        ({"subject": "Automatic reply: Wages"}, ReplyKind.ABSENCE),
        ({"subject": "Out of Office Re: Wages"}, ReplyKind.ABSENCE),
        ({"subject": "Re: your automatic reply"}, ReplyKind.ANSWER),
        ({"content_type": 'multipart/report; report-type="delivery-status"'}, ReplyKind.BOUNCE),
        ({"content_type": "multipart/report", "auto_submitted": "auto-replied"}, ReplyKind.BOUNCE),
        ({"sender_path": "<>"}, ReplyKind.BOUNCE),
        ({"from_address": "MAILER-DAEMON@mx.test"}, ReplyKind.BOUNCE),
        ({"sender_path": "press@brand.test"}, ReplyKind.ANSWER),
    ],
)
def test_a_machine_is_told_from_a_person(headers: dict[str, str], kind: ReplyKind) -> None:
    assert reply_kind(**{"from_address": "press@brand.test", "subject": "Re: Wages", **headers}) is kind


def test_silence_is_no_class_that_one_gives_to_a_mail() -> None:
    assert ReplyClass.NONE_BY_DEADLINE not in GIVEN_BY_HAND
    assert response_rate([ReplyClass.PARTIAL, ReplyClass.NONE_BY_DEADLINE, ReplyClass.DENIES_LINK]) == (2, 3)
    assert response_rate([]) == (0, 0)


def test_a_promise_is_late_after_its_day_and_stale_after_thirteen_months() -> None:
    due, heard = date(2021, 1, 1), date(2020, 12, 1)

    def on(day: date, said: CommitmentState = CommitmentState.MADE) -> CommitmentState:
        return state_on(day, said=said, due_on=due, heard_on=heard)

    assert on(due) is CommitmentState.MADE
    assert on(due + timedelta(days=1)) is CommitmentState.LATE
    assert on(heard + timedelta(days=397)) is CommitmentState.STALE
    assert on(heard + timedelta(days=3970), CommitmentState.KEPT) is CommitmentState.KEPT
