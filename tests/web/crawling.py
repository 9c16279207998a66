"""Walking through every page that a person can reach, and reading every form on the way."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.factories.members import login

TYPED = {"text", "search", "email", "tel", "url", "number", "date", "textarea"}


@dataclass
class Field:
    """One field of a form as a browser shows it."""

    name: str
    kind: str
    value: str = ""
    checked: bool = False
    id: str = ""
    options: list[str] = field(default_factory=list)


@dataclass
class Form:
    """One form with its fields, in their order."""

    action: str
    method: str
    many_parts: bool
    fields: list[Field] = field(default_factory=list)

    def sent(self) -> dict[str, str]:
        """What a browser sends when the form is sent as it stands."""
        return {each.name: each.value for each in self.fields if _is_sent(each)}

    def typed(self) -> list[Field]:
        """The fields that people type into."""
        return [each for each in self.fields if each.kind in TYPED]


def _is_sent(each: Field) -> bool:
    if each.kind in ("checkbox", "radio"):
        return each.checked
    return each.kind not in ("file", "submit")


class Page(HTMLParser):
    """Links and forms of a page, and the fields that it says are wrong."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.links: list[str] = []
        self.forms: list[Form] = []
        self.wrong: set[str] = set()
        self._open: Form | None = None
        self._area: Field | None = None
        self._list: Field | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in found:
            self.links.append(found["href"])
        if found.get("id", "").endswith("-wrong"):
            self.wrong.add(found["id"].removesuffix("-wrong"))
        if tag == "form":
            many = found.get("enctype", "").startswith("multipart")
            self._open = Form(found.get("action", ""), found.get("method", "get").lower(), many)
            self.forms.append(self._open)
        elif self._open is not None:
            self._read_field(tag, found, self._open)

    def _read_field(self, tag: str, found: dict[str, str], form: Form) -> None:
        name = found.get("name", "")
        if tag == "option" and self._list is not None:
            self._list.options.append(found.get("value", ""))
            if "selected" in found or len(self._list.options) == 1:
                self._list.value = found.get("value", "")
        if not name:
            return
        if tag == "input":
            kind = found.get("type", "text")
            form.fields.append(Field(name, kind, found.get("value", ""), "checked" in found, found.get("id", "")))
        elif tag == "textarea":
            self._area = Field(name, "textarea", id=found.get("id", ""))
            form.fields.append(self._area)
        elif tag == "select":
            self._list = Field(name, "select", id=found.get("id", ""))
            form.fields.append(self._list)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "textarea" and self._area is not None:
            # A browser leaves out the one line break that begins a text area.
            self._area.value = self._area.value.replace("\r\n", "\n").removeprefix("\n")
            self._area = None
        elif tag == "select":
            self._list = None

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self._area.value += data


class Browser:
    """Somebody's browser on this installation."""

    def __init__(self, app: Flask, address: str) -> None:
        self.app = app
        self.address = address
        self.client: FlaskClient = app.test_client()

    def get(self, path: str) -> TestResponse:
        return self.client.get(path, base_url=self.address)

    def post(self, path: str, **fields: object) -> TestResponse:
        return self.client.post(path, base_url=self.address, data=fields)

    def sign_in(self, handle: str) -> None:
        """Sign in through the form, as people do."""
        form = next(form for form in Page(self.get("/login").text).forms if form.action.startswith("/login"))
        answer = self.post("/login", **(form.sent() | login(handle)))
        assert answer.status_code == 303, answer.text

    def pages(self, *starts: str) -> Iterator[tuple[str, TestResponse]]:
        """Every page that links lead to, each once; of many alike (`?page=2`) the first few."""
        # Whoever presses the way out at once (/leave) has left.
        waiting, seen, alike = list(starts), {*starts, "/leave"}, dict[str, int]()
        while waiting:
            path = waiting.pop(0)
            answer = self.get(path)
            yield path, answer
            if answer.mimetype != "text/html":
                continue
            for link in Page(answer.text).links:
                target = self._own(path, link)
                if target is None or target in seen:
                    continue
                seen.add(target)
                kind = re.sub(r"[A-Z]{1,2}-[0-9A-Z]+|[0-9a-f-]{36}|=[^&]*", "*", target)
                alike[kind] = alike.get(kind, 0) + 1
                if alike[kind] <= (2 if "?" in target else 12):
                    waiting.append(target)

    def _own(self, path: str, link: str) -> str | None:
        parts = urlsplit(urljoin(self.address + path, link))
        if not f"{parts.scheme}://{parts.netloc}".startswith(self.address) or parts.path.startswith("/static"):
            return None
        return parts.path + (f"?{parts.query}" if parts.query else "")

    def endpoint(self, path: str, method: str) -> str:
        """The name of the view behind an address."""
        adapter = self.app.url_map.bind(urlsplit(self.address).netloc)
        return str(adapter.match(urlsplit(path).path, method=method)[0])
