"""The one place where an organisation or a person is told something: in its room and by mail, each exactly once."""

import uuid
from collections.abc import Mapping
from datetime import UTC, date, datetime, tzinfo
from typing import Any

from sqlalchemy.orm import Session

from members.models import Application, Invitation, Mandate, Person
from members.queries import (
    chat_identities,
    get_organisation,
    get_person,
    mail_contacts,
    notice_recipients,
    organisations_of,
    people_in,
    zone_to_write_in,
)
from members.rules import INVITATION_LIFE, last_day_of
from network_app.core import clock
from network_app.core.config import current
from network_app.core.i18n import date_text, gettext, use_language, use_zone
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
    chat: bool = True,
) -> None:
    """Plan a message to one person, in their own chat if they linked one and by mail; a frozen person gets none.

    Without `chat` it goes by mail only: for what their room is told anyway.
    """
    person = get_person(session, person_id)
    if person.frozen_at is not None:
        return
    said: dict[str, Any] = {
        "language": person.language,
        "template": template,
        "values": _plain(values, person.language, zone_to_write_in(session, person_id)),
        "gate": gate,
        "not_before": not_before,
    }
    if chat and chat_identities(session, person_id):
        enqueue_chat(session, key=f"{key}:{person_id}:chat", room=f"dm:{person_id}", priority=priority, **said)
    if person.email:
        enqueue_mail(session, key=f"{key}:{person_id}:mail", to=person.email, **said)


def tell_of_mandate(session: Session, mandate: Mandate, person: Person, *, ended: bool) -> None:
    """Announce to an organisation's people that somebody may, or may no longer, do something for it (DOMAIN 1)."""
    said: dict[str, object] = {"handle": person.handle, "duty": mandate.duty.label}
    if ended:
        _tell_all(session, mandate, "ended", "mandate_ended", said)
    else:
        _tell_all(
            session, mandate, "granted", "mandate_granted", said | {"term": LazyTerm(mandate, clock.now(session))}
        )


def tell_of_change(session: Session, mandate: Mandate, person: Person) -> None:
    """Announce that a mandate now ends on another day."""
    said = {"handle": person.handle, "duty": mandate.duty.label, "term": LazyTerm(mandate, clock.now(session))}
    _tell_all(session, mandate, f"changed:{mandate.version}", "mandate_changed", said)


def tell_of_handing_over(session: Session, new: Mandate, old: Person, person: Person) -> None:
    """Announce that one person does from now on what another did until now."""
    said = {"old": old.handle, "new": person.handle, "duty": new.duty.label}
    _tell_all(session, new, "handed-over", "mandate_handed_over", said, also=(old.id,))


def tell_of_ending(session: Session, mandate: Mandate, until: datetime) -> None:
    """Warn an organisation's people that a mandate ends soon; said once for each end."""
    said = {
        "handle": mandate.person.handle,
        "duty": mandate.duty.label,
        "day": LazyDay(last_day_of(until, mandate.zone)),
    }
    _tell_all(session, mandate, f"ending:{mandate.version}", "mandate_ending", said)


def _tell_all(
    session: Session,
    mandate: Mandate,
    what: str,
    template: str,
    values: Mapping[str, object],
    *,
    also: tuple[uuid.UUID, ...] = (),
) -> None:
    """Tell the organisation's room and mailbox, and by mail each person who acts for it."""
    key = f"mandate:{mandate.id}:{what}"
    tell_organisation(session, mandate.organisation_id, key=key, template=template, values=values)
    for person_id in {*people_in(session, mandate.organisation_id), mandate.person_id, *also}:
        tell_person(session, person_id, key=key, template=template, values=values, chat=False)


def tell_applicant(session: Session, application: Application, *, template: str, key: str, **values: object) -> None:
    """Write to a body that is no member yet, by mail: it has no room. Values never name who vouched or objected."""
    if not application.email:
        return
    network = current().network_name
    enqueue_mail(
        session,
        key=f"application:{application.id}:{key}",
        to=application.email,
        language=application.language,
        template=template,
        values=_plain({"network": network, "ref": application.ref} | values, application.language, UTC),
    )


