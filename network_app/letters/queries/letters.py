"""Finding letters and what belongs to them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, selectinload

from network_app.core import outbox
from network_app.core.config import current
from network_app.core.db import get, get_by_ref
from network_app.letters.models import ContactRecord, Letter, Reply, Signature
from network_app.letters.rules.replies import ReplyKind
from network_app.letters.rules.states import OUT, LetterState, Step
from network_app.targets.models import Target

PAGE_SIZE = 50
LETTERS_IN_ORDER = (Letter.drafted_at.desc(), Letter.ref)
LOCAL_PART = "letter+"


def get_letter(session: Session, letter_id: uuid.UUID | str) -> Letter:
    """The letter with this id. Raises NotFound."""
    return get(session, Letter, letter_id if isinstance(letter_id, uuid.UUID) else uuid.UUID(letter_id))


def letter_by_ref(session: Session, ref: str) -> Letter:
    """The letter with this reference. Raises NotFound."""
    return get_by_ref(session, Letter, ref)


def reply_address(letter: Letter) -> str:
    """The mail address that belongs to this letter alone; it tells a stranger nothing."""
    return f"{LOCAL_PART}{letter.reply_token}@{current().mail_domain}"


def letter_by_reply_address(session: Session, address: str) -> Letter | None:
    """The letter that a mail to `address` answers, or None if it is no letter's address."""
    local = address.strip().strip("<>").lower().rpartition("@")[0]
    if not local.startswith(LOCAL_PART):
        return None
    return session.scalar(select(Letter).where(Letter.reply_token == local.removeprefix(LOCAL_PART)))


def letters_of(
    session: Session, *, campaign_id: uuid.UUID | None = None, appeal_id: uuid.UUID | None = None
) -> list[Letter]:
    """The letters of a campaign or of a case, oldest first."""
    where = Letter.campaign_id == campaign_id if campaign_id else Letter.appeal_id == appeal_id
    return list(session.scalars(select(Letter).where(where).order_by(Letter.drafted_at, Letter.ref)))


def letters_to(session: Session, target_id: uuid.UUID) -> list[Letter]:
    """Every letter about a target or to the company that answers for it, newest first."""
    meant = or_(Letter.target_id == target_id, Letter.recipient_id == target_id)
    return list(session.scalars(select(Letter).where(meant).order_by(Letter.drafted_at.desc(), Letter.ref)))


def contacts_with(session: Session, target_id: uuid.UUID) -> list[ContactRecord]:
    """Calls, meetings and the like with a target, newest first."""
    records = select(ContactRecord).where(ContactRecord.target_id == target_id)
    return list(session.scalars(records.order_by(ContactRecord.happened_on.desc(), ContactRecord.recorded_at.desc())))


def letters_page(
    session: Session,
    *,
    hidden: Sequence[uuid.UUID],
    own: uuid.UUID | None,
    text: str = "",
    state: LetterState | None = None,
    page: int = 1,
) -> tuple[Sequence[Letter], int]:
    """One page of letters and how many there are in all; `text` is a reference or a part of a target's name.

    Letters about the cases in `hidden` are neither shown nor counted, except those that `own` organisation wrote.
    """
    chosen = chosen_letters(hidden, own, text, state)
    count = session.scalar(select(func.count()).select_from(chosen.subquery())) or 0
    ordered = chosen.order_by(*LETTERS_IN_ORDER).limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE)
    return session.scalars(ordered).all(), count


def chosen_letters(
    hidden: Sequence[uuid.UUID], own: uuid.UUID | None, text: str, state: LetterState | None
) -> Select[Letter]:
    """The letters that `letters_page` shows, in no order yet."""
    chosen: Select[Letter] = select(Letter).join(Letter.recipient)
    if hidden:
        known = or_(Letter.appeal_id.is_(None), Letter.appeal_id.not_in(hidden), Letter.author_organisation_id == own)
        chosen = chosen.where(known)
    if text:
        named = Target.name.ilike(f"%{_literal(text)}%", escape="/")
        chosen = chosen.where(or_(named, Letter.ref == text.strip().upper()))
    if state is not None:
        chosen = chosen.where(Letter.state == state)
    return chosen.options(selectinload(Letter.recipient), selectinload(Letter.signatures))


def _literal(text: str) -> str:
    return text.strip().replace("/", "//").replace("%", "/%").replace("_", "/_")


def same_letter(session: Session, letter: Letter) -> Letter | None:
    """Another letter of this step to the same company about the same matter, so that nobody is written to twice."""
    same = select(Letter).where(
        Letter.id != letter.id,
        Letter.recipient_id == letter.recipient_id,
        Letter.step == letter.step,
        Letter.appeal_id == letter.appeal_id,
        Letter.campaign_id == letter.campaign_id,
        Letter.follows_id == letter.follows_id,
        Letter.state != LetterState.RECALLED,
    )
    return session.scalar(same.order_by(Letter.drafted_at))


def letter_before(
    session: Session, *, recipient_id: uuid.UUID, appeal_id: uuid.UUID | None, campaign_id: uuid.UUID | None
) -> Letter | None:
    """The last letter that left for a company in this matter: the one that a reminder follows."""
    left = select(Letter).where(
        Letter.recipient_id == recipient_id,
        Letter.appeal_id == appeal_id,
        Letter.campaign_id == campaign_id,
        Letter.step != Step.SUPPORTERS,
        Letter.state.in_(OUT),
    )
    return session.scalar(left.order_by(Letter.frozen_at.desc()))


def mail_key(letter: Letter) -> str:
    """The one outgoing mail of a letter; planning it again never makes a second one."""
    return f"letter:{letter.id}:mail"


def outgoing(session: Session, letter: Letter) -> outbox.Outgoing | None:
    """The letter's mail in the outbox, with where it is and what the mailer last said; None if it goes by hand."""
    return next(iter(outbox.by_key(session, [mail_key(letter)])), None)


def signature_of(session: Session, letter_id: uuid.UUID, organisation_id: uuid.UUID) -> Signature | None:
    """What an organisation signed on this letter, withdrawn or not."""
    own = select(Signature).where(Signature.letter_id == letter_id, Signature.organisation_id == organisation_id)
    return session.scalar(own)


def reply_by_message(session: Session, letter_id: uuid.UUID, message_key: str) -> Reply | None:
    """The reply that this mail already became, if it came before."""
    return session.scalar(select(Reply).where(Reply.letter_id == letter_id, Reply.message_key == message_key))


def get_reply(session: Session, reply_id: uuid.UUID) -> Reply:
    """One reply. Raises NotFound."""
    return get(session, Reply, reply_id)


def answers(letter: Letter) -> list[Reply]:
    """The replies in which somebody speaks to us; bounces and notes of absence are none."""
    return [reply for reply in letter.replies if reply.kind is ReplyKind.ANSWER]


def unread_answers(letter: Letter) -> list[Reply]:
    """The answers that nobody has classed yet."""
    return [reply for reply in answers(letter) if reply.klass is None]
