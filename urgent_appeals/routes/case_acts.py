"""Which acts the case page offers to whom, and the form of each.

A form is made when somebody opens its act: all of them together would cost more than the rest of the page.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from members.queries import organisations
from network_app.core.permissions import Permission, may
from network_app.pages.forms import Form
from network_app.pages.request import actor, db
from urgent_appeals.forms.triage import BrakeForm, ConsentForm, EvidenceForm, FacilityForm, TextForm, TriageForm
from urgent_appeals.queries.case_page import CasePage
from urgent_appeals.rules.clocks import Clock
from urgent_appeals.rules.stages import AWAITING_TRIAGE, ENDED, OUTWARD, Stage


@dataclass(frozen=True)
class CaseAct:
    """An act with a form: the offer it belongs to (see `offers`), and its form, empty."""

    offer: str
    form: Callable[[], Form]


def _text(prefix: str) -> Callable[[], Form]:
    return lambda: TextForm(formdata=None, prefix=prefix)


# By the end of the address that takes the form and that shows it.
ACTS: dict[str, CaseAct] = {
    "triage": CaseAct("triage", lambda: TriageForm(formdata=None).offer(organisations(db()))),
    "triage/disagree": CaseAct("confirm", _text("doubt-")),
    "verify": CaseAct("verify", _text("source-")),
    "question": CaseAct("ask", _text("question-")),
    "news": CaseAct("coordinate", _text("news-")),
    "reopen": CaseAct("reopen", _text("again-")),
    "brake": CaseAct("coordinate", lambda: BrakeForm(formdata=None, prefix="note-")),
    "facility": CaseAct("coordinate", lambda: FacilityForm(formdata=None)),
    "consent": CaseAct("coordinate", lambda: ConsentForm(formdata=None)),
    "evidence": CaseAct("evidence", lambda: EvidenceForm(formdata=None)),
}


def offers(shown: CasePage) -> set[str]:
    """Which acts to offer. The use cases decide; this only spares people a refusal."""
    who, appeal = actor(), shown.appeal
    own = who.organisation_id in (appeal.workers_organisation_id, appeal.filer_organisation_id)
    decided = shown.decision is not None and shown.decision.organisation_id == who.organisation_id
    verified = any(one.organisation_id == who.organisation_id for one in shown.verifications)
    waits = shown.decision is not None and shown.decision.confirmed_at is None and not decided
    second = appeal.clock is Clock.DANGER and appeal.stage in OUTWARD and len(shown.verifications) == 1
    asks = appeal.stage is Stage.VERIFYING or second
    offered = {
        "triage": appeal.stage in AWAITING_TRIAGE and may(who, Permission.TRIAGE_APPEAL) and not own,
        "confirm": waits and appeal.stage is Stage.TRIAGE and may(who, Permission.TRIAGE_APPEAL) and not own,
        "verify": asks and may(who, Permission.VERIFY_APPEAL) and not (own or decided or verified),
        "reopen": appeal.stage in ENDED and may(who, Permission.TRIAGE_APPEAL),
        "coordinate": may(who, Permission.COORDINATE_CASE),
        "ask": may(who, Permission.TRIAGE_APPEAL),
        "evidence": True,
    }
    return {offer for offer, possible in offered.items() if possible}
