"""Who is told what about a vote. Only references, titles, names of organisations and positions leave here:

a reason can hold what puts a worker at risk, so it stays on the page and on the board, which members read signed in.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime
from functools import partial

from sqlalchemy.orm import Session

from members.messages import tell_organisation, tell_person
from members.queries import bloc_name, get_organisation, people_with_duty
from network_app.core import config
from network_app.core.i18n import lazy, moment_text, use_language
from network_app.core.outbox import enqueue_chat
from network_app.core.permissions import Duty
from network_app.votes.models import Cast, Proposal, RollEntry
from network_app.votes.queries import poll_options, silent_speakers, speakers
from network_app.votes.queries.silence import SILENT_VOTES
from network_app.votes.rules import GROUNDS, POSITIONS
from network_app.votes.rules.deciding import Clause, Decision
from network_app.votes.rules.sentences import sentence

REMINDERS = (
    lazy("Half of the time has passed."),
    lazy("Nine tenths of the time have passed."),
)


class LazyMoment:
    """A point in time that is written out in the reader's language, when the message is made."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def __str__(self) -> str:
        return moment_text(self.moment)


class _Reasons:
    """Why a proposal was not adopted, written out in the reader's language, when the message is made."""

    def __init__(self, clauses: tuple[Clause, ...], name_of: Callable[[str], str]) -> None:
        self.clauses = clauses
        self.name_of = name_of

    def __str__(self) -> str:
        return " ".join(sentence(clause, self.name_of) for clause in self.clauses)


def link_to(proposal: Proposal) -> str:
    """Where a member reads and casts."""
    return f"{config.current().public_url}/votes/{proposal.ref}"


def tell_opened(session: Session, proposal: Proposal) -> None:
    """Tell every organisation on the roll; those that may cast also get a native poll in their room."""
    for entry in proposal.roll:
        tell_organisation(
            session,
            entry.organisation_id,
            key=f"vote:{proposal.id}:v{proposal.version}:opened",
            template="vote_opened",
            values=_about(proposal),
        )
        if entry.speaks:
            _send_poll(session, proposal, entry)


def _send_poll(session: Session, proposal: Proposal, entry: RollEntry) -> None:
    language = get_organisation(session, entry.organisation_id).room_language
    with use_language(language):
        options = [
            {"id": option.answer_id, "text": str(POSITIONS[option.position].label)}
            for option in poll_options(session, proposal, entry.organisation_id)
        ]
    enqueue_chat(
        session,
        key=f"vote:{proposal.id}:v{proposal.version}:poll:{entry.organisation_id}:chat",
        room=f"org:{entry.organisation_id}",
        language=language,
        template="poll",
        values={"ref": proposal.ref, "title": proposal.title, "options": options},
    )


def tell_cast(session: Session, proposal: Proposal, cast: Cast) -> None:
    """Give the receipt to every delegate who could have cast it, so that a cast in a wrong name does not stay unseen.

    Where the caster is the only delegate, the organisation's own contact point gets it too.
    """
    values = {
        **_about(proposal),
        "organisation": get_organisation(session, cast.organisation_id).name,
        "position": POSITIONS[cast.position].label,
        "version": cast.version,
        "number": cast.seq,
        "head": cast.head,
    }
    for entry in speakers(proposal, cast.voice):
        delegates = people_with_duty(session, entry.organisation_id, Duty.VOTE)
        for person in delegates:
            tell_person(
                session, person.id, key=_receipt_key(proposal, cast), template="vote_receipt", values=values, priority=0
            )
        if not {person.id for person in delegates} - {cast.person_id}:
            tell_organisation(
                session, entry.organisation_id, key=_receipt_key(proposal, cast), template="vote_receipt", values=values
            )


def _receipt_key(proposal: Proposal, cast: Cast) -> str:
    return f"vote:{proposal.id}:receipt:{cast.seq}"


def tell_blocked(session: Session, proposal: Proposal, cast: Cast) -> None:
    """Tell every organisation on the roll that there is a block, on what ground, and until when one can talk."""
    ground = GROUNDS[cast.ground] if cast.ground else lazy("not named yet")
    values = {
        **_about(proposal),
        "organisation": get_organisation(session, cast.organisation_id).name,
        "ground": ground,
    }
    _tell_roll(session, proposal, f"blocked:{cast.seq}", "vote_blocked", values)


def tell_closed(session: Session, proposal: Proposal, decision: Decision) -> None:
    """Tell every organisation on the roll what was decided, and everything that stood against it."""
    why = _Reasons(decision.clauses, partial(bloc_name, session))
    values = {**_about(proposal), "adopted": int(decision.adopted), "outcome": decision.word, "why": why}
    _tell_roll(session, proposal, "closed", "vote_closed", values)


def remind_silent(session: Session, proposal: Proposal, number: int) -> int:
    """Remind those whose vote is not cast, and them only, saying why; returns how many they are."""
    silent = silent_speakers(session, proposal)
    for entry in silent:
        tell_organisation(
            session,
            entry.organisation_id,
            key=f"vote:{proposal.id}:v{proposal.version}:reminder:{number}",
            template="vote_reminder",
            values={**_about(proposal), "why": REMINDERS[number - 1]},
        )
    return len(silent)


def warn_silent(session: Session, proposal: Proposal, organisation_id: uuid.UUID, silent: int) -> None:
    """Tell an organisation that did not answer what follows if it goes on so."""
    tell_organisation(
        session,
        organisation_id,
        key=f"vote:{proposal.id}:silent",
        template="vote_silent",
        values={**_about(proposal), "silent": silent, "most": SILENT_VOTES},
    )


def _tell_roll(session: Session, proposal: Proposal, what: str, template: str, values: dict[str, object]) -> None:
    for organisation_id in _on_roll(proposal):
        key = f"vote:{proposal.id}:v{proposal.version}:{what}"
        tell_organisation(session, organisation_id, key=key, template=template, values=values)


def _on_roll(proposal: Proposal) -> list[uuid.UUID]:
    return [entry.organisation_id for entry in proposal.roll]


def _about(proposal: Proposal) -> dict[str, object]:
    return {
        "ref": proposal.ref,
        "title": proposal.title,
        "closes": LazyMoment(proposal.closes()),
        "link": link_to(proposal),
    }
