"""Naming the workplace: by what a person has at hand, and a wrong word is asked back at its field."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from network_app.core.errors import Invalid
from tests.factories.response import World, make_case, make_world
from tests.factories.targets import make_facility
from urgent_appeals.use_cases.triage import name_facility


@pytest.fixture
def world(session: Session) -> World:
    world = make_world(session)
    make_case(session, world)
    return world


def test_the_workplace_is_named_by_reference_or_by_name_in_its_country(session: Session, world: World) -> None:
    made = make_facility(session, name="PT Jaba Garmindo", country=world.case.country)
    for words in (made.ref, made.ref.lower(), " PT. JABA  GARMINDO "):
        world.case.facility_id = None
        assert name_facility(session, world.coordinator, ref=world.ref, facility=words).facility_id == made.id


def test_an_unknown_name_and_one_that_several_have_are_asked_back_at_the_field(session: Session, world: World) -> None:
    for _ in range(2):
        make_facility(session, name="Twin Textile", country=world.case.country)
    make_facility(session, name="Far Away Textile", country="PE")
    for words in ("Twin Textile", "Far Away Textile", "F-NONE", "no such place", "\0"):
        with pytest.raises(Invalid) as refused:
            name_facility(session, world.coordinator, ref=world.ref, facility=words)
        assert refused.value.field == "facility"
