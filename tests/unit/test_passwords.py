"""Which passwords are refused, with the reason, and which are let be."""

from __future__ import annotations

import pytest

from members.rules.passwords import TOO_COMMON, TOO_EVEN, TOO_NEAR, why_easy_to_guess
from members.use_cases import passwords
from members.use_cases.passwords import hash_password, make_password, password_matches
from network_app.core.errors import Invalid, TooMany

AROUND = ("Mekong Network", "sokha", "sokha.chan@union.example", "Cambodian Garment Workers")


@pytest.mark.parametrize(
    "password",
    [
        "password",
        "Password1234567!",
        "P@ssw0rd2024!!!!",
        "passwordpassword",
        "iloveyoubaby1234",
        "correct horse battery staple",
        "Bangladesh!1971",
        "letmein-letmein-letmein",
        "29381047561928374",
        "motdepasse123456",
    ],
)
def test_what_is_tried_first_is_refused(password: str) -> None:
    assert why_easy_to_guess(password) is TOO_COMMON


@pytest.mark.parametrize(
    "password",
    [
        "aaaaaaaaaaaaaaaa",
        "abcabcabcabcabc",
        "1234567890123456",
        "qwertyuiopasdfgh",
        "zyxwvutsrqponml",
        "1q2w3e4r5t6y7u8i",
        "ababababababababa",
    ],
)
def test_rows_and_repeats_are_refused(password: str) -> None:
    assert why_easy_to_guess(password) is TOO_EVEN


@pytest.mark.parametrize(
    "password",
    ["mekongnetwork2026", "Sokha-Sokha-2026", "sokha.chan@union.example", "cambodiangarment!", "M3k0ngN3tw0rk!!"],
)
def test_what_stands_around_the_person_is_refused(password: str) -> None:
    assert why_easy_to_guess(password, AROUND) in (TOO_NEAR, TOO_COMMON)
    if "mekong" in password.lower():
        assert why_easy_to_guess(password) is None


@pytest.mark.parametrize(
    "password",
    [
        "violets over the gate",
        "four quiet bicycles under rain",
        "আমার ঘরের জানালায় চড়ুই",
        "ខ្ញុំចូលចិត្តផ្កាឈូក",
        "kx4-9vd-lmq-72w-bz",
        "sewing machines hum while sparrows argue",
        "no capital no figure no sign",
    ],
)
def test_a_phrase_needs_neither_figures_nor_signs(password: str) -> None:
    assert why_easy_to_guess(password, AROUND) is None
    assert password_matches(hash_password(password, context=AROUND), password)


def test_fifteen_characters_alone_and_eight_beside_a_second_factor() -> None:
    with pytest.raises(Invalid, match="15"):
        hash_password("plumkettle-9x")
    assert hash_password("plumkettle-9x", alone=False)
    with pytest.raises(Invalid, match="8"):
        hash_password("plum-9x", alone=False)


def test_long_ones_are_taken_up_to_256_and_count_to_the_last_character() -> None:
    phrase = "lamp oil and paper boats " * 10 + "sailed"
    assert len(phrase) == 256 and password_matches(hash_password(phrase), phrase)
    assert not password_matches(hash_password(phrase), phrase[:-1] + "x")
    with pytest.raises(Invalid):
        hash_password(phrase + "x")


def test_the_same_word_from_two_keyboards_is_the_same_password() -> None:
    assert password_matches(hash_password("une journe\u0301e tre\u0300s calme"), "une journ\u00e9e tr\u00e8s calme")


def test_a_made_password_is_never_one_that_is_refused() -> None:
    assert not [made for made in (make_password() for _ in range(300)) if why_easy_to_guess(made, AROUND)]


def test_what_is_stored_costs_a_guesser_what_the_storage_guides_ask() -> None:
    # OWASP: Argon2id with at least 19 MiB and two passes.
    assert passwords.KIBIBYTES >= 19 * 1024 and passwords.PASSES >= 2
    assert hash_password("violets over the gate").startswith("$argon2id$")


def test_when_too_many_wait_the_next_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    from threading import BoundedSemaphore

    full = BoundedSemaphore(1)
    full.acquire()
    monkeypatch.setattr(passwords, "_waiting", full)
    with pytest.raises(TooMany):
        password_matches(None, "violets over the gate")


@pytest.mark.parametrize("size", [1_000, 100_000])
def test_a_very_long_one_is_refused_without_being_read_to_the_end(size: int) -> None:
    with pytest.raises(Invalid):
        hash_password("ab c" * size)
