"""What the page of one letter shows, and which acts are open to the person who looks at it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from network_app.core import clock
from network_app.core.errors import Conflict
from network_app.core.i18n import LazyText, lazy
from network_app.core.outbox import State
from network_app.core.paper import Paper
from network_app.core.permissions import Actor, Permission, may
from network_app.letters.models import Letter, Release
from network_app.letters.queries.conditions import (
    Condition,
    OpenGate,
    answers_for,
    check_releaser,
    conditions,
    gate_conditions,
    is_a_sender,
    signing_is_over,
    standing_release,
)
from network_app.letters.queries.letters import outgoing, unread_answers
from network_app.letters.queries.papers import address_of, paper_as_it_stands
from network_app.letters.rules.states import OPEN, OUT, TRANSITIONS, LetterState


@dataclass(frozen=True)
class LetterPage:
    """One letter for one reader."""

    letter: Letter
    stands: LazyText
    paper: Paper
    # The address that it would leave to now, and is released together with; empty if the company has none.
    goes_to: str
    approval: str
    conditions: list[Condition]
    gates: list[Condition]
    releases: list[Release]
    why_not_release: LazyText | str | None
    leaves_at: datetime | None
    held_because: str | None
    acts: frozenset[str]


def letter_page(session: Session, actor: Actor, letter: Letter, open_gate: OpenGate) -> LetterPage:
    """Everything the page of a letter shows to this reader."""
    paper = paper_as_it_stands(session, letter)
    needed = conditions(session, letter) if letter.state in OPEN else []
    gates = gate_conditions(session, letter, open_gate)
    first = standing_release(session, letter)
    released = [first] if first else []
    row = outgoing(session, letter)
    waiting = letter.state is LetterState.FROZEN and row is not None
    why_not = _why_not_release(session, actor, letter, [*needed, *gates])
    return LetterPage(
        letter=letter,
        stands=_stands(session, letter),
        paper=paper,
        goes_to=address_of(letter),
        approval=paper.sha256(address_of(letter)),
        conditions=needed,
        gates=gates,
        releases=released if letter.state in OPEN else [each for each in letter.releases if each.voided_at is None],
        why_not_release=why_not,
        leaves_at=row.not_before if waiting and row and row.state is State.PLANNED else None,
        held_because=row.error if waiting and row and row.state is not State.SENT else None,
        acts=frozenset(_acts(session, actor, letter, can_release=why_not is None)),
    )


def _stands(session: Session, letter: Letter) -> LazyText:
    if letter.state is LetterState.SIGNING and signing_is_over(session, letter):
        return lazy("signed, waits for two people to release it")
    return letter.state.label


def _why_not_release(session: Session, actor: Actor, letter: Letter, needed: list[Condition]) -> LazyText | str | None:
    shut = next((condition.why for condition in needed if not condition.holds), None)
    if shut is not None:
        return shut
    try:
        check_releaser(session, actor, letter)
    except Conflict as refusal:
        return str(refusal)
    return None


def _acts(session: Session, actor: Actor, letter: Letter, *, can_release: bool) -> list[str]:
    ours = letter.author_organisation_id == actor.organisation_id
    by_hand = letter.state is LetterState.FROZEN and letter.sent_to is None
    signed = any(each.organisation_id == actor.organisation_id for each in letter.valid_signatures)
    signing = letter.state is LetterState.SIGNING and not signing_is_over(session, letter)
    asided = str(actor.organisation_id) in letter.stand_aside
    late = letter.deadline_at is not None and clock.now(session) >= letter.deadline_at
    silent = letter.outcome is None and late and not unread_answers(letter)
    drafts, signs = may(actor, Permission.DRAFT_LETTER) and ours, may(actor, Permission.SIGN_LETTER)
    releases, records = may(actor, Permission.RELEASE_LETTER), may(actor, Permission.RECORD_RESPONSE)
    answers, judges = releases and answers_for(actor, letter), records and is_a_sender(actor, letter)
    possible = {
        "change": drafts and letter.state in OPEN,
        "close_signing": drafts and signing,
        "sign": signs and signing and not signed and not asided,
        "withdraw": signs and signed and letter.state in OPEN,
        "release": releases and can_release and letter.state in OPEN,
        "recall": answers and LetterState.RECALLED in TRANSITIONS[letter.state],
        "resolve": answers and letter.state is LetterState.UNCERTAIN,
        "by_hand": answers and by_hand,
        "class": judges,
        "mailbox": judges and silent and letter.state in OUT,
        "contact": records and letter.state in OUT,
    }
    return [act for act, open_now in possible.items() if open_now]
