"""What the workers allow, and the brakes in their hands."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from network_app.core.errors import Conflict, GateShut, Invalid, NotFound
from network_app.core.permissions import Actor, Duty
from tests.factories.members import make_actor, make_organisation
from tests.factories.urgent_appeals import allow, make_appeal, make_region, make_verified
from urgent_appeals.models import AppealMessage
from urgent_appeals.queries.case import case_audience, consent_holds, consents_of
from urgent_appeals.queries.filer import filer_view
from urgent_appeals.queries.queue import appeal_queue
from urgent_appeals.rules.consent import PUBLIC_USES, Use
from urgent_appeals.rules.stages import Stage
from urgent_appeals.use_cases.brakes import ask_to_stop, resume_appeal, stop_everything, take_back
from urgent_appeals.use_cases.consent import (
    record_consent,
    resume_publication,
    second_consent,
    stop_publication,
    withdraw_consent,
)


def test_a_consent_holds_until_it_is_taken_back(session: Session) -> None:
    region = make_region(session)
    appeal = make_verified(session, region, uses=("name_to_target",))
    assert consent_holds(session, appeal.id, "name_to_target")
    assert appeal.ready_at is not None
    withdraw_consent(session, Actor.filer(appeal.id), use="name_to_target")
    assert not consent_holds(session, appeal.id, "name_to_target")


def test_taking_a_narrow_consent_back_ends_the_wider_ones(session: Session) -> None:
    region = make_region(session)
    appeal = make_verified(session, region, uses=tuple(Use))
    assert all(consent_holds(session, appeal.id, use) for use in Use)
    withdraw_consent(session, region.triager, use="share_with_network", ref=appeal.ref)
    held = {use for use in Use if consent_holds(session, appeal.id, use)}
    assert held == {Use.SHARE_WITH_TEAM, Use.NAME_TO_TARGET, Use.TARGET_MAY_TELL_FACTORY}


def test_one_refusal_outweighs_every_yes(session: Session) -> None:
    region = make_region(session)
    appeal = make_verified(session, region, uses=("publish", "share_with_network"))
    allow(session, region.triager, appeal, "publish", basis="family", granted=False)
    assert not consent_holds(session, appeal.id, "publish")


def test_a_consent_ends_on_its_day(session: Session, clock: Any) -> None:
    from network_app.core.clock import now

    region = make_region(session)
    appeal = make_verified(session, region)
    today = now(session).date()
    with pytest.raises(Invalid) as refusal:
        allow(session, region.triager, appeal, "name_to_target", expires_on=today - timedelta(days=1))
    assert refusal.value.field == "expires_on"
    allow(session, region.triager, appeal, "name_to_target", expires_on=today + timedelta(days=1))
    assert consent_holds(session, appeal.id, "name_to_target")
    clock.move(timedelta(days=2))
    assert not consent_holds(session, appeal.id, "name_to_target")


def test_vital_interest_needs_a_second_person_and_lasts_three_days(session: Session, clock: Any) -> None:
    region = make_region(session)
    appeal = make_verified(session, region, clock="danger")
    allow(session, region.triager, appeal, "name_to_target", basis="vital_interest")
    record = next(each for each in consents_of(session, appeal.id) if each.use is Use.NAME_TO_TARGET)
    assert not consent_holds(session, appeal.id, "name_to_target")
    with pytest.raises(Conflict):
        second_consent(session, region.triager, consent_id=record.id)
    second_consent(session, region.confirmer, consent_id=record.id)
    assert consent_holds(session, appeal.id, "name_to_target")
    clock.move(timedelta(hours=72))
    assert not consent_holds(session, appeal.id, "name_to_target")


def test_only_the_case_team_records_consent(session: Session) -> None:
    region = make_region(session)
    appeal = make_verified(session, region, share_with_network=True)
    with pytest.raises(NotFound):
        allow(session, region.stranger, appeal, "publish")
    with pytest.raises(Invalid):
        record_consent(
            session, region.triager, ref=appeal.ref, use="everything", basis="self", giver="x", how="x", language="en"
        )


def test_the_filer_stops_publication_at_once(session: Session) -> None:
    region = make_region(session)
    appeal = make_verified(session, region, uses=tuple(Use))
    stop_publication(session, Actor.filer(appeal.id))
    held = {use for use in Use if consent_holds(session, appeal.id, use)}
    assert held == set(Use) - PUBLIC_USES
    assert not appeal.possibly_coerced
    resume_publication(session, region.triager, ref=appeal.ref, how="called the known number")
    assert consent_holds(session, appeal.id, "publish")
    notes = session.scalars(select(AppealMessage.kind).where(AppealMessage.appeal_id == appeal.id)).all()
    assert notes == ["note"]


def test_a_brake_soon_after_an_arrest_is_marked_for_the_team_only(session: Session, clock: Any) -> None:
    from tests.factories.urgent_appeals import make_filed
    from urgent_appeals.use_cases.receipts import open_receipt

    soon, late = make_filed(session, clock="danger"), make_filed(session, clock="danger")
    stop_publication(session, Actor.filer(soon.appeal.id))
    assert soon.appeal.possibly_coerced
    receipt = open_receipt(session, typed=soon.receipt or "", caller="a")
    assert receipt is not None
    assert "coerc" not in repr(filer_view(session, receipt.id))
    clock.move(timedelta(hours=73))
    stop_publication(session, Actor.filer(late.appeal.id))
    assert not late.appeal.possibly_coerced


def test_any_organisation_of_the_workers_country_may_stop_publication(session: Session) -> None:
    region = make_region(session)
    appeal = make_verified(session, region, share_with_network=True)
    neighbour = make_actor(session, make_organisation(session, country="KH"), Duty.VOTE)
    with pytest.raises(NotFound):
        stop_publication(session, region.stranger, ref=appeal.ref)
    stop_publication(session, neighbour, ref=appeal.ref)
    assert appeal.publication_stopped_at is not None


def test_stop_everything_shuts_all_but_the_team(session: Session) -> None:
    region = make_region(session)
    appeal = make_verified(session, region, uses=tuple(Use), share_with_network=True)
    ask_to_stop(session, Actor.filer(appeal.id))
    assert appeal.stage is Stage.ACCEPTED
    stop_everything(session, region.triager, ref=appeal.ref, how="met them")
    assert appeal.stage is Stage.PAUSED_BY_WORKERS
    assert {use for use in Use if consent_holds(session, appeal.id, use)} == {Use.SHARE_WITH_TEAM}
    assert case_audience(session, region.stranger, appeal) is None
    assert appeal_queue(session, region.stranger).total == 0
    resume_appeal(session, region.triager, ref=appeal.ref, how="met them again")
    assert appeal.stage is Stage.ACCEPTED
    assert consent_holds(session, appeal.id, "name_to_target")
    assert not consent_holds(session, appeal.id, "publish")


def test_an_unverified_appeal_can_be_taken_back_a_running_one_not(session: Session) -> None:
    region = make_region(session)
    fresh, running = make_appeal(session), make_verified(session, region)
    take_back(session, Actor.filer(fresh.id))
    assert fresh.stage is Stage.WITHDRAWN
    with pytest.raises(Conflict):
        take_back(session, Actor.filer(running.id))


def test_a_paused_unverified_appeal_stays_unverified(session: Session) -> None:
    region, appeal = make_region(session), make_appeal(session)
    stop_everything(session, region.triager, ref=appeal.ref, how="met them")
    appeal.stage_before = Stage.ACTIVE
    with pytest.raises(GateShut):
        resume_appeal(session, region.triager, ref=appeal.ref, how="met them again")
