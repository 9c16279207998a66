"""The texts for wider circles: written field by field, approved by a second person, taken back."""

from __future__ import annotations

from pydantic import Field

from network_app.core.permissions import Permission
from network_app.core.scopes import Scope
from network_app.pages.payload import Input, Language, Number, Output
from network_app.pages.request import actor, db
from urgent_appeals.api.shown import TextShown, api
from urgent_appeals.queries.response import team_case
from urgent_appeals.queries.texts import text_page
from urgent_appeals.rules.audiences import Audience
from urgent_appeals.use_cases.audience_texts import (
    approve_audience_text,
    withdraw_audience_text,
    write_audience_text,
)
from urgent_appeals.use_cases.calls import update_called

CIRCLE = "/appeals/<ref>/texts/<any(network, public):circle>"


class CircleShown(Output):
    """What one circle reads now, and what waits. Approve with the `version` and `sha256` that stand here."""

    audience: Audience
    consent: bool
    shown: TextShown | None
    waiting: TextShown | None
    version: int
    sha256: str


class NewText(Input):
    """A new version, field by field. Never a name, never an address, never a number to call."""

    language: Language
    title: str = Field(max_length=120)
    place: str = Field(max_length=120)
    workers: str = Field(max_length=120)
    what_happened: str = Field(max_length=6_000)
    wanted: str = Field(max_length=4_000)
    care: str = Field("", max_length=2_000)


class Approval(Input):
    """Exactly the version that was read."""

    version: Number
    sha256: str = Field(max_length=64)


@api.get(CIRCLE, gives=CircleShown, scope=Scope.READ_APPEALS, may=Permission.COORDINATE_CASE, web="texts.text")
def text(ref: str, circle: str) -> CircleShown:
    """Read the text for one circle: what it reads now, and what waits for a second person."""
    shown = text_page(db(), team_case(db(), actor(), ref), Audience(circle))
    return CircleShown(
        audience=shown.audience,
        consent=shown.consent,
        shown=_text(shown.shown),
        waiting=_text(shown.waiting),
        version=shown.version,
        sha256=shown.sha256,
    )


def _text(version: object) -> TextShown | None:
    return None if version is None else TextShown.of(version)


@api.post(
    CIRCLE,
    scope=Scope.WORK_ON_APPEALS,
    may=Permission.COORDINATE_CASE,
    takes=NewText,
    changes="text",
    web="texts.write",
)
def write(ref: str, circle: str, given: NewText) -> None:
    """Write a new version."""
    fields = given.model_dump(exclude={"language"})
    write_audience_text(db(), actor(), ref=ref, audience=Audience(circle), fields=fields, language=given.language)


@api.post(
    f"{CIRCLE}/approve",
    scope=Scope.WORK_ON_APPEALS,
    may=Permission.COORDINATE_CASE,
    takes=Approval,
    changes="text",
    web="texts.approve",
)
def approve(ref: str, circle: str, given: Approval) -> None:
    """Approve exactly what was read, as the second person."""
    approve_audience_text(db(), actor(), ref=ref, audience=Audience(circle), **given.model_dump())


@api.post(
    f"{CIRCLE}/withdraw",
    scope=Scope.WORK_ON_APPEALS,
    may=Permission.COORDINATE_CASE,
    changes="text",
    web="texts.take_back",
)
def take_back(ref: str, circle: str) -> None:
    """Take the text back from this circle."""
    withdraw_audience_text(db(), actor(), ref=ref, audience=Audience(circle))


@api.post(
    "/appeals/<ref>/calls/update",
    scope=Scope.WORK_ON_APPEALS,
    may=Permission.COORDINATE_CASE,
    changes="show",
    web="texts.update",
)
def update(ref: str) -> None:
    """Tell those who were asked that there is a newer text."""
    update_called(db(), actor(), ref=ref)
