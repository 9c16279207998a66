"""Which rooms there should be and who should be in each, read from the register of members.

A room's name never says more than an organisation's or a coalition's own name: what a case is about does not stand on a
screen that lies on a table.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy.orm import Session

from bots.registry import Room, RoomState, rooms
from members.queries import (
    chat_identities,
    coalition_ids_of,
    coalitions,
    get_person,
    linked_people,
    organisations,
)
from network_app.core.config import current


@dataclass(frozen=True)
class Plan:
    """One room as it should be: its title, the spaces that show it, and the Matrix ids of those who belong in it."""

    name: str
    title: str
    guests: frozenset[str]
    spaces: tuple[str, ...] = ()

    @property
    def is_space(self) -> bool:
        """Whether it only holds other rooms."""
        return self.name.startswith("space:")

    @property
    def is_direct(self) -> bool:
        """Whether it is a chat with one person."""
        return self.name.startswith("dm:")


def plan_rooms(session: Session) -> list[Plan]:
    """Every room that should exist now, spaces first."""
    people: dict[uuid.UUID, set[str]] = defaultdict(set)
    own: list[Plan] = []
    for organisation in organisations(session):
        linked = frozenset(matrix_id for _, matrix_id in linked_people(session, organisation.id))
        inside = sorted(coalition_ids_of(session, organisation.id))
        for coalition_id in inside:
            people[coalition_id] |= linked
        spaces = tuple(f"space:{coalition_id}" for coalition_id in inside)
        own.append(Plan(f"org:{organisation.id}", organisation.name, linked, spaces))
    return [*_coalition_rooms(session, people), *own, *_direct_chats(session)]


def _coalition_rooms(session: Session, people: dict[uuid.UUID, set[str]]) -> list[Plan]:
    plans = []
    for coalition in coalitions(session):
        guests, space = frozenset(people[coalition.id]), f"space:{coalition.id}"
        plans.append(Plan(space, coalition.name, guests))
        plans.append(Plan(f"coalition:{coalition.id}", coalition.name, guests, (space,)))
    return sorted(plans, key=lambda plan: not plan.is_space)


def _direct_chats(session: Session) -> list[Plan]:
    wanted = rooms(session, RoomState.WANTED, RoomState.CREATING, RoomState.READY)
    return [_direct_chat(session, room) for room in wanted if room.kind == "dm"]


def _direct_chat(session: Session, room: Room) -> Plan:
    frozen = get_person(session, room.key).frozen_at is not None
    ids = frozenset() if frozen else frozenset(one.matrix_id for one in chat_identities(session, room.key))
    return Plan(room.name, current().network_name, ids)
