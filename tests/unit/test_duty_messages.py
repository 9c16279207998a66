"""What the duty roster writes, in every language: of a case only its reference, its clock and what is late."""

from __future__ import annotations

import pytest

from network_app.core.i18n import LANGUAGES
from network_app.core.rendering import markdown_to_text, render

RING = {
    "ref": "UA-7K3F",
    "clock": "Danger",
    "what": "Somebody is in danger",
    "link": "https://network.test/appeals/UA-7K3F/ring",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_ring_can_be_read_and_taken(language: str) -> None:
    assert "UA-7K3F" in render("mail/duty_ring/subject.txt", language, **RING)
    for template in ("mail/duty_ring/body.md", "bot/duty_ring.md"):
        text = markdown_to_text(render(template, language, **RING))
        assert all(value in text for value in RING.values())


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_turn_says_whether_one_is_the_deputy(language: str) -> None:
    for template in ("mail/duty_planned/body.md", "bot/duty_planned.md"):
        first, second = (render(template, language, coalition="South Asia", deputy=deputy) for deputy in (0, 1))
        assert first != second and "South Asia" in first
    assert render("mail/duty_planned/subject.txt", language, coalition="South Asia", deputy=0)
