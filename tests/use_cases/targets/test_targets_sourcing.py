"""Claims about who buys where: both sides are kept, and a conflict shows."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy.orm import Session

from network_app.core.errors import Conflict, Invalid, NotAllowed
from network_app.core.permissions import Actor
from network_app.targets.queries import links_of_facility, links_of_target
from network_app.targets.rules import Evidence, LinkState, Side, Stance
from network_app.targets.use_cases.sourcing import (
    claim_sourcing,
    record_brand_statement,
    record_statement,
    review_link,
)
from tests.factories.targets import SYSTEM, make_facility, make_link, make_target

JULY_2019 = dt.date(2019, 7, 31)


def test_both_sides_of_violet_apparel_are_kept_and_the_conflict_shows(session: Session) -> None:
    violet = make_facility(session, name="Violet Apparel Co. Ltd.")
    nike, matalan, c_and_a = (make_target(session, name=name) for name in ("Nike Inc.", "Matalan", "C&A"))
    testimony = make_link(
        session, target_id=nike.id, facility_id=violet.id, claim="Workers sewed for it until late 2019."
    )
    listed = make_link(session, target_id=matalan.id, facility_id=violet.id, evidence=Evidence.PUBLISHED_REPORT)
    ended = make_link(session, target_id=c_and_a.id, facility_id=violet.id, last_seen=dt.date(2019, 6, 1))
    record_statement(
        session, SYSTEM, link_id=testimony.id, said_by=Side.WORKERS, stance=Stance.SUPPORTS, text="We sewed it."
    )
    record_brand_statement(session, SYSTEM, link_id=testimony.id, text="Not since 2006.", said_on=None)
    record_brand_statement(
        session,
        SYSTEM,
        link_id=ended.id,
        text="It ended in July 2019.",
        said_on=dt.date(2020, 10, 19),
        stance=Stance.SAYS_ENDED,
        ended_on=JULY_2019,
    )
    assert [link.target.name for link in links_of_facility(session, violet.id)] == ["C&A", "Matalan", "Nike Inc."]
    assert [one.text for one in testimony.statements] == ["We sewed it.", "Not since 2006."]
    assert testimony.in_conflict and testimony.state is LinkState.UNREVIEWED
    assert not listed.in_conflict
    assert not ended.in_conflict
    ended.last_seen = dt.date(2019, 11, 1)
    assert ended.in_conflict


def test_several_claims_about_one_brand_and_place_stand_side_by_side(session: Session) -> None:
    first = make_link(session)
    second = make_link(
        session, target_id=first.target_id, facility_id=first.facility_id, evidence=Evidence.LABEL, claim="A label."
    )
    assert {link.id for link in links_of_target(session, first.target_id)} == {first.id, second.id}


def test_a_review_needs_a_reason_and_follows_the_table(session: Session) -> None:
    link = make_link(session)
    with pytest.raises(Invalid):
        review_link(session, SYSTEM, link_id=link.id, state=LinkState.CONFIRMED, note=" ")
    review_link(session, SYSTEM, link_id=link.id, state=LinkState.CONFIRMED, note="Two labels and an order sheet.")
    assert link.state is LinkState.CONFIRMED and link.reviewed_at is not None
    for state in (LinkState.CONFIRMED, LinkState.UNREVIEWED):
        with pytest.raises(Conflict):
            review_link(session, SYSTEM, link_id=link.id, state=state, note="Again.")
    review_link(session, SYSTEM, link_id=link.id, state=LinkState.ENDED, note="They left.", ended_on=JULY_2019)
    assert (link.state, link.ended_on) == (LinkState.ENDED, JULY_2019)
    review_link(session, SYSTEM, link_id=link.id, state=LinkState.DISPUTED, note="Labels were found later.")
    assert link.ended_on is None


def test_what_a_brand_says_changes_no_state_and_no_earlier_word(session: Session) -> None:
    link = make_link(session)
    review_link(session, SYSTEM, link_id=link.id, state=LinkState.CONFIRMED, note="Labels.")
    claim = link.claim
    record_brand_statement(session, SYSTEM, link_id=link.id, text="We deny it.", said_on=None)
    assert link.state is LinkState.CONFIRMED and link.claim == claim


def test_days_in_the_wrong_order_and_empty_claims_are_refused(session: Session) -> None:
    for values, field in (
        ({"first_seen": dt.date(2020, 1, 2), "last_seen": dt.date(2020, 1, 1)}, "last_seen"),
        ({"claim": ""}, "claim"),
        ({"source": ""}, "source"),
    ):
        with pytest.raises(Invalid) as refusal:
            make_link(session, **values)
        assert refusal.value.field == field


def test_only_people_with_the_duty_claim_and_review(session: Session) -> None:
    link = make_link(session)
    nobody = Actor.nobody()
    with pytest.raises(NotAllowed):
        review_link(session, nobody, link_id=link.id, state=LinkState.CONFIRMED, note="x")
    with pytest.raises(NotAllowed):
        record_brand_statement(session, nobody, link_id=link.id, text="x", said_on=None)
    with pytest.raises(NotAllowed):
        claim_sourcing(
            session,
            nobody,
            target_id=link.target_id,
            facility_id=link.facility_id,
            evidence=Evidence.LABEL,
            claim="x",
            source="x",
        )
