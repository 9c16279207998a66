"""What waits for this person today: for each row one act, late ones first; and who is on duty, and what ends soon."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from members.queries import current_mandates, organisations_of
from members.queries.duty import turns
from members.rules.duty import Answering, who_answers
from network_app.core import clock
from network_app.core.i18n import LazyText, lazy
from network_app.core.labels import Labelled
from network_app.core.permissions import Actor, Duty, Permission, may
from network_app.gates import open_gate
from network_app.letters.queries import letter_tasks
from network_app.votes.queries import votes_running
from network_app.votes.queries.counting import own_last_casts
from network_app.votes.queries.proposals import own_entries
from urgent_appeals.queries.queue import cases_waiting
from urgent_appeals.queries.response import open_calls_for
from urgent_appeals.queries.rings import rings_for

ENDS_SOON = timedelta(days=30)


class Kind(Labelled):
    """Under which heading something stands as long as it is not late."""

    RING = "ring", lazy("Rings for you")
    PROMISED = "promised", lazy("Promised by you")
    VOTE = "vote", lazy("Votes that wait")
    CALL = "call", lazy("Calls that wait")
    OTHER = "other", lazy("To do")


@dataclass(frozen=True)
class Task:
    """One thing to do: what, about which reference, where, and by when."""

    words: LazyText
    ref: str
    endpoint: str
    due: datetime | None
    kind: Kind = Kind.OTHER

    def is_late(self, now: datetime) -> bool:
        """Whether its time is over."""
        return self.due is not None and self.due < now


def tasks_of(session: Session, actor: Actor) -> list[Task]:
    """Everything that waits for this person and their organisation, the most urgent first."""
    found = [
        *_rings(session, actor),
        *_calls(session, actor),
        *_votes(session, actor),
        *_letters(session, actor),
        *_cases(session, actor),
    ]
    far = datetime.max.replace(tzinfo=clock.now(session).tzinfo)
    return sorted(found, key=lambda task: (task.kind is not Kind.RING, task.due or far, task.ref))


def _rings(session: Session, actor: Actor) -> Iterable[Task]:
    for case in rings_for(session, actor):
        first = case.alarms[0]
        yield Task(first.words, case.appeal.ref, "rings.show", first.since, Kind.RING)


def _calls(session: Session, actor: Actor) -> Iterable[Task]:
    if may(actor, Permission.ANSWER_CALL):
        for row in open_calls_for(session, actor.own_organisation()):
            promised = row.call.answer is not None
            words = lazy("Do what we said we would, and tell") if promised else lazy("Answer the call")
            kind = Kind.PROMISED if promised else Kind.CALL
            yield Task(words, row.ref, "response.show_call", row.call.due_at, kind)


def _votes(session: Session, actor: Actor) -> Iterable[Task]:
    if not may(actor, Permission.CAST_VOTE):
        return
    running = votes_running(session, clock.now(session))
    if not running:
        return
    entries = own_entries(session, actor.organisation_id)
    ours = {one.id: entries[one.id] for one in running if one.id in entries and entries[one.id].speaks}
    heard = own_last_casts(session, ours)
    for proposal in running:
        if proposal.id in ours and proposal.id not in heard:
            words = lazy("Cast your organisation's vote")
            yield Task(words, proposal.ref, "votes.show", proposal.closes_at, Kind.VOTE)


def _letters(session: Session, actor: Actor) -> Iterable[Task]:
    for task in letter_tasks(session, actor, open_gate):
        yield Task(task.words, task.ref, "letters.show", task.due)


def _cases(session: Session, actor: Actor) -> Iterable[Task]:
    for row in cases_waiting(session, actor):
        if row.due is not None:
            kind = Kind.PROMISED if row.appeal.coordinator_id == actor.person_id else Kind.OTHER
            yield Task(row.due.promise.label, row.appeal.ref, "appeals.case", row.due.at, kind)


def duty_now(session: Session) -> list[Answering]:
    """Say who answers now, for every coalition that has somebody."""
    return who_answers(turns(session), clock.now(session))


@dataclass(frozen=True)
class Ending:
    """A mandate of mine that ends soon."""

    organisation: str
    slug: str
    duty: Duty
    last_day: date | None


def ending_soon(session: Session, actor: Actor) -> list[Ending]:
    """List my mandates that end within a month, so that somebody can be named after me in time."""
    last = clock.now(session) + ENDS_SOON
    return [
        Ending(organisation.name, organisation.slug, mandate.duty, mandate.last_day)
        for organisation in organisations_of(session, actor.own_person())
        for mandate in current_mandates(session, organisation.id)
        if mandate.person_id == actor.person_id and mandate.until is not None and mandate.until <= last
    ]
