"""How an appeal comes in."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from network_app.core import clock as the_clock
from network_app.core.crypto import keyed_hash
from network_app.core.db import new_id
from network_app.core.errors import Invalid
from network_app.core.i18n import lazy
from network_app.core.permissions import Actor, Permission, require
from network_app.core.refs import new_ref
from network_app.core.texts import clean_line, clean_text
from urgent_appeals.messages.intake import tell_duty
from urgent_appeals.models import Appeal
from urgent_appeals.rules.clocks import Clock
from urgent_appeals.rules.consent import Basis, Use
from urgent_appeals.rules.emergency import COUNTRIES, ELSEWHERE
from urgent_appeals.rules.stages import FiledVia, Stage
from urgent_appeals.use_cases.consent import add_consent
from urgent_appeals.use_cases.opening import join_team
from urgent_appeals.use_cases.receipts import first_receipt
from urgent_appeals.use_cases.rings import ring_about
from urgent_appeals.use_cases.timeline import write_timeline

MOST_WORKERS = 10_000_000
CLIENT_ID = re.compile(r"[0-9a-zA-Z-]{20,80}")
LONGEST_STORY = 20_000


@dataclass(frozen=True)
class Story:
    """What somebody who files tells us. Only the first five must be there."""

    clock: str
    country: str
    account: str
    wanted: str
    basis: str
    workplace: str = ""
    place: str = ""
    brands: str = ""
    workers_count: int | None = None
    contact: str = ""
    share_with_network: bool = False
    came_in: str = ""


@dataclass(frozen=True)
class Filed:
    """An appeal that arrived. `receipt` is the number, as long as it may still be shown."""

    appeal: Appeal
    receipt: str | None


def file_appeal(
    session: Session, actor: Actor, *, client_id: str, story: Story, language: str, via: FiledVia = FiledVia.WEB
) -> Filed:
    """Take in an appeal, acknowledge it at once and tell the people on duty.

    The same `client_id` (made by the form, chat or API) twice is one appeal, with the same receipt. Raises Invalid
    naming the field, and NotAllowed for a signed-in person without the duty to file.
    """
    if actor.is_person:
        require(actor, Permission.FILE_APPEAL)
    if not CLIENT_ID.fullmatch(client_id):
        raise Invalid(lazy("This form is incomplete. Please reload it."), field="client_id")
    story = _cleaned(story)
    key = keyed_hash("filing", client_id)
    known = session.scalar(select(Appeal).where(Appeal.filing_key == key))
    if known is None:
        try:
            with session.begin_nested():
                known = _take_in(session, actor, key, story, language=language, via=via)
        except IntegrityError:
            # The same form was sent twice at the same moment; the other one is in.
            known = session.scalars(select(Appeal).where(Appeal.filing_key == key)).one()
    return Filed(known, first_receipt(session, known, client_id))


def _take_in(session: Session, actor: Actor, key: str, story: Story, *, language: str, via: FiledVia) -> Appeal:
    now = the_clock.now(session)
    running = Clock(story.clock)
    appeal = Appeal(
        id=new_id(),
        ref=new_ref(session, Appeal, "UA"),
        filing_key=key,
        clock=running,
        stage=Stage.RECEIVED,
        language=language,
        country=story.country,
        workers_count=story.workers_count,
        account=story.account,
        wanted=story.wanted,
        workplace=story.workplace,
        place=story.place,
        brands=story.brands,
        contact=story.contact,
        came_in=story.came_in,
        filed_via=FiledVia.MEMBER if actor.is_person and via is FiledVia.WEB else via,
        filer_organisation_id=actor.organisation_id,
        workers_organisation_id=actor.organisation_id,
        received_at=now,
        danger_at=now if running is Clock.DANGER else None,
        # The page, mail or chat that answers this act is the acknowledgement.
        acknowledged_at=now,
    )
    session.add(appeal)
    session.flush()
    write_timeline(session, actor, appeal, "filed", clock=running.value, via=appeal.filed_via.value)
    write_timeline(session, actor, appeal, "acknowledged")
    _first_consents(session, actor, appeal, story)
    if actor.organisation_id is not None:
        join_team(session, appeal, actor.organisation_id)
    tell_duty(session, appeal, event="filed", template="appeal_filed")
    ring_about(session, Actor.system(), appeal)
    return appeal


def _first_consents(session: Session, actor: Actor, appeal: Appeal, story: Story) -> None:
    uses = [Use.SHARE_WITH_TEAM] + [Use.SHARE_WITH_NETWORK] * story.share_with_network
    for use in uses:
        add_consent(
            session, actor, appeal, use=use, basis=Basis(story.basis), giver="", how="", language=appeal.language
        )


def _cleaned(story: Story) -> Story:
    for name, kind in (("clock", Clock), ("basis", Basis)):
        if getattr(story, name) not in set(kind):
            raise Invalid(lazy("Please choose one."), field=name)
    # Safety: "vital interest" is decided by two people of the network, never ticked in a form.
    if story.basis == Basis.VITAL_INTEREST:
        raise Invalid(lazy("Please choose one."), field="basis")
    if story.country not in (*COUNTRIES, ELSEWHERE):
        raise Invalid(lazy("Please choose the country."), field="country")
    if story.workers_count is not None and not 0 <= story.workers_count <= MOST_WORKERS:
        raise Invalid(lazy("Please write a whole number, for example 350."), field="workers_count")
    return Story(
        clock=story.clock,
        country=story.country,
        basis=story.basis,
        account=clean_text(story.account, "account", longest=LONGEST_STORY),
        wanted=clean_text(story.wanted, "wanted", longest=LONGEST_STORY),
        workplace=clean_line(story.workplace, "workplace", required=False),
        place=clean_line(story.place, "place", required=False),
        brands=clean_text(story.brands, "brands", longest=2000, required=False),
        workers_count=story.workers_count,
        contact=clean_text(story.contact, "contact", longest=2000, required=False),
        share_with_network=story.share_with_network,
        came_in=clean_text(story.came_in, "came_in", longest=2000, required=False),
    )


def shown_receipt(session: Session, *, client_id: str) -> str | None:
    """The number that was shown after filing with this form, as long as it may be shown again."""
    filed = session.scalar(select(Appeal).where(Appeal.filing_key == keyed_hash("filing", client_id)))
    return first_receipt(session, filed, client_id) if filed else None
