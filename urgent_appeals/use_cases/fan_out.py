"""Asking the organisations that have leverage: each one once a round, with its reasons, after an undo (DOMAIN 0, 3)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from network_app.core import clock, outbox
from network_app.core.db import get, lock
from network_app.core.errors import Conflict, GateShut, Invalid, NotFound
from network_app.core.i18n import lazy
from network_app.core.permissions import Actor, Permission
from network_app.targets.queries import answering_company
from urgent_appeals.messages.calls import round_key, tell_called, tell_corrected
from urgent_appeals.models import Appeal, AppealTarget, AudienceText, Call, FanOut
from urgent_appeals.queries.leverage import FanOutPreview, fan_out_preview, live_calls, may_speak_publicly, verifiers_of
from urgent_appeals.rules.calls import IN_PUBLIC, Action
from urgent_appeals.rules.leverage import Candidate
from urgent_appeals.rules.stages import Stage
from urgent_appeals.use_cases.choosing import chosen
from urgent_appeals.use_cases.opening import open_case
from urgent_appeals.use_cases.timeline import move_stage, write_timeline


def fan_out_appeal(session: Session, actor: Actor, *, ref: str, round_nr: int, asked: Sequence[Action | str]) -> FanOut:
    """Ask every organisation of the preview, once, to do one or more of the actions in `asked`.

    `round_nr` is the round that the preview showed: pressing twice asks once. Raises GateShut naming what is missing,
    Conflict when that round was asked already, Invalid without an action.
    """
    appeal = open_case(session, actor, ref, Permission.FAN_OUT_APPEAL)
    preview = fan_out_preview(session, appeal)
    actions = _actions(session, appeal, asked)
    text = _check(preview, round_nr)
    fan_out = _plan_round(session, actor, appeal, preview, text)
    for candidate in preview.asked:
        call = _plan_call(session, fan_out, candidate, actions)
        tell_called(session, appeal, fan_out, call, text)
    _name_owners(session, appeal, preview)
    if appeal.stage is Stage.ACCEPTED:
        move_stage(session, actor, appeal, Stage.ACTIVE)
    write_timeline(session, actor, appeal, "fan_out_planned", round=fan_out.round, asked=len(preview.asked))
    return fan_out


def recall_fan_out(session: Session, actor: Actor, *, ref: str) -> int:
    """Undo the last round while nothing of it has left; returns how many messages that stopped.

    Raises Conflict once it has left, and always on the danger clock, which knows no undo.
    """
    appeal = open_case(session, actor, ref, Permission.FAN_OUT_APPEAL)
    fan_out = _last_round(session, appeal)
    now = clock.fresh_now(session)
    if fan_out.recalled_at is not None or now >= fan_out.leaves_at:
        raise Conflict(lazy("It has left already. What can still be done: take the text back, and say why."))
    fan_out.recalled_at = now
    for call in _calls(session, fan_out):
        call.recalled_at = now
    session.flush()
    _release_owners(session, appeal)
    stopped = outbox.recall(session, key_prefix=round_key(fan_out))
    write_timeline(session, actor, appeal, "fan_out_recalled", round=fan_out.round, stopped=stopped)
    return stopped


def correct_fan_out(session: Session, actor: Actor, *, fan_out_id: uuid.UUID) -> bool:
    """Tell everyone who was alerted that no second verifier came in time. False if one did, or it was done already."""
    appeal = lock(session, Appeal, get(session, FanOut, fan_out_id).appeal_id)
    fan_out = lock(session, FanOut, fan_out_id)
    now = clock.fresh_now(session)
    settled = fan_out.seconded_at or fan_out.corrected_at or fan_out.recalled_at
    if settled or fan_out.second_due_at is None or now < fan_out.second_due_at:
        return False
    if len(verifiers_of(session, appeal.id)) > 1:
        fan_out.seconded_at = now
        return False
    fan_out.corrected_at = now
    # What has not left yet (the homeserver was down) need not leave any more.
    outbox.recall(session, key_prefix=round_key(fan_out))
    calls = _calls(session, fan_out)
    for call in calls:
        tell_corrected(session, appeal, call)
    write_timeline(session, actor, appeal, "fan_out_corrected", round=fan_out.round, told=len(calls))
    return True


def _actions(session: Session, appeal: Appeal, asked: Sequence[Action | str]) -> list[str]:
    actions = [chosen(Action, action, "asked") for action in asked]
    if not actions:
        raise Invalid(lazy("Please choose at least one thing to ask for."), field="asked")
    if IN_PUBLIC & set(actions) and not may_speak_publicly(session, appeal):
        # Safety: what a company can see in public can be traced to the workers by whoever threatens them.
        message = lazy("Nobody may speak about this in public yet: leave out shops, press and social media.")
        raise Invalid(message, field="asked")
    return [action.value for action in dict.fromkeys(actions)]


def _check(preview: FanOutPreview, round_nr: int) -> AudienceText:
    shut = [str(gate.words) for gate in preview.gates if not gate.holds]
    if shut or preview.text is None:
        raise GateShut(lazy("This cannot leave before: %(missing)s.") % {"missing": "; ".join(shut)})
    if round_nr != preview.round:
        raise Conflict(lazy("This round was asked already. Look at the answers before asking again."))
    if not preview.asked:
        raise Conflict(lazy("There is nobody left to ask about these targets."))
    return preview.text


def _plan_round(session: Session, actor: Actor, appeal: Appeal, preview: FanOutPreview, text: AudienceText) -> FanOut:
    now = clock.now(session)
    leaves_at = now + preview.decision.undo
    enough = len(verifiers_of(session, appeal.id)) > 1
    second = None if enough else preview.decision.second_verifier_within
    fan_out = FanOut(
        appeal_id=appeal.id,
        round=preview.round,
        text_id=text.id,
        clock=appeal.clock,
        planned_by_person_id=actor.own_person(),
        planned_by_organisation_id=actor.own_organisation(),
        planned_at=now,
        leaves_at=leaves_at,
        due_at=leaves_at + preview.answer_within,
        second_due_at=now + second if second is not None else None,
    )
    session.add(fan_out)
    session.flush()
    return fan_out


def _plan_call(session: Session, fan_out: FanOut, candidate: Candidate, asked: list[str]) -> Call:
    call = Call(
        appeal_id=fan_out.appeal_id,
        fan_out_id=fan_out.id,
        organisation_id=candidate.member.id,
        round=fan_out.round,
        reasons=[reason.as_json() for reason in candidate.reasons],
        asked=asked,
        opened_at=fan_out.planned_at,
        leaves_at=fan_out.leaves_at,
        due_at=fan_out.due_at,
    )
    session.add(call)
    session.flush()
    return call


def _name_owners(session: Session, appeal: Appeal, preview: FanOutPreview) -> None:
    """Each target gets the organisation that sees it through; one that was named by hand stays."""
    for named in session.scalars(select(AppealTarget).where(AppealTarget.appeal_id == appeal.id)):
        answering = answering_company(session, named.target_id)
        named.owner_organisation_id = named.owner_organisation_id or preview.answer.owners.get(answering.id)


def _release_owners(session: Session, appeal: Appeal) -> None:
    """Whoever was to see to a target and is not asked any more does not see to it."""
    called = live_calls(session, appeal.id)
    for named in session.scalars(select(AppealTarget).where(AppealTarget.appeal_id == appeal.id)):
        if named.owner_organisation_id not in called:
            named.owner_organisation_id = None


def _last_round(session: Session, appeal: Appeal) -> FanOut:
    rows = select(FanOut).where(FanOut.appeal_id == appeal.id).order_by(FanOut.round.desc())
    fan_out = session.scalars(rows.limit(1)).first()
    if fan_out is None:
        raise NotFound()
    return fan_out


def _calls(session: Session, fan_out: FanOut) -> list[Call]:
    return list(session.scalars(select(Call).where(Call.fan_out_id == fan_out.id).order_by(Call.id)))
