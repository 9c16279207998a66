"""A new way in for somebody who lost password or phone: two codes from paper, or the words of two colleagues and 72 h.

Never by mail alone. Each voucher gets a code and says it to the person, in person or by voice; both are needed. While
the wait lasts the person and their organisations are told, and any of them can stop it. When it is done, everything
that opened before is dead (DOMAIN 1).
"""

import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from members.messages import tell_of_recovery, tell_of_recovery_end
from members.models import PaperCode, Person, Recovery, VoucherWord
from members.queries import (
    is_colleague,
    may_vouch,
    open_recovery,
    person_by_email,
    person_by_handle,
    words_for,
)
from members.rules import (
    VOUCHED_WAIT,
    VOUCHERS,
    WRONG_RECOVERIES_PER_ACCOUNT,
    WRONG_RECOVERIES_PER_SOURCE,
    Strength,
)
from members.rules.codes import clean_code
from members.use_cases.attempts import Limit, check_attempts, count_wrong_attempt
from members.use_cases.devices import end_devices
from members.use_cases.factors import forget_factors, paper_hash, readable_code
from members.use_cases.signing_in import Entry, enter
from network_app.core import audit, clock
from network_app.core.config import current
from network_app.core.crypto import keyed_hash
from network_app.core.db import lock, new_id
from network_app.core.errors import Conflict, Invalid, NotAllowed, NotFound
from network_app.core.i18n import lazy, moment_text
from network_app.core.permissions import Actor

NOBODY = lazy(
    "There is nobody with this handle for whom you can vouch: it takes a colleague, somebody of an organisation that "
    "sponsored theirs or, where none did, who coordinates their coalition."
)
FROZEN = lazy("This person is frozen. Two people let them back first; then you can vouch.")


@dataclass(frozen=True)
class Vouched:
    """What a voucher is shown once: the code to say to the person, and, after the second word, when the wait ends."""

    handle: str
    code: str
    ready_at: datetime | None


def vouch_for(session: Session, actor: Actor, *, handle: str, spoke: bool) -> Vouched:
    """Give my word that a person I spoke with lost their way in; the second word starts the wait of 72 hours.

    With the second word the sign-ins, chat links and tokens of the lost devices end; the password and the factors stay
    until the new way in is made, so that the person can still come and stop what they did not ask for.
    Raises Invalid for somebody whom my word does not reach, Conflict for a frozen person or a second word of mine.
    """
    if not spoke:
        raise Invalid(lazy("Speak with the person first, by voice or face to face."), field="spoke")
    found = person_by_handle(session, handle)
    if found is None or not may_vouch(session, actor, found.id):
        raise Invalid(NOBODY, field="handle")
    person = lock(session, Person, found.id)
    if person.frozen_at is not None:
        raise Conflict(FROZEN)
    recovery = open_recovery(session, person.id) or _begin(session, actor, person)
    words = words_for(session, recovery.id)
    if recovery.ready_at is not None:
        raise Conflict(lazy("Two have vouched already. The person types both codes once the wait is over."))
    if any(word.given_by_id == actor.own_person() for word in words):
        raise Conflict(lazy("You have given your word already. It takes one more person."))
    code = _give_word(session, actor, recovery)
    if _is_enough(session, actor, person, [*(word.organisation_id for word in words), actor.own_organisation()]):
        recovery.ready_at = clock.now(session) + VOUCHED_WAIT
        end_devices(session, person)
    session.flush()
    return Vouched(person.handle, code, recovery.ready_at)


def _begin(session: Session, actor: Actor, person: Person) -> Recovery:
    stop, now = secrets.token_urlsafe(24), clock.now(session)
    row = Recovery(id=new_id(), person_id=person.id, stop_hash=_stop_hash(stop), begun_at=now)
    session.add(row)
    session.flush()
    audit.record(session, actor, "begin_recovery", f"person:{person.id}")
    tell_of_recovery(session, person, row.id, f"{current().public_url.rstrip('/')}/login/stop/{stop}")
    return row


def _give_word(session: Session, actor: Actor, recovery: Recovery) -> str:
    code = readable_code()
    word = VoucherWord(
        id=new_id(),
        recovery_id=recovery.id,
        given_by_id=actor.own_person(),
        organisation_id=actor.own_organisation(),
        code_hash=_word_hash(recovery.id, code),
        at=clock.now(session),
    )
    session.add(word)
    session.flush()
    audit.record(session, actor, "vouch_for", f"person:{recovery.person_id}")
    return code


def _is_enough(session: Session, actor: Actor, person: Person, organisations: list[uuid.UUID]) -> bool:
    """Two words; where no colleague is among them, of two different organisations."""
    if len(organisations) < VOUCHERS:
        return False
    return is_colleague(session, actor, person.id) or len(set(organisations)) > 1


