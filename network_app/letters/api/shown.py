"""What programs are shown of a letter: the same as on its page, field by field."""

from __future__ import annotations

import datetime as dt
from typing import Any, cast
from uuid import UUID

from flask import current_app

from network_app.core.errors import NotFound
from network_app.core.permissions import Permission, require
from network_app.letters import queries
from network_app.letters.rules.replies import ContactKind, ReplyClass, ReplyKind
from network_app.letters.rules.states import LetterState, Step
from network_app.pages.operations import Section
from network_app.pages.payload import Output
from network_app.pages.request import actor, db

api = Section("letters", "Letters to targets, from the draft to the answer.")


class LetterShort(Output):
    """A letter in a list."""

    ref: str
    recipient: str
    step: Step
    state: LetterState
    language: str
    danger: bool
    sign_until: dt.datetime | None
    sent_at: dt.datetime | None
    deadline_at: dt.datetime | None
    outcome: ReplyClass | None
    signatures: int


class Signer(Output):
    """An organisation under a letter."""

    name: str
    country: str


class Condition(Output):
    """One thing that must hold before it leaves, and why it does or does not."""

    name: str
    holds: bool
    why: str


class ReleaseShown(Output):
    """One person's word that it may leave."""

    person: str
    organisation: str
    released_at: dt.datetime


class ReplyShown(Output):
    """What came back by mail."""

    id: UUID
    kind: ReplyKind
    received_at: dt.datetime
    from_address: str | None
    subject: str | None
    text: str | None
    klass: ReplyClass | None
    note: str


class ContactShown(Output):
    """A call, a meeting or a mail to one of us."""

    kind: ContactKind
    happened_on: dt.date
    with_whom: str | None
    summary: str | None
    klass: ReplyClass | None
    organisation: str


class Letter(LetterShort):
    """One letter as its reader gets it, and what still keeps it from leaving.

    `seen` is the name of exactly this text: send it back with a release.
    """

    about: str
    author_organisation: str | None
    subject: str | None
    body: str | None
    paper: str
    seen: str
    signers: list[Signer]
    stand_aside: int
    conditions: list[Condition]
    releases: list[ReleaseShown]
    why_not_release: str | None
    leaves_at: dt.datetime | None
    held_because: str | None
    acts: list[str]
    follows: str | None
    may_tell_factory: bool
    answer_by: dt.date | None
    pdf_sha256: str | None
    text_sha256: str | None
    html_sha256: str | None
    sent_by_hand: str
    mailbox_checked_at: dt.datetime | None
    recall_reason: str
    replies: list[ReplyShown]
    contacts: list[ContactShown]
    answered: int
    known: int


def open_gate() -> queries.OpenGate:
    """What must hold at the moment of sending; it stands above letters, so the frame hands it in."""
    return cast(queries.OpenGate, current_app.extensions["open_gate"])


def known_letter(ref: str) -> Any:
    """The letter, if this reader may know of it. Raises NotFound."""
    require(actor(), Permission.SEE_NETWORK)
    letter = queries.letter_by_ref(db(), ref)
    if not queries.is_visible(db(), actor(), letter, open_gate()):
        raise NotFound()
    return letter
