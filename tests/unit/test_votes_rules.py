"""The rule of DOMAIN 4, enumerated in full for small rolls and searched with Hypothesis for larger ones."""

from __future__ import annotations

import os
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from network_app.core.i18n import use_language
from network_app.votes.rules import POSITIONS, Ground, Position
from network_app.votes.rules.deciding import CHARTER, Charter, Clause, ClauseKind, Frozen, Voice, decide
from network_app.votes.rules.positions import ground_of
from network_app.votes.rules.roll import Seat, Standing, seats, voices
from network_app.votes.rules.sentences import missing, sentence

AGREE, RESERVE, ASIDE, ABSTAIN, BLOCK = (
    Position.AGREE,
    Position.AGREE_WITH_RESERVATION,
    Position.STAND_ASIDE,
    Position.ABSTAIN,
    Position.BLOCK,
)
Said = Position | None
# From agreement to refusal; what stands in one group counts the same.
RANK: dict[Said, int] = {AGREE: 3, RESERVE: 3, None: 2, ABSTAIN: 2, ASIDE: 1, BLOCK: 0}
ANYTHING: tuple[Said, ...] = tuple(RANK)


def frozen(sizes: dict[str, int], **more: object) -> Frozen:
    """A roll of blocs of these sizes; the country of each vote is its bloc."""
    roll = tuple(Voice(f"{bloc}{n}", bloc, bloc) for bloc, size in sizes.items() for n in range(size))
    return Frozen(roll=roll, network=True, active_organisations=len(roll), **more)  # type: ignore[arg-type]


def decided(rule: Frozen, said: tuple[Said, ...]) -> bool:
    positions = {voice.key: position for voice, position in zip(rule.roll, said, strict=True) if position}
    return decide(rule, positions).adopted


SMALL_ROLLS = {
    "two blocs of three": frozen({"a": 3, "b": 3}),
    "four and two, the two affected": frozen({"a": 4, "b": 2}, affected=("b",)),
    "three pairs, one affected that consented in writing": frozen(
        {"a": 2, "b": 2, "c": 2}, affected=("c",), written_consents=frozenset({"c"})
    ),
    "two blocks needed, so that stand-asides and blocks differ": frozen(
        {"a": 3, "b": 3}, charter=Charter(blocks_that_stop=2)
    ),
}


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


def spread(number: int, choices: tuple[Said, ...], length: int) -> list[Said]:
    """The digits of `number` as positions: one draw instead of one for each vote, which is ten times as fast."""
    said = []
    for _ in range(length):
        number, digit = divmod(number, len(choices))
        said.append(choices[digit])
    return said


@st.composite
def votes(draw: st.DrawFn) -> tuple[Frozen, list[Said]]:
    """A roll of up to 48 votes, and what they said, often leaning to agreement so that adoption is not rare."""
    sizes = draw(st.lists(st.integers(1, 12), min_size=1, max_size=4))
    bits = draw(st.integers(0, 2**10 - 1))
    names = "abcd"[: len(sizes)]
    rule = Frozen(
        roll=frozen(dict(zip(names, sizes, strict=True))).roll,
        network=bool(bits & 1),
        active_organisations=sum(sizes) * draw(st.integers(1, 5)),
        affected=tuple(name for n, name in enumerate(names) if bits & 4 << n),
        written_consents=frozenset(name for n, name in enumerate(names) if bits & 64 << n),
        charter=Charter(blocks_that_stop=2 if bits & 2 else 1),
    )
    leaning = draw(st.sampled_from([ANYTHING, (AGREE, RESERVE, AGREE, None, ASIDE), (AGREE, AGREE, ABSTAIN, BLOCK)]))
    return rule, spread(draw(st.integers(0, len(leaning) ** 48)), leaning, len(rule.roll))