def stop_recovery(session: Session, *, token: str) -> bool:
    """Stop a recovery with the link that was mailed; False if nothing waits under it."""
    waiting = select(Recovery).where(Recovery.stop_hash == _stop_hash(token)).with_for_update()
    row = session.scalar(waiting)
    if row is None or row.stopped_at is not None or row.done_at is not None:
        return False
    _stop(session, Actor.nobody(), row)
    return True


def stop_recovery_of(session: Session, actor: Actor, *, person_id: uuid.UUID) -> None:
    """Stop my own or a colleague's recovery; raises NotAllowed for others', NotFound if none waits."""
    if actor.own_person() != person_id and not is_colleague(session, actor, person_id):
        raise NotAllowed()
    row = open_recovery(session, person_id)
    if row is None:
        raise NotFound()
    _stop(session, actor, lock(session, Recovery, row.id))


def _stop(session: Session, actor: Actor, row: Recovery) -> None:
    row.stopped_at = clock.now(session)
    session.flush()
    audit.record(session, actor, "stop_recovery", f"person:{row.person_id}")
    tell_of_recovery_end(session, session.get_one(Person, row.person_id), row.id, "recovery_stopped")


def check_tries(session: Session, *, email: str, source: str) -> None:
    """Stop somebody who tried too often, before a password is hashed for them; raises TooMany.

    Safety: hashing takes memory and time on purpose, so that whoever could set it off without end would keep everybody
    else waiting at the door.
    """
    check_attempts(session, *_counters(session, email, source))


def recover(
    session: Session, *, email: str, codes: tuple[str, str], hashed: str, source: str = "", device: str = ""
) -> Entry | None:
    """Make a new password with two codes, of paper or of the two vouchers; everything that opened before is dead.

    `hashed` is the new password, hashed before this transaction began. None if address and codes do not fit or the
    person is frozen, which must be committed, so that the try counts. Raises TooMany, and Conflict before the wait is
    over.
    """
    check_tries(session, email=email, source=source)
    person = person_by_email(session, email)
    # Safety: whoever is meant, and also if nobody is, the same questions are asked, so that the time tells nothing.
    whose = person.id if person else new_id()
    recovery = open_recovery(session, whose)
    paper, words = _paper_fits(session, whose, codes), _words_fit(session, recovery, codes)
    open_to = person is not None and person.frozen_at is None and clean_code(codes[0]) != clean_code(codes[1])
    if person is None or not open_to or not (paper or words):
        for counter in _counters(session, email, source):
            count_wrong_attempt(session, counter.subject)
        return None
    if not paper:
        _wait_is_over(session, recovery)
    person = lock(session, Person, person.id)
    forget_factors(session, person, paper=True)
    end_devices(session, person)
    person.password_hash = hashed
    _settle(session, person)
    audit.record(session, Actor.nobody(), "recover", f"person:{person.id}")
    return enter(session, person, Strength.PASSWORD, device)


def _paper_fits(session: Session, person_id: uuid.UUID, codes: tuple[str, str]) -> bool:
    hashes = [paper_hash(person_id, code) for code in codes]
    unused = select(PaperCode.id).where(PaperCode.code_hash.in_(hashes), PaperCode.used_at.is_(None))
    return len(session.scalars(unused.with_for_update()).all()) == len(set(hashes))


def _words_fit(session: Session, recovery: Recovery | None, codes: tuple[str, str]) -> bool:
    given = {word.code_hash for word in words_for(session, recovery.id if recovery else new_id())}
    if recovery is None or recovery.ready_at is None:
        return False
    return len(given & {_word_hash(recovery.id, code) for code in codes}) >= VOUCHERS


def _wait_is_over(session: Session, recovery: Recovery | None) -> None:
    if recovery is not None and recovery.ready_at is not None and clock.now(session) < recovery.ready_at:
        from_then_on = {"moment": moment_text(recovery.ready_at)}
        raise Conflict(lazy("These codes are right. They work from %(moment)s.") % from_then_on)


def _settle(session: Session, person: Person) -> None:
    row = open_recovery(session, person.id)
    if row is not None:
        row.done_at = clock.now(session)
    session.flush()
    tell_of_recovery_end(session, person, row.id if row else new_id(), "recovery_done")


def _counters(session: Session, email: str, source: str) -> tuple[Limit, Limit]:
    day = clock.now(session).date().isoformat()
    origin = keyed_hash("recover-source", f"{day}:{source}")
    both = keyed_hash("recover-both", f"{email.strip().lower()[:300]}:{origin}")
    return (Limit(both, WRONG_RECOVERIES_PER_ACCOUNT), Limit(origin, WRONG_RECOVERIES_PER_SOURCE))


def _word_hash(recovery_id: uuid.UUID, code: str) -> str:
    return keyed_hash("voucher-code", f"{recovery_id}:{clean_code(code)[:40]}")


def _stop_hash(token: str) -> str:
    return keyed_hash("recovery-stop", token[:100])
