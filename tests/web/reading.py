"""Reading a page as a browser does: its title, its forms and what stands in them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser


def without_noise(text: str) -> str:
    """A page without random hidden values, and without form tokens, which hold the second in which they were made."""
    return re.sub(r'(name="(?:csrf_token|source|client_id)" value=")[^"]+"', r"\1", text)


@dataclass
class FormOnPage:
    """One form with the values a browser would send."""

    action: str
    method: str
    values: dict[str, str] = field(default_factory=dict)


class Page(HTMLParser):
    """A page that was received."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[FormOnPage] = []
        self.title = ""
        self.wrong: list[str] = []
        self._in: str = ""
        self._area: str | None = None
        self._select: str | None = None
        self.feed(text)

    def form(self, action: str) -> FormOnPage:
        """The form that posts to this address, or else the first whose address begins like this."""
        alike = [each for each in self.forms if each.action.startswith(action)]
        # Where on the page the answer is shown ("#act") is the browser's own business.
        return next((each for each in alike if each.action.partition("#")[0] == action), alike[0])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        read = getattr(self, f"_read_{tag}", None)
        if read is not None:
            read(found)

    def _read_title(self, _found: dict[str, str]) -> None:
        self._in = "title"

    def _read_form(self, found: dict[str, str]) -> None:
        self.forms.append(FormOnPage(found.get("action", ""), found.get("method", "get")))

    def _read_p(self, found: dict[str, str]) -> None:
        if "wrong" in found.get("class", "").split():
            self.wrong.append(found.get("id", "").removesuffix("-wrong"))

    def _read_input(self, found: dict[str, str]) -> None:
        kind, name = found.get("type", "text"), found.get("name", "")
        unticked = kind in ("checkbox", "radio") and "checked" not in found
        if name and kind != "file" and not unticked:
            self.forms[-1].values[name] = found.get("value", "on" if kind == "checkbox" else "")

    def _read_textarea(self, found: dict[str, str]) -> None:
        self._area = found["name"]
        self.forms[-1].values[self._area] = ""

    def _read_select(self, found: dict[str, str]) -> None:
        self._select = found["name"]

    def _read_option(self, found: dict[str, str]) -> None:
        if self._select and "selected" in found:
            self.forms[-1].values[self._select] = found.get("value", "")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._area is not None:
            values = self.forms[-1].values
            # A browser leaves out the one line break that begins a text area.
            values[self._area] = values[self._area].replace("\r\n", "\n").removeprefix("\n")
            self._area = None
        elif tag == "select":
            self._select = None
        elif tag == "title":
            self._in = ""

    def handle_data(self, data: str) -> None:
        if self._in == "title":
            self.title += data
        elif self._area is not None:
            self.forms[-1].values[self._area] += data
