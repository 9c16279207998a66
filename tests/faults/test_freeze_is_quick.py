"""A phone is seized while web, worker and bot run: one press of a colleague cuts it off everywhere in five seconds."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from members.models import ChatIdentity, Person
from members.queries import actor_for, people_in
from network_app.core import clock
from network_app.core.config import Settings
from network_app.core.db import new_id
from network_app.core.outbox import Outgoing, State
from network_app.core.permissions import Duty
from network_app.demo.homeserver import Homeserver
from network_app.demo.probe import answers, free_port
from network_app.votes.queries import last_casts, proposal_by_ref
from network_app.votes.use_cases import open_vote
from tests.bench.site import Visitor
from tests.factories.members import PASSWORD, login, make_organisation, make_person
from tests.factories.votes import cast, make_proposal
from tests.fakes.chat_world import ChatWorld, Member, fresh_name
from tests.waiting import eventually
from tests.web.programs import make_token_for
from tests.web.reading import Page

pytestmark = [pytest.mark.parametrize("database_url", ["sqlite"], indirect=True), pytest.mark.timeout(300)]
# As `network-app web` and `worker` run them; the tables of a test have no revision to check.
WEB = "from network_app.core import process; from network_app.web.server import serve; serve(process.begin())"
WORKER = (
    "from network_app import worker; from network_app.core import process; from network_app.core.db import *;"
    " s = process.begin(); worker.run(s, session_factory(engine_for(s.database_url)))"
)
MOST_SECONDS = 5.0


@pytest.fixture
def world(
    synapse: Homeserver, settings: Settings, factory: sessionmaker[Session], tmp_path: Path
) -> Iterator[ChatWorld]:
    """An installation with all three processes."""
    opened = ChatWorld(synapse, settings, factory, tmp_path)
    yield opened
    opened.close()


def start(world: ChatWorld, program: str, **more: str) -> None:
    """Start one more real process."""
    with (world.folder / "more.log").open("ab") as log:
        env = {**os.environ, **world.environment(), **more}
        world.processes.append(subprocess.Popen([sys.executable, "-c", program], env=env, stdout=log, stderr=log))


def start_all(world: ChatWorld) -> int:
    """Start web, worker and bot; returns the web's port."""
    port = free_port()
    start(world, WEB, BIND=f"127.0.0.1:{port}", PUBLIC_URL=f"http://127.0.0.1:{port}", WEB_CONCURRENCY="1")
    start(world, WORKER)
    world.start_bot()
    return port


def linked(world: ChatWorld, person: Person) -> Member:
    """A Matrix account of this person's own."""
    account = world.homeserver.register(fresh_name("member"), "a members password")
    with world.transaction() as session:
        now = clock.now(session)
        session.add(ChatIdentity(id=new_id(), person_id=person.id, matrix_id=account.user_id, linked_at=now))
    return Member(world.homeserver, account, person.id)


def press(visitor: Visitor, path: str, value: str) -> int:
    """Press the button of the form on `path` that carries this value."""
    _, body = visitor.get(path)
    form = next(one for one in Page(body.decode()).forms if value in one.values.values())
    kind = {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"http://127.0.0.1:{visitor.port}"}
    answer, _ = visitor._ask("POST", form.action, kind, urlencode(form.values))
    return answer.status


def program_is_let_in(port: int, token: str) -> bool:
    """Whether a program with this token may read."""
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", "/api/v1/votes", headers={"Authorization": f"Bearer {token}"})
    return connection.getresponse().status == 200


def test_a_colleagues_press_cuts_a_seized_phone_off_everywhere_within_five_seconds(world: ChatWorld) -> None:
    port = start_all(world)
    with world.transaction() as session:
        union = make_organisation(session, name="Mekong Union")
        seized = make_person(session, union, duties=[Duty.VOTE, Duty.ACT], handle="seized", password=PASSWORD)
        make_person(session, union, duties=[Duty.FILE], handle="colleague", password=PASSWORD)
        actor = actor_for(session, seized.id, union.id)
        proposal = make_proposal(session, actor)
        vote = open_vote(session, actor, ref=proposal.ref, closes_at=clock.now(session) + timedelta(days=7))
        cast(session, actor, vote, "agree")
        _, token = make_token_for(session, actor)
    phone = linked(world, seized)
    room = world.room(f"org:{union.id}")
    phone.join(room)
    eventually(lambda: answers(f"http://127.0.0.1:{port}/healthz"), "the web did not start", seconds=60)
    browsers = {handle: Visitor(port) for handle in ("seized", "colleague")}
    for handle, browser in browsers.items():
        browser.sign_in(**login(handle))
    assert browsers["seized"].get("/me")[0].status == 200 and program_is_let_in(port, token)
    assert phone.reply_to(room, phone.say(room, "!help"))

    assert press(browsers["colleague"], "/me/freeze", str(seized.id)) == 200
    pressed = time.monotonic()

    took = {
        what: seconds_until(gone, pressed)
        for what, gone in {
            "browser": lambda: browsers["seized"].get("/me")[0].status == 303,
            "program": lambda: not program_is_let_in(port, token),
            "room": lambda: room not in phone.call("GET", "/joined_rooms")["joined_rooms"],
        }.items()
    }
    print(f"after the press, seconds until it was cut off: {took}")
    assert max(took.values()) <= MOST_SECONDS, took
    with world.factory() as session:
        assert seized.id not in people_in(session, union.id)
        direct = select(Outgoing).where(Outgoing.recipient == f"dm:{seized.id}", Outgoing.state == State.PLANNED)
        assert session.scalars(direct).all() == []
        assert session.scalars(select(ChatIdentity).where(ChatIdentity.person_id == seized.id)).all() == []
        assert cast_of_union(session, vote.ref) == 1


def cast_of_union(session: Session, ref: str) -> int:
    """How many casts of the vote stand."""
    return len(last_casts(session, proposal_by_ref(session, ref)))


def seconds_until(gone: Callable[[], bool], since: float) -> float:
    """How long after `since` it was gone; fails after a minute."""
    eventually(gone, "it was never cut off", seconds=60)
    return round(time.monotonic() - since, 2)
