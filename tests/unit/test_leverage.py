"""Leverage on plain values: who is asked and why, what spares an organisation, what is never lost."""

from __future__ import annotations

import dataclasses
import random
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from network_app.core.i18n import use_language
from urgent_appeals.rules.leverage import (
    REACHING,
    CaseFacts,
    Leverage,
    MemberFacts,
    Reason,
    ReasonKind,
    RestCause,
    TargetFacts,
    in_words,
    leverage,
)


def number(value: int) -> UUID:
    return UUID(int=value)


NIKE = TargetFacts(number(1), "Nike Inc.", "brand", "US", frozenset({"DE", "JP"}), named=("Converse", "Nike Inc."))
OWNER = TargetFacts(number(2), "Ramatex Group", "owner", "SG")
ASIA = number(90)

WORKERS = MemberFacts(number(10), "Union in Phnom Penh", "KH", frozenset({"km"}), frozenset({ASIA}))
AMERICAN = MemberFacts(number(11), "American union", "US", frozenset({"en"}))
GERMAN = MemberFacts(number(12), "German network", "DE", frozenset({"de"}))
SINGAPORE = MemberFacts(number(13), "Singapore centre", "SG", frozenset({"en"}))
INDONESIAN = MemberFacts(number(14), "Indonesian federation", "ID", frozenset({"id"}), frozenset({ASIA}))
PERUVIAN = MemberFacts(number(15), "Peruvian union", "PE", frozenset({"es"}))
EVERYONE = (WORKERS, AMERICAN, GERMAN, SINGAPORE, INDONESIAN, PERUVIAN)

HARM = CaseFacts(danger=False, own=frozenset({WORKERS.id}), coalitions=frozenset({ASIA}))
DANGER = CaseFacts(danger=True, own=frozenset({WORKERS.id}), coalitions=frozenset({ASIA}))


def kinds(answer: Leverage) -> dict[str, set[ReasonKind]]:
    return {one.member.name: {reason.kind for reason in one.reasons} for one in answer.asked}


def changed(member: MemberFacts, **values: Any) -> MemberFacts:
    return dataclasses.replace(member, **values)


def test_each_organisation_is_asked_for_its_own_reason_and_no_other_is_asked() -> None:
    answer = leverage(HARM, [NIKE, OWNER], EVERYONE)
    assert kinds(answer) == {
        "American union": {ReasonKind.BRAND_HOME},
        "German network": {ReasonKind.BRAND_MARKET},
        "Singapore centre": {ReasonKind.OWNER_HOME},
        "Indonesian federation": {ReasonKind.SAME_COALITION},
    }
    assert answer.owners == {NIKE.id: AMERICAN.id, OWNER.id: SINGAPORE.id}
    assert answer.orphans == ()


def test_who_got_an_answer_before_owns_the_target_rather_than_a_neighbour() -> None:
    experienced = changed(PERUVIAN, answers_from=frozenset({NIKE.id}), load=3)
    answer = leverage(HARM, [NIKE], [AMERICAN, experienced])
    assert answer.owners[NIKE.id] == experienced.id
    assert kinds(answer)["Peruvian union"] == {ReasonKind.ANSWERED_BEFORE}


def test_campaigning_and_the_filers_wish_are_reasons_of_their_own() -> None:
    campaigning = changed(PERUVIAN, campaigns_on=frozenset({OWNER.id}))
    case = CaseFacts(danger=False, asked=frozenset({GERMAN.id}))
    answer = leverage(case, [OWNER], [campaigning, GERMAN])
    assert kinds(answer) == {
        "Peruvian union": {ReasonKind.CAMPAIGNS},
        "German network": {ReasonKind.ASKED_BY_FILER},
    }


def test_a_target_that_nobody_reaches_is_an_orphan_even_when_many_are_asked() -> None:
    answer = leverage(HARM, [NIKE, OWNER], [INDONESIAN, GERMAN])
    assert [one.name for one in answer.orphans] == ["Ramatex Group"]


def test_a_language_asks_the_least_busy_reader_and_not_everybody() -> None:
    case = CaseFacts(danger=False, languages=frozenset({"en"}))
    busy, free = (
        changed(PERUVIAN, languages=frozenset({"en"}), load=4),
        changed(INDONESIAN, languages=frozenset({"en"})),
    )
    assert kinds(leverage(case, [NIKE], [GERMAN, busy, free])) == {
        "German network": {ReasonKind.BRAND_MARKET},
        "Indonesian federation": {ReasonKind.LANGUAGE},
    }


def test_a_language_is_only_mentioned_where_somebody_asked_reads_it_anyway() -> None:
    case = CaseFacts(danger=False, languages=frozenset({"en"}))
    idle = changed(PERUVIAN, languages=frozenset({"en"}))
    answer = leverage(case, [NIKE], [AMERICAN, idle])
    assert kinds(answer) == {"American union": {ReasonKind.BRAND_HOME, ReasonKind.LANGUAGE}}


def test_the_monthly_cap_rests_the_busy_and_says_so() -> None:
    busy = changed(AMERICAN, load=4, cap=4)
    answer = leverage(HARM, [NIKE], [busy])
    assert answer.asked == ()
    assert [one.rests for one in answer.resting] == [RestCause.AT_CAP]
    assert answer.orphans == (NIKE,)


def test_the_cap_never_binds_on_the_danger_clock() -> None:
    busy = changed(AMERICAN, load=400, cap=4)
    assert [one.member for one in leverage(DANGER, [NIKE], [busy]).asked] == [busy]


