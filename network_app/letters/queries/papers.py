"""A letter as it reads: composed while it is open, fetched as it was frozen afterwards."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from members.models import Organisation
from network_app.core import clock, files
from network_app.core.config import current
from network_app.core.errors import Conflict, NotFound
from network_app.core.i18n import country_name, gettext, lazy, use_language
from network_app.core.paper import Paper
from network_app.letters.models import Letter
from network_app.letters.queries.letters import get_letter, reply_address
from network_app.letters.rules.deadlines import answer_by
from network_app.letters.rules.states import LetterState
from network_app.letters.rules.text import Facts, compose

TYPES = {"txt": "text/plain", "html": "text/html", "pdf": "application/pdf"}


@dataclass(frozen=True)
class FrozenMail:
    """Exactly what two people released, ready to be put into a mail."""

    subject: str
    to: str
    from_address: str
    reply_to: str
    text: str
    html: str
    pdf: bytes
    pdf_name: str
    sha256: str


@dataclass(frozen=True)
class Verdict:
    """What an outsider learns about a file that claims to be a letter of this network."""

    sha256: str
    ours: bool
    dated_on: date | None = None
    target: str | None = None
    withdrawn: bool = False


def dates_of(session: Session, letter: Letter) -> tuple[date, date]:
    """The day the letter bears and the day by which it asks for an answer; fixed by its first release."""
    if letter.dated_on and letter.answer_by:
        return letter.dated_on, letter.answer_by
    today = clock.now(session).date()
    country = letter.recipient.home_country
    return today, answer_by(today, letter.days_to_answer, country=country, danger=letter.danger)


def paper_of(session: Session, letter: Letter) -> Paper:
    """The letter as its reader gets it, from what is on record now."""
    dated_on, last_day = dates_of(session, letter)
    return compose(
        Facts(
            language=letter.language,
            network=current().network_name,
            verify_url=f"{current().public_url}/verify",
            reply_address=reply_address(letter),
            reference=letter.ref,
            target=letter.recipient.name,
            subject=letter.subject or "",
            body=letter.body or "",
            given=given_values(letter),
            signers=_signers(letter),
            dated_on=dated_on,
            answer_by=last_day,
            may_tell_factory=letter.may_tell_factory,
            follows=_follows(letter.follows),
        )
    )


def paper_as_it_stands(session: Session, letter: Letter) -> Paper:
    """The letter as it was frozen, or as it reads now while it is open."""
    if letter.paper_sha256 is None:
        return paper_of(session, letter)
    return Paper.from_bytes(files.fetch(letter.paper_sha256))


def given_values(letter: Letter) -> dict[str, str]:
    """The values its author gave for placeholders."""
    values: dict[str, str] = json.loads(letter.given or "{}")
    return values


def _signers(letter: Letter) -> tuple[tuple[str, str], ...]:
    with use_language(letter.language):
        return tuple(sorted((each.organisation.name, _place(each.organisation)) for each in letter.valid_signatures))


def _place(organisation: Organisation) -> str:
    country = country_name(organisation.country)
    # Safety: a letter from a demonstration that reaches a real company must not pass for a real one.
    return (
        gettext("%(country)s; fictional, for a demonstration", country=country) if organisation.fictional else country
    )


def _follows(earlier: Letter | None) -> tuple[str, date] | None:
    if earlier is None or earlier.dated_on is None:
        return None
    return earlier.ref, earlier.dated_on


def address_of(letter: Letter) -> str:
    """Where the letter goes now; empty if the company has no mail address on record."""
    return letter.recipient.contact_email or ""


def approval_hash(session: Session, letter: Letter) -> str:
    """The hash of every word of the letter and of its address: what a releasing person puts their name to."""
    return paper_of(session, letter).sha256(address_of(letter))


def frozen_mail(session: Session, letter_id: uuid.UUID | str) -> FrozenMail:
    """The bytes that were frozen, checked against their hashes. Raises Conflict for a letter that is not frozen."""
    letter = get_letter(session, letter_id)
    if not (letter.text_sha256 and letter.html_sha256 and letter.pdf_sha256):
        raise Conflict(lazy("This letter has not been released yet."))
    return FrozenMail(
        subject=letter.sent_subject or "",
        to=letter.sent_to or "",
        from_address=f"{current().network_name} <{current().mail_from}>",
        reply_to=reply_address(letter),
        text=files.fetch(letter.text_sha256).decode(),
        html=files.fetch(letter.html_sha256).decode(),
        pdf=files.fetch(letter.pdf_sha256),
        pdf_name=f"{letter.ref}.pdf",
        sha256=letter.pdf_sha256,
    )


def frozen_file(letter: Letter, kind: str) -> bytes:
    """The frozen text (`txt`), HTML or PDF. Raises NotFound before the letter is frozen."""
    kept = {"txt": letter.text_sha256, "html": letter.html_sha256, "pdf": letter.pdf_sha256}.get(kind)
    if kept is None:
        raise NotFound()
    return files.fetch(kept)


def verify(session: Session, sha256: str) -> Verdict:
    """Whether a file with this hash is a letter that this network released.

    Safety: of a private letter an outsider learns its date and nothing else, not even whom it addressed.
    """
    wanted = sha256.strip().lower()
    kept = or_(Letter.pdf_sha256 == wanted, Letter.text_sha256 == wanted, Letter.html_sha256 == wanted)
    letter = session.scalar(select(Letter).where(kept).order_by(Letter.frozen_at))
    if letter is None:
        return Verdict(wanted, ours=False)
    target = letter.recipient.name if letter.step.is_public else None
    withdrawn = letter.state is LetterState.RECALLED
    return Verdict(wanted, ours=True, dated_on=letter.dated_on, target=target, withdrawn=withdrawn)
