"""What the bot makes of raw events: only what is addressed to it, and nothing believed."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.events import Membership, PollAnswer, SecondThought, Spoken, read_event, to_keep

REPLY = {"m.in_reply_to": {"event_id": "$q"}}


def event(content: object, kind: str = "m.room.message", **more: object) -> dict[str, Any]:
    return {"event_id": "$1", "sender": "@a:x", "type": kind, "content": content, **more}


def text(body: object, **more: object) -> dict[str, Any]:
    return event({"msgtype": "m.text", "body": body, **more})


def test_a_command_is_heard() -> None:
    assert read_event(text("!help")) == Spoken("$1", "@a:x", "!help")


@pytest.mark.parametrize(
    "raw",
    [
        text("help"),
        text(" !help"),
        text("\u200b!help"),
        text("Hello\n!help"),
        text("> !help"),
        text(5),
        text(None),
        event({"msgtype": "m.notice", "body": "!help"}),
        event({"msgtype": "m.emote", "body": "!help"}),
        event({"msgtype": "m.image", "body": "!help"}),
        event({"msgtype": "m.text", "body": "hello", "formatted_body": "!help"}),
        event({"msgtype": "m.text", "body": "> <@b:x> !vote V-4QX2 block\n\nwell", "m.relates_to": REPLY}),
        event({"body": "!help"}),
        event("!help"),
        event({"m.relates_to": {"rel_type": "m.annotation", "event_id": "$p", "key": "agree"}}, "m.reaction"),
        {"event_id": "$1", "type": "m.room.message", "content": {"msgtype": "m.text", "body": "!help"}},
        {"event_id": 7, "sender": "@a:x", "type": "m.room.message", "content": {"msgtype": "m.text", "body": "!help"}},
        [],
        None,
    ],
)
def test_everything_else_is_talk(raw: object) -> None:
    assert read_event(raw) is None


def test_the_quoted_part_of_a_reply_is_not_what_was_said() -> None:
    body = "> <@b:x> !vote V-4QX2 block\n> second line\n\n!vote V-4QX2 agree"
    assert read_event(text(body, **{"m.relates_to": REPLY})) == Spoken("$1", "@a:x", "!vote V-4QX2 agree")


def test_an_edit_is_never_a_command() -> None:
    relation = {"rel_type": "m.replace", "event_id": "$old"}
    new = {"msgtype": "m.text", "body": "!vote V-4QX2 block"}
    raw = text("!vote V-4QX2 block", **{"m.relates_to": relation, "m.new_content": new})
    assert read_event(raw) == SecondThought("$1", "@a:x", "$old")


def test_a_removal_is_seen_in_both_room_versions() -> None:
    assert read_event(event({"redacts": "$old"}, "m.room.redaction")) == SecondThought("$1", "@a:x", "$old")
    assert read_event(event({}, "m.room.redaction", redacts="$old")) == SecondThought("$1", "@a:x", "$old")
    assert read_event(event({}, "m.room.redaction")) is None


@pytest.mark.parametrize(
    ("content", "answers"),
    [
        ({"org.matrix.msc3381.poll.response": {"answers": ["a1"]}}, ("a1",)),
        ({"m.selections": ["a1"]}, ("a1",)),
        ({"m.selections": []}, ()),
        ({"m.selections": ["a1", 5]}, ()),
        ({"org.matrix.msc3381.poll.response": ["a1"]}, ()),
        ({"m.relates_to": "str", "m.selections": ["a1"]}, ("a1",)),
    ],
)
def test_poll_answers_in_both_dialects(content: dict[str, Any], answers: tuple[str, ...]) -> None:
    for kind in ("org.matrix.msc3381.poll.response", "m.poll.response"):
        assert read_event(event(content, kind)) == PollAnswer("$1", "@a:x", answers)


def test_an_edited_poll_answer_changes_nothing() -> None:
    content = {"m.selections": ["a2"], "m.relates_to": {"rel_type": "m.replace", "event_id": "$old"}}
    assert read_event(event(content, "m.poll.response")) == SecondThought("$1", "@a:x", "$old")


def test_who_comes_and_goes() -> None:
    raw = event({"membership": "leave"}, "m.room.member", state_key="@b:x")
    assert read_event(raw) == Membership("$1", "@a:x", "@b:x", "leave")
    assert read_event(event({"membership": 3}, "m.room.member", state_key="@b:x")) is None


json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
KEYS = ["msgtype", "body", "m.relates_to", "m.selections", "redacts", "membership", "rel_type", "event_id"]
KINDS = ["m.room.message", "m.room.redaction", "m.room.member", "m.poll.response", "m.room.encrypted"]
TEXTS = ["m.text", "!x", "m.replace", "$1", "join"]


@given(
    st.sampled_from(KINDS) | json,
    st.dictionaries(st.sampled_from(KEYS), json | st.sampled_from(TEXTS), max_size=5) | json,
    st.dictionaries(st.sampled_from(["state_key", "redacts", "unsigned"]), json | st.just("$x"), max_size=3),
)
def test_no_event_breaks_the_reader_and_what_is_kept_means_the_same(kind: Any, content: Any, more: Any) -> None:
    read = read_event({"event_id": "$1", "sender": "@a:x", "type": kind, "content": content, **more})
    if read is not None:
        assert read_event(to_keep(read)) == read


def test_only_the_words_of_the_command_are_kept() -> None:
    raw = text("!help", formatted_body="<b>secret</b>") | {"unsigned": {"age": 1}, "room_id": "!r"}
    read = read_event(raw)
    assert read is not None
    assert "secret" not in str(to_keep(read))
