"""Whoever can answer is rung, in an order that can be told beforehand, and nobody twice."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from members.rules.duty import Answerer, Role, Turn, plan_of, ring_order, who_answers
from urgent_appeals.queries.rings import Ringing
from urgent_appeals.rules.clocks import Clock
from urgent_appeals.rules.rings import BETWEEN_RINGS, Alarm
from urgent_appeals.use_cases.rings import next_call

ZONES = ("Asia/Dhaka", "Asia/Phnom_Penh", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Africa/Maseru")
COUNTRIES = ("BD", "KH", "DE", "US", "IN", "LS")
START = datetime(2026, 11, 23, 3, tzinfo=UTC)
HOUR = timedelta(hours=1)
COALITIONS = [uuid.UUID(int=number) for number in (1, 2, 3)]


def answerer(number: int, place: int = 0, *, languages: tuple[str, ...] = ("en",), **overrides: Any) -> Answerer:
    values: dict[str, Any] = {"able": True} | overrides
    return Answerer(
        person_id=uuid.UUID(int=100 + number),
        organisation_id=uuid.UUID(int=200 + number),
        handle=f"p{number}",
        organisation=f"o{number}",
        country=COUNTRIES[place],
        zone=ZoneInfo(ZONES[place]),
        languages=frozenset(languages),
        **values,
    )


def turn(duty: Answerer, deputy: Answerer | None = None, *, coalition: int = 0, **overrides: Any) -> Turn:
    values: dict[str, Any] = {"starts_on": date(2026, 11, 1), "ends_on": None} | overrides
    key, name = COALITIONS[coalition], f"c{coalition}"
    return Turn(id=uuid.uuid4(), coalition_id=key, coalition=name, duty=duty, deputy=deputy, **values)


def order(*turns: Turn, language: str = "en") -> list[str]:
    """The handles in the order in which a danger at home in the first coalition rings them."""
    found = ring_order(turns, home=frozenset({COALITIONS[0]}), language=language, danger=True, moment=START)
    return [one.person.handle for one in found]


def test_the_deputy_steps_in_for_who_is_away_and_nobody_is_a_gap() -> None:
    away = answerer(1, away=((START - HOUR, START + HOUR),))
    shared = turn(away, answerer(2))
    assert [(one.person.handle, one.role) for one in who_answers([shared], START)] == [("p2", Role.DEPUTY)]
    assert [one.person.handle for one in who_answers([shared], START + HOUR)] == ["p1"]
    weekdays = turn(answerer(3), weekdays="01234")
    gaps = [planned.day.weekday() for planned in plan_of([weekdays], date(2026, 11, 23)) if planned.gap]
    assert gaps == [5, 6, 5, 6]


def test_a_turn_begins_and_ends_at_midnight_where_its_person_lives() -> None:
    one_day = turn(answerer(1, 0), starts_on=date(2026, 11, 23), ends_on=date(2026, 11, 23))
    dhaka = ZoneInfo("Asia/Dhaka")
    inside = [datetime(2026, 11, 23, 0, 0, tzinfo=dhaka), datetime(2026, 11, 23, 23, 59, tzinfo=dhaka)]
    outside = [datetime(2026, 11, 22, 23, 59, tzinfo=dhaka), datetime(2026, 11, 24, 0, 0, tzinfo=dhaka)]
    assert [one_day.runs_at(moment.astimezone(UTC)) for moment in inside + outside] == [True, True, False, False]


def test_home_comes_first_then_who_is_awake_then_who_speaks_the_language() -> None:
    # 03:00 UTC: morning in Dhaka and Phnom Penh, night in New York.
    home = turn(answerer(1, 3), answerer(2, 3))
    asleep = turn(answerer(3, 3, languages=("km",)), coalition=1)
    awake = turn(answerer(4, 1), answerer(5, 1), coalition=2)
    assert order(asleep, awake, home, language="km") == ["p1", "p2", "p4", "p5", "p3"]
    both_awake = turn(answerer(6, 0, languages=("km",)), coalition=1)
    assert order(both_awake, awake, home, language="km") == ["p1", "p2", "p6", "p4", "p5"]


def test_a_person_on_two_rosters_stands_in_the_order_once() -> None:
    both = answerer(1)
    assert order(turn(both, answerer(2)), turn(answerer(3), both, coalition=1)) == ["p1", "p2", "p3"]


SOMEBODY = st.builds(
    lambda number, place, able, start, length: answerer(
        number,
        place,
        able=able,
        away=((START + start * HOUR, START + (start + length) * HOUR),) if length else (),
    ),
    st.integers(0, 7),
    st.integers(0, 5),
    st.sampled_from([True, True, False]),
    st.integers(-20, 60),
    st.sampled_from([0, 0, 5, 40]),
)
ROSTERS = st.lists(
    st.builds(
        lambda duty, deputy, coalition, weekdays: turn(duty, deputy, coalition=coalition, weekdays=weekdays),
        SOMEBODY,
        st.none() | SOMEBODY,
        st.integers(0, 2),
        st.sampled_from(["0123456", "01234", "56"]),
    ),
    min_size=1,
    max_size=4,
)


@settings(max_examples=60, deadline=None)
@given(rosters=ROSTERS, running=st.sampled_from(Clock), own=st.none() | st.integers(0, 7))
def test_no_late_promise_stays_without_a_ring_while_anybody_can_answer(
    rosters: list[Turn], running: Clock, own: int | None
) -> None:
    filer = uuid.UUID(int=200 + own) if own is not None else None
    appeal: Any = SimpleNamespace(
        clock=running, language="en", filer_organisation_id=filer, workers_organisation_id=None
    )
    alarm = Alarm("triage", START)
    rung: list[Any] = []
    step = timedelta(minutes=15) if running is Clock.DANGER else HOUR
    for tick in range(120 if running is Clock.DANGER else 24 * 6):
        now = START + tick * step
        ringable = {
            person.person_id
            for each in rosters
            if each.runs_at(now)
            for person in (each.duty, each.deputy)
            if person and person.can_answer(now) and person.organisation_id != filer
        }
        call = next_call(Ringing(appeal, [alarm], {alarm: rung}), rosters, frozenset({COALITIONS[0]}), now)
        waited = not rung or now >= rung[-1].rung_at + BETWEEN_RINGS[running]
        fresh = ringable - {ring.person_id for ring in rung}
        if call is None:
            # In danger nobody who can answer is passed over once the time has come.
            assert not (running is Clock.DANGER and waited and fresh)
            continue
        person = call.whom.person
        assert waited and person.person_id in fresh and person.can_answer(now)
        assert running is Clock.DANGER or person.is_at_work(now)
        rung.append(SimpleNamespace(person_id=person.person_id, rung_at=now))
    everybody_always = {
        person.person_id
        for each in rosters
        if each.weekdays == "0123456"
        for person in (each.duty, each.deputy)
        if person and person.able and not person.away and person.organisation_id != filer
    }
    others_same_id = {p.person_id for each in rosters for p in (each.duty, each.deputy) if p and (not p.able or p.away)}
    assert rung or not everybody_always - others_same_id
    assert len({ring.person_id for ring in rung}) == len(rung)
