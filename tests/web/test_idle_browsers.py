"""A browser that comes back after a while: the note that it was here must not stand in its own way."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from members.models import SignIn
from members.rules import SIGN_IN_SEEN_EVERY
from tests.conftest import MovableClock
from tests.web.test_members_pages import World, world

__all__ = ["world"]
A_WHILE = SIGN_IN_SEEN_EVERY + timedelta(minutes=1)


def last_seen(world: World) -> object:
    with world.factory() as session:
        return session.scalars(select(SignIn.seen_at)).one()


def test_a_page_and_a_form_are_answered_after_idle_minutes_and_the_use_is_noted(
    world: World, clock: MovableClock
) -> None:
    browser = world.browser("dara")
    before = last_seen(world)
    clock.move(A_WHILE)
    # A note that waits for the lock of its own request would end here with a locked database after half a minute.
    assert browser.get("/me").status_code == 200
    between = last_seen(world)
    clock.move(A_WHILE)
    assert browser.send("/me/language", language="no such").status_code == 422
    clock.move(A_WHILE)
    assert browser.client.post("/me/language", base_url=world.address).status_code == 400
    assert before != between != last_seen(world)
