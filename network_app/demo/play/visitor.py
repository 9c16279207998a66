"""A person at a browser without JavaScript: opens pages, fills in what a form asks for, presses its button."""

from __future__ import annotations

import http.cookiejar
import urllib.error
import urllib.request
import uuid
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode, urljoin

VOID = frozenset({"br", "hr", "img", "input", "link", "meta"})


@dataclass
class FormOnPage:
    """One form as the page gave it: where it goes, what stands in it, what its button says."""

    action: str
    values: dict[str, list[str]] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    button: str = ""
    buttons: dict[str, tuple[str, str]] = field(default_factory=dict)
    options: dict[str, dict[str, str]] = field(default_factory=dict)

    def field(self, name: str) -> str:
        """The field of this name, where a page has several forms also with its form's prefix. Raises LookupError."""
        found = [one for one in self.names if one == name or one.endswith(f"-{name}")]
        if len(found) != 1:
            raise LookupError(f"the form {self.button!r} has no field {name!r}; it has {sorted(self.names)}")
        return found[0]

    def value(self, name: str, typed: Any) -> str:
        """What the browser sends for this field: of a list, the value of the line that was chosen by its words."""
        return self.options.get(name, {}).get(str(typed), str(typed))


@dataclass
class PageSeen:
    """What the browser got."""

    url: str
    status: int
    html: str
    headers: dict[str, str]
    forms: list[FormOnPage]
    words: str

    def form(self, wanted: str) -> FormOnPage:
        """The form whose button or action has `wanted` in it. Raises LookupError naming what there is."""
        for one in self.forms:
            if wanted == one.button or wanted in one.buttons:
                return one
        for one in self.forms:
            if wanted.lower() in one.button.lower() or one.action.endswith(wanted):
                return one
        offered = [f"{one.button} ({one.action})" for one in self.forms]
        raise LookupError(f"no form {wanted!r} at {self.url} ({self.status}); there is: {offered}")


class Visitor:
    """One browser with its cookies."""

    def __init__(self, base: str, *, language: str = "en") -> None:
        self.base = base
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self._opener = urllib.request.build_opener(jar)
        self._opener.addheaders = [("Accept-Language", language)]

    def open(self, path: str) -> PageSeen:
        """Look at a page."""
        return self._fetch(urllib.request.Request(urljoin(self.base, path)))  # noqa: S310  # loopback

    def press(
        self, page: PageSeen, button: str, files: dict[str, tuple[str, bytes]] | None = None, **typed: Any
    ) -> PageSeen:
        """Fill in the form with this button and send it; the page that follows is returned."""
        form = page.form(button)
        typed = {form.field(name): value for name, value in typed.items()}
        values = dict(form.values)
        if button in form.buttons:
            name, value = form.buttons[button]
            if name:
                values[name] = [value]
        for name, value in typed.items():
            several = value if isinstance(value, list | tuple) else [value]
            values[name] = [form.value(name, each) for each in several]
        where = urljoin(page.url, form.action)
        if files:
            body, kind = _multipart(values, files)
        else:
            body, kind = urlencode(values, doseq=True).encode(), "application/x-www-form-urlencoded"
        return self._fetch(urllib.request.Request(where, body, {"Content-Type": kind}))  # noqa: S310  # loopback

    def _fetch(self, request: urllib.request.Request) -> PageSeen:
        try:
            answer = self._opener.open(request, timeout=60)
        except urllib.error.HTTPError as refused:
            answer = refused
        with answer:
            html = answer.read().decode("utf-8", "replace")
            reader = _Reader()
            reader.feed(html)
            words = " ".join(" ".join(reader.words).split())
            return PageSeen(answer.url, answer.status or 0, html, dict(answer.headers), reader.forms, words)


class _Reader(HTMLParser):
    """Reads forms and visible words."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[FormOnPage] = []
        self.words: list[str] = []
        self._form: FormOnPage | None = None
        self._select: str | None = None
        self._area: str | None = None
        self._option: tuple[str, list[str]] | None = None
        self._button: tuple[str, str, list[str]] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = FormOnPage(given.get("action", ""))
            self.forms.append(self._form)
        elif self._form is not None:
            self._inside(self._form, tag, given, {name for name, _ in attrs})

    def _inside(self, form: FormOnPage, tag: str, given: dict[str, str], present: set[str]) -> None:
        name = given.get("name", "")
        if tag == "input" and name:
            form.names.add(name)
            kind = given.get("type", "text")
            if kind not in ("checkbox", "radio", "file", "submit") or "checked" in present:
                form.values.setdefault(name, []).append(given.get("value", "on"))
        elif tag == "textarea":
            form.names.add(name)
            self._area = name
            form.values[name] = [""]
        elif tag == "select":
            form.names.add(name)
            self._select = name
        elif tag == "option" and self._select:
            self._option = (given.get("value", ""), [])
            if "selected" in present or self._select not in form.values:
                form.values[self._select] = [given.get("value", "")]
        elif tag == "button":
            self._button = (name, given.get("value", ""), [])

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "textarea":
            self._area = None
        elif tag == "option" and self._option and self._select and self._form is not None:
            value, said = self._option
            self._form.options.setdefault(self._select, {})[" ".join("".join(said).split())] = value
            self._option = None
        elif tag == "select":
            self._select = None
        elif tag == "button" and self._button and self._form is not None:
            name, value, words = self._button
            label = " ".join("".join(words).split())
            self._form.button = self._form.button or label
            self._form.buttons[label] = (name, value)
            self._button = None

    def handle_data(self, data: str) -> None:
        if self._area and self._form is not None:
            self._form.values[self._area] = [self._form.values[self._area][0] + data]
            return
        if self._option:
            self._option[1].append(data)
        if self._button:
            self._button[2].append(data)
        self.words.append(data)


def _multipart(values: dict[str, list[str]], files: dict[str, tuple[str, bytes]]) -> tuple[bytes, str]:
    boundary = uuid.uuid4().hex
    parts: list[bytes] = []
    for name, several in values.items():
        for value in several:
            head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'
            parts.append(head.encode() + value.encode() + b"\r\n")
    for name, (file_name, data) in files.items():
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"; filename="{file_name}"\r\n'
        parts.append(head.encode() + b"Content-Type: application/octet-stream\r\n\r\n" + data + b"\r\n")
    parts.append(f"--{boundary}--\r\n".encode())
    return b"".join(parts), f"multipart/form-data; boundary={boundary}"
