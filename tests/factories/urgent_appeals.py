"""Appeals for tests at each stage, built through use cases by the people who would do it."""

from __future__ import annotations

import io
import itertools
import uuid
from dataclasses import dataclass, replace
from typing import Any

from PIL import Image
from sqlalchemy.orm import Session

from network_app.core.permissions import Actor, Duty
from tests.factories.members import make_actor, make_coalition, make_organisation
from urgent_appeals.models import Appeal
from urgent_appeals.queries.case import get_appeal
from urgent_appeals.use_cases.consent import record_consent
from urgent_appeals.use_cases.intake import Filed, Story, file_appeal
from urgent_appeals.use_cases.triage import confirm_triage, triage_appeal
from urgent_appeals.use_cases.verification import verify_appeal

_number = itertools.count(1)
STORY = Story(
    clock="harm",
    country="KH",
    account="The factory closed with one day's notice and paid nobody.",
    wanted="The severance pay that the law gives us.",
    basis="union_mandate",
    workplace="Violet Apparel",
    place="Phnom Penh",
    brands="Nike, C&A",
    workers_count=1284,
    contact="Signal, after eight in the evening",
)


@dataclass(frozen=True)
class Region:
    """Three organisations of one coalition in the workers' region, and one of another coalition far away."""

    triager: Actor
    confirmer: Actor
    verifier: Actor
    stranger: Actor


def make_region(session: Session, *, country: str = "KH") -> Region:
    """People who may triage, confirm and verify; the stranger has all duties elsewhere."""
    near, far = make_coalition(session), make_coalition(session)
    duties = (Duty.VERIFY, Duty.COORDINATE, Duty.ACT)
    first, second, third = (
        make_actor(session, make_organisation(session, country=country, coalition=near), *duties) for _ in range(3)
    )
    elsewhere = make_actor(session, make_organisation(session, country="DE", coalition=far, side="market"), *duties)
    return Region(first, second, third, elsewhere)


def make_filed(session: Session, *, actor: Actor | None = None, client_id: str = "", **told: Any) -> Filed:
    """An appeal just filed, with its receipt."""
    own_id = client_id or f"{uuid.uuid4().hex}-{next(_number)}"
    return file_appeal(session, actor or Actor.nobody(), client_id=own_id, story=replace(STORY, **told), language="en")


def make_appeal(session: Session, *, actor: Actor | None = None, **told: Any) -> Appeal:
    """An appeal just filed."""
    return make_filed(session, actor=actor, **told).appeal


def make_triaged(session: Session, region: Region, **told: Any) -> Appeal:
    """An appeal that two organisations decided to take up."""
    appeal = make_appeal(session, **told)
    triage_appeal(session, region.triager, ref=appeal.ref, genuine="known", wanted="asked", useful="leverage")
    confirm_triage(session, region.confirmer, ref=appeal.ref)
    return appeal


def make_verified(session: Session, region: Region, *, uses: tuple[str, ...] = (), **told: Any) -> Appeal:
    """An accepted appeal, with consents for `uses` on the union's word."""
    appeal = make_triaged(session, region, **told)
    verify_appeal(session, region.verifier, ref=appeal.ref, source="a shop steward, by phone")
    for use in uses:
        allow(session, region.triager, appeal, use)
    return get_appeal(session, appeal.ref)


def allow(session: Session, actor: Actor, appeal: Appeal, use: str, **said: Any) -> None:
    """Record that the workers' union allows a use."""
    values: dict[str, Any] = {"basis": "union_mandate", "giver": "the union", "how": "by phone", "language": "en"}
    record_consent(session, actor, ref=appeal.ref, use=use, **(values | said))


def a_photo(shade: int = 90) -> bytes:
    """A small JPEG with a place in it, as phones write it."""
    picture = Image.new("RGB", (64, 48), (shade, 40, 40))
    exif = Image.Exif()
    exif[0x010F] = "PHONE-MAKER-CANARY"
    data = io.BytesIO()
    picture.save(data, "JPEG", exif=exif)
    return data.getvalue()
