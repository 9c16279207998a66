"""What organisations are told about a case: that they are asked, reminded, informed, or asked to wait.

Safety: nothing here takes a field of the appeal itself but its reference, clock and country. What a case is about
comes from the text that was written for the network and approved by a second person.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from members.messages import tell_organisation, tell_person
from members.queries import get_organisation
from network_app.core import outbox
from network_app.core.config import current
from network_app.core.i18n import country_name, moment_text
from urgent_appeals.models import Appeal, AudienceText, Call, FanOut
from urgent_appeals.rules.calls import Action, CallAnswer, Reminder
from urgent_appeals.rules.clocks import Clock
from urgent_appeals.rules.consent import Use
from urgent_appeals.rules.leverage import Reason, in_words
from urgent_appeals.rules.stages import Outcome


@dataclass(frozen=True)
class Spoken:
    """Words that are put together in the language of whoever reads them."""

    say: Callable[[], str]

    def __str__(self) -> str:
        return self.say()


def case_key(appeal_id: uuid.UUID) -> str:
    """How the keys of everything begin by which organisations are asked about a case."""
    return f"call:{appeal_id}:"


def round_key(fan_out: FanOut) -> str:
    """How the keys of all messages of this round begin, for undoing them together."""
    return f"{case_key(fan_out.appeal_id)}r{fan_out.round}:"


def tell_called(session: Session, appeal: Appeal, fan_out: FanOut, call: Call, text: AudienceText) -> None:
    """Ask an organisation: what it is about, why it is asked, what it could do, until when."""
    _tell(
        session,
        appeal,
        call,
        key=f"{round_key(fan_out)}opened",
        template="call_opened",
        more={"title": text.fields["title"], "asked": Spoken(lambda: actions_in_words(call.asked)), **_due(call)},
        not_before=call,
    )


def tell_reminder(session: Session, appeal: Appeal, call: Call, reminder: Reminder) -> None:
    """Remind a silent organisation, saying again why it was asked."""
    key = f"{case_key(appeal.id)}r{call.round}:{reminder.value}"
    more = {"last": int(reminder is Reminder.LATE), **_due(call)}
    _tell(session, appeal, call, key=key, template="call_reminder", more=more)


def tell_update(session: Session, appeal: Appeal, call: Call, text: AudienceText) -> None:
    """Tell an organisation that was asked that there is a newer text."""
    more = {"title": text.fields["title"]}
    _tell(session, appeal, call, key=f"update:{text.id}", template="call_updated", more=more)


def tell_closed(session: Session, appeal: Appeal, call: Call, outcome: Outcome) -> None:
    """Tell an organisation that was asked what came of it, in the workers' word."""
    moment = appeal.closed_at.isoformat() if appeal.closed_at else ""
    key = f"closed:{appeal.id}:{moment}"
    _tell(session, appeal, call, key=key, template="call_closed", more={"outcome": outcome.label})


def tell_corrected(session: Session, appeal: Appeal, call: Call) -> None:
    """Ask an organisation to wait, because nobody else could confirm the case in time.

    It says nothing about the case, and goes also where consent was taken back meanwhile: it has to reach everyone.
    """
    tell_organisation(
        session,
        call.organisation_id,
        key=f"corrected:{call.fan_out_id}",
        template="call_corrected",
        values={"ref": appeal.ref, "link": link_to(appeal)},
        priority=outbox.URGENT,
    )


def tell_answer(session: Session, appeal: Appeal, call: Call, answer: CallAnswer) -> None:
    """Tell the coordinator of the case that an organisation answered."""
    if appeal.coordinator_id is None or call.answered_at is None:
        return
    tell_person(
        session,
        appeal.coordinator_id,
        key=f"answer:{call.id}:{call.answered_at.isoformat()}",
        template="call_answered",
        values={
            "ref": appeal.ref,
            "organisation": get_organisation(session, call.organisation_id).name,
            "answer": answer.label,
            "link": f"{current().public_url}/appeals/{appeal.ref}",
        },
    )


def link_to(appeal: Appeal) -> str:
    """The page on which an organisation reads the network's text and answers."""
    return f"{current().public_url}/calls/{appeal.ref}"


def reasons_in_words(reasons: list[dict[str, str]]) -> str:
    """The reasons of a call, a line each, in the current language."""
    return "\n".join(in_words(Reason.from_json(reason)) for reason in reasons)


def actions_in_words(asked: list[str]) -> str:
    """What is asked for, a line each, in the current language."""
    return "\n".join(str(Action(action).label) for action in asked)


def _tell(
    session: Session,
    appeal: Appeal,
    call: Call,
    *,
    key: str,
    template: str,
    more: Mapping[str, object],
    not_before: Call | None = None,
) -> None:
    danger = appeal.clock is Clock.DANGER
    common = {
        "ref": appeal.ref,
        "danger": int(danger),
        "clock": appeal.clock.label,
        "country": Spoken(lambda: country_name(appeal.country)),
        "reasons": Spoken(lambda: reasons_in_words(call.reasons)),
        "link": link_to(appeal),
    }
    tell_organisation(
        session,
        call.organisation_id,
        key=key,
        template=template,
        values={**common, **more},
        gate=f"appeal:{appeal.id}:verified appeal:{appeal.id}:consent:{Use.SHARE_WITH_NETWORK.value}",
        not_before=not_before.leaves_at if not_before else None,
        priority=outbox.URGENT if danger else outbox.NORMAL,
    )


def _due(call: Call) -> dict[str, object]:
    return {"due": Spoken(lambda: moment_text(call.due_at))}
