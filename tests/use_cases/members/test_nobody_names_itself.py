"""Whatever people do, in whatever order: nobody comes to act for an organisation but by the word of its administrators.

A model of its own keeps who administers what; the machine tries every act and every address that touches mandates.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import hypothesis.strategies as st
import pytest
from flask import Flask
from hypothesis import HealthCheck
from hypothesis import settings as limits_of
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from members.models import Invitation, Mandate, Person, SignIn
from members.queries import actor_for, rights_of, token_hash
from members.rules import Strength
from members.use_cases.freezing import ask_to_freeze, freeze_person
from members.use_cases.inviting import accept_invitation, join_by_invitation, make_invitation, recall_invitation
from members.use_cases.mandates import change_mandate, end_mandate, grant_mandate_by_handle, hand_over_mandate
from members.use_cases.thawing import thaw_person
from network_app.core import clock
from network_app.core.config import Settings
from network_app.core.db import new_id, transaction
from network_app.core.errors import NetworkError
from network_app.core.permissions import Actor, Duty
from network_app.web.app import create_app
from tests.factories.members import PASSWORD, make_organisation, make_person

PEOPLE, PLACES = 6, 3
WHO, WHERE, DUTY = st.integers(0, PEOPLE - 1), st.integers(0, PLACES - 1), st.sampled_from(list(Duty))


@dataclass
class Model:
    """Who may act for whom, as told by the acts that were accepted."""

    inside: set[tuple[uuid.UUID, uuid.UUID, Duty]] = field(default_factory=set)
    frozen: set[uuid.UUID] = field(default_factory=set)

    def administers(self, person: uuid.UUID, place: uuid.UUID) -> bool:
        """Whether this person may name people there."""
        return (person, place, Duty.ADMINISTER) in self.inside and person not in self.frozen


class Naming(RuleBasedStateMachine):
    """Six people, three organisations; each has one administrator and one who may only file."""

    factory: sessionmaker[Session]
    app: Flask
    address: str

    def __init__(self) -> None:
        super().__init__()
        self.model, self.links = Model(), list[tuple[str, uuid.UUID, uuid.UUID, Duty]]()
        with transaction(self.factory) as session:
            unions = [make_organisation(session) for _ in range(PLACES)]
            duties = [Duty.ADMINISTER] * PLACES + [Duty.FILE] * (PEOPLE - PLACES)
            people = [make_person(session, unions[at % PLACES], duties=[duty]) for at, duty in enumerate(duties)]
            self.model.inside = {(one.id, unions[at % PLACES].id, duties[at]) for at, one in enumerate(people)}
            self.places = [(union.id, union.slug) for union in unions]
            self.people = [(one.id, one.handle) for one in people]

    def attempt(self, who: int, act: Callable[[Session, Actor], Any], where: int | None = None) -> Any:
        """Let somebody try something; returns what came of it, or None."""
        try:
            with transaction(self.factory) as session:
                place = None if where is None else self.places[where][0]
                return act(session, actor_for(session, self.people[who][0], place)) or True
        except NetworkError:
            return None

    def mandate(self, at: int) -> Mandate | None:
        """One of the mandates that are."""
        ours = [place for place, _ in self.places]
        with self.factory() as session:
            every = session.scalars(select(Mandate).where(Mandate.organisation_id.in_(ours)).order_by(Mandate.id)).all()
        return every[at % len(every)] if every else None

    @rule(who=WHO, as_of=WHERE, to=WHO, where=WHERE, duty=DUTY)
    def grant(self, who: int, as_of: int, to: int, where: int, duty: Duty) -> None:
        place = self.places[where][0]
        given = self.attempt(
            who,
            lambda session, actor: grant_mandate_by_handle(
                session, actor, handle=self.people[to][1], organisation_id=place, duty=duty
            ),
            as_of,
        )
        if given:
            assert self.model.administers(self.people[who][0], place) and as_of == where
            self.model.inside.add((self.people[to][0], place, duty))

    @rule(who=WHO, as_of=WHERE, to=WHO, at=st.integers(0, 40))
    def hand_over(self, who: int, as_of: int, to: int, at: int) -> None:
        old = self.mandate(at)
        if old and self.attempt(
            who,
            lambda session, actor: hand_over_mandate(
                session, actor, mandate_id=old.id, handle=self.people[to][1], version=old.version
            ),
            as_of,
        ):
            assert self.model.administers(self.people[who][0], old.organisation_id)
            self.model.inside.discard((old.person_id, old.organisation_id, old.duty))
            self.model.inside.add((self.people[to][0], old.organisation_id, old.duty))

    @rule(who=WHO, as_of=WHERE, at=st.integers(0, 40), change=st.booleans())
    def end_or_change(self, who: int, as_of: int, at: int, change: bool) -> None:
        old = self.mandate(at)
        if old is None:
            return

        def act(session: Session, actor: Actor) -> object:
            if change:
                return change_mandate(session, actor, mandate_id=old.id, version=old.version, last_day=None)
            end_mandate(session, actor, mandate_id=old.id)
            return None

        if self.attempt(who, act, as_of):
            person = self.people[who][0]
            assert self.model.administers(person, old.organisation_id) or (person == old.person_id and not change)
            if not change:
                self.model.inside.discard((old.person_id, old.organisation_id, old.duty))

    @rule(who=WHO, as_of=WHERE, duty=DUTY)
    def invite(self, who: int, as_of: int, duty: Duty) -> None:
        link = self.attempt(who, lambda session, actor: make_invitation(session, actor, note="x", duties=[duty]), as_of)
        if link:
            assert self.model.administers(self.people[who][0], self.places[as_of][0])
            self.links.append((link.rsplit("/", 1)[1], self.people[who][0], self.places[as_of][0], duty))

    @rule(who=WHO, at=st.integers(0, 20))
    def accept(self, who: int, at: int) -> None:
        if not self.links:
            return
        token, maker, place, duty = self.links[at % len(self.links)]
        if self.attempt(who, lambda session, actor: accept_invitation(session, actor, token=token)):
            assert self.model.administers(maker, place)
            self.model.inside.add((self.people[who][0], place, duty))

    @rule(at=st.integers(0, 20))
    def join(self, at: int) -> None:
        if not self.links or len(self.people) > PEOPLE + 3:
            return
        token, maker, place, duty = self.links[at % len(self.links)]
        handle = f"new-{uuid.uuid4().hex[:12]}"
        try:
            with transaction(self.factory) as session:
                new = join_by_invitation(
                    session, token=token, handle=handle, email=f"{handle}@people.test", password=PASSWORD
                )
        except NetworkError:
            return
        assert new is not None and self.model.administers(maker, place)
        self.model.inside.add((new.id, place, duty))

    @rule(who=WHO, whom=WHO, again=st.booleans())
    def freeze_or_thaw(self, who: int, whom: int, again: bool) -> None:
        person, handle = self.people[whom]
        self.attempt(who, lambda session, actor: freeze_person(session, actor, person_id=person))
        if again:
            self.attempt(who, lambda session, actor: ask_to_freeze(session, actor, handle=handle))
            self.attempt(whom, lambda session, actor: thaw_person(session, actor, person_id=person))
        for other in range(PEOPLE):
            self.attempt(other, lambda session, actor: thaw_person(session, actor, person_id=person))
        with self.factory() as session:
            frozen = select(Person.id).where(Person.frozen_at.is_not(None))
            self.model.frozen = set(session.scalars(frozen)) & {one for one, _ in self.people}

    @rule(who=WHO, as_of=WHERE, where=WHERE, to=WHO, duty=DUTY, at=st.integers(0, 40), path=st.integers(0, 6))
    def by_address(self, who: int, as_of: int, where: int, to: int, duty: Duty, at: int, path: int) -> None:
        """Send what a browser would send, to every address that touches mandates, for any organisation."""
        mandate, slug = self.mandate(at), self.places[where][1]
        held = f"/members/{slug}/mandates/{mandate.id if mandate else new_id()}"
        version = mandate.version if mandate else 1
        forms: list[tuple[str, dict[str, Any]]] = [
            (f"/members/{slug}/mandates", {"handle": self.people[to][1], "duty": duty.value}),
            (f"{held}/hand-over", {"handle": self.people[to][1], "version": version}),
            (f"{held}/last-day", {"last_day": "", "version": version}),
            (f"{held}/end", {}),
            (f"/members/{slug}/invitations", {"note": "x", "duties": duty.value}),
            ("/me/act-for", {"organisation": str(self.places[where][0])}),
            (f"/members/{slug}/people/{self.people[to][0]}/thaw", {}),
        ]
        address, typed = forms[path]
        before = self.rows()
        status = self.send(who, as_of, address, typed)
        gained, lost = self.rows() - before, before - self.rows()
        own = all(person == self.people[who][0] for person, _, _ in lost)
        for _, place, _ in gained:
            assert self.model.administers(self.people[who][0], place), (address, status)
        for _, place, _ in lost:
            assert self.model.administers(self.people[who][0], place) or own, (address, status)
        self.model.inside = (self.model.inside | gained) - lost

    def send(self, who: int, as_of: int, address: str, typed: dict[str, Any]) -> int:
        """Send a form from a browser in which this person is signed in with a second factor."""
        person, token = self.people[who][0], uuid.uuid4().hex
        with transaction(self.factory) as session:
            now = clock.now(session)
            session.add(
                SignIn(
                    id=new_id(),
                    token_hash=token_hash(token),
                    person_id=person,
                    organisation_id=self.places[as_of][0],
                    created_at=now,
                    seen_at=now,
                    strength=Strength.SECOND_FACTOR,
                    rights=rights_of(session, person).stamp,
                )
            )
        browser = self.app.test_client()
        with browser.session_transaction(base_url=self.address) as cookie:
            cookie["_user_id"] = token
        return browser.post(address, base_url=self.address, data=typed).status_code

    def rows(self) -> set[tuple[uuid.UUID, uuid.UUID, Duty]]:
        """Who holds what now, for our three organisations."""
        ours = [place for place, _ in self.places]
        with self.factory() as session:
            now = clock.now(session)
            open_ended = select(Mandate).where(Mandate.organisation_id.in_(ours))
            return {
                (one.person_id, one.organisation_id, one.duty)
                for one in session.scalars(open_ended)
                if one.until is None or one.until > now
            }

    @rule(who=WHO, as_of=WHERE)
    def recall(self, who: int, as_of: int) -> None:
        with self.factory() as session:
            waiting = session.scalars(select(Invitation.id).order_by(Invitation.made_at.desc())).first()
        if waiting:
            self.attempt(who, lambda session, actor: recall_invitation(session, actor, invitation_id=waiting), as_of)

    @invariant()
    def the_register_says_what_was_allowed(self) -> None:
        assert self.rows() == self.model.inside

    @invariant()
    def nobody_is_without_an_administrator(self) -> None:
        for place, _ in self.places:
            assert any(one[1:] == (place, Duty.ADMINISTER) for one in self.rows())


def play(factory: sessionmaker[Session], installation: Settings, examples: int, steps: int) -> None:
    """Let the machine try on this database."""
    app = create_app(installation, factory)
    app.config["WTF_CSRF_ENABLED"] = False
    Naming.factory, Naming.app, Naming.address = factory, app, installation.public_url
    limits = limits_of(
        max_examples=examples, stateful_step_count=steps, deadline=None, suppress_health_check=list(HealthCheck)
    )
    run_state_machine_as_test(Naming, settings=limits)


def test_nobody_comes_to_act_for_an_organisation_but_by_its_own_word(
    factory: sessionmaker[Session], settings: Settings
) -> None:
    play(factory, settings, examples=3, steps=25)


@pytest.mark.soak
def test_nobody_comes_to_act_by_any_of_many_orders(factory: sessionmaker[Session], settings: Settings) -> None:
    play(factory, settings, examples=200, steps=50)
