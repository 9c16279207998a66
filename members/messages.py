"""The one place where an organisation or a person is told something: in its room and by mail, each exactly once."""

import uuid
from collections.abc import Mapping
from datetime import datetime, tzinfo

from sqlalchemy.orm import Session

from members.models import Mandate, Person
from members.queries import (
    chat_identities,
    get_organisation,
    get_person,
    mail_contacts,
    organisations_of,
    zone_to_write_in,
)
from network_app.core import clock
from network_app.core.i18n import use_language, use_zone
from network_app.core.outbox import NORMAL, URGENT, enqueue_chat, enqueue_mail
from network_app.core.zones import zone_of_country


def tell_organisation(
    session: Session,
    organisation_id: uuid.UUID,
    *,
    key: str,
    template: str,
    values: Mapping[str, object],
    gate: str | None = None,
    not_before: datetime | None = None,
    priority: int = NORMAL,
) -> None:
    """Plan a message to an organisation's room and to each of its mail contacts, each in its own language and zone.

    `key` makes it happen once. Values are plain, or lazy sentences, which are put into the reader's language here.
    Safety: never a worker's name or words; a room and a mailbox are read by others.
    """
    organisation = get_organisation(session, organisation_id)
    language, zone = organisation.room_language, zone_of_country(organisation.country)
    enqueue_chat(
        session,
        key=f"{key}:{organisation_id}:chat",
        room=f"org:{organisation_id}",
        language=language,
        template=template,
        values=_plain(values, language, zone),
        gate=gate,
        not_before=not_before,
        priority=priority,
    )
    for number, contact in enumerate(mail_contacts(session, organisation_id)):
        enqueue_mail(
            session,
            key=f"{key}:{organisation_id}:mail:{number}",
            to=contact.address,
            language=contact.language,
            template=template,
            values=_plain(values, contact.language, zone),
            gate=gate,
            not_before=not_before,
        )


def tell_person(
    session: Session,
    person_id: uuid.UUID,
    *,
    key: str,
    template: str,
    values: Mapping[str, object],
    gate: str | None = None,
    not_before: datetime | None = None,
    priority: int = NORMAL,
) -> None:
    """Plan a message to one person, in their own chat if they linked one and by mail; a frozen person gets none."""
    person = get_person(session, person_id)
    if person.frozen_at is not None:
        return
    plain = _plain(values, person.language, zone_to_write_in(session, person_id))
    if chat_identities(session, person_id):
        enqueue_chat(
            session,
            key=f"{key}:{person_id}:chat",
            room=f"dm:{person_id}",
            language=person.language,
            template=template,
            values=plain,
            gate=gate,
            not_before=not_before,
            priority=priority,
        )
    if person.email:
        enqueue_mail(
            session,
            key=f"{key}:{person_id}:mail",
            to=person.email,
            language=person.language,
            template=template,
            values=plain,
            gate=gate,
            not_before=not_before,
        )


def tell_of_mandate(session: Session, mandate: Mandate, person: Person, *, ended: bool) -> None:
    """Announce to an organisation's people that somebody may, or may no longer, do something for it."""
    tell_organisation(
        session,
        mandate.organisation_id,
        key=f"mandate:{mandate.id}:{'ended' if ended else 'granted'}",
        template="mandate_ended" if ended else "mandate_granted",
        values={"handle": person.handle, "duty": mandate.duty.label},
    )


def tell_of_freeze(session: Session, person: Person) -> None:
    """Tell every organisation a frozen person acted for, so that it names somebody else."""
    moment = person.frozen_at.isoformat() if person.frozen_at else ""
    for organisation in organisations_of(session, person.id):
        tell_organisation(
            session,
            organisation.id,
            key=f"freeze:{person.id}:{moment}",
            template="person_frozen",
            values={"handle": person.handle},
            priority=URGENT,
        )


def tell_of_link(session: Session, person: Person, matrix_id: str) -> None:
    """Write to a person that a chat account now acts for them, by mail, in case it was not them."""
    if person.email:
        enqueue_mail(
            session,
            key=f"link:{person.id}:{matrix_id}:{clock.now(session).isoformat()}",
            to=person.email,
            language=person.language,
            template="chat_linked",
            values={"matrix_id": matrix_id},
        )


def _plain(values: Mapping[str, object], language: str, zone: tzinfo) -> dict[str, str | int]:
    with use_language(language), use_zone(zone):
        return {name: value if isinstance(value, int) else str(value) for name, value in values.items()}
