"""Readers of the public record that lies beside them (data/README.md says whose it is); they know no database."""

from __future__ import annotations

import csv
import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from network_app.targets.rules import Confidence, Evidence, FacilityStatus, Side, Stance, TargetKind, Topic
from network_app.targets.use_cases.public_record import AliasRow, BrandRow, FactRow, ParentRow, WageRow

DATA = Path(__file__).parent / "data"
SHAREALIKE = "WikiRate answers (Fashion Checker), CC BY-SA 4.0"
ATTRIBUTION = "WikiRate answers (Facility Checker), CC BY 4.0"


@dataclass(frozen=True)
class FacilityList:
    """One supplier list, in the bytes in which it was handed in."""

    name: str
    data: bytes
    source: str


@dataclass(frozen=True)
class Said:
    """What one side says about a claim."""

    said_by: Side
    stance: Stance
    text: str
    said_on: dt.date | None
    ended_on: dt.date | None
    source: str


@dataclass(frozen=True)
class BuyerClaim:
    """A claim that a brand bought at a workplace, with everything that was said to it."""

    brand: str
    evidence: Evidence
    claim: str
    first_seen: dt.date | None
    last_seen: dt.date | None
    confidence: Confidence
    source: str
    statements: list[Said]


@dataclass(frozen=True)
class CaseFacility:
    """The workplace of a documented case, who owns it and who is said to buy there."""

    case: str
    facility: str
    country: str
    address: str
    owner: str | None
    owner_country: str | None
    status: FacilityStatus
    status_since: dt.date | None
    source: str
    claims: list[BuyerClaim]


def brands() -> list[BrandRow]:
    """The companies, each with its WikiRate answer named."""
    return [
        BrandRow(row["company"], row["hq_country"] or None, f"{SHAREALIKE}, company {row['wikirate_id']}")
        for row in _rows("brands.csv")
    ]


def aliases() -> list[AliasRow]:
    """Other names of these companies."""
    return [AliasRow(row["alias"], row["company"]) for row in _rows("brand_aliases.csv")]


def parents() -> list[ParentRow]:
    """Who is said to own which label."""
    investors = {row["company"] for row in _rows("investors.csv")}
    return [
        ParentRow(
            parent=row["parent"],
            brand=row["brand"],
            year=int(row["year"]),
            source=f"{ATTRIBUTION}, answer of {row['year']}",
            parent_kind=TargetKind.FINANCIER if row["parent"] in investors else TargetKind.BRAND,
        )
        for row in _rows("brand_parents.csv")
    ]


def facts() -> list[FactRow]:
    """Who promised to pay for cancelled orders, and how many companies signed each accord."""
    payup = [
        FactRow(row["brand"], Topic.PAYUP, row["status"], row["as_of"], "#PayUp list of that day", row["hq_country"])
        for row in _rows("payup_2020-09-18.csv")
    ]
    accords = [
        FactRow(
            name=row["agreement"],
            topic=Topic.SIGNATORIES,
            value=row["company_signatories"],
            as_of=row["date"],
            source=row["source"],
            kind=TargetKind.SCHEME,
        )
        for row in _rows("accord_signatories.csv")
    ]
    return payup + accords


def wages() -> list[WageRow]:
    """What factories pay, in per cent of a living wage, to one decimal."""
    return [
        WageRow(
            factory=row["factory"],
            country=row["country"],
            year=int(row["year"]),
            percent=f"{float(row['wage_percent_of_living_wage_benchmark']):.1f}",
            source=f"{SHAREALIKE} (Clean Clothes Campaign metric)",
        )
        for row in _rows("factory_wages.csv")
    ]


def facility_lists() -> list[FacilityList]:
    """The supplier lists, in the order of their numbers."""
    files = sorted((DATA / "facility_lists").glob("list_*.csv"), key=lambda file: int(file.stem.split("_")[1]))
    return [
        FacilityList(
            name=f"Supplier list {file.stem.split('_')[1]}",
            data=file.read_bytes(),
            source=f"Open Supply Hub, contributed list {file.stem.split('_')[1]}, MIT",
        )
        for file in files
    ]


def case_facilities() -> list[CaseFacility]:
    """The workplaces of the documented cases, with both sides of each sourcing claim."""
    return [
        CaseFacility(
            **{
                **entry,
                "status": FacilityStatus(entry["status"]),
                "status_since": _day(entry["status_since"]),
                "claims": [_claim(claim) for claim in entry["claims"]],
            }
        )
        for entry in json.loads((DATA / "sourcing_claims.json").read_text("utf-8"))
    ]


def _claim(entry: dict[str, Any]) -> BuyerClaim:
    return BuyerClaim(
        brand=entry["brand"],
        evidence=Evidence(entry["evidence"]),
        claim=entry["claim"],
        first_seen=_day(entry["first_seen"]),
        last_seen=_day(entry["last_seen"]),
        confidence=Confidence(entry["confidence"]),
        source=entry["source"],
        statements=[_said(one) for one in entry["statements"]],
    )


def _said(entry: dict[str, Any]) -> Said:
    return Said(
        said_by=Side(entry["said_by"]),
        stance=Stance(entry["stance"]),
        text=entry["text"],
        said_on=_day(entry["said_on"]),
        ended_on=_day(entry["ended_on"]),
        source=entry["source"],
    )


def _day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
