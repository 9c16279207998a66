"""Builds the demo network, once, through the same use cases that real people's acts go through."""

from __future__ import annotations

import json
import os
import tomllib
from pathlib import Path

from sqlalchemy.orm import Session

from members.queries import person_by_handle
from members.use_cases.bootstrap import bootstrap
from members.use_cases.factors import give_app
from network_app.core import clock
from network_app.core.db import engine_for, session_factory, transaction
from network_app.core.permissions import Actor
from network_app.core.process import begin
from network_app.demo.cases import load_case
from network_app.demo.membership import load_membership
from network_app.demo.place import Place
from network_app.demo.public_record import load_public_record
from network_app.demo.rosters import load_rosters
from network_app.migrations import schema

DATA = Path(__file__).parent / "data"


def load_demo(place: Place) -> dict[str, str]:
    """Load the demo of `place`; returns the new passwords of its people, by handle."""
    return _load(place.environment)


def load_into_installation() -> dict[str, str]:
    """Load the demo into this installation's empty database. Raises Conflict if there are members already."""
    return _load(dict(os.environ))


def _give_app(session: Session, handle: str) -> None:
    person = person_by_handle(session, handle)
    if person is not None:
        give_app(session, person)


def _load(environment: dict[str, str]) -> dict[str, str]:
    settings = begin(environment)
    engine = engine_for(settings.database_url)
    schema.upgrade(engine)
    factory = session_factory(engine)
    with transaction(factory) as session:
        logins = bootstrap(session, tomllib.loads((DATA / "members.toml").read_text()))
        clock.mark_as_demo(session)
        for handle in logins:
            _give_app(session, handle)
    with transaction(factory) as session:
        load_public_record(session, Actor.system())
    for case in json.loads((DATA / "cases.json").read_text()):
        with transaction(factory) as session:
            load_case(session, case)
    with transaction(factory) as session:
        load_rosters(session, Actor.system())
        load_membership(session)
    engine.dispose()
    return logins
