"""Writing a letter, changing it, and opening it for other organisations' signatures."""

from __future__ import annotations

import json
import secrets
import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from network_app.core import audit, clock
from network_app.core.db import lock, new_id
from network_app.core.decisions import Act, decision
from network_app.core.errors import Conflict, GateShut, Invalid
from network_app.core.i18n import lazy
from network_app.core.permissions import Actor, Permission, require
from network_app.core.refs import new_ref
from network_app.core.texts import clean_language, clean_line, clean_text
from network_app.letters.models import Letter
from network_app.letters.queries import given_values, letter_before, letter_by_ref, same_letter
from network_app.letters.rules.deadlines import DAYS_TO_ANSWER
from network_app.letters.rules.states import OPEN, LetterState, Step, check_move, gates_for
from network_app.letters.rules.text import GIVEN, check_body, check_text
from network_app.targets.models import Target
from network_app.targets.queries import answering_company
from network_app.targets.rules import TargetKind

MOST_DAYS = 90
TOKEN_BYTES = 9


def draft_letter(
    session: Session,
    actor: Actor,
    *,
    target_id: uuid.UUID,
    step: Step | str,
    language: str,
    subject: str,
    body: str,
    days_to_answer: int = DAYS_TO_ANSWER,
    sign_until: datetime | None = None,
    appeal_id: uuid.UUID | None = None,
    campaign_id: uuid.UUID | None = None,
    gates: Iterable[str] = (),
    danger: bool = False,
    may_tell_factory: bool = False,
    values: Mapping[str, str] | None = None,
    stand_aside: Iterable[uuid.UUID] = (),
    follows_id: uuid.UUID | None = None,
    undo: timedelta | None = None,
) -> Letter:
    """Write a letter to a target; it goes to the company that answers for it, once (DOMAIN 2 and 5).

    With `sign_until` it is open for signatures at once. `values` fill the placeholders that only its author knows;
    `stand_aside` did not carry the vote and so do not sign (DOMAIN 4). A reminder follows the last letter in the matter
    unless `follows_id` names another. Raises Invalid, Conflict and GateShut.
    """
    require(actor, Permission.DRAFT_LETTER)
    letter = _begin(session, actor, answering_company(session, target_id), _step(step))
    letter.target_id, letter.appeal_id, letter.campaign_id = target_id, appeal_id, campaign_id
    letter.language, letter.days_to_answer = clean_language(language), _days(days_to_answer)
    letter.danger, letter.may_tell_factory = danger, may_tell_factory
    letter.stand_aside = sorted(str(organisation_id) for organisation_id in stand_aside)
    letter.follows_id = follows_id or _earlier(session, letter)
    letter.undo_seconds = int((_undo(letter) if undo is None else undo).total_seconds())
    letter.gates = _gates(letter, gates)
    _write(letter, subject, body, values or {})
    if sign_until is not None:
        _open(session, letter, sign_until)
    return _keep(session, actor, letter)


def _begin(session: Session, actor: Actor, recipient: Target, step: Step) -> Letter:
    return Letter(
        id=new_id(),
        ref=new_ref(session, Letter, "L"),
        recipient_id=recipient.id,
        recipient=recipient,
        step=step,
        state=LetterState.DRAFT,
        version=1,
        reply_token=secrets.token_hex(TOKEN_BYTES),
        author_id=actor.person_id,
        author_organisation_id=actor.organisation_id,
        drafted_at=clock.now(session),
    )


def _keep(session: Session, actor: Actor, letter: Letter) -> Letter:
    _refuse_a_second(session, letter)
    session.add(letter)
    session.flush()
    audit.record(session, actor, "letter drafted", f"letter:{letter.ref}", step=letter.step.value, gates=letter.gates)
    return letter


def change_letter(
    session: Session,
    actor: Actor,
    *,
    ref: str,
    subject: str,
    body: str,
    values: Mapping[str, str] | None = None,
    sign_until: datetime | None = None,
) -> Letter:
    """Change the text: a first release and all signatures fall, because they were given to other words."""
    require(actor, Permission.DRAFT_LETTER)
    letter = lock(session, Letter, letter_by_ref(session, ref).id)
    _only_author(actor, letter)
    if letter.state not in OPEN:
        raise Conflict(lazy("This letter is frozen. Take it back and write a new one."))
    _write(letter, subject, body, given_values(letter) if values is None else values)
    letter.version += 1
    void_releases(session, letter)
    if sign_until is not None:
        _open(session, letter, sign_until)
    audit.record(session, actor, "letter changed", f"letter:{letter.ref}", version=letter.version)
    return letter


