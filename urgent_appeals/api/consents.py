"""What the workers allow, and their brakes, as the team records it."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from pydantic import Field

from network_app.core.permissions import Permission
from network_app.core.scopes import Scope
from network_app.pages.payload import Day, Input, Language, Line, ShortText
from network_app.pages.request import actor, db
from urgent_appeals.api.shown import api
from urgent_appeals.rules.consent import Basis, Use
from urgent_appeals.use_cases.brakes import resume_appeal, stop_everything
from urgent_appeals.use_cases.consent import (
    record_consent,
    resume_publication,
    second_consent,
    stop_publication,
    withdraw_consent,
)

BRAKES = {"stop": stop_everything, "resume": resume_appeal, "publish": resume_publication}


class NewConsent(Input):
    """A yes or a no, on whose word, and how it was asked."""

    use: Use
    granted: bool
    basis: Basis
    giver: Line
    how: ShortText
    language: Language
    expires_on: Day | None = None


class Withdrawn(Input):
    """Which use is not allowed any more."""

    use: Use


class Brake(Input):
    """What the workers said by a second channel, and how it was heard."""

    what: Literal["stop", "resume", "publish"]
    how: str = Field(max_length=2_000)


@api.post(
    "/appeals/<ref>/consents",
    scope=Scope.WORK_ON_APPEALS,
    may=Permission.COORDINATE_CASE,
    takes=NewConsent,
    changes="show",
    web="appeals.consent",
)
def consent(ref: str, given: NewConsent) -> None:
    """Record a yes or a no."""
    said = given.model_dump()
    said["use"], said["basis"] = given.use.value, given.basis.value
    record_consent(db(), actor(), ref=ref, **said)


@api.post(
    "/appeals/<ref>/consents/<uuid:consent_id>/second",
    scope=Scope.WORK_ON_APPEALS,
    may=Permission.COORDINATE_CASE,
    changes="show",
    web="appeals.second",
)
def second(ref: str, consent_id: UUID) -> None:
    """Stand behind a consent on vital interest as the second person."""
    second_consent(db(), actor(), consent_id=consent_id)


@api.post(
    "/appeals/<ref>/consents/withdraw",
    scope=Scope.WORK_ON_APPEALS,
    takes=Withdrawn,
    changes="show",
    web="appeals.withdraw",
)
def withdraw(ref: str, given: Withdrawn) -> None:
    """Take a consent back on the workers' word."""
    withdraw_consent(db(), actor(), use=given.use.value, ref=ref)


@api.post(
    "/appeals/<ref>/publication/stop",
    scope=Scope.WORK_ON_APPEALS,
    changes="show",
    web="appeals.stop",
)
def stop(ref: str) -> None:
    """Stop publication at once."""
    stop_publication(db(), actor(), ref=ref)


@api.post(
    "/appeals/<ref>/brake",
    scope=Scope.WORK_ON_APPEALS,
    may=Permission.COORDINATE_CASE,
    takes=Brake,
    changes="show",
    web="appeals.brake",
)
def brake(ref: str, given: Brake) -> None:
    """Do what the workers said by a second channel: stop everything, go on, allow publication again."""
    BRAKES[given.what](db(), actor(), ref=ref, how=given.how)
