"""Targets, workplaces and sourcing claims for tests, built through use cases."""

from __future__ import annotations

import itertools
from typing import Any

from sqlalchemy.orm import Session

from network_app.core.permissions import Actor
from network_app.targets.models import Facility, SourcingLink, Target
from network_app.targets.rules import Evidence, TargetKind
from network_app.targets.use_cases.registering import add_facility, add_target
from network_app.targets.use_cases.sourcing import claim_sourcing

SYSTEM = Actor.system()
_number = itertools.count(1)


def make_target(session: Session, **overrides: Any) -> Target:
    """A brand with a name of its own, led from Germany."""
    values: dict[str, Any] = {
        "name": f"Brand Number{next(_number)}",
        "kind": TargetKind.BRAND,
        "home_country": "DE",
        "source": "annual report 2024",
    }
    return add_target(session, SYSTEM, **(values | overrides))


def make_facility(session: Session, **overrides: Any) -> Facility:
    """A garment factory in Phnom Penh."""
    number = next(_number)
    values: dict[str, Any] = {
        "name": f"Workshop{number} Garment Co., Ltd.",
        "country": "KH",
        "address": f"Street {number}, Phnom Penh",
        "source": "visit on 2024-03-01",
    }
    return add_facility(session, SYSTEM, **(values | overrides))


def make_link(session: Session, **overrides: Any) -> SourcingLink:
    """A claim by testimony, of a brand and a factory of its own unless they are given."""
    values: dict[str, Any] = {
        "target_id": overrides.get("target_id") or make_target(session).id,
        "facility_id": overrides.get("facility_id") or make_facility(session).id,
        "evidence": Evidence.TESTIMONY,
        "claim": "Workers testify that they sewed for this brand.",
        "source": "interviews in March 2024",
    }
    return claim_sourcing(session, SYSTEM, **(values | overrides))
