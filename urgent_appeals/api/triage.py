"""What a case's team does: file, take up, decide, verify, ask, tell, coordinate."""

from __future__ import annotations

import base64
import secrets
from typing import Literal
from uuid import UUID

from flask import request
from pydantic import Field

from members.queries import organisations
from network_app.core.crypto import keyed_hash
from network_app.core.errors import Invalid
from network_app.core.i18n import current_language, lazy
from network_app.core.permissions import Permission
from network_app.core.scopes import Scope
from network_app.pages.operations import LARGE
from network_app.pages.payload import Count, File, Input, Language, Line, Made, Output, Ref, ShortText, Text, made
from network_app.pages.request import actor, db
from urgent_appeals.api.shown import api
from urgent_appeals.rules.audiences import EvidenceKind
from urgent_appeals.rules.clocks import Clock
from urgent_appeals.rules.consent import Basis
from urgent_appeals.use_cases.evidence import add_photo, open_evidence
from urgent_appeals.use_cases.intake import Story, file_appeal
from urgent_appeals.use_cases.talking import ask_filer, tell_filer
from urgent_appeals.use_cases.triage import (
    acknowledge,
    confirm_triage,
    decline_appeal,
    disagree_with_triage,
    name_facility,
    reopen_appeal,
    take_coordination,
    triage_appeal,
)
from urgent_appeals.use_cases.verification import verify_appeal


class NewAppeal(Input):
    """What workers tell, in the language of the answer (Accept-Language) unless `language` says otherwise."""

    clock: Clock
    country: str = Field(pattern=r"^[A-Z]{2}$")
    account: Text
    wanted: Text
    basis: Basis
    workplace: Line = ""
    place: Line = ""
    brands: ShortText = ""
    workers_count: Count | None = None
    contact: ShortText = ""
    share_with_network: bool = False
    language: Language | None = None


class Filed(Output):
    """The appeal, and the receipt number that opens it for whoever filed it. Shown once; give it to the workers."""

    ref: str
    receipt: str | None
    href: str


class Tests(Input):
    """The three tests in writing and the decision. A declined appeal needs the reason, which the workers read."""

    choice: Literal["accept", "decline"]
    genuine: str = Field(max_length=5_000)
    wanted: str = Field(max_length=5_000)
    useful: str = Field(max_length=5_000)
    title: Line = ""
    workers_organisation_id: UUID | None = None
    reason: str = Field("", max_length=5_000)


class Words(Input):
    """Words for the workers, or for the team's record."""

    text: str = Field(max_length=10_000)


class OfRegister(Input):
    """The reference of the workplace in the register."""

    facility: Ref


class NewEvidence(Input):
    """A photo, in base64."""

    photo: File
    kind: EvidenceKind
    caption: Line = ""


class EvidenceFile(Output):
    """The viewing copy: a JPEG without anything that tells where and by whom it was taken, in base64."""

    type: str
    data: str


@api.post(
    "/appeals",
    scope=Scope.WORK_ON_APPEALS,
    may=Permission.FILE_APPEAL,
    takes=NewAppeal,
    gives=Filed,
    kept=False,
    web="intake.go_on",
)
def file(given: NewAppeal) -> Filed:
    """File an appeal for my organisation."""
    told = given.model_dump(exclude={"language"})
    told["clock"], told["basis"] = given.clock.value, given.basis.value
    filed = file_appeal(
        db(),
        actor(),
        client_id=_client_id(),
        story=Story(**told),
        language=given.language or current_language(),
    )
    return Filed(ref=filed.appeal.ref, receipt=filed.receipt, href=made(f"/appeals/{filed.appeal.ref}").href)


def _client_id() -> str:
    """The name of this filing. The same Idempotency-Key finds the appeal and its number again, by the filing itself."""
    key = request.headers.get("Idempotency-Key")
    return keyed_hash("api-filing", f"{actor().own_person()}:{key}")[:40] if key else secrets.token_hex(16)


@api.post(
    "/appeals/<ref>/acknowledge",
    scope=Scope.WORK_ON_APPEALS,
    may=Permission.TRIAGE_APPEAL,
    changes="show",
    web="appeals.take_up",
)
def take_up(ref: str) -> None:
    """Take the appeal in hand."""
    acknowledge(db(), actor(), ref=ref)


