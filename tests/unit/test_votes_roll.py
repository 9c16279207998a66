"""Who has one vote on a roll, and how a rule is put into words."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from network_app.core.i18n import use_language
from network_app.votes.rules import POSITIONS, Ground
from network_app.votes.rules.deciding import CHARTER, Charter, Voice, decide
from network_app.votes.rules.positions import ground_of
from network_app.votes.rules.roll import Seat, Standing, seats, voices
from network_app.votes.rules.sentences import missing
from tests.factories.vote_profiles import AGREE, frozen, many


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
