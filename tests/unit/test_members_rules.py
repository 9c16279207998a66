"""Rules of members on plain values."""

from __future__ import annotations

import pytest

from members.rules import (
    TRANSITIONS,
    OrganisationStatus,
    Side,
    Standing,
    check_transition,
    clean_address,
    clean_handle,
    fold,
    pool_blocs,
)
from network_app.core.errors import Conflict, Invalid


def blocs(**sizes: int) -> list[Standing]:
    """Standings of blocs named p_x (production) and m_x (market)."""
    side = {"p": Side.PRODUCTION, "m": Side.MARKET, "b": Side.BOTH}
    return [Standing(name, side[name[0]]) for name, size in sizes.items() for _ in range(size)]


def test_blocs_of_five_stay_alone() -> None:
    assert pool_blocs(blocs(p_a=5, p_b=9, m_c=5)) == {"p_a": "p_a", "p_b": "p_b", "m_c": "m_c"}


def test_a_small_bloc_joins_the_smallest_of_its_side() -> None:
    pooled = pool_blocs(blocs(p_a=2, p_b=9, p_c=6, m_d=5))
    assert pooled == {"p_a": "p_a+p_c", "p_c": "p_a+p_c", "p_b": "p_b", "m_d": "m_d"}


def test_small_blocs_join_each_other_until_they_are_five() -> None:
    pooled = pool_blocs(blocs(p_a=1, p_b=2, p_c=3, p_d=8))
    assert pooled["p_a"] == pooled["p_b"] == pooled["p_c"] == "p_a+p_b+p_c"
    assert pooled["p_d"] == "p_d"


def test_a_small_bloc_alone_on_its_side_stays_its_own() -> None:
    # Safety: pooling it with the other side would let the market outvote the few where the work is done.
    assert pool_blocs(blocs(p_a=2, m_b=20)) == {"p_a": "p_a", "m_b": "m_b"}


def test_a_small_bloc_looks_past_another_that_has_nowhere_to_go() -> None:
    pooled = pool_blocs(blocs(m_a=1, p_b=2, p_c=6))
    assert pooled == {"m_a": "m_a", "p_b": "p_b+p_c", "p_c": "p_b+p_c"}


def test_pooling_does_not_depend_on_the_order_of_members() -> None:
    members = blocs(p_a=2, p_b=2, p_c=6, m_d=1, m_e=4, b_f=3)
    assert pool_blocs(members) == pool_blocs(reversed(members))


def test_no_members_make_no_blocs() -> None:
    assert pool_blocs([]) == {}


@pytest.mark.parametrize("twin", ["ro\u212a@x.org", "d\u0131ana@x.org", "a@\u0435xample.org", "\uff41@x.org"])
def test_look_alike_letters_never_make_an_address(twin: str) -> None:
    with pytest.raises(Invalid):
        clean_address(twin)


@pytest.mark.parametrize(
    "address", ["", "a", "a@", "@b", "a b@c.org", "a@b@c", "a@b\r\nBcc: x@y", "a@b.org\x00", "x" * 65 + "@b.org"]
)
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(Invalid):
        clean_address(address)


def test_addresses_and_handles_have_one_written_form() -> None:
    assert clean_address(" Rahima@Example.ORG ") == "rahima@example.org"
    assert clean_handle(" Sok.Dara ") == "sok.dara"


@pytest.mark.parametrize("handle", ["", "-a", "a-", "Rahima Begum", "а", "x" * 41, "a\nb", "a@b", "..", "ſara"])
def test_what_is_no_handle_is_refused(handle: str) -> None:
    with pytest.raises(Invalid):
        clean_handle(handle)


def test_search_forgets_case_and_latin_accents_but_no_vowel_of_bengali_or_khmer() -> None:
    assert fold("Délégués ÉLUS") == "delegues elus"
    assert fold("শ্রমিক") == "শ্রমিক"
    assert fold("កម្មករ") == "កម្មករ"


def test_who_left_stays_gone_and_every_status_has_a_row() -> None:
    assert set(TRANSITIONS) == set(OrganisationStatus)
    check_transition(OrganisationStatus.DORMANT, OrganisationStatus.ACTIVE)
    with pytest.raises(Conflict):
        check_transition(OrganisationStatus.LEFT, OrganisationStatus.ACTIVE)
