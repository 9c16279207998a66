"""Markdown as a small tree of known parts, from which the HTML, the plain text and the PDF of one text are made.

What people write can only become one of these parts: raw HTML, pictures, scripts and strange links stay literal or
disappear. Three outputs of one tree cannot say three different things.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser
from typing import Any

import markdown
import nh3

from network_app.core.errors import Invalid
from network_app.core.i18n import lazy

# The reader goes through the rest of the text for every opening bracket and every block: without these limits a page of
# brackets took 87 seconds and one of headings 42.
LONGEST = 30_000
MOST_LINES = 1_500
MOST_BRACKETS = 100
DEEPEST = 40
VOID = frozenset({"br", "hr"})
INLINE = frozenset({"strong", "em", "a", "code", "br"})
LEAVES = frozenset({"p", "h1", "h2", "h3", "h4", "th", "td", "pre"})
GROUPS = frozenset({"ul", "ol", "li", "blockquote", "table", "thead", "tbody", "tr", "hr"})
TAGS = INLINE | LEAVES | GROUPS
SCHEMES = ("https://", "http://", "mailto:")


@dataclass(frozen=True)
class Node:
    """A part of a text: `tag` is one of TAGS, `root`, or `text` for the words themselves."""

    tag: str
    text: str = ""
    href: str = ""
    children: list[Node] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """The part and all it holds as plain values."""
        return {
            "tag": self.tag,
            "text": self.text,
            "href": self.href,
            "children": [child.as_json() for child in self.children],
        }

    @staticmethod
    def from_json(plain: dict[str, Any]) -> Node:
        """The part that `as_json` wrote."""
        children = [Node.from_json(child) for child in plain["children"]]
        return Node(plain["tag"], plain["text"], plain["href"], children)


def words(text: str) -> Node:
    """Literal words: never read as Markdown, HTML or anything else."""
    return Node("text", text)


def markdown_tree(text: str) -> Node:
    """Read Markdown into a tree of known parts. Raises Invalid for what would keep the reader busy for minutes."""
    if len(text) > LONGEST or text.count("\n") > MOST_LINES:
        raise Invalid(lazy("This text is too long."))
    if text.count("[") > MOST_BRACKETS:
        raise Invalid(lazy("This text has too many square brackets. Please write it with fewer links."))
    try:
        html = _reader().convert(text)
    except RecursionError as error:
        raise Invalid(lazy("This text is nested too deeply. Please make it simpler.")) from error
    clean = nh3.clean(html, tags=set(TAGS), attributes={"a": {"href"}}, link_rel=None)
    builder = _Builder()
    builder.feed(clean)
    builder.close()
    return builder.root


def _reader() -> markdown.Markdown:
    reader = markdown.Markdown(extensions=["sane_lists", "tables"])
    # Safety: raw HTML and pictures are shown as they were typed; nh3 behind this is the second wall.
    reader.preprocessors.deregister("html_block")
    for pattern in ("html", "image_link", "image_reference", "short_image_ref"):
        reader.inlinePatterns.deregister(pattern)
    return reader


class _Builder(HTMLParser):
    """Builds the tree from HTML that nh3 has already cleaned."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Node("root")
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        href = dict(attrs).get("href") or ""
        # An address without a scheme leads nowhere from a mail, and is where tricks with blanks begin.
        node = Node(tag, href=href if href.lower().startswith(SCHEMES) else "")
        self.open[-1].children.append(node)
        if tag in VOID:
            return
        if len(self.open) >= DEEPEST:
            raise Invalid(lazy("This text is nested too deeply. Please make it simpler."))
        self.open.append(node)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID and len(self.open) > 1:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        holder = self.open[-1]
        before = holder.children[-1].tag if holder.children else ""
        # Between blocks a space is layout; between words and links it is a space.
        if data.strip() or holder.tag in LEAVES | INLINE or before in INLINE | {"text"}:
            holder.children.append(words(data))


def to_html(node: Node) -> str:
    """The tree as HTML without classes, styles or anything that loads from elsewhere."""
    if node.tag == "text":
        return escape(node.text)
    inside = "".join(to_html(child) for child in node.children)
    if node.tag == "root":
        return inside
    if node.tag in VOID:
        return f"<{node.tag}>"
    if node.tag == "a" and not node.href:
        return inside
    if node.tag == "a":
        return f'<a href="{escape(node.href)}" rel="noopener noreferrer">{inside}</a>'
    line = "" if node.tag in INLINE else "\n"
    return f"<{node.tag}>{inside}</{node.tag}>{line}"


def to_text(node: Node) -> str:
    """The tree as plain text for mail programs and screens that show nothing else."""
    return "\n\n".join(_blocks(node))


def _blocks(node: Node) -> list[str]:
    blocks: list[str] = []
    loose: list[Node] = []
    for child in node.children:
        if child.tag == "text" or child.tag in INLINE:
            loose.append(child)
            continue
        if loose:
            blocks.append(_line(loose))
            loose = []
        blocks.extend(_block(child))
    if loose:
        blocks.append(_line(loose))
    return [block for block in blocks if block]


def _block(node: Node) -> list[str]:
    if node.tag == "pre":
        return [_plain(node).rstrip("\n")]
    if node.tag in LEAVES:
        return [_line(node.children)]
    if node.tag in ("ul", "ol"):
        return ["\n".join(_point(child, number, node.tag) for number, child in enumerate(node.children, 1))]
    if node.tag == "blockquote":
        return ["\n".join(f"> {line}".rstrip() for line in to_text(node).splitlines())]
    if node.tag == "tr":
        return [" | ".join(_line(cell.children) for cell in node.children)]
    if node.tag == "table":
        return ["\n".join(_blocks(node))]
    return ["----"] if node.tag == "hr" else _blocks(node)


def _point(node: Node, number: int, kind: str) -> str:
    sign = "- " if kind == "ul" else f"{number}. "
    inside = "\n".join(_blocks(node)).replace("\n", f"\n{' ' * len(sign)}")
    return f"{sign}{inside}"


def _line(nodes: list[Node]) -> str:
    joined = "".join(_inline(node) for node in nodes)
    return "\n".join(" ".join(line.split()) for line in joined.split("\v")).strip()


def _inline(node: Node) -> str:
    if node.tag == "text":
        return node.text
    if node.tag == "br":
        return "\v"
    inside = "".join(_inline(child) for child in node.children)
    address = node.href.removeprefix("mailto:")
    return f"{inside} ({address})" if node.tag == "a" and address not in ("", inside) else inside


def _plain(node: Node) -> str:
    return node.text + "".join(_plain(child) for child in node.children)
