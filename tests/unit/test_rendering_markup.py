"""Markdown of people: what it may become, and that hostile input neither slips through nor keeps us busy."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from network_app.core.errors import Invalid
from network_app.core.markup import MOST_BRACKETS, markdown_tree, to_html, to_text

LETTER = """Dear **CEO**,

we *demand*:

- a [list](https://example.org/a_b) of orders
    - of 2020
- pay

1. now
2. soon

> as the award says

| Year | Orders |
|------|--------|
| 2019 | 12     |
"""


def html(text: str) -> str:
    return to_html(markdown_tree(text))


def text(markdown: str) -> str:
    return to_text(markdown_tree(markdown))


def test_a_letter_becomes_html() -> None:
    page = html(LETTER)
    assert "<p>Dear <strong>CEO</strong>,</p>" in page
    assert '<a href="https://example.org/a_b" rel="noopener noreferrer">list</a>' in page
    assert "<ol><li>now</li>" in page
    assert "<td>12</td>" in page


def test_a_letter_becomes_plain_text() -> None:
    assert text(LETTER) == (
        "Dear CEO,\n\nwe demand:\n\n"
        "- a list (https://example.org/a_b) of orders\n  - of 2020\n- pay\n\n"
        "1. now\n2. soon\n\n> as the award says\n\nYear | Orders\n2019 | 12"
    )


@pytest.mark.parametrize(
    "payload",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<svg/onload=alert(1)>",
        "<iframe srcdoc='<script>alert(1)</script>'>",
        "<details open ontoggle=alert(1)>",
        "<!--><script>alert(1)</script>-->",
        "<style>@import 'http://x'</style>",
        "<a href='javascript:alert(1)'>x</a>",
        "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
        "![x](http://tracker.example/pixel.png)",
        '<p title="</p><script>alert(1)</script>">',
    ],
)
def test_raw_html_and_pictures_stay_literal(payload: str) -> None:
    page = html(f"before\n\n{payload}\n\nafter")
    for tag in ("<script", "<img", "<svg", "<iframe", "<details", "<style", "<a ", "<math", "<!--", "<p title"):
        assert tag not in page
    assert "before" in page and "after" in page


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java\tscript:alert(1)",
        "&#106;avascript:alert(1)",
        "vbscript:msgbox",
        "data:text/html,<script>alert(1)</script>",
        "file:///etc/passwd",
        "\x01javascript:alert(1)",
    ],
)
def test_only_web_and_mail_addresses_are_links(address: str) -> None:
    assert "href" not in html(f"[press]({address})")


@given(st.text(alphabet="<>&\"'`*_[]()#!|-+= \n\tabjavscript:/{}\\1.", max_size=300))
@settings(max_examples=300, deadline=None)
def test_no_soup_of_signs_makes_a_tag_of_its_own(soup: str) -> None:
    try:
        page = html(soup)
    except Invalid:
        return
    allowed = {"p", "strong", "em", "a", "code", "pre", "br", "hr", "ul", "ol", "li", "blockquote", "h1", "h2", "h3"}
    allowed |= {"h4", "table", "thead", "tbody", "tr", "th", "td"}
    for piece in page.split("<")[1:]:
        name = piece.lstrip("/").split(">")[0].split(" ")[0]
        assert name in allowed, page
    assert "javascript:" not in "".join(part.split('"')[0] for part in page.split('href="')[1:])


@pytest.mark.parametrize("sign", ["[", "[a](", "> ", "1. ", "- x\n", "\n# ", "**a ", "\\", "<", "&", "`", "|", "a_b*"])
def test_a_page_of_one_sign_is_read_or_refused_quickly(sign: str) -> None:
    began = time.monotonic()
    try:
        html((sign * 30_000)[:30_000])
    except Invalid:
        assert sign in ("[", "[a](", "> ", "1. ", "- x\n", "\n# ")
    assert time.monotonic() - began < 5


def test_a_megabyte_and_too_many_brackets_are_refused_at_once() -> None:
    with pytest.raises(Invalid):
        html("x" * 1_000_000)
    with pytest.raises(Invalid):
        html("[" * (MOST_BRACKETS + 1))
