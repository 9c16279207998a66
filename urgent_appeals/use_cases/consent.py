"""What the workers allow, recorded and taken back, and the brake on publication that is always in their hands."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, time
from enum import StrEnum
from typing import TypeVar

from sqlalchemy.orm import Session

from network_app.core import clock
from network_app.core.db import get, new_id
from network_app.core.errors import Conflict, Invalid, NotFound
from network_app.core.i18n import lazy
from network_app.core.permissions import Actor, ActorKind, Permission
from network_app.core.texts import clean_language, clean_line, clean_text
from urgent_appeals.messages.intake import tell_team
from urgent_appeals.models import Appeal, Consent
from urgent_appeals.queries.case import case_audience, consent_holds, consents_of, get_appeal, speaks_for_workers
from urgent_appeals.rules.audiences import Audience
from urgent_appeals.rules.clocks import possibly_coerced
from urgent_appeals.rules.consent import VITAL_INTEREST_LASTS, Basis, Use, shut_with
from urgent_appeals.use_cases.opening import open_case, own_case
from urgent_appeals.use_cases.talking import write_note
from urgent_appeals.use_cases.timeline import write_timeline

E = TypeVar("E", bound=StrEnum)


def record_consent(
    session: Session,
    actor: Actor,
    *,
    ref: str,
    use: str,
    basis: str,
    giver: str,
    how: str,
    language: str,
    granted: bool = True,
    expires_on: date | None = None,
) -> Consent:
    """Write down a yes or a no to one use: on whose word, how it was asked, in which language, until when.

    Raises Invalid. On the basis `vital_interest` it speaks only after second_consent, and for 72 hours.
    """
    allowed, ground = _member(Use, use, "use"), _member(Basis, basis, "basis")
    who = clean_line(giver, "giver")
    way = clean_text(how, "how", longest=2000)
    appeal = open_case(session, actor, ref, Permission.COORDINATE_CASE)
    now = clock.now(session)
    ends = datetime.combine(expires_on, time.max, UTC) if expires_on else None
    if ends is not None and ends <= now:
        raise Invalid(lazy("This day is over already."), field="expires_on")
    return add_consent(
        session,
        actor,
        appeal,
        use=allowed,
        basis=ground,
        giver=who,
        how=way,
        language=clean_language(language),
        granted=granted,
        ends=ends,
    )


def add_consent(
    session: Session,
    actor: Actor,
    appeal: Appeal,
    *,
    use: Use,
    basis: Basis,
    giver: str,
    how: str,
    language: str,
    granted: bool = True,
    ends: datetime | None = None,
) -> Consent:
    """Store one consent record of an appeal that is already in hand."""
    now = clock.now(session)
    limit = now + VITAL_INTEREST_LASTS if basis is Basis.VITAL_INTEREST else None
    record = Consent(
        id=new_id(),
        appeal_id=appeal.id,
        use=use,
        basis=basis,
        granted=granted,
        giver=giver,
        how=how,
        language=clean_language(language),
        recorded_at=now,
        expires_at=min((end for end in (ends, limit) if end is not None), default=None),
        recorded_by_id=actor.person_id,
    )
    session.add(record)
    session.flush()
    write_timeline(session, actor, appeal, "consent_recorded", use=use.value, basis=basis.value, granted=granted)
    note_readiness(session, appeal)
    return record


def second_consent(session: Session, actor: Actor, *, consent_id: uuid.UUID) -> None:
    """Stand behind a consent on vital interest as the second person. Raises Conflict for the first person."""
    record = get(session, Consent, consent_id)
    appeal = open_case(session, actor, _ref_of(session, record), Permission.COORDINATE_CASE)
    if record.basis is not Basis.VITAL_INTEREST or record.seconded_at is not None:
        raise Conflict(lazy("This consent needs no second person."))
    if record.recorded_by_id == actor.own_person():
        raise Conflict(lazy("The second person must be somebody else."))
    record.seconded_by_id, record.seconded_at = actor.own_person(), clock.now(session)
    write_timeline(session, actor, appeal, "consent_seconded", use=record.use.value)
    note_readiness(session, appeal)


def withdraw_consent(session: Session, actor: Actor, *, use: str, ref: str = "") -> None:
    """Take a consent back, by the filer or by the team on the workers' word; works at once for all that is queued.

    Every record for the use ends, whoever gave it, and so does every wider use that rests on it.
    """
    ended = shut_with(_member(Use, use, "use"))
    appeal = _case_of(session, actor, ref)
    now = clock.now(session)
    for record in consents_of(session, appeal.id):
        if record.use in ended and record.granted and record.withdrawn_at is None:
            record.withdrawn_at = now
    session.flush()
    write_timeline(session, actor, appeal, "consent_withdrawn", uses=sorted(each.value for each in ended))
    tell_team(session, appeal, event=f"withdrawn:{use}:{now.isoformat()}", template="appeal_braked")


def stop_publication(session: Session, actor: Actor, *, ref: str = "") -> None:
    """Stop everything public about the case at once. Never refused to the workers, and nobody has to agree.

    Also open to the case team and to any organisation in the workers' country that may know of the case (DOMAIN 0).
    """
    appeal = _brake_of(session, actor, ref)
    if appeal.publication_stopped_at is not None:
        return
    now = clock.now(session)
    appeal.publication_stopped_at = now
    # Safety: seen by the case team only; a filer under pressure must not read it on the screen.
    appeal.possibly_coerced = appeal.possibly_coerced or possibly_coerced(appeal.danger_at, now)
    write_timeline(session, actor, appeal, "publication_stopped")
    tell_team(session, appeal, event=f"stop:{now.isoformat()}", template="appeal_braked")


def resume_publication(session: Session, actor: Actor, *, ref: str, how: str) -> None:
    """Allow publication again after the workers said so through a second channel, which `how` names."""
    way = clean_text(how, "how", longest=2000)
    appeal = open_case(session, actor, ref, Permission.COORDINATE_CASE)
    if appeal.publication_stopped_at is None:
        raise Conflict(lazy("Publication is not stopped."))
    appeal.publication_stopped_at = None
    write_note(session, actor, appeal, way)
    write_timeline(session, actor, appeal, "publication_resumed")


def note_readiness(session: Session, appeal: Appeal) -> None:
    """Start the clock of the first letter once the case is verified and may be named to its targets."""
    ready = appeal.verified_at is not None and consent_holds(session, appeal.id, Use.NAME_TO_TARGET)
    if ready and appeal.ready_at is None:
        appeal.ready_at = clock.now(session)


def _case_of(session: Session, actor: Actor, ref: str) -> Appeal:
    if actor.kind is ActorKind.FILER:
        return own_case(session, actor)
    return open_case(session, actor, ref, Permission.COORDINATE_CASE)


def _brake_of(session: Session, actor: Actor, ref: str) -> Appeal:
    if actor.kind is ActorKind.FILER:
        return own_case(session, actor)
    appeal = get_appeal(session, ref)
    audience = case_audience(session, actor, appeal)
    near = speaks_for_workers(actor, appeal) or actor.country == appeal.country
    if audience is None or not (near or audience is Audience.CASE_TEAM):
        raise NotFound()
    return appeal


def _ref_of(session: Session, record: Consent) -> str:
    return get(session, Appeal, record.appeal_id).ref


def _member(kind: type[E], value: str, field: str) -> E:
    try:
        return kind(value)
    except ValueError:
        raise Invalid(lazy("Please choose one."), field=field) from None
