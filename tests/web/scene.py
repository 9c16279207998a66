"""A case ready to be fanned out, and the browsers of the people around it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from flask import Flask
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.test import TestResponse

from members.queries import get_organisation
from network_app.core.config import Settings
from network_app.core.permissions import Duty
from network_app.web.app import create_app
from tests.conftest import MovableClock
from tests.factories.members import PASSWORD, login, make_person
from tests.factories.response import World, approve_text, make_case, make_world
from tests.web.reading import Page

COORDINATE = (Duty.COORDINATE, Duty.VERIFY, Duty.FILE, Duty.ACT)
PEOPLE = {
    "keeper": COORDINATE,
    "checker": COORDINATE,
    "officer": COORDINATE,
    "american": (Duty.ACT,),
    "stranger": COORDINATE,
}


class Browser:
    """One person's browser."""

    def __init__(self, app: Flask, address: str, handle: str) -> None:
        self.client, self.address = app.test_client(), address
        assert self.send("/login", "/login", **login(handle)).status_code == 303

    def get(self, path: str) -> TestResponse:
        """Look at a page."""
        return self.client.get(path, base_url=self.address)

    def send(self, path: str, action: str, **typed: object) -> TestResponse:
        """Fill in the form on page `path` that posts to `action`, and send it as it stands there."""
        shown = self.get(path)
        assert shown.status_code == 200, shown.status_code
        forms = [form for form in Page(shown.text).forms if form.action.startswith(action)]
        form = min(forms, key=lambda form: len(form.action))
        return self.client.post(form.action, base_url=self.address, data={**form.values, **typed})


@dataclass
class Scene:
    """A case ready to be fanned out, and browsers for the people around it."""

    app: Flask
    address: str
    factory: sessionmaker[Session]
    world: World
    clock: MovableClock

    def browser(self, handle: str) -> Browser:
        """A signed-in browser of this person."""
        return Browser(self.app, self.address, handle)

    @property
    def ref(self) -> str:
        """The case's reference."""
        return self.world.ref

    @property
    def case(self) -> str:
        """The case's page."""
        return f"/appeals/{self.ref}"


def make_scene(settings: Settings, factory: sessionmaker[Session], clock: MovableClock) -> Scene:
    """Make it."""
    with factory.begin() as session:
        world = make_world(session)
        make_case(session, world)
        organisations = {
            "keeper": world.coordinator.own_organisation(),
            "checker": world.verifier.own_organisation(),
            "officer": world.workers.id,
            "american": world.network["US"].id,
            "stranger": world.network["PE"].id,
        }
        for handle, duties in PEOPLE.items():
            organisation = get_organisation(session, organisations[handle])
            make_person(session, organisation, duties=duties, handle=handle, password=PASSWORD)
    clock.may_be_moved()
    return Scene(create_app(settings, factory), settings.public_url, factory, world, clock)


def ask(scene: Scene) -> None:
    """Approve a text and press the button."""
    with scene.factory.begin() as session:
        approve_text(session, scene.world)
    page = f"{scene.case}/fan-out"
    assert scene.browser("keeper").send(page, page, asked=["letter", "meeting"]).status_code == 303
    scene.clock.move(timedelta(minutes=11))
