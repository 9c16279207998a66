"""Whom a case can move: naming targets, letting go of them, and asking the organisations that have leverage."""

from __future__ import annotations

from uuid import UUID

from pydantic import Field

from network_app.core.errors import Invalid
from network_app.core.i18n import gettext, lazy
from network_app.core.permissions import Permission
from network_app.core.scopes import Scope
from network_app.pages.payload import Input, Number, Output
from network_app.pages.request import actor, db
from network_app.targets.queries import get_link, is_target
from urgent_appeals.api.shown import api
from urgent_appeals.queries.leverage import fan_out_preview
from urgent_appeals.queries.response import team_case
from urgent_appeals.rules.calls import Action
from urgent_appeals.rules.leverage import Candidate, in_words
from urgent_appeals.use_cases.fan_out import fan_out_appeal, recall_fan_out
from urgent_appeals.use_cases.targeting import drop_target, name_target


class ByHand(Input):
    """A target named by hand, with the reason."""

    target_id: UUID
    reason: str = Field(max_length=300)


class WhoIsAsked(Output):
    """An organisation with a reason to be asked."""

    organisation: str
    country: str
    reasons: list[str]


class GateShown(Output):
    """One condition of the fan-out, and whether it holds now."""

    words: str
    holds: bool


class FanOutShown(Output):
    """What pressing the button would do."""

    round: int
    open: bool
    asked: list[WhoIsAsked]
    resting: list[WhoIsAsked]
    already: list[WhoIsAsked]
    orphans: list[str]
    gates: list[GateShown]
    in_public: bool


class NewRound(Input):
    """What the organisations are asked to do. `round` is the one that was read, so that nobody is asked twice."""

    round: Number
    asked: list[Action] = Field(min_length=1, max_length=20)


@api.post(
    "/appeals/<ref>/targets",
    scope=Scope.WORK_ON_APPEALS,
    may=Permission.COORDINATE_CASE,
    takes=ByHand,
    changes="show",
    web="remedy.name_by_hand",
)
def name_by_hand(ref: str, given: ByHand) -> None:
    """Name a target with the reason."""
    if not is_target(db(), given.target_id):
        raise Invalid(lazy("There is no such target."), field="target_id")
    name_target(db(), actor(), ref=ref, target_id=given.target_id, reason=given.reason)


@api.post(
    "/appeals/<ref>/targets/claims/<uuid:claim_id>",
    scope=Scope.WORK_ON_APPEALS,
    may=Permission.COORDINATE_CASE,
    changes="show",
    web="remedy.name_by_claim",
)
def name_by_claim(ref: str, claim_id: UUID) -> None:
    """Name the company of a sourcing claim about this workplace."""
    name_target(db(), actor(), ref=ref, target_id=get_link(db(), claim_id).target_id, link_id=claim_id)


@api.post(
    "/appeals/<ref>/targets/<uuid:target_id>/drop",
    scope=Scope.WORK_ON_APPEALS,
    may=Permission.COORDINATE_CASE,
    changes="show",
    web="remedy.drop",
)
def drop(ref: str, target_id: UUID) -> None:
    """Let go of a target that was named by mistake."""
    drop_target(db(), actor(), ref=ref, target_id=target_id, reason=gettext("Named by mistake"))


@api.get(
    "/appeals/<ref>/fan-out",
    gives=FanOutShown,
    scope=Scope.READ_APPEALS,
    may=Permission.FAN_OUT_APPEAL,
    web="response.fan_out",
)
def fan_out(ref: str) -> FanOutShown:
    """Read who would be asked and why, who rests, and whom nobody reaches."""
    preview = fan_out_preview(db(), team_case(db(), actor(), ref))
    return FanOutShown(
        round=preview.round,
        open=preview.is_open,
        asked=[_who(one) for one in preview.asked],
        resting=[_who(one) for one in preview.answer.resting],
        already=[_who(one) for one in preview.already],
        orphans=[target.name for target in preview.answer.orphans],
        gates=[GateShown(words=str(gate.words), holds=gate.holds) for gate in preview.gates],
        in_public=preview.in_public,
    )


def _who(candidate: Candidate) -> WhoIsAsked:
    reasons = [str(in_words(reason)) for reason in candidate.reasons]
    return WhoIsAsked(organisation=candidate.member.name, country=candidate.member.country, reasons=reasons)


@api.post(
    "/appeals/<ref>/fan-out",
    scope=Scope.WORK_ON_APPEALS,
    may=Permission.FAN_OUT_APPEAL,
    takes=NewRound,
    changes="fan_out",
    web="response.ask",
)
def ask(ref: str, given: NewRound) -> None:
    """Ask them."""
    fan_out_appeal(db(), actor(), ref=ref, round_nr=given.round, asked=given.asked)


@api.post(
    "/appeals/<ref>/fan-out/undo",
    scope=Scope.WORK_ON_APPEALS,
    may=Permission.FAN_OUT_APPEAL,
    changes="fan_out",
    web="response.undo",
)
def undo(ref: str) -> None:
    """Undo the last round while nothing of it has left."""
    recall_fan_out(db(), actor(), ref=ref)
