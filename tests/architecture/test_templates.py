"""Templates keep what the content-security policy and readers without JavaScript rely on."""

from __future__ import annotations

import re

from tests.architecture.sources import files, must_be_none, text_of

# Each with the reason that a person would give.
NEVER = {
    "an inline script": re.compile(r"<script(?![^>]*\bsrc=)", re.I),
    "an inline style": re.compile(r"<style|\sstyle=", re.I),
    "an event in an attribute": re.compile(r"\son[a-z]+\s*=\s*[\"'{]", re.I),
    "a javascript: address": re.compile(r"javascript:", re.I),
    "something fetched from elsewhere": re.compile(r"(?:src|href)=[\"'](?:https?:)?//[^{]", re.I),
    "unescaped text": re.compile(r"\|\s*safe\b|autoescape\s+false"),
}
# Where it is meant, and why.
MEANT = {
    "templates/letters/as_mail.html: an inline style",  # a mail brings its own; no policy of ours reaches it
}


def never_in(name: str, text: str) -> list[str]:
    """What a template must not hold."""
    return [f"{name}: {what}" for what, pattern in NEVER.items() if pattern.search(text)]


def test_templates_hold_nothing_that_the_policy_would_block() -> None:
    names = [name for name in files() if name.startswith("templates/") and name.endswith(".html")]
    assert names
    found = {row for name in names for row in never_in(name, text_of(name))}
    must_be_none(sorted(found - MEANT))
    assert MEANT <= found, "no longer needed"


def test_each_of_these_would_be_seen() -> None:
    bad = [
        "<script>run()</script>",
        '<p style="color: red">',
        '<a onclick="go()">',
        '<a href="javascript:go()">',
        '<img src="https://cdn.example/x.png">',
        "{{ text|safe }}",
    ]
    assert [text for text in bad if not never_in("a.html", text)] == []
    fine = '<script src="{{ url_for(\'static\', filename=\'app.js\') }}"></script><a href="{{ link }}" class="on">'
    assert never_in("a.html", fine) == []
