"""Files that people give: the original sealed and untouched, a bare copy for looking, and a log of every hand."""

from __future__ import annotations

import uuid

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from network_app.core import clock, files
from network_app.core.db import get, new_id
from network_app.core.errors import Invalid, NotFound
from network_app.core.i18n import lazy
from network_app.core.permissions import Actor, ActorKind, Permission
from network_app.core.texts import clean_line
from urgent_appeals.messages.intake import tell_team
from urgent_appeals.models import Appeal, CustodyEntry, Evidence
from urgent_appeals.rules.audiences import Audience, CustodyAct, EvidenceKind
from urgent_appeals.use_cases.opening import open_case, own_case
from urgent_appeals.use_cases.timeline import write_timeline

MOST_FILES = 40


def add_photo(
    session: Session,
    actor: Actor,
    *,
    data: bytes,
    ref: str = "",
    kind: EvidenceKind = EvidenceKind.PHOTO,
    caption: str = "",
) -> Evidence:
    """Add a photo, by the filer or the case team. Raises Invalid if it is none that can be opened."""
    words = clean_line(caption, "caption", required=False)
    if actor.kind is ActorKind.FILER:
        appeal = own_case(session, actor)
    else:
        appeal = open_case(session, actor, ref, Permission.SEE_APPEALS)
    return keep_photo(session, actor, appeal, data=data, kind=kind, caption=words)


def keep_photo(
    session: Session,
    actor: Actor,
    appeal: Appeal,
    *,
    data: bytes,
    kind: EvidenceKind = EvidenceKind.PHOTO,
    caption: str = "",
) -> Evidence:
    """Keep a photo of a case that is already in hand. The same picture twice is kept once."""
    if not data:
        raise Invalid(lazy("Please choose a photo."), field="photo")
    # The copy first: what is no picture must leave nothing behind.
    copy = files.viewing_copy(data)
    original = files.keep(data)
    known = session.scalar(select(Evidence).where(Evidence.appeal_id == appeal.id, Evidence.original == original))
    if known is not None:
        return known
    if (session.scalar(select(func.count()).where(Evidence.appeal_id == appeal.id)) or 0) >= MOST_FILES:
        raise Invalid(lazy("There are very many photos here already. Please ask us first."), field="photo")
    evidence = Evidence(
        id=new_id(),
        appeal_id=appeal.id,
        kind=kind,
        original=original,
        viewing_copy=files.keep(copy),
        caption=caption,
        given_by_id=actor.person_id,
        given_at=clock.now(session),
        clearance=Audience.CASE_TEAM,
    )
    session.add(evidence)
    session.flush()
    _log(session, actor, evidence, CustodyAct.RECEIVED)
    write_timeline(session, actor, appeal, "evidence_given", evidence=evidence.id, sha256=original)
    tell_team(session, appeal, event=f"evidence:{evidence.id}", template="appeal_grew")
    return evidence


def open_evidence(session: Session, actor: Actor, *, ref: str, evidence_id: uuid.UUID) -> bytes:
    """The viewing copy, for the case team; every look is logged. Raises NotFound."""
    appeal = open_case(session, actor, ref, Permission.SEE_APPEALS)
    evidence = get(session, Evidence, evidence_id)
    if evidence.appeal_id != appeal.id:
        raise NotFound()
    _log(session, actor, evidence, CustodyAct.OPENED)
    write_timeline(session, actor, appeal, "evidence_opened", evidence=evidence.id)
    return files.fetch(evidence.viewing_copy)


def _log(session: Session, actor: Actor, evidence: Evidence, act: CustodyAct) -> None:
    session.add(
        CustodyEntry(id=new_id(), evidence_id=evidence.id, act=act, person_id=actor.person_id, at=clock.now(session))
    )
    session.flush()
