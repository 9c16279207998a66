"""The steps of an application, the words a name is found by, and the charter that the rules really read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

import members.rules as member_rules
from members.rules import (
    APPLICATION_STEPS,
    LONGEST_PREFIX,
    OBJECTION_TIME,
    ApplicationState,
    after_objection_time,
    asked_prefixes,
    check_step,
    prefixes_of,
)
from network_app.core.charter import CONSTANTS, WorkingDays, number, promised, share, span, value_text
from network_app.core.errors import Conflict
from network_app.letters.rules.deadlines import DAYS_TO_ANSWER
from network_app.votes.rules import positions
from network_app.votes.rules.deciding import CHARTER
from urgent_appeals.queries import leverage
from urgent_appeals.rules import consent
from urgent_appeals.rules.clocks import PROMISED, Promise

TOLD = datetime(2026, 1, 1, tzinfo=UTC)
ENDS = {ApplicationState.ADMITTED, ApplicationState.REFUSED, ApplicationState.WITHDRAWN}


@given(st.lists(st.sampled_from(ApplicationState), max_size=12))
def test_no_order_of_acts_admits_a_body_past_sponsors_notice_and_the_time_to_object(
    wanted: list[ApplicationState],
) -> None:
    state, passed = ApplicationState.INVITED, [ApplicationState.INVITED]
    for step in wanted:
        try:
            check_step(state, step)
        except Conflict:
            continue
        assert state not in ENDS
        state = step
        passed.append(step)
    if state in (ApplicationState.ADMITTED, ApplicationState.REFUSED):
        for needed in (ApplicationState.SPONSORS, ApplicationState.NOTICE, ApplicationState.OBJECTIONS):
            assert needed in passed
    if state is ApplicationState.REFUSED:
        assert ApplicationState.VOTE in passed
    assert set(APPLICATION_STEPS) == set(ApplicationState)


@given(st.integers(-3, 60), st.integers(0, 3))
def test_nobody_is_admitted_before_the_time_is_over_or_against_an_objection(days: int, objections: int) -> None:
    state = after_objection_time(TOLD, TOLD + timedelta(days=days), objections=objections)
    assert (state is ApplicationState.ADMITTED) == (timedelta(days=days) >= OBJECTION_TIME and not objections)


@given(st.text(max_size=40))
def test_every_word_of_a_name_finds_it_and_so_does_its_beginning(name: str) -> None:
    kept = prefixes_of(name)
    for word in asked_prefixes(name):
        assert word in kept
        assert word[:1] in kept
        assert len(word) <= LONGEST_PREFIX


def test_the_rules_read_the_charter_and_keep_no_second_copy() -> None:
    for name in ("blocks_that_stop", "fewest_blocs", "smallest_bloc"):
        assert getattr(CHARTER, name) == number(name)
    for name in ("quorum", "bloc_quorum", "reserve_limit", "carried", "roll_of_active"):
        assert getattr(CHARTER, name) is share(name)
    assert positions.SHORTEST_OPEN is span("vote_shortest")
    assert member_rules.OBJECTION_TIME is span("objection_time")
    assert number("smallest_bloc") == member_rules.SMALLEST_BLOC
    assert number("sponsors") == member_rules.SPONSORS
    for promise in Promise:
        assert PROMISED[promise] is promised(promise.value)
    assert consent.VITAL_INTEREST_LASTS is span("vital_interest")
    assert leverage.QUIET_BEFORE_PUBLIC is span("quiet_before_public")
    assert WorkingDays(DAYS_TO_ANSWER) == promised("target_answers").harm


def test_every_constant_is_said_in_words_and_has_a_dated_history() -> None:
    for constant in CONSTANTS.values():
        assert value_text(constant.value)
        assert str(constant.says).endswith(".")
        assert constant.history == tuple(sorted(constant.history, key=lambda decided: decided.on))
