"""Every message about a vote can be written in every language, and says what it must."""

from __future__ import annotations

from typing import Any

import pytest

from network_app.core.i18n import LANGUAGES
from network_app.core.rendering import markdown_to_text, render

ABOUT = {
    "ref": "V-4QX2",
    "title": "Pay *all* [of it](http://x.test)",
    "closes": "1 Mar",
    "link": "https://n.test/votes/V-4QX2",
}
MESSAGES: dict[str, dict[str, Any]] = {
    "vote_opened": ABOUT,
    "vote_reminder": ABOUT | {"why": "Half of the time has passed."},
    "vote_receipt": ABOUT
    | {"organisation": "Union", "position": "We agree", "version": 1, "number": 17, "head": "0123456789abcdef" * 4},
    "vote_blocked": ABOUT | {"organisation": "Union", "ground": "The safety of workers"},
    "vote_closed": ABOUT | {"adopted": 0, "outcome": "BLOCKED", "why": "Blocks: 1."},
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", MESSAGES)
def test_a_message_is_complete_in_mail_and_chat(name: str, language: str) -> None:
    subject = render(f"mail/{name}/subject.txt", language, **MESSAGES[name])
    assert "V-4QX2" in subject and "Pay" not in subject
    for template in (f"mail/{name}/body.md", f"bot/{name}.md"):
        text = markdown_to_text(render(template, language, **MESSAGES[name]))
        assert "V-4QX2" in text and "Pay *all* [of it](http://x.test)" in text and "%(" not in text


def test_a_receipt_shows_position_number_and_the_whole_head() -> None:
    for template in ("mail/vote_receipt/body.md", "bot/vote_receipt.md"):
        text = markdown_to_text(render(template, "en", **MESSAGES["vote_receipt"]))
        assert "Union: We agree" in text and "entry 17" in text and "0123456789abcdef" * 4 in text
        assert "The last cast counts" in text


def test_the_news_of_a_close_says_adopted_or_why_not() -> None:
    no = markdown_to_text(render("bot/vote_closed.md", "en", **MESSAGES["vote_closed"]))
    yes = markdown_to_text(render("bot/vote_closed.md", "en", **MESSAGES["vote_closed"] | {"adopted": 1, "why": ""}))
    assert "Not adopted (BLOCKED). What stood against it: Blocks: 1." in no
    assert "Adopted: nothing stood against it." in yes
