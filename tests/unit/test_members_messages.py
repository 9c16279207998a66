"""Every message of members renders in every language, and its first line tells a glance at a phone nothing."""

from __future__ import annotations

import pytest

from network_app.core.i18n import LANGUAGES
from network_app.core.rendering import render

ROOM_MESSAGES = (
    "mandate_granted",
    "mandate_changed",
    "mandate_handed_over",
    "mandate_ending",
    "mandate_ended",
    "freeze_asked",
    "person_frozen",
    "person_thawed",
    "made_dormant",
)
VALUES = {
    "handle": "sok*dara*",
    "old": "sok*dara*",
    "new": "sok*dara*",
    "duty": "cast our vote",
    "term": "from now",
    "day": "1 July 2026",
    "organisation": "Naht Kampagne",
    "hours": 72,
    "link": "http://x.test/invited/abc",
    "matrix_id": "@sok_dara:chat.test",
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("message", [*ROOM_MESSAGES, "chat_linked", "invitation"])
def test_a_mail_renders_and_its_subject_names_nobody(message: str, language: str) -> None:
    subject = render(f"mail/{message}/subject.txt", language, **VALUES)
    body = render(f"mail/{message}/body.md", language, **VALUES)
    assert subject and body and "sok" not in subject


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("message", ROOM_MESSAGES)
def test_a_post_renders_and_its_first_line_names_nobody(message: str, language: str) -> None:
    first, _, rest = render(f"bot/{message}.md", language, **VALUES).partition("\n")
    assert first and rest and "sok" not in first
