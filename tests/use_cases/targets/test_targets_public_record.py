"""Public lists about companies: what sources say is kept, and taken over only where it is clear."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from network_app.demo import public_data
from network_app.targets.models import ParentClaim, PublicFact, Target
from network_app.targets.queries import answering_company, facility_named, find_target
from network_app.targets.rules import TargetKind, Topic
from network_app.targets.use_cases.public_record import (
    AliasRow,
    BrandRow,
    FactRow,
    ParentRow,
    WageRow,
    load_aliases,
    load_brands,
    load_facts,
    load_parents,
    load_wages,
)
from tests.factories.targets import SYSTEM


def brands(*names: str) -> list[BrandRow]:
    """Companies led from Spain."""
    return [BrandRow(name, "ES", "list of 2024") for name in names]


def owned(brand: str, parent: str, year: int = 2020, kind: TargetKind = TargetKind.BRAND) -> ParentRow:
    """One answer about an owner."""
    return ParentRow(parent, brand, year, "answer", kind)


def answers_for(session: Session, name: str) -> str:
    """Who answers for the company of this name."""
    target = find_target(session, name)
    assert target is not None
    return answering_company(session, target.id).name


def test_the_newest_answer_holds_and_older_ones_are_kept(session: Session) -> None:
    load_brands(session, SYSTEM, brands("Inditex", "Speedo"))
    rows = [owned("Speedo", "Oldco", 2019), owned("Speedo", "Newco", 2021), owned("Bershka", "Inditex")]
    assert load_parents(session, SYSTEM, rows) == 2
    assert load_parents(session, SYSTEM, rows) == 0
    assert (answers_for(session, "Speedo"), answers_for(session, "Bershka")) == ("Newco", "Inditex")
    assert session.scalar(select(func.count()).select_from(ParentClaim)) == 3


def test_answers_that_disagree_or_come_from_a_licensee_wait_for_a_person(session: Session) -> None:
    load_brands(session, SYSTEM, brands("George", "Levi Strauss", "Dr Martens"))
    load_parents(
        session,
        SYSTEM,
        [
            owned("George", "Asda"),
            owned("George", "Walmart"),
            owned("Levi Strauss", "Genesco"),
            owned("Dockers", "Levi Strauss"),
            owned("Dr Martens", "Permira", kind=TargetKind.FINANCIER),
            owned("Inditex", "Inditex"),
            owned("Unknown", "Stranger"),
        ],
    )
    for name in ("George", "Levi Strauss", "Dr Martens"):
        assert answers_for(session, name) == name
    assert answers_for(session, "Dockers") == "Levi Strauss"
    assert find_target(session, "Stranger") is None


def test_owners_in_a_circle_do_no_harm(session: Session) -> None:
    load_brands(session, SYSTEM, brands("One", "Two"))
    load_parents(session, SYSTEM, [owned("One", "Two"), owned("Two", "One")])
    assert answers_for(session, "One") == "One"


def test_aliases_that_mean_another_company_are_passed_over(session: Session) -> None:
    load_brands(session, SYSTEM, brands("Nike Inc.", "Puma"))
    rows = [AliasRow("Swoosh", "Nike"), AliasRow("Puma", "Nike"), AliasRow("x", "Nobody")]
    assert load_aliases(session, SYSTEM, rows) == 1
    assert load_aliases(session, SYSTEM, rows) == 0
    found = find_target(session, "swoosh")
    assert found is not None and found.name == "Nike Inc."


def test_facts_and_wages_carry_day_and_source_and_are_kept_once(session: Session) -> None:
    fact = FactRow("Fresh Brand", Topic.PAYUP, "no_commitment", "2020-09-18", "a list", "GB")
    wage = WageRow("Apple Apparel", "KH", 2023, "31.0", "an answer")
    for added in (1, 0):
        assert load_facts(session, SYSTEM, [fact]) == added
        assert load_wages(session, SYSTEM, [wage]) == added
    target = find_target(session, "Fresh Brand")
    facility = facility_named(session, "APPLE APPAREL", "KH")
    assert target is not None and target.home_country == "GB" and str(target.facts[0].words) == "No commitment"
    assert facility is not None and facility.facts[0].value == "31.0"


def test_our_own_public_record_loads_whole_and_only_once(session: Session) -> None:
    for _ in range(2):
        load_brands(session, SYSTEM, public_data.brands())
        load_aliases(session, SYSTEM, public_data.aliases())
        load_parents(session, SYSTEM, public_data.parents())
        load_facts(session, SYSTEM, public_data.facts())
    led = session.scalar(select(func.count()).where(Target.home_country.is_not(None))) or 0
    assert led >= 265
    assert session.scalar(select(func.count()).select_from(PublicFact)) == 39 + 6
    assert answers_for(session, "Zara") == "Inditex"
    assert answers_for(session, "Bershka") == "Inditex"
    assert answers_for(session, "Converse") == "Nike Inc."
    assert answers_for(session, "Levi Strauss & Co.") == "Levi Strauss & Co."
    names = {name for (name,) in session.execute(select(Target.name))}
    assert {row.name for row in public_data.brands()} <= names


def test_the_documented_cases_have_both_sides() -> None:
    violet = next(one for one in public_data.case_facilities() if one.case == "violet-apparel-2020")
    assert [claim.brand for claim in violet.claims] == ["Nike Inc.", "Matalan", "C&A"]
    assert [len(claim.statements) for claim in violet.claims] == [2, 0, 1]
    assert all(claim.source for one in public_data.case_facilities() for claim in one.claims)
