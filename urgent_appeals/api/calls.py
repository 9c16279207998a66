"""What my own organisation was asked, and what it answers."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from pydantic import Field

from network_app.core.errors import Invalid
from network_app.core.i18n import lazy
from network_app.core.permissions import Permission
from network_app.core.scopes import Scope
from network_app.pages.payload import PAGE_SIZE, AskedPage, Day, Input, Made, Output, Page, made, page_of_slice
from network_app.pages.request import actor, db
from network_app.targets.queries import is_target
from urgent_appeals.api.cases import call_shown
from urgent_appeals.api.shown import CallShown, TextShown, api
from urgent_appeals.queries.case import network_may_know
from urgent_appeals.queries.response import call_row, calls_after, get_call, opt_outs_of
from urgent_appeals.queries.texts import texts_of
from urgent_appeals.rules.audiences import Audience
from urgent_appeals.rules.calls import CallAnswer
from urgent_appeals.rules.clocks import Clock
from urgent_appeals.rules.stages import Stage
from urgent_appeals.use_cases.calls import answer_call, end_opt_out, opt_out_of_calls


class CallToUs(CallShown):
    """One call: what it is about, why we are asked, what would help, and our answer."""

    clock: Clock
    stage: Stage
    country: str
    text: TextShown | None


class NewAnswer(Input):
    """What our organisation says. `cannot` needs the reason, `done` the report."""

    answer: CallAnswer
    text: str = Field("", max_length=4_000)


class OptOut(Output):
    """What we do not want to be asked about; without a target: anything."""

    id: UUID
    target: str | None
    reason: str
    since: dt.datetime
    until: dt.datetime | None


class OptOuts(Output):
    """Those that hold now."""

    items: list[OptOut]


class NewOptOut(Input):
    """Not to be asked for a while, about one target or at all."""

    target_id: UUID | None = None
    reason: str = Field(max_length=300)
    until: Day | None = None


@api.get(
    "/calls",
    gives=Page[CallShown],
    asks=AskedPage,
    scope=Scope.READ_APPEALS,
    may=Permission.SEE_NETWORK,
    web="response.my_calls",
)
def my_calls(asked: AskedPage) -> Page[CallShown]:
    """List what my organisation was asked, the newest first."""
    found = calls_after(db(), actor().own_organisation(), after=asked.after or None, size=PAGE_SIZE)
    return page_of_slice(found, call_shown)


@api.get(
    "/calls/<ref>",
    gives=CallToUs,
    scope=Scope.READ_APPEALS,
    may=Permission.SEE_NETWORK,
    web="response.show_call",
)
def show_call(ref: str) -> CallToUs:
    """Read one call."""
    row = call_row(db(), get_call(db(), actor().own_organisation(), ref))
    return CallToUs(
        **call_shown(row).model_dump(),
        clock=row.appeal.clock,
        stage=row.appeal.stage,
        country=row.appeal.country,
        text=_text(row.appeal) if network_may_know(db(), row.appeal) else None,
    )


def _text(appeal: object) -> TextShown | None:
    circles = texts_of(db(), appeal, drafts=False)  # type: ignore[arg-type]  # an appeal, whose class is not for here
    shown = next(circle.shown for circle in circles if circle.audience is Audience.NETWORK)
    return TextShown.of(shown) if shown else None


@api.post(
    "/calls/<ref>",
    scope=Scope.WORK_ON_APPEALS,
    may=Permission.ANSWER_CALL,
    takes=NewAnswer,
    changes="show_call",
    web="response.answer",
)
def answer(ref: str, given: NewAnswer) -> None:
    """Answer for my organisation."""
    answer_call(db(), actor(), ref=ref, answer=given.answer, text=given.text, via="api")


@api.get(
    "/call-opt-outs",
    gives=OptOuts,
    scope=Scope.READ_APPEALS,
    may=Permission.SEE_NETWORK,
    web="response.my_calls",
)
def opt_outs() -> OptOuts:
    """List what my organisation does not want to be asked about."""
    rows = opt_outs_of(db(), actor().own_organisation())
    return OptOuts(
        items=[
            OptOut(
                id=one.id,
                target=target.name if target else None,
                reason=one.reason,
                since=one.since,
                until=one.until,
            )
            for one, target in rows
        ]
    )


@api.post(
    "/call-opt-outs",
    scope=Scope.WORK_ON_APPEALS,
    may=Permission.ANSWER_CALL,
    takes=NewOptOut,
    gives=Made,
    web="response.opt_out",
)
def opt_out(given: NewOptOut) -> Made:
    """Ask not to be asked for a while."""
    if given.target_id is not None and not is_target(db(), given.target_id):
        raise Invalid(lazy("There is no such target."), field="target_id")
    until = dt.datetime.combine(given.until, dt.time.max, dt.UTC) if given.until else None
    one = opt_out_of_calls(db(), actor(), reason=given.reason, target_id=given.target_id, until=until)
    return made("/call-opt-outs", id=one.id)


@api.post(
    "/call-opt-outs/<uuid:opt_out_id>/end",
    scope=Scope.WORK_ON_APPEALS,
    may=Permission.ANSWER_CALL,
    web="response.opt_in",
)
def opt_in(opt_out_id: UUID) -> None:
    """Be asked again."""
    end_opt_out(db(), actor(), opt_out_id=opt_out_id)
