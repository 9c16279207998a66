"""Invented organisations and people for bench-registers, each of whose values is drawn by itself.

A network of any size begins with the same organisations, so that the same question has an answer in each.
"""

from __future__ import annotations

import functools
import itertools
import random
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TypeVar

from sqlalchemy import insert
from sqlalchemy.orm import Session

from members.models import Coalition, CoalitionMembership, Mandate, NamePrefix, Organisation, Person
from members.rules import OrganisationKind, OrganisationStatus, Side, fold, prefixes_of
from network_app.core.audit import START, ChainLink, canonical, link_hash
from network_app.core.permissions import Duty

Choice = TypeVar("Choice")
PEOPLE_EACH = 3
AT_ONCE = 5_000
SINCE = datetime(2020, 1, 1, tzinfo=UTC)
TRADES = (
    "Garment", "Textile", "Sewing", "Knit", "Weaving", "Leather",
    "Cotton", "Denim", "Lace", "Silk", "Wool", "Button",
)  # fmt: skip
WHOSE = ("Workers", "Women", "Youth", "Home", "Migrant", "Federated", "Free", "United")
BODIES = ("Union", "Federation", "Centre", "Alliance", "Committee", "Network")
COUNTRIES = (
    "BD", "IN", "CN", "KH", "VN", "PK", "TR", "ID", "LK", "MM", "TH",
    "MA", "DE", "GB", "US", "FR", "TN", "NL", "SE", "LS", "CA", "AU",
)  # fmt: skip
LANGUAGES = ("en", "bn", "hi", "zh", "km", "vi", "ur", "tr", "id", "ta", "my", "th", "fr", "de", "nl", "st")
SIDES = (Side.PRODUCTION, Side.MARKET, Side.BOTH)
KINDS = tuple(OrganisationKind)
STATUSES = (
    OrganisationStatus.ACTIVE,
    OrganisationStatus.DORMANT,
    OrganisationStatus.LEFT,
    OrganisationStatus.APPLICANT,
    OrganisationStatus.SUSPENDED,
)
COALITIONS = tuple(f"c{number}" for number in range(12))
FAMILIES = tuple(f"Family {number}" for number in range(400))
TOWNS = tuple("".join(parts).capitalize() for parts in itertools.product(
    ("da", "mi", "ko", "sha", "ra", "pu", "te", "la", "na", "jo", "be", "chi"),
    ("ka", "ri", "mo", "ne", "ta", "lu", "gan", "si", "po", "ya", "do", "ve"),
    ("pur", "bad", "ville", "ton", "gar", "hat", "la", "ra", "na", "to"),
))  # fmt: skip


def often(chance: random.Random, choices: Sequence[Choice]) -> Choice:
    """One of the choices as words are used: the second half as often as the first one, the third a third."""
    return chance.choices(choices, cum_weights=_weights(len(choices)))[0]


@functools.cache
def _weights(count: int) -> list[float]:
    return list(itertools.accumulate(1 / rank for rank in range(1, count + 1)))


@dataclass
class Rows:
    """What stands in the tables of one network."""

    coalitions: dict[str, uuid.UUID] = field(default_factory=lambda: {slug: uuid.uuid4() for slug in COALITIONS})
    organisations: list[dict[str, object]] = field(default_factory=list)
    memberships: list[dict[str, object]] = field(default_factory=list)
    prefixes: list[dict[str, object]] = field(default_factory=list)
    people: list[dict[str, object]] = field(default_factory=list)
    mandates: list[dict[str, object]] = field(default_factory=list)
    history: list[dict[str, object]] = field(default_factory=list)

    def add(self, chance: random.Random, number: int) -> None:
        """Draw one more organisation with its coalitions, its people and what happened to it."""
        inside = sorted({often(chance, COALITIONS) for _ in range(chance.choices((0, 1, 2, 3), (20, 55, 20, 5))[0])})
        row = _organisation(chance, number)
        row["bloc_id"] = self.coalitions[inside[0]] if inside else None
        self.organisations.append(row)
        for slug in inside:
            self.memberships.append(_membership(row, self.coalitions[slug]))
        for prefix in prefixes_of(str(row["name"])):
            self.prefixes.append({"organisation_id": row["id"], "prefix": prefix, "folded": row["folded"]})
        for which in range(PEOPLE_EACH):
            person = {"id": uuid.uuid4(), "handle": f"p{number}-{which}", "language": "en"}
            self.people.append(person)
            self.mandates.append(_mandate(person["id"], row["id"], Duty.ACT if which else Duty.ADMINISTER))
        self.history += _history(row["id"], inside)

    def store(self, session: Session) -> None:
        """Put everything into the tables."""
        named = [{"id": key, "slug": slug, "name": f"Coalition {slug}"} for slug, key in self.coalitions.items()]
        session.execute(insert(Coalition), named)
        for model, rows in (
            (Organisation, self.organisations),
            (CoalitionMembership, self.memberships),
            (NamePrefix, self.prefixes),
            (Person, self.people),
            (Mandate, self.mandates),
            (ChainLink, self.history),
        ):
            for start in range(0, len(rows), AT_ONCE):
                session.execute(insert(model), rows[start : start + AT_ONCE])
        session.commit()


def _organisation(chance: random.Random, number: int) -> dict[str, object]:
    parts = often(chance, TRADES), often(chance, WHOSE), often(chance, BODIES), often(chance, TOWNS)
    name = f"{' '.join(parts)} {chance.randrange(1, 100)}"
    return {
        "id": uuid.uuid4(),
        "slug": f"o{number}",
        "name": name,
        "folded": fold(name),
        "kind": often(chance, KINDS),
        "country": often(chance, COUNTRIES),
        "side": often(chance, SIDES),
        "family": often(chance, FAMILIES) if chance.random() < 0.2 else None,
        # The first one is whose people look around.
        "status": chance.choices(STATUSES, (940, 30, 20, 8, 2))[0] if number else OrganisationStatus.ACTIVE,
        "languages": sorted({often(chance, LANGUAGES) for _ in range(2)}),
        "room_language": "en",
        "joined_on": date(2020, 1, 1),
        "fictional": True,
        "secretariat": False,
        "monthly_call_cap": 6,
    }


def _membership(organisation: dict[str, object], coalition_id: uuid.UUID) -> dict[str, object]:
    return {
        "id": uuid.uuid4(),
        "organisation_id": organisation["id"],
        "coalition_id": coalition_id,
        "since": SINCE,
        "folded": organisation["folded"],
    }


def _mandate(person_id: object, organisation_id: object, duty: Duty) -> dict[str, object]:
    return {
        "id": uuid.uuid4(),
        "person_id": person_id,
        "organisation_id": organisation_id,
        "duty": duty,
        "since": SINCE,
        "granted_at": SINCE,
        "alternate": False,
        "version": 1,
    }


def _history(organisation_id: object, inside: Sequence[str]) -> list[dict[str, object]]:
    chain, last, rows = f"organisation:{organisation_id}", START, []
    for seq, said in enumerate(
        ({"act": "admit_organisation"}, *({"act": "join_coalition", "name": n} for n in inside))
    ):
        body = canonical(said)
        own = link_hash(chain, seq + 1, SINCE, body, last)
        rows.append({"chain": chain, "seq": seq + 1, "at": SINCE, "body": body, "prev_hash": last, "hash": own})
        last = own
    return rows