@api.post(
    "/appeals/<ref>/triage",
    scope=Scope.WORK_ON_APPEALS,
    may=Permission.TRIAGE_APPEAL,
    takes=Tests,
    changes="show",
    web="appeals.triage",
)
def triage(ref: str, given: Tests) -> None:
    """Answer the three tests and propose a decision."""
    tests = {"genuine": given.genuine, "wanted": given.wanted, "useful": given.useful}
    if given.choice == "decline":
        decline_appeal(db(), actor(), ref=ref, reason=given.reason, **tests)
        return
    speaks = given.workers_organisation_id
    if speaks is not None and not _is_member(speaks):
        raise Invalid(lazy("There is no such member."), field="workers_organisation_id")
    triage_appeal(db(), actor(), ref=ref, title=given.title, workers_organisation_id=speaks, **tests)


def _is_member(organisation_id: UUID) -> bool:

    return organisation_id in {organisation.id for organisation in organisations(db())}


@api.post(
    "/appeals/<ref>/triage/confirm",
    scope=Scope.WORK_ON_APPEALS,
    may=Permission.TRIAGE_APPEAL,
    changes="show",
    web="appeals.confirm",
)
def confirm(ref: str) -> None:
    """Confirm the decision as the second organisation."""
    confirm_triage(db(), actor(), ref=ref)


@api.post(
    "/appeals/<ref>/triage/disagree",
    scope=Scope.WORK_ON_APPEALS,
    may=Permission.TRIAGE_APPEAL,
    takes=Words,
    changes="show",
    web="appeals.disagree",
)
def disagree(ref: str, given: Words) -> None:
    """Set the proposed decision aside."""
    disagree_with_triage(db(), actor(), ref=ref, why=given.text)


@api.post(
    "/appeals/<ref>/verify",
    scope=Scope.WORK_ON_APPEALS,
    may=Permission.VERIFY_APPEAL,
    takes=Words,
    changes="show",
    web="appeals.verify",
)
def verify(ref: str, given: Words) -> None:
    """Confirm the appeal from a second source."""
    verify_appeal(db(), actor(), ref=ref, source=given.text)


@api.post("/appeals/<ref>/question", scope=Scope.WORK_ON_APPEALS, takes=Words, changes="show", web="appeals.question")
def question(ref: str, given: Words) -> None:
    """Ask the workers something."""
    ask_filer(db(), actor(), ref=ref, text=given.text)


@api.post("/appeals/<ref>/news", scope=Scope.WORK_ON_APPEALS, takes=Words, changes="show", web="appeals.news")
def news(ref: str, given: Words) -> None:
    """Send news to the workers."""
    tell_filer(db(), actor(), ref=ref, text=given.text)


@api.post(
    "/appeals/<ref>/reopen",
    scope=Scope.WORK_ON_APPEALS,
    may=Permission.TRIAGE_APPEAL,
    takes=Words,
    changes="show",
    web="appeals.reopen",
)
def reopen(ref: str, given: Words) -> None:
    """Open an ended case again."""
    reopen_appeal(db(), actor(), ref=ref, why=given.text)


@api.post(
    "/appeals/<ref>/coordinate",
    scope=Scope.WORK_ON_APPEALS,
    may=Permission.COORDINATE_CASE,
    changes="show",
    web="appeals.coordinate",
)
def coordinate(ref: str) -> None:
    """Become the person who keeps this case."""
    take_coordination(db(), actor(), ref=ref)


@api.post(
    "/appeals/<ref>/facility",
    scope=Scope.WORK_ON_APPEALS,
    may=Permission.COORDINATE_CASE,
    takes=OfRegister,
    changes="show",
    web="appeals.facility",
)
def facility(ref: str, given: OfRegister) -> None:
    """Say which workplace of the register this is."""
    name_facility(db(), actor(), ref=ref, facility=given.facility)


@api.post(
    "/appeals/<ref>/evidence",
    scope=Scope.WORK_ON_APPEALS,
    takes=NewEvidence,
    gives=Made,
    changes="show",
    largest=LARGE,
    web="appeals.give_evidence",
)
def give_evidence(ref: str, given: NewEvidence) -> Made:
    """Add a photo that reached the team."""
    kept = add_photo(db(), actor(), ref=ref, data=given.photo, kind=given.kind, caption=given.caption)
    return made(f"/appeals/{ref}", ref=ref, id=kept.id)


@api.post(
    "/appeals/<ref>/evidence/<uuid:evidence_id>",
    scope=Scope.WORK_ON_APPEALS,
    gives=EvidenceFile,
    changes="show",
    kept=False,
    web="appeals.look",
)
def look(ref: str, evidence_id: UUID) -> EvidenceFile:
    """Look at a piece of evidence; every look is logged, which is why it is no GET."""
    data = open_evidence(db(), actor(), ref=ref, evidence_id=evidence_id)
    return EvidenceFile(type="image/jpeg", data=base64.b64encode(data).decode())
