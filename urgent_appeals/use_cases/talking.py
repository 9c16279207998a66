"""What the filer and the team say to each other after the appeal arrived. The team never has a name here."""

from __future__ import annotations

import uuid

from sqlalchemy.orm import Session

from network_app.core import clock
from network_app.core.db import new_id
from network_app.core.errors import NotFound
from network_app.core.permissions import Actor, Permission
from network_app.core.texts import clean_text
from urgent_appeals.messages.intake import tell_duty, tell_team, tell_workers_organisation
from urgent_appeals.models import Appeal, AppealMessage
from urgent_appeals.rules.audiences import MessageKind
from urgent_appeals.rules.clocks import Clock
from urgent_appeals.use_cases.opening import open_case, own_case
from urgent_appeals.use_cases.rings import ring_about
from urgent_appeals.use_cases.timeline import write_timeline

LONGEST = 20_000


def add_to_appeal(session: Session, actor: Actor, *, text: str) -> AppealMessage:
    """Let the filer tell more. Raises Invalid."""
    words = clean_text(text, "text", longest=LONGEST)
    appeal = own_case(session, actor)
    message = write_message(session, actor, appeal, MessageKind.ADDITION, words)
    write_timeline(session, actor, appeal, "added")
    tell_team(session, appeal, event=f"added:{message.id}", template="appeal_grew")
    return message


def answer_question(session: Session, actor: Actor, *, question_id: uuid.UUID, text: str) -> AppealMessage:
    """Let the filer answer a question of the team. Raises Invalid, or NotFound if it is no question to them."""
    words = clean_text(text, "text", longest=LONGEST)
    appeal = own_case(session, actor)
    question = session.get(AppealMessage, question_id)
    if question is None or question.appeal_id != appeal.id or question.kind is not MessageKind.QUESTION:
        raise NotFound()
    message = write_message(session, actor, appeal, MessageKind.ANSWER, words, answers_id=question.id)
    write_timeline(session, actor, appeal, "answered")
    tell_team(session, appeal, event=f"answered:{message.id}", template="appeal_grew")
    return message


def report_retaliation(session: Session, actor: Actor, *, text: str) -> AppealMessage:
    """Let the filer say that somebody is in danger because of the appeal: the danger clock runs from now (DOMAIN 3)."""
    words = clean_text(text, "text", longest=LONGEST)
    appeal = own_case(session, actor)
    message = write_message(session, actor, appeal, MessageKind.ADDITION, words)
    appeal.clock = Clock.DANGER
    appeal.danger_at = clock.now(session)
    write_timeline(session, actor, appeal, "danger_reported")
    tell_duty(session, appeal, event=f"danger:{message.id}", template="appeal_filed")
    tell_team(session, appeal, event=f"danger:{message.id}", template="appeal_filed")
    ring_about(session, Actor.system(), appeal)
    return message


def ask_filer(session: Session, actor: Actor, *, ref: str, text: str) -> AppealMessage:
    """Put a question to the workers; they see it with their receipt, without a name under it. Raises Invalid."""
    words = clean_text(text, "text", longest=LONGEST)
    appeal = open_case(session, actor, ref, Permission.TRIAGE_APPEAL)
    message = write_message(session, actor, appeal, MessageKind.QUESTION, words)
    write_timeline(session, actor, appeal, "asked")
    tell_workers_organisation(session, appeal, event=f"asked:{message.id}")
    return message


def tell_filer(session: Session, actor: Actor, *, ref: str, text: str) -> AppealMessage:
    """Send news back to the workers and start the time until the next (DOMAIN 3). Raises Invalid."""
    words = clean_text(text, "text", longest=LONGEST)
    appeal = open_case(session, actor, ref, Permission.COORDINATE_CASE)
    message = write_message(session, actor, appeal, MessageKind.NEWS, words)
    appeal.news_sent_at = message.sent_at
    write_timeline(session, actor, appeal, "news_sent")
    tell_workers_organisation(session, appeal, event=f"news:{message.id}")
    return message


def write_note(session: Session, actor: Actor, appeal: Appeal, text: str) -> None:
    """Keep, for the team only, how something was heard by a second channel."""
    write_message(session, actor, appeal, MessageKind.NOTE, text)


def write_message(
    session: Session,
    actor: Actor,
    appeal: Appeal,
    kind: MessageKind,
    text: str,
    *,
    answers_id: uuid.UUID | None = None,
) -> AppealMessage:
    """Store one message of a case that is already in hand."""
    message = AppealMessage(
        id=new_id(),
        appeal_id=appeal.id,
        kind=kind,
        language=actor.language if actor.is_person else appeal.language,
        text=text,
        answers_id=answers_id,
        written_by_id=actor.person_id,
        sent_at=clock.now(session),
    )
    session.add(message)
    session.flush()
    return message
