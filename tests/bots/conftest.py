"""What tests of the bot share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.orm import Session, sessionmaker

from network_app.core.config import Settings
from network_app.demo.homeserver import Homeserver
from tests.fakes.chat_world import ChatWorld
from tests.fakes.room import FakeRooms
from tests.fakes.voting import Voting, open_voting


@pytest.fixture
def world(
    synapse: Homeserver, settings: Settings, factory: sessionmaker[Session], tmp_path: Path
) -> Iterator[ChatWorld]:
    """An installation with a bot account on the real homeserver; the test starts the bot itself."""
    opened = ChatWorld(synapse, settings, factory, tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def rooms(factory: sessionmaker[Session]) -> FakeRooms:
    """Rooms without a homeserver: what people say goes straight into the inbox, replies stay in the outbox."""
    return FakeRooms(factory)


@pytest.fixture
def voting(rooms: FakeRooms) -> Voting:
    """An open vote, the room of one organisation on its roll, and its linked delegate."""
    return open_voting(rooms)
