"""What leaves the case team is a text of its own, written field by field and approved by a second person."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from network_app.core import clock, outbox
from network_app.core.errors import Conflict, GateShut, NotFound
from network_app.core.i18n import lazy
from network_app.core.permissions import Actor, Permission
from network_app.core.texts import clean_language, clean_line, clean_text
from urgent_appeals.messages.calls import case_key
from urgent_appeals.models import Appeal, AudienceText
from urgent_appeals.queries.case import consent_holds
from urgent_appeals.rules.audiences import Audience
from urgent_appeals.rules.texts import CONSENT_FOR, FIELDS, check_outward, fingerprint, marks_of
from urgent_appeals.use_cases.opening import open_case
from urgent_appeals.use_cases.timeline import write_timeline


def write_audience_text(
    session: Session,
    actor: Actor,
    *,
    ref: str,
    audience: Audience,
    fields: Mapping[str, str],
    language: str = "en",
) -> AudienceText:
    """Write a new version of what the network, or the public, may read. It shows nowhere before it is approved.

    Raises Invalid, naming the field, for a phone number, an address or the filer's contact in it.
    """
    appeal = open_case(session, actor, ref, Permission.COORDINATE_CASE)
    written = _cleaned(fields)
    check_outward(written, known=marks_of(appeal.contact))
    text = AudienceText(
        appeal_id=appeal.id,
        audience=audience,
        version=_newest_version(session, appeal, audience) + 1,
        language=clean_language(language),
        fields=written,
        written_by_id=actor.own_person(),
        written_at=clock.now(session),
    )
    session.add(text)
    session.flush()
    write_timeline(session, actor, appeal, "text_written", circle=audience.value, version=text.version)
    return text


def approve_audience_text(
    session: Session, actor: Actor, *, ref: str, audience: Audience, version: int, sha256: str
) -> AudienceText:
    """Approve exactly the text that was shown, which `sha256` stands for; the writer cannot.

    Raises GateShut for the writer and without the workers' consent, Conflict if there is another version meanwhile.
    """
    appeal = open_case(session, actor, ref, Permission.COORDINATE_CASE)
    text = _load(session, appeal, audience, version)
    _check_approval(session, actor, appeal, text, sha256)
    text.approved_by_id, text.approved_at, text.sha256 = actor.own_person(), clock.now(session), sha256
    write_timeline(session, actor, appeal, "text_approved", circle=audience.value, version=version, sha256=sha256)
    return text


def withdraw_audience_text(session: Session, actor: Actor, *, ref: str, audience: Audience) -> None:
    """Take back what a wider circle may read: nobody outside the team is shown a text any more, and calls that have
    not left yet do not leave. Raises NotFound where there is none.
    """
    appeal = open_case(session, actor, ref, Permission.COORDINATE_CASE)
    shown = session.scalars(
        select(AudienceText).where(
            AudienceText.appeal_id == appeal.id,
            AudienceText.audience == audience,
            AudienceText.withdrawn_at.is_(None),
        )
    ).all()
    if not shown:
        raise NotFound()
    for text in shown:
        text.withdrawn_at = clock.now(session)
    if audience is Audience.NETWORK:
        outbox.recall(session, key_prefix=case_key(appeal.id))
    write_timeline(session, actor, appeal, "text_withdrawn", circle=audience.value)


def _cleaned(fields: Mapping[str, str]) -> dict[str, str]:
    return {
        field.name: (clean_line if field.one_line else clean_text)(
            fields.get(field.name), field.name, longest=field.longest, required=field.required
        )
        for field in FIELDS
    }


def _check_approval(session: Session, actor: Actor, appeal: Appeal, text: AudienceText, sha256: str) -> None:
    if text.written_by_id == actor.own_person():
        raise GateShut(lazy("You wrote this text: a second person reads and approves it."))
    newest = _newest_version(session, appeal, text.audience)
    if text.approved_at is not None or text.withdrawn_at is not None or text.version != newest:
        raise Conflict()
    # Safety: what is approved is what was read, byte for byte; a text changed meanwhile is read again.
    if sha256 != fingerprint(text.language, text.fields):
        raise Conflict(lazy("The text was changed while you read it. Please read it again."))
    if not consent_holds(session, appeal.id, CONSENT_FOR[text.audience]):
        raise GateShut(lazy("The workers have not consented to sharing this with so wide a circle."))


def _load(session: Session, appeal: Appeal, audience: Audience, version: int) -> AudienceText:
    text = session.scalar(
        select(AudienceText).where(
            AudienceText.appeal_id == appeal.id, AudienceText.audience == audience, AudienceText.version == version
        )
    )
    if text is None:
        raise NotFound()
    return text


def _newest_version(session: Session, appeal: Appeal, audience: Audience) -> int:
    newest = select(func.max(AudienceText.version)).where(
        AudienceText.appeal_id == appeal.id, AudienceText.audience == audience
    )
    return session.scalar(newest) or 0
