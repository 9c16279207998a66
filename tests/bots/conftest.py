"""What tests of the bot share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.orm import Session, sessionmaker

from network_app.core.config import Settings
from network_app.migrations import schema
from network_app.demo.homeserver import Homeserver
from tests.fakes.chat_world import ChatWorld


@pytest.fixture
def world(
    synapse: Homeserver, settings: Settings, factory: sessionmaker[Session], tmp_path: Path
) -> Iterator[ChatWorld]:
    """An installation with a bot account on the real homeserver; the test starts the bot itself."""
    schema.metadata().create_all(factory.kw["bind"])
    opened = ChatWorld(synapse, settings, factory, tmp_path)
    yield opened
    opened.close()
