"""Writing letters and changing them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from pydantic import Field

from network_app.core import clock
from network_app.core.errors import Invalid
from network_app.core.i18n import lazy
from network_app.core.permissions import Permission
from network_app.core.scopes import Scope
from network_app.letters.api.shown import api, known_letter
from network_app.letters.rules.deadlines import DAYS_TO_ANSWER
from network_app.letters.use_cases.drafting import change_letter, draft_letter
from network_app.pages.payload import Days, Input, Language, Line, Made, SignDays, Text, made
from network_app.pages.request import actor, db
from network_app.targets.queries import is_target


class NewLetter(Input):
    """A letter that does not come from a campaign's ladder."""

    target_id: UUID
    step: Literal["private", "reminder"] = "private"
    language: Language
    subject: Line
    body: Text
    demands: str = Field("", max_length=4_000)
    days_to_answer: Days = DAYS_TO_ANSWER
    sign_days: SignDays | None = None
    danger: bool = False


class NewWords(Input):
    """Other words; signatures and releases of the old ones fall."""

    subject: Line
    body: Text
    sign_days: SignDays | None = None


@api.post(
    "/letters",
    scope=Scope.WRITE_LETTERS,
    may=Permission.DRAFT_LETTER,
    takes=NewLetter,
    gives=Made,
    web="letters.draft",
)
def draft(given: NewLetter) -> Made:
    """Keep a new letter and open it for signing."""
    if not is_target(db(), given.target_id):
        raise Invalid(lazy("There is no such target."), field="target_id")
    letter = draft_letter(
        db(),
        actor(),
        target_id=given.target_id,
        step=given.step,
        language=given.language,
        subject=given.subject,
        body=given.body,
        days_to_answer=given.days_to_answer,
        sign_until=_sign_until(given.sign_days),
        values={"demands": given.demands},
        danger=given.danger,
    )
    return made(f"/letters/{letter.ref}", ref=letter.ref, id=letter.id)


@api.post(
    "/letters/<ref>/change",
    scope=Scope.WRITE_LETTERS,
    may=Permission.DRAFT_LETTER,
    takes=NewWords,
    changes="show",
    web="letters.keep_change",
)
def change(ref: str, given: NewWords) -> None:
    """Keep other words; signatures and releases of the old ones fall."""
    letter = known_letter(ref)
    until = _sign_until(given.sign_days)
    change_letter(db(), actor(), ref=letter.ref, subject=given.subject, body=given.body, sign_until=until)


def _sign_until(days: int | None) -> datetime | None:
    return clock.now(db()) + timedelta(days=days) if days else None
