"""What a target promised, only in a form that can later be found kept or broken."""

from __future__ import annotations

import uuid
from datetime import date

from sqlalchemy.orm import Session

from network_app.core import audit, clock
from network_app.core.db import lock, new_id
from network_app.core.errors import Conflict, Invalid, NotAllowed
from network_app.core.i18n import lazy
from network_app.core.permissions import Actor, Permission, require
from network_app.core.texts import clean_line, clean_text
from network_app.letters.models import Commitment, CommitmentWord
from network_app.letters.queries import letter_by_ref
from network_app.letters.rules.commitments import ENDED, SAID, CommitmentState
from network_app.targets.queries import get_target


def record_commitment(
    session: Session,
    actor: Actor,
    *,
    target_id: uuid.UUID,
    promise: str,
    measure: str,
    means: str,
    owner: str,
    due_on: date | None,
    source: str,
    judge_id: uuid.UUID,
    letter_ref: str | None = None,
) -> Commitment:
    """Record a promise with its measure, means, owner and date; without them it is refused (DOMAIN 5).

    `judge_id` is the organisation that will say whether it was kept. Raises Invalid naming the missing field.
    """
    require(actor, Permission.RECORD_RESPONSE)
    if due_on is None:
        raise Invalid(lazy("A promise without a date is no commitment. Ask by when."), field="due_on")
    commitment = Commitment(
        id=new_id(),
        target_id=get_target(session, target_id).id,
        letter_id=letter_by_ref(session, letter_ref).id if letter_ref else None,
        promise=clean_text(promise, "promise", longest=2000),
        measure=clean_text(measure, "measure", longest=1000),
        means=clean_text(means, "means", longest=1000),
        owner=clean_line(owner, "owner"),
        due_on=due_on,
        source=clean_line(source, "source", longest=500),
        judge_id=judge_id,
        recorded_at=clock.now(session),
    )
    session.add(commitment)
    session.flush()
    audit.record(session, actor, "commitment recorded", f"commitment:{commitment.id}", due=due_on.isoformat())
    return commitment


def judge_commitment(
    session: Session,
    actor: Actor,
    *,
    commitment_id: uuid.UUID,
    said: CommitmentState | str,
    heard_on: date,
    note: str = "",
) -> CommitmentWord:
    """Say what became of a promise. `kept` is said only by the organisation named when it was made (DOMAIN 0).

    Raises NotAllowed for another organisation's `kept`, Conflict once it ended.
    """
    require(actor, Permission.RECORD_RESPONSE)
    commitment = lock(session, Commitment, commitment_id)
    if said not in set(SAID):
        raise Invalid(lazy("Please choose what became of the promise."), field="said")
    state = CommitmentState(said)
    if state is CommitmentState.KEPT and actor.own_organisation() != commitment.judge_id:
        raise NotAllowed(lazy("Only the organisation named in the commitment says that it was kept."))
    if commitment.words and commitment.words[-1].said in ENDED:
        raise Conflict(lazy("This commitment has already ended."))
    word = CommitmentWord(
        id=new_id(),
        said=state,
        heard_on=heard_on,
        note=clean_text(note, "note", longest=2000, required=False),
        person_id=actor.own_person(),
        organisation_id=actor.own_organisation(),
        recorded_at=clock.now(session),
    )
    commitment.words.append(word)
    session.flush()
    audit.record(session, actor, "commitment judged", f"commitment:{commitment.id}", said=state.value)
    return word
