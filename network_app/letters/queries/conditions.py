"""What keeps a letter from leaving, each thing with its reason in words."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from network_app.core import clock
from network_app.core.errors import Conflict
from network_app.core.i18n import LazyText, lazy
from network_app.core.permissions import Actor, ActorKind
from network_app.letters.models import Letter, Release
from network_app.letters.queries.letters import chosen_letters, get_letter
from network_app.letters.queries.papers import address_of
from network_app.letters.rules.states import LetterState, Step, gate_label

# Asks a gate token at this moment; returns what shut it, or None. Gates stand above letters, so they are handed in.
OpenGate = Callable[[Session, str], object | None]
# After this a first release is too old: the day by which the letter asks for an answer has come too near.
FIRST_RELEASE_HOLDS = {True: timedelta(days=1), False: timedelta(days=3)}
# Who has more than this to do is not helped by a longer list.
MOST_WAITING = 100


@dataclass(frozen=True)
class Condition:
    """One thing that must hold before a letter is released."""

    name: LazyText
    holds: bool
    why: LazyText | str


def signing_is_over(session: Session, letter: Letter) -> bool:
    """Whether the time for co-signing has ended, or there was none."""
    return letter.sign_until is None or clock.now(session) >= letter.sign_until


def silence_confirmed(letter: Letter) -> bool:
    """Whether the deadline passed without an answer and a named person looked into the mailbox (DOMAIN 5)."""
    return letter.state is LetterState.DEADLINE_PASSED and letter.mailbox_checked_at is not None


def conditions(session: Session, letter: Letter) -> list[Condition]:
    """What the letter itself needs before its release; consents and votes come from its gates."""
    over, signed = signing_is_over(session, letter), len(letter.valid_signatures)
    found = [
        Condition(
            lazy("Time for signing"),
            over,
            lazy("It has ended.") if over else lazy("Organisations can still sign it."),
        ),
        Condition(
            lazy("Signatures"),
            signed > 0,
            lazy("Organisations that signed this text: %(count)d.") % {"count": signed}
            if signed
            else lazy("No organisation has signed this text yet."),
        ),
    ]
    if letter.step is Step.REMINDER and letter.follows is not None:
        silent = silence_confirmed(letter.follows)
        waits = lazy("The deadline of %(ref)s must have passed and a person must have checked its mailbox.")
        done = lazy("Nobody answered %(ref)s by its deadline, and a person checked the mailbox.")
        found.append(
            Condition(lazy("Earlier letter"), silent, (done if silent else waits) % {"ref": letter.follows.ref})
        )
    return found


def gate_conditions(session: Session, letter: Letter, open_gate: OpenGate | None) -> list[Condition]:
    """The letter's gates as they stand now; each is asked again at the moment of sending."""
    if open_gate is None:
        return []
    found = []
    for token in letter.gates:
        shut = open_gate(session, token)
        why = lazy("Open now. It is asked again at the moment of sending.") if shut is None else str(shut)
        found.append(Condition(gate_label(token), shut is None, why))
    return found


def _may_know(session: Session, appeal_id: uuid.UUID, open_gate: OpenGate) -> bool:
    return open_gate(session, f"appeal:{appeal_id}:verified appeal:{appeal_id}:consent:share_with_network") is None


def is_visible(session: Session, actor: Actor, letter: Letter, open_gate: OpenGate) -> bool:
    """Whether this member may know of the letter: its author's organisation may, others if they may know the case.

    Safety: a letter tells that a case exists, so a restricted case must not show through its letters.
    """
    if letter.appeal_id is None or letter.author_organisation_id == actor.organisation_id:
        return True
    return _may_know(session, letter.appeal_id, open_gate)


def letters_waiting(
    session: Session, actor: Actor, states: Collection[LetterState], open_gate: OpenGate
) -> list[Letter]:
    """List the letters in these states that this member may know of, for the list of what is to be done."""
    found = session.scalars(
        chosen_letters((), actor.organisation_id, "", None)
        .where(Letter.state.in_(states))
        .order_by(Letter.drafted_at)
        .limit(MOST_WAITING)
    ).all()
    # Asked once for each case and not for each letter.
    known = {letter.appeal_id: letter for letter in found if letter.author_organisation_id != actor.organisation_id}
    hidden = {key for key, letter in known.items() if not is_visible(session, actor, letter, open_gate)}
    own = actor.organisation_id
    return [letter for letter in found if letter.author_organisation_id == own or letter.appeal_id not in hidden]


def hidden_appeals(session: Session, open_gate: OpenGate) -> list[uuid.UUID]:
    """The cases with letters that are not shared with the network now."""
    with_letters = session.scalars(select(Letter.appeal_id).where(Letter.appeal_id.is_not(None)).distinct())
    return [appeal_id for appeal_id in with_letters if appeal_id and not _may_know(session, appeal_id, open_gate)]


def standing_release(session: Session, letter: Letter) -> Release | None:
    """The first person's release, if it still holds while a second person is awaited."""
    first = letter.first_release
    if first is None or clock.now(session) - first.released_at > FIRST_RELEASE_HOLDS[letter.danger]:
        return None
    return first


def check_releaser(session: Session, actor: Actor, letter: Letter) -> None:
    """Stop a person who may not be the next to release this letter. Raises Conflict saying why.

    Safety: the author does not approve their own words (SAFETY T6), and the second person is of another organisation.
    """
    if actor.own_person() == letter.author_id:
        raise Conflict(lazy("You wrote this letter, so two other people release it."))
    first = standing_release(session, letter)
    if first is not None and first.person_id == actor.own_person():
        raise Conflict(lazy("You released this letter. A person of another organisation has to release it too."))
    if first is not None and first.organisation_id == actor.own_organisation():
        raise Conflict(lazy("Your organisation released this letter. The second person has to be of another one."))


def answers_for(actor: Actor, letter: Letter) -> bool:
    """Whether the actor may stop this letter or say what became of it: its author's organisation, and who released it.

    Who only signed asks one of them (DOMAIN 0: two people release, so these answer for it).
    """
    released = {each.organisation_id for each in letter.releases if each.voided_at is None}
    return actor.kind is ActorKind.SYSTEM or actor.organisation_id in released | {letter.author_organisation_id}


def is_a_sender(actor: Actor, letter: Letter) -> bool:
    """Whether the answers are the actor's to judge: of who wrote or released the letter, and of who signed it."""
    signed = {each.organisation_id for each in letter.valid_signatures}
    return answers_for(actor, letter) or actor.organisation_id in signed


def gates_of(session: Session, letter_id: uuid.UUID | str) -> list[str]:
    """The tokens that must be open at the moment this letter is sent."""
    return list(get_letter(session, letter_id).gates)


def may_send(session: Session, letter_id: uuid.UUID | str) -> LazyText | None:
    """Why this letter must not leave now, as far as letters know; None if nothing speaks against it."""
    letter = get_letter(session, letter_id)
    if letter.state is LetterState.RECALLED:
        return lazy("The letter was taken back.")
    if letter.state is not LetterState.FROZEN:
        return lazy("The letter is %(state)s.") % {"state": letter.state.label}
    if letter.step is Step.REMINDER and letter.follows is not None and not silence_confirmed(letter.follows):
        return lazy("The letter it reminds of was answered meanwhile.")
    # Safety: two people approved this address; another one may be the factory's.
    if address_of(letter) != letter.sent_to:
        return lazy("The address on record changed after the release.")
    return None
