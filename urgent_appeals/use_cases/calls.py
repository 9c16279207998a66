"""Answering a call, from the web or the chat; reminding the silent; telling those who were asked, and nobody else."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from network_app.core import audit, clock
from network_app.core.db import get, lock
from network_app.core.errors import Conflict, GateShut, Invalid, NotFound
from network_app.core.i18n import lazy
from network_app.core.permissions import Actor, Permission, require
from network_app.core.texts import clean_line, clean_text
from network_app.targets.queries import answering_company
from urgent_appeals.messages.calls import tell_answer, tell_reminder, tell_update
from urgent_appeals.models import Appeal, Call, CallOptOut
from urgent_appeals.queries.case import consent_holds
from urgent_appeals.queries.leverage import approved_text, live_calls
from urgent_appeals.queries.response import get_call
from urgent_appeals.rules.audiences import Audience
from urgent_appeals.rules.calls import NEEDS_WORDS, CallAnswer, Reminder, check_answer, reminder_due
from urgent_appeals.rules.consent import Use
from urgent_appeals.use_cases.choosing import chosen
from urgent_appeals.use_cases.opening import open_case
from urgent_appeals.use_cases.timeline import write_timeline


def answer_call(
    session: Session, actor: Actor, *, ref: str, answer: CallAnswer | str, text: str = "", via: str = "web"
) -> Call:
    """Say for one's organisation that it will act, cannot and why, or what it did. `via` is `web` or `chat`.

    Raises NotFound for who was not asked, Invalid without the words that `cannot` and `done` need, Conflict where an
    earlier report would be undone.
    """
    require(actor, Permission.ANSWER_CALL)
    call = lock(session, Call, get_call(session, actor.own_organisation(), ref).id)
    said, words = chosen(CallAnswer, answer, "answer"), clean_text(text, "text", longest=4000, required=False)
    check_answer(call.answer, said)
    if said in NEEDS_WORDS and not words:
        raise Invalid(lazy("Please say in a few words why, or what you did."), field="text")
    call.answer_text, call.answer = _joined(call, said, words), said
    call.answered_at, call.answered_by_id, call.via = clock.now(session), actor.own_person(), via
    appeal = get(session, Appeal, call.appeal_id)
    write_timeline(session, actor, appeal, "call_answered", round=call.round, answer=said.value, via=via)
    tell_answer(session, appeal, call, said)
    return call


def remind_silent(session: Session, actor: Actor, *, call_id: uuid.UUID) -> Reminder | None:
    """Remind one organisation if it is silent and a reminder is due; returns which one was sent.

    Takes no part in the case's timeline and waits for no lock: many are reminded in one transaction, and whoever is
    answering at this moment is left alone.
    """
    call = session.scalar(select(Call).where(Call.id == call_id).with_for_update(skip_locked=True))
    if call is None or (reminder := reminder_due(call, clock.now(session))) is None:
        return None
    appeal = get(session, Appeal, call.appeal_id)
    # Safety: also here, and not only at the moment of sending, so that nothing about a stopped case is even planned.
    if not appeal.goes_outward or not consent_holds(session, appeal.id, Use.SHARE_WITH_NETWORK):
        return None
    if reminder is Reminder.HALF:
        call.half_reminded_at = clock.now(session)
    else:
        call.late_reminded_at = clock.now(session)
    tell_reminder(session, appeal, call, reminder)
    audit.record(session, actor, "appeal.reminded", appeal.ref, which=reminder.value, asked=call.organisation_id)
    return reminder


def update_called(session: Session, actor: Actor, *, ref: str) -> int:
    """Tell exactly those who were asked that a newer text is approved; returns how many that are.

    Raises GateShut without an approved text or consent, Conflict where nobody was asked. The same text is told once.
    """
    appeal = open_case(session, actor, ref, Permission.FAN_OUT_APPEAL)
    text = approved_text(session, appeal.id, Audience.NETWORK)
    if text is None or not consent_holds(session, appeal.id, Use.SHARE_WITH_NETWORK):
        raise GateShut(lazy("There is no approved text for the network, or the workers' consent to it has ended."))
    called = live_calls(session, appeal.id)
    if not called:
        raise Conflict(lazy("Nobody was asked about this case yet."))
    for call in called.values():
        tell_update(session, appeal, call, text)
    write_timeline(session, actor, appeal, "called_updated", version=text.version, told=len(called))
    return len(called)


def opt_out_of_calls(
    session: Session,
    actor: Actor,
    *,
    reason: str,
    target_id: uuid.UUID | None = None,
    until: datetime | None = None,
) -> CallOptOut:
    """Ask not to be asked, about one company or at all, for a time or until further notice. Raises Conflict."""
    require(actor, Permission.ANSWER_CALL)
    organisation_id, now = actor.own_organisation(), clock.now(session)
    answering = answering_company(session, target_id).id if target_id is not None else None
    if _current_opt_out(session, organisation_id, answering, now) is not None:
        raise Conflict(lazy("You said so already."))
    opt_out = CallOptOut(
        organisation_id=organisation_id,
        target_id=answering,
        reason=clean_line(reason, "reason", longest=300),
        since=now,
        until=until,
    )
    session.add(opt_out)
    session.flush()
    audit.record(session, actor, "opt_out_of_calls", f"organisation:{organisation_id}", target=answering)
    return opt_out


def end_opt_out(session: Session, actor: Actor, *, opt_out_id: uuid.UUID) -> None:
    """Be asked again. Raises NotFound for what is not one's own organisation's."""
    require(actor, Permission.ANSWER_CALL)
    opt_out = session.get(CallOptOut, opt_out_id)
    if opt_out is None or opt_out.organisation_id != actor.own_organisation():
        raise NotFound()
    opt_out.until = clock.now(session)
    session.flush()
    audit.record(session, actor, "end_opt_out", f"organisation:{opt_out.organisation_id}", target=opt_out.target_id)


def _joined(call: Call, said: CallAnswer, words: str) -> str:
    """A further report stands under the one before it; any other answer replaces what was said."""
    again = call.answer is CallAnswer.DONE and said is CallAnswer.DONE
    return f"{call.answer_text}\n\n{words}" if again and call.answer_text != words else words


def _current_opt_out(
    session: Session, organisation_id: uuid.UUID, target_id: uuid.UUID | None, now: datetime
) -> CallOptOut | None:
    rows = select(CallOptOut).where(CallOptOut.organisation_id == organisation_id, CallOptOut.target_id == target_id)
    return next((one for one in session.scalars(rows) if one.until is None or one.until > now), None)
