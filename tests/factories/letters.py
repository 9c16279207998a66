"""Letters for tests, built through use cases."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from members.models import Organisation
from network_app.core import clock
from network_app.core.permissions import Actor, Duty
from network_app.letters.models import Letter, Reply
from network_app.letters.queries import reply_address
from network_app.letters.use_cases.drafting import draft_letter
from network_app.letters.use_cases.releasing import release_letter
from network_app.letters.use_cases.replies import receive_reply
from network_app.letters.use_cases.sending import mark_letter_sent
from network_app.letters.use_cases.signing import close_signing, sign_letter
from network_app.targets.models import Target
from network_app.targets.rules import TargetKind
from network_app.targets.use_cases.registering import add_target, set_contact
from tests.factories.members import make_actor, make_organisation

SYSTEM = Actor.system()
_number = itertools.count(1)


@dataclass(frozen=True)
class Writers:
    """The people a letter needs: its author, two who release it, and their organisations."""

    organisations: tuple[Organisation, Organisation, Organisation]
    author: Actor
    first: Actor
    second: Actor


def make_writers(session: Session) -> Writers:
    """Three organisations in three countries with one person each who acts for it."""
    places = (("KH", "production"), ("DE", "market"), ("BD", "production"))
    own = [make_organisation(session, country=country, side=side) for country, side in places]
    author, first, second = (make_actor(session, each, Duty.ACT, Duty.COORDINATE) for each in own)
    return Writers((own[0], own[1], own[2]), author, first, second)


def make_target(session: Session, *, email: str | None = "", name: str = "", **overrides: Any) -> Target:
    """A brand in Germany with a mail address; `email=None` for one that only has a web form."""
    title = name or f"Brand {next(_number)}"
    values: dict[str, Any] = {"kind": TargetKind.BRAND, "home_country": "DE", "source": "test"}
    target = add_target(session, SYSTEM, name=title, **(values | overrides))
    if email is not None:
        address = email or f"press{next(_number)}@brand.test"
        set_contact(session, SYSTEM, target_id=target.id, email=address, language="en", source="its website")
    return target


def make_letter(session: Session, writers: Writers, *, target: Target | None = None, **overrides: Any) -> Letter:
    """A private letter that is open for signing for a day."""
    values: dict[str, Any] = {
        "target_id": (target or make_target(session)).id,
        "step": "private",
        "language": "en",
        "subject": "Wages owed, for {{target}}",
        "body": "Dear Sir or Madam,\n\nplease pay **what is owed** by {{deadline}}.",
        "days_to_answer": 10,
        "sign_until": clock.now(session) + timedelta(days=1),
    }
    return draft_letter(session, writers.author, **(values | overrides))


def sign_and_close(session: Session, writers: Writers, letter: Letter) -> None:
    """The author's and the second person's organisations sign, then signing ends."""
    sign_letter(session, writers.author, ref=letter.ref)
    sign_letter(session, writers.second, ref=letter.ref)
    close_signing(session, writers.author, ref=letter.ref)


def make_frozen(session: Session, writers: Writers, **overrides: Any) -> Letter:
    """A letter that two people released."""
    letter = make_letter(session, writers, **overrides)
    sign_and_close(session, writers, letter)
    release_letter(session, writers.first, ref=letter.ref)
    return release_letter(session, writers.second, ref=letter.ref)


def make_sent(session: Session, writers: Writers, **overrides: Any) -> Letter:
    """A letter that the mail server took."""
    return mark_letter_sent(session, letter_id=make_frozen(session, writers, **overrides).id)


def make_reply(session: Session, letter: Letter, *, text: str = "We will look into it.", **overrides: Any) -> Reply:
    """An answer that came to the letter's own address."""
    values: dict[str, Any] = {
        "to_address": reply_address(letter),
        "from_address": "press@brand.test",
        "subject": "Re: Wages",
        "text": text,
        "message_id": f"<{next(_number)}@brand.test>",
        "received_at": clock.now(session),
    }
    reply = receive_reply(session, **(values | overrides))
    assert reply is not None
    return reply