# Under a minute for everybody's machine; the full count where nothing may be skipped.
many = settings(max_examples=2_000 if os.environ.get("REQUIRE_ALL") == "1" else 200, deadline=None)


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
def test_who_exactly_said_it_does_not_matter_within_a_bloc(vote: tuple[Frozen, list[Said]], random: object) -> None:
    rule, said = vote
    mixed = list(said)
    for bloc in rule.blocs():
        places = [n for n, voice in enumerate(rule.roll) if voice.bloc == bloc]
        values = [said[n] for n in places]
        random.shuffle(values)  # type: ignore[attr-defined]
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


def test_the_missing_sentence_says_what_and_where_with_numbers() -> None:
    rule = frozen({"KH": 6, "DE": 6}, affected=("KH",))
    decision = decide(rule, {f"DE{n}": AGREE for n in range(6)})
    with use_language("en"):
        assert missing(decision.clauses, str) == (
            "Not adopted if it closed now. No organisation in Cambodia, where the workers are, agrees, "
            "and none consented in writing."
        )
        assert "adopted" in missing((), str)


def test_a_written_consent_of_the_filer_stands_in_for_the_first_voice_of_an_affected_country() -> None:
    sizes = {"a": 3, "b": 3}
    positions = {f"{bloc}{n}": AGREE for bloc in sizes for n in range(3)}
    assert not decide(frozen(sizes, affected=("KH",)), positions).adopted
    assert decide(frozen(sizes, affected=("KH",), written_consents=frozenset({"KH"})), positions).adopted


def test_the_charter_survives_freezing() -> None:
    assert Charter.from_data(CHARTER.as_data()) == CHARTER


def test_each_position_and_ground_can_be_said_in_a_word() -> None:
    assert [facts.word for facts in POSITIONS.values()] == ["agree", "reservation", "aside", "abstain", "block"]
    assert ground_of("safety: two organisers were followed") is Ground.SAFETY
    assert ground_of("it is unwise") is None and ground_of("") is None


# ---------------------------------------------------------------- the roll


def of(family: str | None, name: str, country: str, side: str, bloc: str | None = None) -> Standing:
    return Standing(name, name, country, bloc or country, side, family)


def test_affiliates_of_one_family_share_one_vote() -> None:
    roll = seats(
        [of("F", "one", "BD", "production"), of("F", "two", "BD", "production"), of(None, "x", "BD", "market")], ()
    )
    assert len(voices(roll)) == 2
    assert {seat.organisation: (seat.voice, seat.speaks) for seat in roll} == {
        "one": ("one", True),
        "two": ("one", True),
        "x": ("x", True),
    }


def test_the_shared_vote_sits_with_the_affected_workers_and_a_buying_country_cannot_cast_it() -> None:
    family = [
        of("F", "berlin", "DE", "market"),
        of("F", "dhaka", "BD", "production"),
        of("F", "penh", "KH", "production"),
    ]
    places = {seat.organisation: seat for seat in seats(family, ["KH"])}
    assert {name: seat.speaks for name, seat in places.items()} == {"berlin": False, "dhaka": False, "penh": True}
    assert {seat.voice for seat in places.values()} == {"penh"}
    assert voices(places.values()) == (Voice("penh", "KH", "KH"),)
    assert {s.organisation for s in seats(family, []) if s.speaks} == {"dhaka"}


@many
@given(
    st.lists(
        st.builds(
            of,
            st.sampled_from([None, "F", "G"]),
            st.text("abcdefghij", min_size=3, max_size=8),
            st.sampled_from(["KH", "BD", "DE"]),
            st.sampled_from(["production", "both", "market"]),
        ),
        unique_by=lambda one: one.organisation,
        max_size=20,
    )
)
def test_no_roll_has_more_votes_than_families_and_single_organisations(standing: list[Standing]) -> None:
    roll = seats(standing, ["KH"])
    counted = voices(roll)
    assert len(counted) == len({one.family or one.organisation for one in standing})
    assert len(roll) == len(standing) and {seat.voice for seat in roll} == {voice.key for voice in counted}
    assert all(any(s.speaks for s in roll if s.voice == voice.key) for voice in counted)
    assert all(isinstance(seat, Seat) for seat in roll)
