"""Who has one vote and where it counts: worked out once, when a vote opens, and frozen (DOMAIN 4)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from network_app.votes.rules.deciding import Voice

NEAREST_TO_WORKERS = ("production", "both", "market")


@dataclass(frozen=True)
class Standing:
    """An organisation that stands for a roll; small blocs are pooled already."""

    organisation: str
    name: str
    country: str
    bloc: str
    side: str
    family: str | None = None


@dataclass(frozen=True)
class Seat:
    """An organisation's place on a roll: the vote it belongs to, and whether it may cast that vote."""

    organisation: str
    name: str
    country: str
    bloc: str
    voice: str
    speaks: bool = True


def seats(standing: Iterable[Standing], affected: Collection[str]) -> list[Seat]:
    """Give each organisation its vote; affiliates of one family share one.

    The shared vote sits in one country: an affected one if an affiliate is there, else that of an affiliate on the
    production side. The affiliates there cast it, and it counts there.
    Safety: wherever any affiliate could cast it, one in a buying country could speak for silent workers.
    """
    families: dict[str, list[Standing]] = defaultdict(list)
    for one in standing:
        families[f"family:{one.family}" if one.family else one.organisation].append(one)
    found = []
    for members in families.values():
        first = min(members, key=lambda m: (m.country not in affected, NEAREST_TO_WORKERS.index(m.side), m.name))
        found += [_seat(member, first) for member in members]
    return sorted(found, key=lambda s: (s.bloc, s.country, s.name, s.organisation))


def _seat(member: Standing, first: Standing) -> Seat:
    together = (member.country, member.bloc) == (first.country, first.bloc)
    return Seat(member.organisation, member.name, member.country, first.bloc, first.organisation, together)


def voices(roll: Iterable[Seat]) -> tuple[Voice, ...]:
    """The votes of a roll, one for each organisation or family."""
    return tuple(Voice(s.voice, s.bloc, s.country) for s in roll if s.voice == s.organisation)
