"""The duty rosters of the demo's coalitions, planned as their coordinators would plan them."""

from __future__ import annotations

import tomllib
from datetime import timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from members.queries import coalition_by_slug
from members.rules.duty import WEEKDAYS
from members.use_cases.duty import plan_turn
from network_app.core import clock
from network_app.core.permissions import Actor

ROSTERS = Path(__file__).parent / "data" / "rosters.toml"


def load_rosters(session: Session, actor: Actor) -> None:
    """Plan each turn of the file, from today on."""
    today = clock.now(session).date()
    for turn in tomllib.loads(ROSTERS.read_text())["turns"]:
        last = turn.get("last_day")
        plan_turn(
            session,
            actor,
            coalition_id=coalition_by_slug(session, turn["coalition"]).id,
            handle=turn["handle"],
            deputy=turn["deputy"],
            starts_on=today + timedelta(days=turn.get("first_day", 0)),
            ends_on=None if last is None else today + timedelta(days=last),
            weekdays=turn.get("weekdays", WEEKDAYS),
        )
