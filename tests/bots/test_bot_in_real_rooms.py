"""The real bot process on a real homeserver, as members see it through plain HTTP."""

from __future__ import annotations

import pytest

from network_app.core.outbox import enqueue_chat
from tests.fakes.chat_world import ChatWorld

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_a_command_is_answered_in_the_organisations_room(world: ChatWorld) -> None:
    organisation = world.organisation(name="Union of Seamstresses")
    member = world.member(organisation)
    bot = world.start_bot()
    room = world.room(f"org:{organisation.id}")
    member.join(room)

    asked = member.say(room, "!help")

    answer = member.reply_to(room, asked)
    assert "!vote REF agree|reservation|aside|abstain|block [because ...]" in answer
    assert world.stop_bot(bot) == 0
