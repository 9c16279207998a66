"""Moments are told on the reader's wall, through every change of summer time; deadlines skip the recipient's rest."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from network_app.core import workdays
from network_app.core.i18n import moment_text, use_language, use_zone, zone_text
from network_app.core.workdays import add_working_days, holidays_of, is_working_day, is_working_hour, rest_of
from network_app.core.zones import known_zones, zone_named, zone_of_country, zones_of_country
from urgent_appeals.rules.emergency import COUNTRIES, ELSEWHERE

ZONES = {
    "BD": "Asia/Dhaka",
    "KH": "Asia/Phnom_Penh",
    "IN": "Asia/Kolkata",
    "DE": "Europe/Berlin",
    "US": "America/New_York",
    "LS": "Africa/Maseru",
}
MOMENTS = st.datetimes(datetime(2025, 1, 1), datetime(2028, 12, 1), timezones=st.just(UTC))


def test_each_country_keeps_its_zone_and_a_stranger_reads_utc() -> None:
    noon = datetime(2026, 7, 1, 12, tzinfo=UTC)
    assert {country: zone_of_country(country).key for country in ZONES} == ZONES
    assert moment_text(noon) == "1 Jul 2026, 12:00 UTC"
    with use_zone(zone_of_country("BD")):
        assert moment_text(noon) == "1 Jul 2026, 18:00 Bangladesh Time"
    with use_zone(zone_of_country("KH")), use_language("bn"):
        assert "19:00" in moment_text(noon) and "কম্বোডিয়া" in moment_text(noon)
    assert zone_of_country(ELSEWHERE).key == zone_of_country(None).key == "UTC"
    assert zone_text(zone_of_country("DE")) == "Germany (Berlin) Time"


def test_the_hour_that_comes_twice_says_which_one_it_is() -> None:
    first, second = (datetime(2026, 10, 25, hour, 30, tzinfo=UTC) for hour in (0, 1))
    told = [moment_text(moment, ZoneInfo("Europe/Berlin")) for moment in (first, second)]
    assert told == [f"25 Oct 2026, 02:30 Germany (Berlin) Time ({offset})" for offset in ("+0200", "+0100")]


@given(moments=st.lists(MOMENTS, min_size=2, max_size=2, unique=True), country=st.sampled_from(sorted(ZONES)))
def test_two_minutes_are_never_told_alike(moments: list[datetime], country: str) -> None:
    one, other = (moment.replace(second=0, microsecond=0) for moment in moments)
    with use_zone(zone_of_country(country)):
        assert (moment_text(one) == moment_text(other)) == (one == other)


def test_a_zone_nobody_knows_is_no_zone() -> None:
    assert zone_named("Europe/Nowhere") is None and zone_named("../../etc/passwd") is None and zone_named("") is None
    assert all(zone_named(name) for name in known_zones())
    assert zones_of_country("US")[0] == "America/New_York" and "America/Chicago" in zones_of_country("US")


@given(start=MOMENTS, days=st.integers(1, 30), country=st.sampled_from(sorted(ZONES)), more=st.integers(0, 3))
def test_a_deadline_in_working_days_ends_on_a_working_day_there_and_never_earlier_for_more_days(
    start: datetime, days: int, country: str, more: int
) -> None:
    end = add_working_days(start, days, country)
    zone = zone_of_country(country)
    assert is_working_day(end.astimezone(zone).date(), country)
    assert start + timedelta(days=days, hours=-1) <= end <= add_working_days(start, days + more, country)
    between = [start.astimezone(zone).date() + timedelta(days=n) for n in range(1, 90)]
    counted = [day for day in between if day <= end.astimezone(zone).date() and is_working_day(day, country)]
    assert len(counted) == days


def test_the_day_is_counted_where_the_recipient_lives() -> None:
    # Wednesday evening in London is Thursday in Dhaka: the next working day there is Sunday.
    start = datetime(2026, 11, 18, 19, tzinfo=UTC)
    assert add_working_days(start, 1, "BD").astimezone(zone_of_country("BD")).date() == date(2026, 11, 22)
    assert add_working_days(start, 1, "GB").date() == date(2026, 11, 19)


def test_a_deadline_keeps_its_hour_through_summer_time() -> None:
    friday = datetime(2026, 3, 27, 14, tzinfo=ZoneInfo("Europe/Berlin")).astimezone(UTC)
    assert add_working_days(friday, 1, "DE").astimezone(ZoneInfo("Europe/Berlin")).hour == 14


@pytest.mark.parametrize(
    ("country", "day"),
    [
        ("BD", date(2026, 3, 26)),
        ("BD", date(2026, 3, 21)),
        ("KH", date(2026, 4, 14)),
        ("IN", date(2026, 11, 8)),
        ("DE", date(2026, 10, 3)),
        ("US", date(2026, 11, 26)),
        ("CN", date(2026, 2, 17)),
        ("TR", date(2026, 10, 29)),
    ],
)
def test_nobody_is_expected_to_work_on_a_great_holiday(country: str, day: date) -> None:
    assert not is_working_day(day, country)


def test_the_table_knows_where_clothes_are_made_and_sold_and_says_from_where_it_knows() -> None:
    unknown = {country for country in COUNTRIES if rest_of(country) is None}
    assert not unknown
    for country in workdays.countries_known():
        rest = rest_of(country)
        assert rest is not None and "holidays/countries/" in rest.source and 1 <= len(rest.weekend) <= 2
        # Ukraine keeps no public holiday under martial law.
        assert country == "UA" or len(holidays_of(country, 2026)) >= 3
    assert any(holiday.reckoned for holiday in holidays_of("BD", 2027))
    assert {day.year for day in rest_of("BD").days} == {*range(workdays.FIRST_YEAR, workdays.LAST_YEAR + 1)}  # type: ignore[union-attr]  # asserted above


def test_fridays_are_free_in_dhaka_and_saturdays_in_kathmandu_only() -> None:
    friday, saturday, sunday = date(2026, 11, 20), date(2026, 11, 21), date(2026, 11, 22)
    assert [is_working_day(day, "BD") for day in (friday, saturday, sunday)] == [False, False, True]
    assert [is_working_day(day, "NP") for day in (friday, saturday, sunday)] == [True, False, True]
    assert [is_working_day(day, "XX") for day in (friday, saturday, sunday)] == [True, False, False]


def test_working_hours_are_nine_to_five_on_working_days() -> None:
    zone = zone_of_country("KH")
    monday = datetime(2026, 11, 30, tzinfo=zone)
    assert [hour for hour in range(24) if is_working_hour(monday.replace(hour=hour), "KH")] == [*range(9, 17)]
    assert not is_working_hour(monday.replace(day=29, hour=10), "KH")
