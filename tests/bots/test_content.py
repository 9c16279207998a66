"""What is posted: plain text and HTML that wake nobody, and polls that clients in use can read."""

from __future__ import annotations

import json
import uuid

import pytest

from bots.content import MARKER, MESSAGE, POLL_START, poll_start, text_message

MARK = uuid.UUID(int=7)


def test_a_text_is_plain_and_html_and_carries_its_mark() -> None:
    content = text_message("Hello **you**", "<p>Hello <strong>you</strong></p>", MARK)
    assert content["msgtype"] == "m.text"
    assert content["body"] == "Hello **you**"
    assert content["formatted_body"] == "<p>Hello <strong>you</strong></p>"
    assert content[MARKER] == str(MARK)


@pytest.mark.parametrize("shout", ["@room", "@ROOM help", "see @room!", "x@room"])
def test_no_title_rings_every_phone(shout: str) -> None:
    content = text_message(shout, f"<p>{shout}</p>", MARK)
    poll = poll_start(shout, [("a", shout)], MARK)
    assert content["m.mentions"] == {} == poll["m.mentions"]
    assert "@room" not in json.dumps([content, poll], ensure_ascii=False).lower()


def test_a_poll_has_the_keys_that_clients_read_and_those_of_the_specification() -> None:
    content = poll_start("V-4QX2: A title", [("id1", "We agree"), ("id2", "We block")], MARK)
    start = content[POLL_START]
    assert [answer["id"] for answer in start["answers"]] == ["id1", "id2"]
    assert start["max_selections"] == 1
    assert start["question"]["org.matrix.msc1767.text"] == "V-4QX2: A title"
    assert [answer["m.id"] for answer in content["m.poll"]["answers"]] == ["id1", "id2"]
    assert content["body"] == "V-4QX2: A title\n1. We agree\n2. We block"
    assert POLL_START != MESSAGE


@pytest.mark.parametrize("text", ["x" * 200_000, "ক" * 60_000, "<&>" * 50_000])
def test_the_longest_text_fits_into_one_event(text: str) -> None:
    content = text_message(text, f"<p>{text}</p>", MARK)
    assert len(json.dumps(content, ensure_ascii=False).encode()) < 60_000
    assert content["body"].endswith("…")