def tell_of_application(session: Session, application: Application) -> None:
    """Tell those who may object that a body wants to become a member (DOMAIN 0).

    The time to object starts when these messages arrived: queries.notice_of reads their keys.
    """
    organisations, people = notice_recipients(session, application)
    key, values = f"application:{application.id}:notice", {"ref": application.ref}
    for organisation_id in organisations:
        tell_organisation(session, organisation_id, key=key, template="application_notice", values=values)
    for person_id in people:
        tell_person(session, person_id, key=key, template="application_notice", values=values)


def tell_of_freeze(session: Session, person: Person) -> None:
    """Tell every organisation a frozen person acted for, so that it names somebody else."""
    moment = person.frozen_at.isoformat() if person.frozen_at else ""
    _tell_organisations_of(session, person, f"freeze:{person.id}:{moment}", "person_frozen")


def tell_of_freeze_word(session: Session, person: Person, organisation_id: uuid.UUID, word_id: uuid.UUID) -> None:
    """Tell a person's organisations that somebody elsewhere says the person's phone is in the wrong hands."""
    asker = get_organisation(session, organisation_id).name
    _tell_organisations_of(session, person, f"freeze-word:{word_id}", "freeze_asked", {"organisation": asker})


def tell_of_thaw(session: Session, person: Person, frozen_at: datetime) -> None:
    """Tell a person's organisations that two people let the person back in."""
    _tell_organisations_of(session, person, f"thaw:{person.id}:{frozen_at.isoformat()}", "person_thawed")


def _tell_organisations_of(
    session: Session, person: Person, key: str, template: str, more: Mapping[str, object] | None = None
) -> None:
    values = {"handle": person.handle, **(more or {})}
    for organisation in organisations_of(session, person.id):
        tell_organisation(session, organisation.id, key=key, template=template, values=values, priority=URGENT)


def tell_of_invitation(session: Session, invitation: Invitation, link: str) -> None:
    """Mail somebody the link by which they may come to act for an organisation."""
    organisation = get_organisation(session, invitation.organisation_id)
    enqueue_mail(
        session,
        key=f"invitation:{invitation.id}",
        to=invitation.email or "",
        language=organisation.room_language,
        template="invitation",
        values={"organisation": organisation.name, "hours": int(INVITATION_LIFE.total_seconds() // 3600)},
        secrets={"link": link},
    )


def tell_of_recovery(session: Session, person: Person, recovery_id: uuid.UUID, link: str) -> None:
    """Tell a person and their organisations that colleagues vouch for a new way in, and how to stop it."""
    key = f"recovery:{recovery_id}:begun"
    _tell_organisations_of(session, person, key, "recovery_begun")
    tell_person(session, person.id, key=key, template="recovery_yours", values={})
    if person.email:
        enqueue_mail(
            session,
            key=f"{key}:stop",
            to=person.email,
            language=person.language,
            template="recovery_stop",
            values={},
            secrets={"link": link},
        )


def tell_of_recovery_end(session: Session, person: Person, recovery_id: uuid.UUID, template: str) -> None:
    """Tell a person and their organisations that a recovery was stopped, or is done."""
    key = f"recovery:{recovery_id}:{template}"
    _tell_organisations_of(session, person, key, template)
    tell_person(session, person.id, key=key, template=template, values={"handle": person.handle}, chat=False)


class LazyTerm:
    """From when and until when a mandate holds, and whether it waits for somebody to be away, in the reader's words."""

    def __init__(self, mandate: Mandate, now: datetime) -> None:
        self.since = mandate.first_day if mandate.since > now else None
        self.until, self.alternate = mandate.last_day, mandate.alternate

    def __str__(self) -> str:
        days = {
            "since": date_text(self.since) if self.since else "",
            "until": date_text(self.until) if self.until else "",
        }
        if self.since and self.until:
            term = gettext("from %(since)s to %(until)s", **days)
        elif self.since:
            term = gettext("from %(since)s", **days)
        else:
            term = gettext("from now to %(until)s", **days) if self.until else gettext("from now")
        return gettext("as an alternate, %(term)s", term=term) if self.alternate else term


class LazyDay:
    """A day, in the reader's language."""

    def __init__(self, day: date) -> None:
        self.day = day

    def __str__(self) -> str:
        return date_text(self.day)


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
