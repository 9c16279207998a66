"""From what somebody said in a room to the use case that it means, and back to a reply.

Each event is one transaction: the act, its reply in the outbox and the mark that it was dealt with are committed
together, so that a crash neither loses nor doubles any of them. Rights are read at that moment, from our own register:
that somebody sits in a room gives no right.
"""

from __future__ import annotations

from zoneinfo import ZoneInfo

import structlog
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from bots import inbox
from bots.command import Asked, Command, Reply, find_command, read_arguments
from bots.events import Event, Membership, PollAnswer, SecondThought, Spoken, read_event
from bots.inbox import Fate, Incoming
from bots.lease import Lease, LeaseLost
from bots.polls import take_poll_answer
from bots.registry import GuestState, Room, note_guest, room_by_id
from bots.trouble import where
from members.queries import (
    actor_for,
    get_organisation,
    get_person,
    organisations_of,
    person_by_chat,
    zone_to_write_in,
)
from network_app.core.db import lock
from network_app.core.errors import Invalid, NetworkError
from network_app.core.i18n import lazy, use_language, use_zone
from network_app.core.outbox import REPLY, enqueue_chat
from network_app.core.permissions import Actor, require
from network_app.core.zones import UTC, zone_of_country

log = structlog.get_logger()
Table = tuple[Command, ...]
SEVERAL = lazy("You act for several organisations (%(names)s). Please say this in the room of the one you mean.")
PRESENCE = {"invite": GuestState.INVITED, "join": GuestState.JOINED, "ban": GuestState.REMOVED}


def deal_with_waiting(lease: Lease, commands: Table) -> int:
    """Deal with what waits in the inbox, in order; returns how many events that were. Raises LeaseLost."""
    with lease.transaction() as session:
        ids = inbox.waiting(session)
    for number in ids:
        _deal_with(lease, commands, number)
    return len(ids)


def _deal_with(lease: Lease, commands: Table, number: int) -> None:
    try:
        with lease.transaction() as session:
            row = lock(session, Incoming, number)
            _answer(session, commands, row)
            inbox.done(row)
    except (OperationalError, LeaseLost):
        # The database is away, or another bot has taken over: nothing was done, and nothing is wrong with the event.
        raise
    except Exception as error:
        log.error("an event could not be dealt with", number=number, **where(error))
        _put_aside(lease, number, error)


def _put_aside(lease: Lease, number: int, error: Exception) -> None:
    with lease.transaction() as session:
        row = lock(session, Incoming, number)
        inbox.failed(row, error)
        room = room_by_id(session, row.room_id)
        if row.fate is Fate.DEAD and inbox.is_request(row) and room is not None:
            _say(session, room, row.event_id, Reply("broken"), language_of(session, room))


def _answer(session: Session, commands: Table, row: Incoming) -> None:
    room, event = room_by_id(session, row.room_id), read_event(row.event)
    if room is None or event is None or row.fate is not Fate.WAITING:
        return
    if isinstance(event, Membership):
        note_guest(session, room.name, event.person, PRESENCE.get(event.state, GuestState.LEFT))
        return
    language = language_of(session, room)
    with use_language(language), use_zone(zone_of(session, room)):
        reply = _reply_to(session, commands, room, event, row)
        if reply is not None:
            _say(session, room, row.event_id, reply, language_of(session, room))


def _reply_to(session: Session, commands: Table, room: Room, event: Event, row: Incoming) -> Reply | None:
    try:
        with session.begin_nested():
            match event:
                case Spoken():
                    return _obey(session, commands, room, event, row)
                case PollAnswer():
                    actor = _speaker(session, room, event.sender)
                    if actor is None:
                        return None
                    row.stands = True
                    return take_poll_answer(session, actor, event)
                case SecondThought() if inbox.stands(session, event.target):
                    return Reply("it_stands")
    except NetworkError as refusal:
        return Reply("refused", {"why": str(refusal)})
    return None


def _obey(session: Session, commands: Table, room: Room, event: Spoken, row: Incoming) -> Reply | None:
    actor = _speaker(session, room, event.sender)
    found = find_command(commands, event.text)
    if actor is None and not (found and found[0].for_strangers):
        # Safety: a stranger in a room learns not even that the bot heard.
        return None
    if found is None:
        return Reply("unknown_command")
    command, rest = found
    if command.permission is not None:
        require(actor or Actor.nobody(), command.permission)
    language = language_of(session, room)
    asked = Asked(read_arguments(command, rest, language), event.event_id, event.sender, room.name, language, commands)
    reply = command.act(session, actor or Actor.nobody(), asked)
    row.stands = command.changes
    return reply


def _speaker(session: Session, room: Room, sender: str) -> Actor | None:
    """Who speaks, with the mandates of this moment, for the organisation whose room it is; None for a stranger."""
    person = person_by_chat(session, sender)
    if person is None:
        return None
    if room.kind == "org":
        return actor_for(session, person.id, room.key)
    theirs = organisations_of(session, person.id)
    if len(theirs) > 1:
        # Safety: guessing here would act, or vote, for the wrong organisation.
        names = ", ".join(organisation.name for organisation in theirs)
        raise Invalid(SEVERAL % {"names": names})
    return actor_for(session, person.id)


def language_of(session: Session, room: Room) -> str:
    """The language spoken in a room: the organisation's, or the person's in a direct chat."""
    if room.kind == "org":
        return get_organisation(session, room.key).room_language
    if room.kind == "dm":
        return get_person(session, room.key).language
    return "en"


def zone_of(session: Session, room: Room) -> ZoneInfo:
    """The zone in which moments are told in a room: the organisation's country's, or the person's in a direct chat."""
    if room.kind == "org":
        return zone_of_country(get_organisation(session, room.key).country)
    if room.kind == "dm":
        return zone_to_write_in(session, room.key)
    return UTC


def _say(session: Session, room: Room, event_id: str, reply: Reply, language: str) -> None:
    enqueue_chat(
        session,
        key=f"reply:{event_id}",
        room=room.name,
        language=language,
        template=reply.template,
        values=reply.values | {"reply_to": event_id},
        priority=REPLY,
    )
