"""The rule of DOMAIN 4, enumerated in full for small rolls and searched with Hypothesis for larger ones."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from network_app.votes.rules.deciding import CHARTER, Clause, ClauseKind, Frozen, Voice, decide
from network_app.votes.rules.sentences import sentence
from tests.factories.vote_profiles import (
    ABSTAIN,
    AGREE,
    ANYTHING,
    ASIDE,
    BLOCK,
    RANK,
    RESERVE,
    SMALL_ROLLS,
    Said,
    decided,
    frozen,
    many,
    spread,
    votes,
)


@pytest.mark.parametrize("rule", SMALL_ROLLS.values(), ids=SMALL_ROLLS.keys())
def test_no_move_towards_agreement_undoes_adoption_and_none_away_causes_it(rule: Frozen) -> None:
    adopted = {said: decided(rule, said) for said in product(ANYTHING, repeat=len(rule.roll))}
    assert len(adopted) == 6**6 and any(adopted.values()) and not all(adopted.values())
    for said, result in adopted.items():
        if result:
            for place, position in enumerate(said):
                for nearer in ANYTHING:
                    if RANK[nearer] >= RANK[position]:
                        moved = (*said[:place], nearer, *said[place + 1 :])
                        assert adopted[moved], f"{said} is adopted and {moved} is not"


@many
@given(votes(), st.data())
def test_a_single_move_is_monotone_on_large_rolls_too(vote: tuple[Frozen, list[Said]], data: st.DataObject) -> None:
    rule, said = vote
    place = data.draw(st.integers(0, len(said) - 1))
    other = data.draw(st.sampled_from(ANYTHING))
    moved = (*said[:place], other, *said[place + 1 :])
    low, high = sorted((tuple(said), moved), key=lambda s: RANK[s[place]])
    assert decided(rule, high) >= decided(rule, low)


@many
@given(votes(), st.data())
def test_silence_counts_as_abstaining_and_a_reservation_as_agreement(
    vote: tuple[Frozen, list[Said]], data: st.DataObject
) -> None:
    rule, said = vote
    twin: dict[Said, Said] = {None: ABSTAIN, ABSTAIN: None, AGREE: RESERVE, RESERVE: AGREE}
    chosen = data.draw(st.integers(0, 2**48))
    swapped = tuple(twin.get(one, one) if chosen >> n & 1 else one for n, one in enumerate(said))
    assert decided(rule, tuple(said)) == decided(rule, swapped)


@many
@given(votes())
def test_enough_blocks_or_one_from_an_affected_country_always_stop_it(vote: tuple[Frozen, list[Said]]) -> None:
    rule, said = vote
    blocking = [voice for voice, one in zip(rule.roll, said, strict=True) if one is BLOCK]
    if len(blocking) >= rule.charter.blocks_that_stop or any(v.country in rule.affected for v in blocking):
        positions = {v.key: one for v, one in zip(rule.roll, said, strict=True) if one}
        decision = decide(rule, positions)
        assert not decision.adopted and decision.word == "BLOCKED"


@many
@given(votes(), st.data())
def test_market_side_votes_cannot_adopt_over_a_silent_production_bloc(
    vote: tuple[Frozen, list[Said]], data: st.DataObject
) -> None:
    rule, said = vote
    production = data.draw(st.sampled_from(rule.blocs()))
    quiet = spread(data.draw(st.integers(0, 2**48)), (None, ABSTAIN), len(said))
    silenced = tuple(
        nothing if voice.bloc == production else one for voice, one, nothing in zip(rule.roll, said, quiet, strict=True)
    )
    assert not decided(rule, silenced)


@many
@given(votes(), st.randoms(use_true_random=False))
def test_who_exactly_said_it_does_not_matter_within_a_bloc(
    vote: tuple[Frozen, list[Said]], shuffled: random.Random
) -> None:
    rule, said = vote
    mixed = list(said)
    for bloc in rule.blocs():
        places = [n for n, voice in enumerate(rule.roll) if voice.bloc == bloc]
        values = [said[n] for n in places]
        shuffled.shuffle(values)
        for n, value in zip(places, values, strict=True):
            mixed[n] = value
    assert decided(rule, tuple(said)) == decided(rule, tuple(mixed))


@many
@given(votes())
def test_every_vote_is_counted_exactly_once(vote: tuple[Frozen, list[Said]]) -> None:
    rule, said = vote
    positions = {v.key: one for v, one in zip(rule.roll, said, strict=True) if one} | {"a stranger": BLOCK}
    decision = decide(rule, positions)
    assert decision.whole.votes == len(rule.roll) == sum(c.votes for c in decision.by_bloc.values())


@many
@given(votes())
def test_each_clause_that_is_named_really_stands_against_adoption_and_none_is_left_out(
    vote: tuple[Frozen, list[Said]],
) -> None:
    """Safety: a statement that named a wrong reason would send people to talk to the wrong organisation."""
    rule, said = vote
    decision = decide(rule, {v.key: one for v, one in zip(rule.roll, said, strict=True) if one})
    possible = [Clause(kind, about) for kind in ClauseKind for about in abouts(rule, kind)]
    assert [(c.kind, c.about) for c in decision.clauses] == [
        (c.kind, c.about) for c in possible if lacks(rule, said, c)
    ]
    for clause in decision.clauses:
        assert clause == Clause.from_data(clause.as_data())
        assert "%" not in sentence(clause, str.upper) and sentence(clause, str.upper)


def abouts(rule: Frozen, kind: ClauseKind) -> list[str]:
    if kind is ClauseKind.AFFECTED_NOT_CARRIED:
        return list(rule.affected)
    return rule.blocs() if kind in (ClauseKind.BLOC_INQUORATE, ClauseKind.BLOC_NOT_CARRIED) else [""]


def lacks(rule: Frozen, said: list[Said], clause: Clause) -> bool:
    """The clause worked out again with fractions, from the list of positions."""
    group = [one for voice, one in zip(rule.roll, said, strict=True) if clause.about in ("", voice.bloc)]
    agree = sum(one in (AGREE, RESERVE) for one in group)
    against = sum(one in (ASIDE, BLOCK) for one in group)
    carried = agree + against == 0 or Fraction(agree, agree + against) >= Fraction(2, 3)
    affected = any(one is BLOCK and v.country in rule.affected for v, one in zip(rule.roll, said, strict=True))
    small = rule.network and (len(rule.blocs()) < 2 or Fraction(rule.active_organisations, 4) > len(group))
    unheard = agree == 0 and clause.about not in rule.written_consents
    return {
        ClauseKind.BLOCKED: affected or said.count(BLOCK) >= rule.charter.blocks_that_stop,
        ClauseKind.AFFECTED_NOT_CARRIED: unheard or not carried,
        ClauseKind.INQUORATE: small or agree == 0 or Fraction(agree, len(group)) < Fraction(1, 3),
        ClauseKind.BLOC_INQUORATE: agree == 0 or Fraction(agree, len(group)) < Fraction(1, 4),
        ClauseKind.TOO_MUCH_RESERVE: Fraction(against, len(group)) > Fraction(1, 3),
        ClauseKind.BLOC_NOT_CARRIED: not carried,
    }[clause.kind]


def test_thresholds_are_exact_for_every_roll_up_to_300() -> None:
    for n in range(1, 301):
        for y in range(n + 1):
            assert (y >= max(1, CHARTER.quorum.needed(n))) == (y > 0 and Fraction(y, n) >= Fraction(1, 3))
            assert (y >= max(1, CHARTER.bloc_quorum.needed(n))) == (y > 0 and Fraction(y, n) >= Fraction(1, 4))
            assert (y > CHARTER.reserve_limit.allowed(n)) == (Fraction(y, n) > Fraction(1, 3))
            assert (y >= CHARTER.carried.needed(n)) == (Fraction(y, n) >= Fraction(2, 3))


def test_a_vote_of_the_exact_two_thirds_passes_and_one_less_fails_up_to_300() -> None:
    for n in range(3, 301):
        roll = tuple(Voice(str(i), "a", "a") for i in range(n))
        rule = Frozen(roll=roll, network=False)
        needed = -(-2 * n // 3)
        for y, adopted in ((needed, True), (needed - 1, False)):
            positions = {v.key: AGREE if i < y else ASIDE for i, v in enumerate(roll)}
            assert decide(rule, positions).adopted is adopted, (n, y)


@pytest.mark.parametrize("network", [True, False])
@pytest.mark.parametrize("said", [None, ABSTAIN])
@pytest.mark.parametrize("sizes", [{}, {"a": 1}, {"a": 5, "b": 7}])
def test_a_vote_in_which_nobody_agrees_is_inquorate(network: bool, said: Said, sizes: dict[str, int]) -> None:
    rule = Frozen(roll=frozen(sizes).roll, network=network)
    positions = {voice.key: said for voice in rule.roll} if said else {}
    decision = decide(rule, positions)
    assert ClauseKind.INQUORATE in [clause.kind for clause in decision.clauses]
    assert decision.word == "INQUORATE"


def test_the_clauses_that_hold_are_all_named_in_the_order_of_the_charter() -> None:
    rule = frozen({"kh": 3, "de": 3}, affected=("kh",))
    decision = decide(rule, {"kh0": BLOCK, "de0": ASIDE, "de1": BLOCK})
    assert [(c.kind.value, c.about) for c in decision.clauses] == [
        ("BLOCKED", ""),
        ("AFFECTED_NOT_CARRIED", "kh"),
        ("INQUORATE", ""),
        ("BLOC_INQUORATE", "de"),
        ("BLOC_INQUORATE", "kh"),
        ("TOO_MUCH_RESERVE", ""),
        ("BLOC_NOT_CARRIED", "de"),
        ("BLOC_NOT_CARRIED", "kh"),
    ]
