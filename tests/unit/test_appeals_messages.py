"""Every message of the intake can be written in every language, and says nothing but a reference and a clock."""

from __future__ import annotations

from pathlib import Path

import pytest

from network_app.core import config
from network_app.core.i18n import LANGUAGES
from network_app.core.rendering import TEMPLATES, markdown_to_html, render
from tests.conftest import environment

MESSAGES = sorted(path.name for path in (TEMPLATES / "mail").glob("appeal_*"))


@pytest.fixture(autouse=True)
def _started(tmp_path: Path) -> None:
    config.use(config.load_settings(environment(f"sqlite:///{tmp_path}/none.db", tmp_path)))


VALUES = {"ref": "UA-7K3F", "clock": "Danger", "link": "https://network.test/appeals/UA-7K3F"}


def test_the_messages_are_there() -> None:
    assert len(MESSAGES) == 10


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", MESSAGES)
def test_a_message_is_written(name: str, language: str) -> None:
    subject = render(f"mail/{name}/subject.txt", language, **VALUES)
    assert subject.startswith("UA-7K3F") or "UA-7K3F" in subject
    assert "\n" not in subject
    body = render(f"mail/{name}/body.md", language, **VALUES)
    chat = render(f"bot/{name}.md", language, **VALUES)
    for text in (body, chat):
        assert VALUES["link"] in text
        assert "<p>" in markdown_to_html(text)
    # What a phone shows of a chat message before it is unlocked.
    assert len(chat.strip().splitlines()[0]) < 120