def test_an_opt_out_from_one_target_leaves_the_other_reasons() -> None:
    choosy = changed(AMERICAN, opted_out_of=frozenset({NIKE.id}), campaigns_on=frozenset({OWNER.id}))
    assert kinds(leverage(HARM, [NIKE, OWNER], [choosy])) == {"American union": {ReasonKind.CAMPAIGNS}}


@pytest.mark.parametrize("kind", list(ReasonKind))
def test_every_reason_has_words_and_survives_being_kept(kind: ReasonKind) -> None:
    reason = Reason(kind, "C&A", "NL", "km")
    assert Reason.from_json(reason.as_json()) == reason
    with use_language("en"):
        assert "%(" not in in_words(reason) and in_words(reason)


def test_a_reason_is_said_in_the_readers_language() -> None:
    with use_language("bn"):
        assert "মার্কিন যুক্তরাষ্ট্র" in in_words(Reason(ReasonKind.BRAND_HOME, "Nike Inc.", "US"))


# ------------------------------------------------------------------ whatever the network looks like

COUNTRIES = st.sampled_from(["KH", "US", "DE", "SG", "BD", "NL"])
IDS = st.integers(1, 6).map(number)
COALITIONS = st.frozensets(st.integers(90, 93).map(number), max_size=2)
LANGUAGES = st.frozensets(st.sampled_from(["en", "km", "bn"]), max_size=2)


@st.composite
def targets(draw: st.DrawFn) -> list[TargetFacts]:
    rows = draw(
        st.lists(
            st.tuples(
                st.sampled_from(["brand", "owner", "authority"]),
                st.none() | COUNTRIES,
                st.frozensets(COUNTRIES, max_size=3),
            ),
            max_size=5,
        )
    )
    return [TargetFacts(number(place), f"T{place}", *row) for place, row in enumerate(rows, start=1)]


@st.composite
def members(draw: st.DrawFn) -> list[MemberFacts]:
    rows = draw(
        st.lists(
            st.tuples(
                COUNTRIES,
                LANGUAGES,
                COALITIONS,
                st.frozensets(IDS, max_size=2),
                st.frozensets(IDS, max_size=2),
                st.integers(0, 5),
                st.none() | st.integers(0, 5),
                st.booleans(),
                st.frozensets(IDS, max_size=2),
            ),
            max_size=9,
        )
    )
    return [MemberFacts(number(place), f"M{place}", *row) for place, row in enumerate(rows, start=100)]


CASES = st.builds(
    CaseFacts,
    danger=st.booleans(),
    own=st.frozensets(st.integers(100, 104).map(number), max_size=2),
    coalitions=COALITIONS,
    languages=LANGUAGES,
    asked=st.frozensets(st.integers(100, 108).map(number), max_size=2),
)


@given(CASES, targets(), members(), st.randoms(use_true_random=False))
def test_the_order_of_the_lists_changes_nothing(
    case: CaseFacts, targets: list[TargetFacts], members: list[MemberFacts], dice: random.Random
) -> None:
    before = leverage(case, targets, members)
    dice.shuffle(targets)
    dice.shuffle(members)
    assert leverage(case, targets, members) == before


@given(CASES, targets(), members())
def test_nobody_is_asked_twice_or_without_a_reason_or_about_the_own_case(
    case: CaseFacts, targets: list[TargetFacts], members: list[MemberFacts]
) -> None:
    answer = leverage(case, targets, members)
    asked = [one.member.id for one in answer.asked]
    assert len(asked) == len(set(asked))
    assert all(one.reasons and len(set(one.reasons)) == len(one.reasons) for one in answer.asked)
    assert not case.own & set(asked)


@given(CASES, targets(), members())
def test_opt_outs_always_hold_and_the_cap_holds_unless_people_are_in_danger(
    case: CaseFacts, targets: list[TargetFacts], members: list[MemberFacts]
) -> None:
    answer = leverage(case, targets, members)
    assert not any(one.member.opted_out or one.reaches & one.member.opted_out_of for one in answer.asked)
    over = [one for one in answer.asked if one.member.cap is not None and one.member.load >= one.member.cap]
    assert case.danger or not over
    assert not case.danger or not any(one.rests is RestCause.AT_CAP for one in answer.resting)


@given(CASES, targets(), members())
def test_every_target_has_an_owner_who_reaches_it_or_is_named_as_an_orphan(
    case: CaseFacts, targets: list[TargetFacts], members: list[MemberFacts]
) -> None:
    answer = leverage(case, targets, members)
    reach = {one.member.id: one.reaches for one in answer.asked}
    orphans = {one.id for one in answer.orphans}
    assert orphans | set(answer.owners) == {one.id for one in targets}
    assert not orphans & set(answer.owners)
    assert all(target in reach[owner] for target, owner in answer.owners.items())
    assert not any(orphans & one.reaches for one in answer.asked)


@given(CASES, targets(), members())
def test_the_groups_of_the_preview_hold_everybody_once(
    case: CaseFacts, targets: list[TargetFacts], members: list[MemberFacts]
) -> None:
    answer = leverage(case, targets, members)
    grouped = [one for _, group in answer.grouped() for one in group]
    assert sorted(one.member.name for one in grouped) == sorted(one.member.name for one in answer.asked)


@given(CASES, targets(), members())
def test_reaching_a_target_always_has_a_reason_that_names_it(
    case: CaseFacts, targets: list[TargetFacts], members: list[MemberFacts]
) -> None:
    names = {one.id: one.name for one in targets}
    for one in leverage(case, targets, members).asked:
        assert {names[target] for target in one.reaches} == {r.target for r in one.reasons if r.kind in REACHING}
