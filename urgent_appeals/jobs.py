"""What runs on the clock: reminders to silent organisations, corrections, and marking that a first letter left."""

from __future__ import annotations

from sqlalchemy.orm import Session

from network_app.core.permissions import Actor
from network_app.core.schedule import Job
from urgent_appeals.queries.queue import appeals_late_since
from urgent_appeals.queries.response import first_letters, silent_calls, unconfirmed_rounds
from urgent_appeals.use_cases.calls import remind_silent
from urgent_appeals.use_cases.fan_out import correct_fan_out
from urgent_appeals.use_cases.lateness import LOOK_BACK, tell_of_lateness
from urgent_appeals.use_cases.rings import ring_out
from urgent_appeals.use_cases.targeting import note_first_letter

# A case's chain is locked before the audit's; two cases in one transaction could wait for each other's.
ONE_CASE = 1


def remind_the_silent(session: Session) -> None:
    """Remind organisations that were asked and said nothing, at half and nine tenths of their time."""
    for call in silent_calls(session):
        remind_silent(session, Actor.system(), call_id=call.id)


def correct_the_unconfirmed(session: Session) -> None:
    """On the danger clock: no second verifier within a day, so everyone who was alerted hears it."""
    for fan_out_id in unconfirmed_rounds(session)[:ONE_CASE]:
        correct_fan_out(session, Actor.system(), fan_out_id=fan_out_id)


def note_first_letters(session: Session) -> None:
    """The promise of a first letter is kept once one has left."""
    for appeal_id, sent_at in first_letters(session)[:ONE_CASE]:
        note_first_letter(session, Actor.system(), appeal_id=appeal_id, sent_at=sent_at)


def tell_of_late_promises(session: Session) -> None:
    """Say each promise that became late to those who made it."""
    for appeal_id in appeals_late_since(session, LOOK_BACK):
        tell_of_lateness(session, Actor.system(), appeal_id=appeal_id)


def ring_the_next(session: Session) -> None:
    """Ring the next person on duty about each case that nobody took."""
    ring_out(session, Actor.system())


JOBS = (
    Job("appeals.remind_the_silent", 60, remind_the_silent),
    Job("appeals.correct_the_unconfirmed", 20, correct_the_unconfirmed),
    Job("appeals.note_first_letters", 30, note_first_letters),
    Job("appeals.tell_of_late_promises", 600, tell_of_late_promises),
    Job("appeals.ring", 20, ring_the_next),
)
