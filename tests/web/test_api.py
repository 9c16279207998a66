"""What a program may do with a token, and when the token is worth nothing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from members.models import ApiAnswer, ApiToken
from members.queries import actor_for, current_mandate, get_organisation, get_person
from members.use_cases.freezing import freeze_person
from members.use_cases.mandates import end_mandate
from members.use_cases.tokens import revoke_token
from network_app.core.config import Settings
from network_app.core.permissions import Actor, Duty
from network_app.core.scopes import Scope
from network_app.targets.models import Target
from network_app.targets.rules import TargetKind
from network_app.targets.use_cases.registering import add_target
from network_app.web.app import create_app
from tests.conftest import MovableClock
from tests.factories.members import SYSTEM, actor_of, give_duties, make_organisation, make_person
from tests.web.programs import Program, make_token_for

NEW = {"name": "Quick Stitch", "kind": "brand", "source": "their own list"}


@dataclass
class World:
    """Two organisations, a coordinator of the first, and their program."""

    app: Flask
    address: str
    factory: sessionmaker[Session]
    actor: Actor

    def program(self, **narrowed: object) -> Program:
        """A program with a fresh token."""
        with self.factory.begin() as session:
            _, secret = make_token_for(session, self.actor, **narrowed)  # type: ignore[arg-type]  # passed on as given
        return Program(self.app, self.address, secret)

    def count(self, model: type[Target] | type[ApiAnswer]) -> int:
        """How many rows there are."""
        with self.factory() as session:
            return session.scalar(select(func.count()).select_from(model)) or 0


@pytest.fixture
def world(settings: Settings, factory: sessionmaker[Session]) -> World:
    """Make it."""
    with factory.begin() as session:
        ours = make_organisation(session, name="Mekong Union", country="KH")
        make_person(session, ours, duties=(Duty.ADMINISTER,), handle="admin")
        person = make_person(session, ours, duties=(Duty.COORDINATE, Duty.VOTE), handle="maly")
        actor = actor_of(session, person)
    return World(create_app(settings, factory), settings.public_url, factory, actor)


def test_a_program_reads_and_acts_as_its_person_would(world: World) -> None:
    program = world.program()
    made = program.post("/targets", NEW)
    assert (made.status_code, made.headers["Location"]) == (201, "/api/v1/targets/quick-stitch")
    assert program.get("/targets/quick-stitch").get_json()["source"] == "their own list"


def test_without_a_token_or_with_a_cookie_alone_nothing_is_told(world: World) -> None:
    stranger = Program(world.app, world.address, "")
    assert stranger.get("/targets").status_code == 401
    assert (
        Program(world.app, world.address, "nwa_wrong").get("/targets").headers["WWW-Authenticate"].startswith("Bearer")
    )
    with world.app.test_client() as browser:
        with browser.session_transaction(base_url=world.address) as cookie:
            cookie["_user_id"] = "whatever"
        answer = browser.get("/api/v1/targets", base_url=world.address)
    assert answer.status_code == 401
    assert "Set-Cookie" not in answer.headers


def test_a_mandate_that_ends_kills_the_token_at_the_next_request(world: World) -> None:
    program = world.program(duties=[Duty.COORDINATE])
    assert program.get("/targets").status_code == 200
    with world.factory.begin() as session:
        held = current_mandate(session, world.actor.own_person(), world.actor.own_organisation(), Duty.COORDINATE)
        assert held is not None
        end_mandate(session, SYSTEM, mandate_id=held.id)
    assert program.get("/targets").status_code == 401
    with world.factory.begin() as session:
        person = make_person_again(session, world)
        assert Duty.COORDINATE in person.duties
    assert program.get("/targets").status_code == 401, "a new mandate does not wake an old token"


def make_person_again(session: Session, world: World) -> Actor:
    """The same duty granted anew is another mandate."""

    person = get_person(session, world.actor.own_person())
    give_duties(session, get_organisation(session, world.actor.own_organisation()), person, [Duty.COORDINATE])
    return actor_for(session, person.id)


def test_a_token_never_does_more_than_the_mandates_it_was_made_under(world: World) -> None:
    program = world.program(duties=[Duty.VOTE])
    assert program.get("/targets").status_code == 200
    assert program.post("/targets", NEW).status_code == 404


def test_a_frozen_persons_token_is_dead_and_stays_so(world: World) -> None:
    program = world.program()
    with world.factory.begin() as session:
        freeze_person(session, SYSTEM, person_id=world.actor.own_person())
    assert program.get("/targets").status_code == 401
    with world.factory() as session:
        assert session.scalars(select(ApiToken)).one().revoked_at is not None


def test_a_token_expires_and_can_be_ended(world: World, clock: MovableClock) -> None:
    short, ended = world.program(days=1), world.program()
    with world.factory.begin() as session:
        token = session.scalars(select(ApiToken).order_by(ApiToken.expires_at.desc())).first()
        assert token is not None
        revoke_token(session, world.actor, token_id=token.id)
    assert ended.get("/targets").status_code == 401
    assert short.get("/targets").status_code == 200
    clock.move(timedelta(days=1, minutes=1))
    assert short.get("/targets").status_code == 401


def test_a_token_of_one_organisation_never_acts_for_another(world: World) -> None:
    with world.factory.begin() as session:
        other = make_organisation(session, name="Lyon Women", country="FR")
        give_duties(session, other, get_person(session, world.actor.own_person()), [Duty.COORDINATE])
        there = actor_for(session, world.actor.own_person(), other.id)
        _, secret = make_token_for(session, there)
    program = Program(world.app, world.address, secret)
    made = program.post("/votes", PROPOSAL)
    assert made.status_code == 201
    assert program.get(made.get_json()["href"].removeprefix("/api/v1")).get_json()["proposer"] == "Lyon Women"
    assert world.program().get(made.get_json()["href"].removeprefix("/api/v1")).status_code == 404


PROPOSAL = {
    "title": "Meet in March",
    "electorate": "network",
    "texts": {"en": "We meet in March."},
    "authoritative": "en",
}


def test_a_missing_scope_is_named_and_told_before_anything_is_looked_for(world: World) -> None:
    program = world.program(scopes=[Scope.READ_TARGETS])
    refused = program.post("/targets", NEW)
    assert (refused.status_code, refused.get_json()["code"]) == (403, "missing_scope")
    assert "targets:write" in refused.get_json()["detail"]
    assert program.get("/appeals/UA-2222").status_code == program.get("/appeals/nothing").status_code == 403


def test_the_last_use_of_a_token_is_noted(world: World) -> None:
    program = world.program()
    with world.factory() as session:
        assert session.scalars(select(ApiToken)).one().last_used_at is None
    program.get("/targets")
    with world.factory() as session:
        assert session.scalars(select(ApiToken)).one().last_used_at is not None


def test_the_token_itself_is_stored_nowhere(world: World) -> None:
    secret = world.program().token
    with world.factory() as session:
        row = session.scalars(select(ApiToken)).one()
    assert secret.startswith("nwa_")
    assert all(secret not in str(value) for value in vars(row).values())


def test_the_same_request_twice_acts_once_and_is_answered_alike(world: World) -> None:
    program = world.program()
    first, second = (program.post("/targets", NEW, Idempotency_Key="the-first-try") for _ in range(2))
    assert (first.status_code, first.data, first.headers["Location"]) == (
        second.status_code,
        second.data,
        second.headers["Location"],
    )
    assert world.count(Target) == 1
    other = program.post("/targets", NEW | {"name": "Another"}, Idempotency_Key="the-first-try")
    assert other.status_code == 422
    assert other.get_json()["errors"][0]["field"] == "Idempotency-Key"


def test_a_refused_request_uses_its_key_up_for_nothing(world: World) -> None:
    program = world.program()
    assert program.post("/targets", NEW | {"source": ""}, Idempotency_Key="try-again-1").status_code == 422
    assert program.post("/targets", NEW, Idempotency_Key="try-again-1").status_code == 201


def test_keys_are_forgotten_after_a_day_and_are_each_tokens_own(world: World, clock: MovableClock) -> None:
    one, two = world.program(), world.program()
    assert one.post("/targets", NEW, Idempotency_Key="same-key-1").status_code == 201
    assert two.post("/targets", NEW | {"name": "Two"}, Idempotency_Key="same-key-1").status_code == 201
    clock.move(timedelta(hours=25))
    assert one.post("/targets", NEW | {"name": "Three"}, Idempotency_Key="same-key-1").status_code == 201


def test_two_at_once_with_one_key_act_once(world: World) -> None:
    program = world.program()

    def send(_: int) -> tuple[int, bytes]:
        own = Program(world.app, world.address, program.token)
        answer = own.post("/targets", NEW, Idempotency_Key="at-the-same-time")
        return answer.status_code, answer.data

    with ThreadPoolExecutor(4) as together:
        answers = set(together.map(send, range(8)))
    assert len(answers) == 1
    assert answers.pop()[0] == 201
    assert (world.count(Target), world.count(ApiAnswer)) == (1, 1)


def test_what_has_not_changed_is_not_sent_again_and_what_has_is_not_changed_blindly(world: World) -> None:
    program = world.program()
    program.post("/targets", NEW)
    seen = program.get("/targets/quick-stitch").headers["ETag"]
    assert program.get("/targets/quick-stitch", If_None_Match=seen).status_code == 304
    name = {"name": "Quick Stitch Ltd", "source": "their site"}
    assert program.post("/targets/quick-stitch/names", name, If_Match=seen).status_code == 204
    late = program.post("/targets/quick-stitch/names", {"name": "QS"}, If_Match=seen)
    assert (late.status_code, late.get_json()["code"]) == (412, "changed")
    assert program.get("/targets/quick-stitch", If_None_Match=seen).status_code == 200


def test_a_long_list_is_followed_to_its_end_without_a_gap(world: World) -> None:
    with world.factory.begin() as session:
        for number in range(120):
            add_target(session, world.actor, name=f"Brand {number:03}", kind=TargetKind.BRAND, source="test")
    program, path, names = world.program(), "/targets", list[str]()
    while path:
        answer = program.get(path)
        names += [item["name"] for item in answer.get_json()["items"]]
        following = answer.headers.get("Link", "")
        path = following.partition("/api/v1")[2].partition(">")[0]
    assert names == [f"Brand {number:03}" for number in range(120)]
    assert program.get("/targets?after=nonsense").status_code == 422


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{", "application/json", 400),
        (b"[]", "application/json", 400),
        (b"name=x", "application/x-www-form-urlencoded", 415),
        (b"", "", 415),
        (b'{"name": "' + b"x" * 1_000_000 + b'"}', "application/json", 413),
        (b"[" * 100_000, "application/json", 400),
        (b'{"name": "\\ud800", "kind": "brand", "source": "x"}', "application/json", 400),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(world: World, body: bytes, kind: str, status: int) -> None:
    program = world.program()
    answer = program.client.post(
        "/api/v1/targets",
        base_url=world.address,
        data=body,
        headers={"Authorization": f"Bearer {program.token}", "Content-Type": kind},
    )
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_refusal_names_the_field_in_the_asked_language(world: World) -> None:
    program = world.program()
    unknown = program.post("/targets", NEW | {"added_at": "2020-01-01"}, Accept_Language="bn")
    assert unknown.status_code == 400
    assert unknown.get_json()["errors"][0]["field"] == "added_at"
    empty = program.post("/targets", NEW | {"source": ""}, Accept_Language="bn").get_json()
    assert empty["errors"][0]["field"] == "source"
    assert empty["detail"] != program.post("/targets", NEW | {"source": ""}, Accept_Language="en").get_json()["detail"]


def test_an_unknown_address_and_method_are_answered_as_to_a_program(world: World) -> None:
    program = world.program()
    assert program.get("/nothing").mimetype == "application/problem+json"
    wrong = program.client.put("/api/v1/targets", base_url=world.address)
    assert (wrong.status_code, "POST" in wrong.headers["Allow"]) == (405, True)
