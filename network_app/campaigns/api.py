"""Campaigns for programs: propose one, follow it, take the next step of its ladder."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from pydantic import Field

from network_app.campaigns import queries
from network_app.campaigns.queries import Rung
from network_app.campaigns.rules import CampaignState, Change, End
from network_app.campaigns.use_cases.ladder import draft_next_letter, end_ladder, pause_for_talks
from network_app.campaigns.use_cases.proposing import propose_campaign
from network_app.core import clock
from network_app.core.errors import Invalid
from network_app.core.i18n import lazy
from network_app.core.permissions import Permission
from network_app.core.scopes import Scope
from network_app.letters.queries import letters_of
from network_app.letters.rules.deadlines import DAYS_TO_ANSWER
from network_app.letters.rules.states import LetterState, Step
from network_app.pages.operations import Section
from network_app.pages.payload import (
    PAGE_SIZE,
    AskedPage,
    Day,
    Days,
    Input,
    Language,
    Line,
    Made,
    Output,
    Page,
    Ref,
    SignDays,
    made,
    page_of_slice,
)
from network_app.pages.payload import Text as LongText
from network_app.pages.request import actor, db
from network_app.targets.queries import is_target
from urgent_appeals.queries.case import case_audience

api = Section("campaigns", "Campaigns that the members adopted, and the ladder of letters to each target.")


class CampaignShort(Output):
    """A campaign in a list."""

    ref: str
    title: str
    state: CampaignState
    proposer: str
    vote: str
    proposed_at: dt.datetime


class DemandOf(Output):
    """What is asked of the targets."""

    change: Change
    text: str


class GateOf(Output):
    """One condition of the next letter."""

    label: str
    open: bool


class LetterOf(Output):
    """A letter of the campaign."""

    ref: str
    recipient: str
    step: Step
    state: LetterState


class RungShown(Output):
    """One target, and what comes next for it."""

    target_id: UUID
    target: str
    end: End | None
    ended_at: dt.datetime | None
    talks_until: dt.date | None
    letter: str | None
    next_step: Step | None
    open: bool
    gates: list[GateOf]


class Campaign(CampaignShort):
    """What was decided, where each target stands, and what comes next."""

    summary: str
    launched_at: dt.datetime | None
    ended_at: dt.datetime | None
    demands: list[DemandOf]
    ladder: list[RungShown]
    letters: list[LetterOf]
    cases: list[str]


class NewDemand(Input):
    """What is demanded, and what it changes."""

    change: Change
    text: str = Field(max_length=2_000)


class NewCampaign(Input):
    """A campaign that is put to the vote. `electorate` is `network`, or `coalition:` and the id of one of ours."""

    title: Line
    texts: dict[Language, LongText] = Field(min_length=1, max_length=20)
    authoritative: Language
    electorate: str = Field(max_length=60)
    target_ids: list[UUID] = Field(min_length=1, max_length=50)
    demands: list[NewDemand] = Field(min_length=1, max_length=20)
    cases: list[Ref] = Field(default_factory=list, max_length=20)
    days: Days = 7


class NextLetter(Input):
    """The next letter on the ladder."""

    subject: Line
    body: LongText
    language: Language | None = None
    days_to_answer: Days = DAYS_TO_ANSWER
    sign_days: SignDays = 3


class Talks(Input):
    """A rest of the ladder while people talk."""

    until: Day


class Ending(Input):
    """How it ended for a target."""

    end: End


@api.get(
    "/campaigns",
    gives=Page[CampaignShort],
    asks=AskedPage,
    scope=Scope.READ_CAMPAIGNS,
    may=Permission.SEE_NETWORK,
    web="campaigns.all_campaigns",
)
def search(asked: AskedPage) -> Page[CampaignShort]:
    """List the campaigns, newest first."""
    return page_of_slice(queries.campaigns_after(db(), after=asked.after or None, size=PAGE_SIZE), _short)


def _short(row: Any) -> CampaignShort:
    return CampaignShort(
        ref=row.ref,
        title=row.title,
        state=row.state,
        proposer=row.organisation.name,
        vote=row.proposal.ref,
        proposed_at=row.proposed_at,
    )


@api.get(
    "/campaigns/<ref>",
    gives=Campaign,
    scope=Scope.READ_CAMPAIGNS,
    may=Permission.SEE_NETWORK,
    web="campaigns.show campaigns.write",
)
def show(ref: str) -> Campaign:
    """Read a campaign: what was decided, where each target stands, and what comes next."""
    row = queries.campaign_by_ref(db(), ref)
    letters = letters_of(db(), campaign_id=row.id)
    return Campaign(
        **_short(row).model_dump(),
        summary=row.summary,
        launched_at=row.launched_at,
        ended_at=row.ended_at,
        demands=DemandOf.all_of(row.demands),
        ladder=[_rung(each) for each in queries.rungs(db(), row)],
        letters=[
            LetterOf(ref=each.ref, recipient=each.recipient.name, step=each.step, state=each.state) for each in letters
        ],
        cases=[case.appeal.ref for case in row.appeals if case_audience(db(), actor(), case.appeal) is not None],
    )


def _rung(rung: Rung) -> RungShown:
    row = rung.row
    return RungShown(
        target_id=row.target_id,
        target=row.target.name,
        end=row.end,
        ended_at=row.ended_at,
        talks_until=row.talks_until,
        letter=row.letter.ref if row.letter else None,
        next_step=rung.step,
        open=rung.open,
        gates=[GateOf(label=str(gate.label), open=gate.open) for gate in rung.gates],
    )


@api.post(
    "/campaigns",
    scope=Scope.RUN_CAMPAIGNS,
    may=Permission.PROPOSE,
    takes=NewCampaign,
    gives=Made,
    web="campaigns.propose",
)
def propose(given: NewCampaign) -> Made:
    """Put a campaign to the vote."""
    if not all(is_target(db(), target_id) for target_id in given.target_ids):
        raise Invalid(lazy("There is no such target."), field="target_ids")
    campaign = propose_campaign(
        db(),
        actor(),
        title=given.title,
        texts=given.texts,
        authoritative=given.authoritative,
        electorate=given.electorate,
        target_ids=given.target_ids,
        demands=[(demand.change, demand.text) for demand in given.demands],
        appeal_refs=given.cases,
        closes_at=clock.now(db()) + dt.timedelta(days=given.days),
    )
    return made(f"/campaigns/{campaign.ref}", ref=campaign.ref, id=campaign.id)


@api.post(
    "/campaigns/<ref>/targets/<uuid:target_id>/letter",
    scope=Scope.RUN_CAMPAIGNS,
    may=Permission.RUN_CAMPAIGN,
    takes=NextLetter,
    gives=Made,
    changes="show",
    web="campaigns.draft",
)
def draft(ref: str, target_id: UUID, given: NextLetter) -> Made:
    """Draft the next letter and open it for signing."""
    letter = draft_next_letter(
        db(),
        actor(),
        ref=ref,
        target_id=target_id,
        subject=given.subject,
        body=given.body,
        days_to_answer=given.days_to_answer,
        sign_until=clock.now(db()) + dt.timedelta(days=given.sign_days),
        language=given.language,
    )
    return made(f"/letters/{letter.ref}", ref=letter.ref, id=letter.id)


@api.post(
    "/campaigns/<ref>/targets/<uuid:target_id>/talks",
    scope=Scope.RUN_CAMPAIGNS,
    may=Permission.RUN_CAMPAIGN,
    takes=Talks,
    changes="show",
    web="campaigns.talks",
)
def talks(ref: str, target_id: UUID, given: Talks) -> None:
    """Rest the ladder while people talk."""
    pause_for_talks(db(), actor(), ref=ref, target_id=target_id, until=given.until)


@api.post(
    "/campaigns/<ref>/targets/<uuid:target_id>/end",
    scope=Scope.RUN_CAMPAIGNS,
    may=Permission.RUN_CAMPAIGN,
    takes=Ending,
    changes="show",
    web="campaigns.finish",
)
def finish(ref: str, target_id: UUID, given: Ending) -> None:
    """Take a target off the ladder."""
    end_ladder(db(), actor(), ref=ref, target_id=target_id, end=given.end)
