"""What counts as a command, and how its arguments are read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.command import Choice, Command, FreeText, Ref, Reply, Word, find_command, read_arguments
from bots.commands import COMMANDS
from bots.commands.call import CALL
from bots.commands.vote import VOTE
from network_app.core.errors import Invalid
from network_app.core.i18n import LANGUAGES, PSEUDO, lazy


def read(text: str, language: str = "en") -> tuple[str, dict[str, str]]:
    found = find_command(COMMANDS, text)
    assert found is not None
    return found[0].name, read_arguments(*found, language)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("!vote V-4QX2 agree", {"ref": "V-4QX2", "position": "agree"}),
        ("!Vote v-4qx2 AGREE  ", {"ref": "V-4QX2", "position": "agree"}),
        ("!vote V-4QX2 aside because too early", {"ref": "V-4QX2", "position": "stand_aside", "reason": "too early"}),
        ("!ভোট V-4QX2 বাধা কারণ নিরাপত্তা", {"ref": "V-4QX2", "position": "block", "reason": "নিরাপত্তা"}),
        ("!vote V-4QX2 block because one\ntwo", {"ref": "V-4QX2", "position": "block", "reason": "one\ntwo"}),
        ("!vote V-4QX2 agree\nbecause this is talk", {"ref": "V-4QX2", "position": "agree"}),
        ("!vote V-4QX2 agree\n!vote V-4QX2 block", {"ref": "V-4QX2", "position": "agree"}),
    ],
)
def test_a_vote_is_read(text: str, values: dict[str, str]) -> None:
    assert read(text) == ("vote", values)


@pytest.mark.parametrize(
    "text",
    [
        "!vote",
        "!vote V-4QX2",
        "!vote V-4QX2 agree!",
        "!vote V-4QX2 agreed",
        "!vote V-4QX2 agree too early",
        "!vote V-4QX2 agree\u200b",
        "!vote V-4QX0 agree",
        "!vote agree V-4QX2",
        "!vote V-4QX2\nagree",
    ],
)
def test_anything_else_is_refused_with_the_usage(text: str) -> None:
    with pytest.raises(Invalid, match=r"!vote REF agree\|reservation\|aside\|abstain\|block \[because \.\.\.\]"):
        read(text)


def test_a_report_may_have_several_lines() -> None:
    assert read("!call UA-7K3F done we wrote\n\nand went there") == (
        "call",
        {"ref": "UA-7K3F", "answer": "done", "text": "we wrote\n\nand went there"},
    )


def test_unknown_words_find_nothing() -> None:
    assert find_command(COMMANDS, "!votes V-4QX2 agree") is None
    assert find_command(COMMANDS, "!") is None
    assert find_command(COMMANDS, "! vote V-4QX2 agree") is None


def test_every_command_has_a_word_in_every_language_and_no_word_twice() -> None:
    languages = set(LANGUAGES) - {PSEUDO}
    words = [word.casefold() for command in COMMANDS for word in command.words.values()]
    assert len(words) == len(set(words))
    for command in COMMANDS:
        assert languages <= set(command.words), command.name
        for argument in command.args:
            if isinstance(argument, Choice):
                assert all(languages <= set(spoken) for spoken in argument.words.values())


def test_usage_is_shown_in_the_readers_words() -> None:
    assert VOTE.usage("bn").startswith("!ভোট REF সম্মত|")
    assert CALL.usage("en") == "!call REF will|cannot|done [text]"


def test_required_free_text_must_be_there() -> None:
    command = Command(
        words={"en": "say"},
        summary=lazy("say"),
        args=(Word("who", lazy("WHO")), FreeText("what", lazy("WHAT"), required=True)),
        act=lambda session, actor, asked: Reply("help"),
    )
    assert read_arguments(command, "me hello you", "en") == {"who": "me", "what": "hello you"}
    with pytest.raises(Invalid, match="!say WHO WHAT"):
        read_arguments(command, "me", "en")


def test_an_optional_reference_may_be_left_out() -> None:
    command = Command(
        words={"en": "see"},
        summary=lazy("see"),
        args=(Ref("ref", lazy("REF"), required=False), FreeText("rest", lazy("REST"))),
        act=lambda session, actor, asked: Reply("help"),
    )
    assert read_arguments(command, "something else", "en") == {"rest": "something else"}


@given(st.text(max_size=60))
def test_no_text_breaks_the_reader(text: str) -> None:
    found = find_command(COMMANDS, "!" + text)
    if found is not None:
        try:
            values = read_arguments(*found, "en")
        except Invalid:
            return
        assert all(values.values())


@given(st.sampled_from(["agree", "block"]), st.text(alphabet=st.characters(categories=["Cf", "Mn", "Zs"]), max_size=3))
def test_only_the_exact_form_casts(position: str, noise: str) -> None:
    """Zero-width signs, marks and odd blanks around a position never make a vote out of something else."""
    try:
        _, values = read(f"!vote V-4QX2 {position}{noise}")
    except Invalid:
        return
    assert values == {"ref": "V-4QX2", "position": position}
    assert not noise.strip(" \u00a0")
