"""The rules of an appeal as pure functions: stages, clocks, consent, receipts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from network_app.core.charter import WorkingDays
from network_app.core.errors import Conflict, GateShut
from urgent_appeals.rules.clocks import Clock, Promise, end_of, possibly_coerced, promised_on, promises_of
from urgent_appeals.rules.consent import RESTS_ON, VITAL_INTEREST_LASTS, Basis, Use, holds, shut_with, speaking_now
from urgent_appeals.rules.receipts import LENGTH, in_groups, in_numerals, read_receipt, with_check_digit
from urgent_appeals.rules.stages import ENDED, OUTWARD, TRANSITIONS, UNVERIFIED, Stage, next_stage

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


# ---------------------------------------------------------------- stages


def test_every_stage_has_a_row() -> None:
    assert set(TRANSITIONS) == set(Stage)


@given(st.lists(st.tuples(st.sampled_from(Stage), st.booleans()), max_size=60))
def test_no_path_skips_a_stage_or_goes_outward_unverified(steps: list[tuple[Stage, bool]]) -> None:
    stage, before = Stage.DRAFT, None
    seen = [stage]
    for wanted, verified in steps:
        try:
            reached = next_stage(stage, wanted, verified=verified, before=before)
        except (Conflict, GateShut):
            continue
        assert reached in TRANSITIONS[stage]
        assert verified or reached not in OUTWARD
        before = stage if reached in (Stage.PAUSED_BY_WORKERS, Stage.DORMANT) else None
        stage = reached
        seen.append(stage)
    path = [each for each in seen if each not in (Stage.PAUSED_BY_WORKERS, Stage.DORMANT)]
    for earlier, later in [
        (Stage.RECEIVED, Stage.TRIAGE),
        (Stage.TRIAGE, Stage.VERIFYING),
        (Stage.VERIFYING, Stage.ACCEPTED),
    ]:
        if later in path:
            assert earlier in path[: path.index(later)]


def test_a_pause_ends_where_it_began() -> None:
    with pytest.raises(Conflict):
        next_stage(Stage.PAUSED_BY_WORKERS, Stage.ACTIVE, verified=True, before=Stage.ACCEPTED)
    assert next_stage(Stage.PAUSED_BY_WORKERS, Stage.ACCEPTED, verified=True, before=Stage.ACCEPTED) is Stage.ACCEPTED
    assert next_stage(Stage.PAUSED_BY_WORKERS, Stage.WITHDRAWN, verified=True, before=Stage.ACTIVE) is Stage.WITHDRAWN


def test_stages_are_grouped_without_gaps() -> None:
    assert not UNVERIFIED & OUTWARD
    assert ENDED & OUTWARD == frozenset()


# ---------------------------------------------------------------- clocks


@dataclass(frozen=True)
class Row:
    """The plain shape that promises are reckoned from."""

    clock: Clock = Clock.HARM
    stage: Stage = Stage.RECEIVED
    country: str = "KH"
    received_at: datetime = NOW
    danger_at: datetime | None = None
    acknowledged_at: datetime | None = NOW
    triaged_at: datetime | None = None
    verified_at: datetime | None = None
    accepted_at: datetime | None = None
    targets_named_at: datetime | None = None
    ready_at: datetime | None = None
    first_letter_at: datetime | None = None
    news_sent_at: datetime | None = None
    reviewed_at: datetime | None = None


def test_the_table_of_promises_is_domain_3() -> None:
    assert promised_on(Promise.ACKNOWLEDGE, Clock.DANGER) == timedelta(hours=2)
    assert promised_on(Promise.ACKNOWLEDGE, Clock.HARM) == timedelta(hours=24)
    assert promised_on(Promise.TRIAGE, Clock.DANGER) == timedelta(hours=12)
    assert promised_on(Promise.TRIAGE, Clock.HARM) == WorkingDays(5)
    assert promised_on(Promise.VERIFY, Clock.DANGER) == timedelta(hours=24)
    assert promised_on(Promise.VERIFY, Clock.HARM) == WorkingDays(10)
    assert promised_on(Promise.FIND_TARGETS, Clock.HARM) == timedelta(days=7)
    assert promised_on(Promise.FIRST_LETTER, Clock.HARM) == timedelta(days=3)
    assert promised_on(Promise.NEWS, Clock.DANGER) == timedelta(hours=48)
    assert promised_on(Promise.NEWS, Clock.HARM) == timedelta(days=14)
    assert promised_on(Promise.REVIEW, Clock.DANGER) == timedelta(days=7)
    assert promised_on(Promise.REVIEW, Clock.HARM) == timedelta(days=90)


def test_working_days_are_those_of_the_country() -> None:
    thursday = datetime(2026, 3, 5, 9, 0, tzinfo=UTC)
    # Friday and Saturday are days of rest in Bangladesh, Saturday and Sunday in Cambodia.
    assert end_of(WorkingDays(1), thursday, "BD").date().isoformat() == "2026-03-08"
    assert end_of(WorkingDays(1), thursday, "KH").date().isoformat() == "2026-03-06"
    # 26 March is a holiday in Bangladesh and nowhere else in the table.
    before = datetime(2026, 3, 25, 9, 0, tzinfo=UTC)
    assert end_of(WorkingDays(1), before, "BD").date().isoformat() == "2026-03-29"
    assert end_of(WorkingDays(1), before, "KH").date().isoformat() == "2026-03-26"


def test_promises_follow_the_clock_and_end_with_the_case() -> None:
    first = promises_of(Row(clock=Clock.DANGER))[0]
    assert (first.promise, first.at) == (Promise.TRIAGE, NOW + timedelta(hours=12))
    assert not first.is_late(NOW + timedelta(hours=11, minutes=59))
    assert first.is_late(NOW + timedelta(hours=12))
    for stage in (*ENDED, Stage.PAUSED_BY_WORKERS, Stage.DORMANT):
        assert promises_of(Row(stage=stage)) == []


def test_a_kept_promise_is_gone() -> None:
    row = Row(triaged_at=NOW, stage=Stage.VERIFYING)
    assert Promise.TRIAGE not in {due.promise for due in promises_of(row)}
    assert Promise.VERIFY in {due.promise for due in promises_of(row)}


@given(st.integers(-200, 200))
def test_a_brake_soon_after_an_arrest_may_be_forced(hours: int) -> None:
    assert possibly_coerced(NOW, NOW + timedelta(hours=hours)) == (0 <= hours <= 72)
    assert not possibly_coerced(None, NOW)


# ---------------------------------------------------------------- consent


@dataclass(frozen=True)
class Said:
    """A consent record as the rule sees it."""

    use: Use = Use.NAME_TO_TARGET
    basis: Basis = Basis.SELF
    granted: bool = True
    recorded_at: datetime = NOW
    expires_at: datetime | None = None
    withdrawn_at: datetime | None = None
    seconded: bool = False


MOMENTS = st.one_of(st.none(), st.integers(-48, 48).map(lambda hours: NOW + timedelta(hours=hours)))
RECORDS = st.lists(
    st.builds(
        Said,
        use=st.sampled_from(Use),
        basis=st.sampled_from(Basis),
        granted=st.booleans(),
        recorded_at=st.integers(-99, 0).map(lambda hours: NOW + timedelta(hours=hours)),
        expires_at=MOMENTS,
        withdrawn_at=MOMENTS,
        seconded=st.booleans(),
    ),
    max_size=12,
)


@given(RECORDS, st.sampled_from(Use))
def test_the_narrowest_valid_consent_wins(records: list[Said], use: Use) -> None:
    if holds(records, use, NOW):
        assert speaking_now(records, use, NOW)
        assert all(said.granted for said in speaking_now(records, use, NOW))
        # A refusal by anybody, to this use or one it rests on, shuts it.
        for narrower in (*RESTS_ON[use], use):
            refusal = Said(use=narrower, basis=Basis.SELF, granted=False)
            assert not holds([*records, refusal], use, NOW)


@given(RECORDS, st.sampled_from(Use))
def test_nothing_holds_without_a_word_and_withdrawal_never_widens(records: list[Said], use: Use) -> None:
    ended = [
        replace(said, withdrawn_at=NOW) if said.use in shut_with(use) and said.granted else said for said in records
    ]
    assert not holds(ended, use, NOW)
    for other in Use:
        if holds(ended, other, NOW):
            assert holds(records, other, NOW)
    assert not holds([], use, NOW)


def test_vital_interest_needs_two_people_and_ends() -> None:
    alone = Said(basis=Basis.VITAL_INTEREST, expires_at=NOW + VITAL_INTEREST_LASTS)
    both = replace(alone, seconded=True)
    assert not holds([alone], Use.NAME_TO_TARGET, NOW)
    assert holds([both], Use.NAME_TO_TARGET, NOW)
    assert holds([both], Use.NAME_TO_TARGET, NOW + timedelta(hours=71, minutes=59))
    assert not holds([both], Use.NAME_TO_TARGET, NOW + timedelta(hours=72))


def test_a_newer_word_on_the_same_basis_replaces_the_older() -> None:
    no = Said(granted=False, recorded_at=NOW - timedelta(days=2))
    yes = Said(granted=True, recorded_at=NOW - timedelta(days=1))
    assert holds([no, yes], Use.NAME_TO_TARGET, NOW)
    assert not holds([no, replace(yes, basis=Basis.FAMILY)], Use.NAME_TO_TARGET, NOW)


# ---------------------------------------------------------------- receipts

RANDOM = st.text("0123456789", min_size=15, max_size=15)


@given(RANDOM, st.sampled_from(["en", "bn", "km", "my", "ur"]), st.sampled_from([" ", "-", "", " – ", "\u00a0"]))
def test_a_receipt_is_read_back_in_any_numerals(digits: str, language: str, between: str) -> None:
    number = with_check_digit(digits)
    shown = in_numerals(in_groups(number), language).replace(" ", between).replace("\u00a0", between)
    assert len(number) == LENGTH
    assert read_receipt(f" {shown}\n") == number


@given(RANDOM, st.integers(0, 15), st.integers(1, 9))
def test_one_wrong_digit_is_found(digits: str, place: int, by: int) -> None:
    number = with_check_digit(digits)
    wrong = number[:place] + str((int(number[place]) + by) % 10) + number[place + 1 :]
    assert read_receipt(wrong) is None


@given(RANDOM, st.integers(0, 14))
def test_two_swapped_digits_are_found(digits: str, place: int) -> None:
    number = with_check_digit(digits)
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    assert swapped == number or read_receipt(swapped) is None


@given(st.text(max_size=300))
def test_anything_may_be_typed(typed: str) -> None:
    number = read_receipt(typed)
    assert number is None or (len(number) == LENGTH and number.isascii())


def test_two_scripts_in_one_number_are_one_number() -> None:
    number = with_check_digit("123456789012345")
    half = in_numerals(number[:8], "bn") + in_numerals(number[8:], "km")
    assert read_receipt(half) == number
