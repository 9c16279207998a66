"""Our own templates: a missing value is an error, and nobody's name means anything in them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as quickly
from hypothesis import strategies as st
from jinja2 import UndefinedError

from network_app.core import config, rendering
from network_app.core.rendering import escape_markdown, markdown_to_html, markdown_to_text, render
from tests.conftest import environment


@pytest.fixture(autouse=True)
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = config.load_settings(environment(f"sqlite:///{tmp_path}/none.db", tmp_path / "data"))
    monkeypatch.setattr(config, "_current", loaded)


@pytest.fixture
def templates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty folder of templates."""
    monkeypatch.setattr(rendering, "TEMPLATES", tmp_path)
    rendering._environment.cache_clear()
    yield tmp_path
    rendering._environment.cache_clear()


def test_a_missing_value_is_an_error(templates: Path) -> None:
    (templates / "a.md").write_text("for {{ organisation }}")
    with pytest.raises(UndefinedError):
        render("a.md", "en")


def test_a_name_in_markdown_stays_a_name(templates: Path) -> None:
    (templates / "a.md").write_text('- {{ name }}: {{ _("**%(name)s** wrote", name=name) }}')
    written = render("a.md", "en", name="[*you*](http://evil.test) <b>")
    assert markdown_to_text(written) == "- [*you*](http://evil.test) <b>: [*you*](http://evil.test) <b> wrote"
    assert "<strong>[*you*]" in markdown_to_html(written)
    assert "href" not in markdown_to_html(written)


def test_a_name_in_html_is_escaped_and_a_sentence_is_not(templates: Path) -> None:
    (templates / "a.html").write_text('{{ name }}|{{ _("a & %(name)s", name=name) }}')
    assert render("a.html", "en", name="<b>") == "&lt;b&gt;|a & &lt;b&gt;"


def test_a_subject_is_one_line(templates: Path) -> None:
    (templates / "subject.txt").write_text("News: {{ ref }}\n")
    assert render("subject.txt", "en", ref="UA-1\r\nBcc: all@x.test") == "News: UA-1 Bcc: all@x.test"


def test_the_language_is_the_readers(templates: Path) -> None:
    (templates / "a.md").write_text('{{ _("Every change of state is told.") }}')
    assert render("a.md", "en") == "Every change of state is told."
    assert render("a.md", "en-XA").startswith("[Év")


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), max_size=60))
@quickly(max_examples=300, deadline=None)
def test_any_line_survives_being_a_value(line: str) -> None:
    shown = " ".join(line.replace("\x02", "").replace("\x03", "").split())
    assert " ".join(markdown_to_text(f"x {escape_markdown(line)} x").split()) == f"x {shown} x".replace("x  x", "x x")


@pytest.mark.parametrize(
    "value", ["# a", "- a", "1. a", "> a", "    a", "a\n---", "| a |\n|---|", "+ a", "```", "a\n# b"]
)
def test_no_value_starts_a_block(value: str) -> None:
    page = markdown_to_html(escape_markdown(value))
    assert page.count("<") == 2 + 1 * page.count("<br>")
    assert page.startswith("<p>")


def test_our_own_address_becomes_a_link_and_no_other_does() -> None:
    page = markdown_to_html("See http://127.0.0.1:8000/letters/L-2HWD. Not https://matrix.to/#/@dara:network.test")
    assert '<a href="http://127.0.0.1:8000/letters/L-2HWD" rel="noopener noreferrer">' in page
    assert page.count("<a ") == 1
