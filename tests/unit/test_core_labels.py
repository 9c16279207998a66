"""What is stored and what a person reads stand side by side, for each member of each closed list."""

from __future__ import annotations

import json

import pytest

import network_app.web.app  # noqa: F401  # now every list is known
from network_app.core.i18n import use_language
from network_app.core.labels import Labelled
from network_app.core.permissions import Duty

LISTS = Labelled.__subclasses__()


@pytest.mark.parametrize("kind", LISTS, ids=lambda kind: f"{kind.__module__}.{kind.__name__}")
def test_the_words_of_a_list_tell_its_members_apart(kind: type[Labelled]) -> None:
    with use_language("en"):
        words = [str(member.label) for member in kind]
    assert all(words) and len(set(words)) == len(words)


def test_a_member_without_a_word_is_found_when_the_program_starts() -> None:
    with pytest.raises(TypeError, match="no word for people"):

        class Forgotten(Labelled):
            PLAIN = "plain"


def test_a_member_is_the_text_that_is_stored() -> None:
    assert Duty("vote") is Duty.VOTE and Duty.VOTE == "vote" and f"{Duty.VOTE}" == "vote"
    assert json.dumps(Duty.VOTE) == '"vote"'
    with pytest.raises(ValueError, match="is not a valid"):
        Duty("rule")