def open_signing(session: Session, actor: Actor, *, ref: str, until: datetime) -> Letter:
    """Let organisations sign until a moment; a first release falls, because the list of signers will change."""
    require(actor, Permission.DRAFT_LETTER)
    letter = lock(session, Letter, letter_by_ref(session, ref).id)
    _only_author(actor, letter)
    if letter.state not in OPEN:
        check_move(letter.state, LetterState.SIGNING)
    void_releases(session, letter)
    _open(session, letter, until)
    audit.record(session, actor, "letter open for signing", f"letter:{letter.ref}", until=until.isoformat())
    return letter


def void_releases(session: Session, letter: Letter) -> None:
    """Let a first release fall, because what was released is no longer what would be sent."""
    for release in letter.releases:
        release.voided_at = release.voided_at or clock.now(session)
    letter.dated_on = letter.answer_by = None
    if letter.state is LetterState.RELEASED_ONCE:
        letter.state = LetterState.SIGNING


def _write(letter: Letter, subject: str, body: str, values: Mapping[str, str]) -> None:
    given = {name: clean_text(text, name, longest=4000) for name, text in values.items() if name in GIVEN and text}
    title = clean_line(subject, "subject")
    text = clean_text(body, "body")
    follows = letter.follows_id is not None
    check_text(title, given, follows=follows, field="subject")
    check_body(text, given, follows=follows)
    letter.subject, letter.body, letter.given = title, text, json.dumps(given, ensure_ascii=False, sort_keys=True)


def _open(session: Session, letter: Letter, until: datetime) -> None:
    if until <= clock.now(session):
        raise Invalid(lazy("The time for signing has to end in the future."), field="sign_until")
    letter.sign_until = until
    letter.state = LetterState.SIGNING


def _only_author(actor: Actor, letter: Letter) -> None:
    if actor.is_person and actor.organisation_id != letter.author_organisation_id:
        raise Conflict(lazy("Only the organisation that wrote this letter changes it."))


def _refuse_a_second(session: Session, letter: Letter) -> None:
    matter = letter.appeal_id or letter.campaign_id
    earlier = same_letter(session, letter) if matter else None
    if earlier is not None:
        message = lazy("%(target)s already has this letter from us: %(ref)s. One company is written to once.")
        raise Conflict(message % {"target": earlier.recipient.name, "ref": earlier.ref}, field="target")


def _earlier(session: Session, letter: Letter) -> uuid.UUID | None:
    if letter.step is not Step.REMINDER:
        return None
    before = letter_before(
        session, recipient_id=letter.recipient_id, appeal_id=letter.appeal_id, campaign_id=letter.campaign_id
    )
    if before is None:
        raise Invalid(
            lazy("A reminder follows a letter that was sent, and there is none in this matter."), field="step"
        )
    return before.id


def _gates(letter: Letter, others: Iterable[str]) -> list[str]:
    # Safety: naming a target in public is decided by vote (DOMAIN 0); one person's letter must not get round it.
    if letter.step.is_public and letter.campaign_id is None:
        raise GateShut(lazy("Speaking in public about a target needs a campaign that the members adopted."))
    if letter.may_tell_factory and letter.appeal_id is None:
        raise Invalid(lazy("Only the workers of a case can allow that the factory is told."), field="may_tell_factory")
    return gates_for(
        letter.step,
        appeal_id=letter.appeal_id,
        to_authority=letter.recipient.kind is TargetKind.AUTHORITY,
        may_tell_factory=letter.may_tell_factory,
        others=others,
    )


def _undo(letter: Letter) -> timedelta:
    authority = letter.recipient.kind is TargetKind.AUTHORITY
    act = Act.LETTER_TO_AUTHORITY if authority else Act.PRIVATE_LETTER
    return decision(act, danger=letter.danger).undo


def _step(step: Step | str) -> Step:
    try:
        return Step(step)
    except ValueError:
        raise Invalid(lazy("Please choose what kind of letter this is."), field="step") from None


def _days(days: int) -> int:
    if not 1 <= days <= MOST_DAYS:
        message = lazy("Please give the target between 1 and %(most)d days.")
        raise Invalid(message % {"most": MOST_DAYS}, field="days_to_answer")
    return days
