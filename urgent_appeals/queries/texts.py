"""The texts for wider circles: what each circle reads now, and what waits for a second person."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from network_app.core.i18n import LazyText
from urgent_appeals.models import Appeal, AudienceText
from urgent_appeals.queries.case import consent_holds
from urgent_appeals.rules.audiences import Audience
from urgent_appeals.rules.texts import CONSENT_FOR, FIELDS, Change, changes, fingerprint

# Put together once: every look at a case asks it.
_VERSIONS = (
    select(AudienceText)
    .where(AudienceText.appeal_id == bindparam("appeal_id"), AudienceText.withdrawn_at.is_(None))
    .order_by(AudienceText.version)
)


@dataclass(frozen=True)
class CircleText:
    """What one circle may read now, and the version that waits for a second person, if there is one."""

    audience: Audience
    shown: AudienceText | None
    waiting: AudienceText | None


@dataclass(frozen=True)
class TextPage:
    """One circle's text for the people who write and approve it, with the changes since what is shown now."""

    audience: Audience
    shown: AudienceText | None
    waiting: AudienceText | None
    consent: bool
    version: int
    sha256: str
    differences: list[tuple[LazyText, list[Change]]]


def text_page(session: Session, appeal: Appeal, audience: Audience) -> TextPage:
    """What stands on the page where a text is written, read by a second person, and approved."""
    circle = next(one for one in texts_of(session, appeal, drafts=True) if one.audience is audience)
    waiting, shown = circle.waiting, circle.shown
    return TextPage(
        audience=audience,
        shown=shown,
        waiting=waiting,
        consent=consent_holds(session, appeal.id, CONSENT_FOR[audience]),
        version=waiting.version if waiting else 0,
        sha256=fingerprint(waiting.language, waiting.fields) if waiting else "",
        differences=_differences(shown, waiting) if shown and waiting else [],
    )


def texts_of(session: Session, appeal: Appeal, *, drafts: bool) -> list[CircleText]:
    """What the network and the public may read, each with the version that waits, where `drafts` may be seen.

    What is shown to a circle is shown only while the workers' consent to that circle holds.
    """
    versions = session.scalars(_VERSIONS, {"appeal_id": appeal.id}).all()
    circles = []
    for audience, use in CONSENT_FOR.items():
        own = [one for one in versions if one.audience is audience]
        approved = [one for one in own if one.approved_at is not None]
        shown = approved[-1] if approved and (drafts or consent_holds(session, appeal.id, use)) else None
        waiting = own[-1] if drafts and own and own[-1].approved_at is None else None
        circles.append(CircleText(audience, shown, waiting))
    return circles


def newest_text(session: Session, appeal_id: uuid.UUID, audience: Audience) -> AudienceText | None:
    """The newest version for this circle, approved or not, unless it was taken back."""
    rows = select(AudienceText).where(
        AudienceText.appeal_id == appeal_id, AudienceText.audience == audience, AudienceText.withdrawn_at.is_(None)
    )
    return session.scalars(rows.order_by(AudienceText.version.desc()).limit(1)).first()


def _differences(shown: AudienceText, waiting: AudienceText) -> list[tuple[LazyText, list[Change]]]:
    return [
        (field.label, changes(shown.fields.get(field.name, ""), waiting.fields.get(field.name, "")))
        for field in FIELDS
        if shown.fields.get(field.name, "") != waiting.fields.get(field.name, "")
    ]
