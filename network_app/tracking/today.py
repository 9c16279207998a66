"""What waits for this person today: for each row one act, late ones first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from network_app.core import clock
from network_app.core.i18n import LazyText, lazy
from network_app.core.permissions import Actor, Permission, may
from network_app.gates import open_gate
from network_app.letters.queries import hidden_appeals, letters_page
from network_app.letters.rules.states import LetterState
from network_app.votes.queries import silent_speakers, votes_running
from urgent_appeals.queries.queue import appeal_queue
from urgent_appeals.queries.response import open_calls_for

LETTER_TASKS = (
    (LetterState.SIGNING, Permission.SIGN_LETTER, lazy("Sign the letter, or leave it")),
    (LetterState.RELEASED_ONCE, Permission.RELEASE_LETTER, lazy("Release the letter as the second person")),
    (LetterState.DEADLINE_PASSED, Permission.RECORD_RESPONSE, lazy("Look into the mailbox and confirm the silence")),
    (LetterState.UNCERTAIN, Permission.RELEASE_LETTER, lazy("Find out whether the letter arrived")),
)


@dataclass(frozen=True)
class Task:
    """One thing to do: what, about which reference, where, and by when."""

    words: LazyText
    ref: str
    endpoint: str
    due: datetime | None

    def is_late(self, now: datetime) -> bool:
        """Whether its time is over."""
        return self.due is not None and self.due < now


def tasks_of(session: Session, actor: Actor) -> list[Task]:
    """Everything that waits for this person and their organisation, the most urgent first."""
    found = [*_calls(session, actor), *_votes(session, actor), *_letters(session, actor), *_cases(session, actor)]
    far = datetime.max.replace(tzinfo=clock.now(session).tzinfo)
    return sorted(found, key=lambda task: (task.due or far, task.ref))


def _calls(session: Session, actor: Actor) -> Iterable[Task]:
    if may(actor, Permission.ANSWER_CALL):
        for row in open_calls_for(session, actor.own_organisation()):
            yield Task(lazy("Answer the call"), row.ref, "response.show_call", row.call.due_at)


def _votes(session: Session, actor: Actor) -> Iterable[Task]:
    if not may(actor, Permission.CAST_VOTE):
        return
    for proposal in votes_running(session, clock.now(session)):
        if any(entry.organisation_id == actor.organisation_id for entry in silent_speakers(session, proposal)):
            yield Task(lazy("Cast your organisation's vote"), proposal.ref, "votes.show", proposal.closes_at)


def _letters(session: Session, actor: Actor) -> Iterable[Task]:
    hidden = hidden_appeals(session, open_gate)
    for state, permission, words in LETTER_TASKS:
        if not may(actor, permission):
            continue
        for letter in letters_page(session, hidden=hidden, own=actor.organisation_id, state=state)[0]:
            if _waits_for(actor, letter):
                yield Task(words, letter.ref, "letters.show", letter.sign_until)


def _waits_for(actor: Actor, letter: Any) -> bool:
    if letter.state is LetterState.SIGNING:
        signed = any(signature.organisation_id == actor.organisation_id for signature in letter.valid_signatures)
        return not signed and str(actor.organisation_id) not in letter.stand_aside
    if letter.state is LetterState.RELEASED_ONCE:
        first = letter.first_release
        return first is not None and first.organisation_id != actor.organisation_id
    return letter.state is not LetterState.DEADLINE_PASSED or letter.mailbox_checked_at is None


def _cases(session: Session, actor: Actor) -> Iterable[Task]:
    for row in appeal_queue(session, actor).rows:
        if row.due is not None and _is_mine(actor, row):
            yield Task(row.due.promise.label, row.appeal.ref, "appeals.case", row.due.at)


def _is_mine(actor: Actor, row: Any) -> bool:
    if row.appeal.coordinator_id is not None:
        return bool(row.appeal.coordinator_id == actor.person_id)
    return may(actor, Permission.TRIAGE_APPEAL)
