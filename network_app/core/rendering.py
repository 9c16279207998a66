"""Our own sentences, put together: mails, chat replies and the frame of a letter.

Jinja is for templates that stand in `templates/` and were reviewed with the code. What people write never is a template
(SAFETY W6); as a value it is escaped, so that a name such as `*all*` or `[you](http://...)` stays just a name.
"""

from __future__ import annotations

import functools
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from network_app.core import i18n
from network_app.core.config import current
from network_app.core.markup import Node, markdown_tree, to_html, to_text, words

TEMPLATES = Path(__file__).parents[2] / "templates"
SPECIAL = re.compile(r"([\\`*_\[\]])")
LINE_START = re.compile(r"(?m)^[ \t]*([#>+\-=~|:]|\d+[.)])?")


class Written(str):
    """Text of ours in Markdown: its stars and brackets mean what they say."""


def markdown_to_html(text: str) -> str:
    """Markdown as safe HTML: no raw HTML, no pictures; a bare address becomes a link only if it is one of ours."""
    return to_html(_with_our_links(markdown_tree(text), f"{current().public_url}/"))


def _with_our_links(node: Node, ours: str) -> Node:
    # Safety: in a chat client, a link to a person that stood in a case's title would call that person.
    if node.tag in ("a", "code", "text"):
        return node
    children: list[Node] = []
    for child in node.children:
        children += _linked(child.text, ours) if child.tag == "text" else [_with_our_links(child, ours)]
    return replace(node, children=children)


def _linked(text: str, ours: str) -> list[Node]:
    address = re.compile(rf"({re.escape(ours)}[\w/.?=&%#+-]*[\w/])")
    pieces = address.split(text)
    return [
        Node("a", href=piece, children=[words(piece)]) if number % 2 else words(piece)
        for number, piece in enumerate(pieces)
        if piece
    ]


def markdown_to_text(text: str) -> str:
    """Markdown as plain text: the second half of every mail, and what a phone shows in its preview."""
    return to_text(markdown_tree(text))


def escape_markdown(text: str) -> str:
    """Words of somebody else for use inside Markdown: they look the same, line by line, and mean nothing."""
    literal = SPECIAL.sub(r"\\\1", text).replace("&", "&amp;").replace("<", "&lt;")
    harmless = LINE_START.sub(lambda start: _entities(start[1] or ""), literal)
    return re.sub(r"(?<=\S)[ \t]*\n(?=\S)", "  \n", harmless)


def _entities(text: str) -> str:
    return "".join(sign if sign.isdigit() else f"&#{ord(sign)};" for sign in text)


def render(template: str, language: str, **values: Any) -> str:
    """Fill a template of ours in `language`. A value that is missing is an error, never an empty place.

    `.md` gives Markdown, `.html` HTML, `.txt` one line (for subjects): what was a line break is a space there.
    """
    suffix = Path(template).suffix
    with i18n.use_language(language):
        text = _environment(suffix).get_template(template).render(**values, language=language)
    return " ".join(text.split()) if suffix == ".txt" else text


@functools.cache
def _environment(suffix: str) -> Environment:
    if suffix not in (".md", ".html", ".txt"):
        raise ValueError(f"no way to render {suffix}")
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        autoescape=suffix == ".html",  # noqa: S701  # Markdown and subjects are escaped in their own ways
        finalize=_finalize if suffix == ".md" else None,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        date_text=i18n.date_text,
        moment_text=i18n.moment_text,
        money_text=i18n.money_text,
        country_name=i18n.country_name,
        language_name=i18n.language_name,
        direction=i18n.direction,
    )
    environment.globals.update(_SENTENCES[suffix])
    return environment


def _finalize(value: object) -> str:
    return value if isinstance(value, Written) else escape_markdown(str(value))


def _for_markdown(message: str, **values: Any) -> Written:
    return Written(i18n.gettext(message, **{name: _marked(value) for name, value in values.items()}))


def _counted_for_markdown(singular: str, plural: str, count: int, **values: Any) -> Written:
    return Written(i18n.ngettext(singular, plural, count, **{name: _marked(value) for name, value in values.items()}))


def _marked(value: object) -> object:
    return value if isinstance(value, int | float | Written) else escape_markdown(str(value))


def _for_html(message: str, **values: Any) -> Markup:
    sentence = Markup(i18n.gettext(message))  # noqa: S704  # a sentence of our own; its values are escaped below
    return sentence % values if values else sentence


def _counted_for_html(singular: str, plural: str, count: int, **values: Any) -> Markup:
    safe = {name: Markup.escape(value) for name, value in values.items()}
    return Markup(i18n.ngettext(singular, plural, count, **safe))  # noqa: S704  # as above


_SENTENCES: dict[str, dict[str, Any]] = {
    ".md": {"_": _for_markdown, "ngettext": _counted_for_markdown},
    ".html": {"_": _for_html, "ngettext": _counted_for_html},
    ".txt": {"_": i18n.gettext, "ngettext": i18n.ngettext},
}
