"""Who is told what about a letter: references and names of targets only, because others read a room and a mailbox."""

from __future__ import annotations

import uuid

from sqlalchemy.orm import Session

from members.messages import tell_organisation
from network_app.core.config import current
from network_app.core.outbox import NORMAL, URGENT, enqueue_mail
from network_app.letters.models import Letter, Reply
from network_app.letters.queries import answers, mail_key
from network_app.letters.rules.replies import ReplyKind


def gate_of(letter: Letter) -> str:
    """What the mailer asks at the moment of sending."""
    return f"letter:{letter.id}"


def plan_letter(session: Session, letter: Letter) -> None:
    """Plan the mail to the target; it leaves after the time for an undo, if its gates are open then."""
    if letter.sent_to is None or letter.frozen_at is None:
        return
    enqueue_mail(
        session,
        key=mail_key(letter),
        to=letter.sent_to,
        language=letter.language,
        template="letter",
        values={"letter_id": str(letter.id), "ref": letter.ref},
        gate=gate_of(letter),
        not_before=letter.leaves_at,
        letter=True,
    )


def tell_of_first_release(session: Session, letter: Letter, organisation_ids: set[uuid.UUID]) -> None:
    """Ask the organisations under the letter for a second person."""
    moment = letter.releases[-1].released_at.isoformat()
    _tell(session, letter, "letter_released_once", f"released:{moment}", organisation_ids)


def tell_of_doubt(session: Session, letter: Letter) -> None:
    """Nobody knows whether the letter arrived: its author's organisation finds out and says so."""
    _tell(session, letter, "letter_uncertain", f"uncertain:{letter.version}", _owners(letter), urgent=True)


def tell_of_reply(session: Session, letter: Letter, reply: Reply) -> None:
    """Something came back; what it says stays behind the login."""
    template = "letter_bounced" if reply.kind is ReplyKind.BOUNCE else "letter_replied"
    _tell(session, letter, template, f"reply:{reply.id}", _owners(letter))


def tell_of_deadline(session: Session, letter: Letter) -> None:
    """The target's time is over: somebody looks into the mailbox before anything follows from its silence."""
    _tell(session, letter, "letter_deadline", "deadline", _owners(letter), waiting=len(answers(letter)))


def _owners(letter: Letter) -> set[uuid.UUID]:
    return {letter.author_organisation_id} if letter.author_organisation_id else set()


def _tell(
    session: Session,
    letter: Letter,
    template: str,
    event: str,
    organisation_ids: set[uuid.UUID],
    *,
    urgent: bool = False,
    **more: int,
) -> None:
    values = {
        "ref": letter.ref,
        "target": letter.recipient.name,
        "url": f"{current().public_url}/letters/{letter.ref}",
        **more,
    }
    for organisation_id in sorted(organisation_ids):
        tell_organisation(
            session,
            organisation_id,
            key=f"letter:{letter.id}:told:{event}",
            template=template,
            values=values,
            priority=URGENT if urgent or letter.danger else NORMAL,
        )
