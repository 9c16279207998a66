"""How well the matcher tells workplaces apart, on pairs that people labelled by hand."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from network_app.targets.rules.matching import PROPOSE_FROM, Register, describe, fingerprint, likeness

PAIRS = Path(__file__).parents[1] / "data" / "facility_match_pairs.json"


def proposed(one: dict[str, str], other: dict[str, str]) -> bool:
    """Whether a person would be asked about this pair."""
    register: Register[str] = Register()
    register.add("one", one["country"].upper(), describe(one["name"], one["address"]))
    return register.best(other["country"].upper(), describe(other["name"], other["address"])) is not None


def test_precision_and_recall_stay_above_the_floor(capsys: pytest.CaptureFixture[str]) -> None:
    pairs = json.loads(PAIRS.read_text("utf-8"))
    right = sum(proposed(*pair) for pair in pairs["match"])
    wrong = sum(proposed(*pair) for pair in pairs["distinct"])
    precision, recall = right / (right + wrong), right / len(pairs["match"])
    with capsys.disabled():
        print(
            f"\nfacility matching: precision {precision:.2f}, recall {recall:.2f}"
            f" ({right} of {len(pairs['match'])} matches, {wrong} of {len(pairs['distinct'])} others proposed)"
        )
    assert precision >= 0.85
    assert recall >= 0.80


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Voguetex (Pvt) Ltd", "Udukawa, Weligama"), ("VOGUE TEX PVT LTD", "Udukawa Industrial Estate, Weligama")),
        (("Rem Tekstil A.Ş.", "İnönü Mah. 12, Manisa"), ("REM TEKSTIL", "Inonu mahallesi no 12 Manisa")),
        (("ভিয়েলাটেক্স লিমিটেড", "গাজীপুর সদর, ঢাকা"), ("ভিয়েলাটেক্স লিঃ", "গাজীপুর সদর ঢাকা")),
    ],
)
def test_spellings_of_one_workplace_are_proposed(one: tuple[str, str], other: tuple[str, str]) -> None:
    assert likeness(describe(*one), describe(*other)) >= PROPOSE_FROM


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Star Garments Ltd", "Plot 4, EPZ, Dhaka"), ("Moon Garments Ltd", "Plot 4, EPZ, Dhaka")),
        (("Soorty Ltd Unit 6", "Sector 15, Korangi, Karachi"), ("Soorty Ltd Unit 10", "Sector 15, Korangi, Karachi")),
        (("Felix", "Lot 10, Utique, Bizerte"), ("Felix", "Beni Khiar, Nabeul")),
        (("Rahman Knitwear", "Dhaka"), ("Rahim Textiles", "Dhaka")),
    ],
)
def test_neighbours_and_units_are_not(one: tuple[str, str], other: tuple[str, str]) -> None:
    assert likeness(describe(*one), describe(*other)) < PROPOSE_FROM


def test_hong_kong_is_looked_for_in_china_too_but_no_other_country_is_mixed() -> None:
    register: Register[int] = Register()
    register.add(1, "HK", describe("Sun Beam Garments", "27 Shing Yip Street, Kwun Tong"))
    same = describe("Sun Beam Garments Ltd", "27 Shing Yip St, Kwun Tong")
    assert register.best("CN", same) is not None
    assert register.best("VN", same) is None


def test_the_same_writing_has_the_same_fingerprint() -> None:
    one = fingerprint("BD", describe("A.B. Garments Ltd.", "Road 1, Dhaka"))
    assert one == fingerprint("BD", describe("AB GARMENTS LIMITED", "road 1 dhaka"))
    assert one != fingerprint("BD", describe("AB Garments Ltd", "Road 2, Dhaka"))
    assert one != fingerprint("LK", describe("A.B. Garments Ltd.", "Road 1, Dhaka"))


def test_a_long_register_is_searched_in_reasonable_time() -> None:
    register: Register[int] = Register()
    records = [describe(f"Mill{at * 7919} Garments Ltd", f"Plot {at}, Konabari, Gazipur") for at in range(4_000)]
    started = time.perf_counter()
    for at, record in enumerate(records):
        register.best("BD", record)
        register.add(at, "BD", record)
    assert time.perf_counter() - started < 20
