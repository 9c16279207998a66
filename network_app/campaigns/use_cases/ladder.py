"""The ladder: the next letter to a target is written only while every gate is open."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy.orm import Session

from network_app.campaigns.models import Campaign, CampaignTarget
from network_app.campaigns.queries import campaign_by_ref, campaign_target, may_steer, may_work_on, rung
from network_app.campaigns.rules import End
from network_app.core import audit, clock
from network_app.core.db import lock
from network_app.core.errors import Conflict, GateShut, Invalid, NotAllowed
from network_app.core.i18n import lazy
from network_app.core.permissions import Actor, Permission, require
from network_app.letters.models import Letter
from network_app.letters.rules.states import Step
from network_app.letters.use_cases.drafting import draft_letter
from network_app.letters.use_cases.releasing import recall_letters_to
from network_app.votes.queries import outcome


def draft_next_letter(
    session: Session,
    actor: Actor,
    *,
    ref: str,
    target_id: uuid.UUID,
    subject: str,
    body: str,
    days_to_answer: int,
    sign_until: datetime | None,
    language: str | None = None,
) -> Letter:
    """Write the next letter of the ladder to one target and open it for signing.

    Who stood aside or blocked at the vote signs nothing that follows from it. Raises GateShut with the first gate that
    is shut, NotAllowed outside the electorate, Conflict on the last rung, and what drafting raises.
    """
    campaign, row = _worked_on(session, actor, ref, target_id)
    step = _open_step(session, campaign, row)
    letter = draft_letter(
        session,
        actor,
        target_id=row.target_id,
        step=step,
        language=language or row.target.contact_language,
        subject=subject,
        body=body,
        days_to_answer=days_to_answer,
        sign_until=sign_until,
        appeal_id=campaign.appeals[0].appeal_id if campaign.appeals else None,
        campaign_id=campaign.id,
        gates=_gates(campaign, row),
        values={"demands": "\n".join(f"- {demand.text}" for demand in campaign.demands)},
        stand_aside=_not_carrying(session, campaign),
        follows_id=row.letter_id if step is Step.REMINDER else None,
    )
    row.letter_id = letter.id
    audit.record(session, actor, "draft_next_letter", f"campaign:{campaign.id}", letter=letter.ref, step=step)
    return letter


def _open_step(session: Session, campaign: Campaign, row: CampaignTarget) -> Step:
    here = rung(session, campaign, row)
    if here.step is None:
        raise Conflict(lazy("There is no further letter on this ladder."))
    shut = next((gate for gate in here.gates if not gate.open), None)
    if shut is not None:
        raise GateShut(lazy("The next letter has to wait until this holds: %(gate)s.") % {"gate": shut.label})
    return here.step


def _not_carrying(session: Session, campaign: Campaign) -> list[uuid.UUID]:
    decided = outcome(session, campaign.proposal_id)
    return sorted(decided.not_carrying) if decided else []


def _gates(campaign: Campaign, row: CampaignTarget) -> list[str]:
    others = [f"appeal:{case.appeal_id}:consent:name_to_target" for case in campaign.appeals]
    return [f"campaign:{campaign.id}:target:{row.target_id}", *others]


def pause_for_talks(session: Session, actor: Actor, *, ref: str, target_id: uuid.UUID, until: date) -> None:
    """Rest the ladder for one target while people talk with it.

    Raises NotAllowed for whoever does not steer the campaign, Invalid for a day that has passed.
    """
    campaign, row = _steered(session, actor, ref, target_id)
    if until < clock.now(session).date():
        raise Invalid(lazy("Choose a day that is still to come."), field="until")
    row.talks_until = until
    audit.record(session, actor, "pause_for_talks", f"campaign:{campaign.id}", target=row.target_id, until=until)


def end_ladder(session: Session, actor: Actor, *, ref: str, target_id: uuid.UUID, end: End) -> None:
    """Take a target off the ladder; what is still queued to it is taken back.

    Raises NotAllowed for whoever does not steer the campaign, Conflict if it ended before.
    """
    campaign, row = _steered(session, actor, ref, target_id)
    if row.end is not None:
        raise Conflict(lazy("The ladder has ended for this target already."))
    row.end, row.ended_at = end, clock.now(session)
    recall_letters_to(session, actor, target_id=row.target_id, campaign_id=campaign.id)
    audit.record(session, actor, "end_ladder", f"campaign:{campaign.id}", target=row.target_id, end=end)


def _worked_on(session: Session, actor: Actor, ref: str, target_id: uuid.UUID) -> tuple[Campaign, CampaignTarget]:
    require(actor, Permission.RUN_CAMPAIGN)
    campaign, row = _locked(session, ref, target_id)
    if not may_work_on(session, actor, campaign):
        raise NotAllowed()
    return campaign, row


def _steered(session: Session, actor: Actor, ref: str, target_id: uuid.UUID) -> tuple[Campaign, CampaignTarget]:
    require(actor, Permission.RUN_CAMPAIGN)
    campaign, row = _locked(session, ref, target_id)
    if not may_steer(actor, campaign):
        raise NotAllowed()
    return campaign, row


def _locked(session: Session, ref: str, target_id: uuid.UUID) -> tuple[Campaign, CampaignTarget]:
    campaign = campaign_by_ref(session, ref)
    row = lock(session, CampaignTarget, campaign_target(session, campaign, target_id).id)
    return campaign, row
