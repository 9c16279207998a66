"""Countries as people write them."""

from __future__ import annotations

import pytest

from network_app.targets.rules.countries import all_countries, country_at_the_end, is_country, read_country


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("Bangladesh", "BD"),
        ("BANGLADESH ", "BD"),
        ("bd", "BD"),
        ("BGD", "BD"),
        ("050", "BD"),
        ("বাংলাদেশ", "BD"),
        ("Viet Nam", "VN"),
        ("VN - Vietnam", "VN"),
        ("中国", "CN"),
        ("P.R. China", "CN"),
        ("柬埔寨", "KH"),
        ("Cambodge", "KH"),
        ("Camboya", "KH"),
        ("Kambodscha", "KH"),
        ("កម្ពុជា", "KH"),
        ("Türkei", "TR"),
        ("TURKIYE", "TR"),
        ("Turquie", "TR"),
        ("U.S.A.", "US"),
        ("England", "GB"),
        ("Republic of Korea", "KR"),
        ("Hong Kong", "HK"),
        ("Taiwan, R.O.C.", "TW"),
        ("Côte d'Ivoire", "CI"),
        ("Myanmar (Burma)", "MM"),
        ("Lao PDR", "LA"),
        ("Bosnia & Herzegovina", "BA"),
    ],
)
def test_a_country_is_read_in_many_ways(written: str, code: str) -> None:
    read = read_country(written)
    assert read is not None
    assert (read.code, read.guessed) == (code, False)


@pytest.mark.parametrize(
    ("written", "code"),
    [("Bangaldesh", "BD"), ("Phillipines", "PH"), ("Indonesai", "ID"), ("Ethopia", "ET"), ("কম্বোডিযা", "KH")],
)
def test_a_misspelled_country_is_read_and_said_to_be_a_guess(written: str, code: str) -> None:
    read = read_country(written)
    assert read is not None
    assert (read.code, read.guessed) == (code, True)


@pytest.mark.parametrize("written", ["", "-", "N/A", "Atlantis", "Slovania", "Nigera", "EN", "China / India"])
def test_what_is_not_clear_is_not_guessed(written: str) -> None:
    assert read_country(written) is None


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("Plot 4, Gazipur, BANGLADESH;", "BD"),
        ("Ho Chi Minh City, Viet Nam 70000", "VN"),
        ("Suite 4, Los Angeles, CA 90012", None),
        ("Peachtree Street, Atlanta, Georgia", None),
        ("Jordan", None),
    ],
)
def test_a_country_at_the_end_of_an_address(address: str, code: str | None) -> None:
    assert country_at_the_end(address) == code


def test_only_countries_can_be_chosen() -> None:
    assert is_country("BD") and not is_country("EU") and not is_country("ZZ")
    assert 240 <= len(all_countries()) <= 255
