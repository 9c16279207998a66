"""The rule by which the network decides, as exact integers (DOMAIN 4).

Nothing here knows a database, a clock or a page, so that anybody can enumerate it. Every way in which a proposal can
fail has a name and its numbers; a proposal is adopted if and only if none of them holds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any

from network_app.core.charter import Share, number, share
from network_app.votes.rules.positions import Position

QUORUM = share("quorum")
BLOC_QUORUM = share("bloc_quorum")
RESERVE_LIMIT = share("reserve_limit")
CARRIED = share("carried")
ROLL_OF_ACTIVE = share("roll_of_active")


@dataclass(frozen=True)
class Charter:
    """The constants of the rule. They are the charter's, never the proposer's."""

    blocks_that_stop: int = number("blocks_that_stop")
    quorum: Share = QUORUM
    bloc_quorum: Share = BLOC_QUORUM
    reserve_limit: Share = RESERVE_LIMIT
    carried: Share = CARRIED
    fewest_blocs: int = number("fewest_blocs")
    roll_of_active: Share = ROLL_OF_ACTIVE
    smallest_bloc: int = number("smallest_bloc")

    def as_data(self) -> dict[str, Any]:
        """The constants for freezing: a share is written as [part, of]."""
        values = {item.name: getattr(self, item.name) for item in fields(self)}
        return {name: [v.part, v.of] if isinstance(v, Share) else v for name, v in values.items()}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Charter:
        """The constants as they were frozen."""
        values: dict[str, Any] = {name: Share(*v) if isinstance(v, list) else v for name, v in data.items()}
        return cls(**values)


CHARTER = Charter()


@dataclass(frozen=True)
class Voice:
    """One vote on the roll: an organisation, or the affiliates of one family together."""

    key: str
    bloc: str
    country: str


@dataclass(frozen=True)
class Frozen:
    """What was fixed when the vote opened, apart from the text."""

    roll: tuple[Voice, ...]
    network: bool
    active_organisations: int = 0
    affected: tuple[str, ...] = ()
    written_consents: frozenset[str] = frozenset()
    charter: Charter = CHARTER

    def blocs(self) -> list[str]:
        """The blocs of the roll, in the order in which a statement names them."""
        return sorted({voice.bloc for voice in self.roll})


@dataclass(frozen=True)
class Count:
    """How many votes of a group stand where."""

    agree: int = 0
    agree_with_reservation: int = 0
    stand_aside: int = 0
    abstain: int = 0
    block: int = 0
    silent: int = 0

    @property
    def carrying(self) -> int:
        """Y: agree, with a reservation or without."""
        return self.agree + self.agree_with_reservation

    @property
    def reserve(self) -> int:
        """S + B: stand aside or block."""
        return self.stand_aside + self.block

    @property
    def taking_sides(self) -> int:
        """Y + S + B."""
        return self.carrying + self.reserve

    @property
    def votes(self) -> int:
        """All votes of the group, the silent too."""
        return self.taking_sides + self.abstain + self.silent


class ClauseKind(StrEnum):
    """The ways in which a proposal can fail, in the order in which a statement names them."""

    BLOCKED = "BLOCKED"
    AFFECTED_NOT_CARRIED = "AFFECTED_NOT_CARRIED"
    INQUORATE = "INQUORATE"
    BLOC_INQUORATE = "BLOC_INQUORATE"
    TOO_MUCH_RESERVE = "TOO_MUCH_RESERVE"
    BLOC_NOT_CARRIED = "BLOC_NOT_CARRIED"


@dataclass(frozen=True)
class Clause:
    """One way in which a proposal fails: which, about whom (a bloc or a country), and the numbers."""

    kind: ClauseKind
    about: str = ""
    numbers: Mapping[str, Any] = field(default_factory=dict)

    def as_data(self) -> dict[str, Any]:
        """For a statement."""
        return {"kind": self.kind.value, "about": self.about, "numbers": dict(self.numbers)}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Clause:
        """Back from a statement."""
        return cls(ClauseKind(data["kind"]), data["about"], data["numbers"])


@dataclass(frozen=True)
class Decision:
    """What follows from a roll and the positions on it."""

    clauses: tuple[Clause, ...]
    whole: Count
    by_bloc: Mapping[str, Count]
    by_country: Mapping[str, Count]

    @property
    def adopted(self) -> bool:
        """Adopted if and only if no clause holds."""
        return not self.clauses

    @property
    def word(self) -> str:
        """`ADOPTED`, or the name of the first clause that holds."""
        return self.clauses[0].kind.value if self.clauses else "ADOPTED"


def decide(frozen: Frozen, positions: Mapping[str, Position]) -> Decision:
    """Apply the rule of DOMAIN 4. A position of somebody who is not on the roll does not count."""
    whole = _count(frozen.roll, positions)
    by_bloc = {bloc: _count((v for v in frozen.roll if v.bloc == bloc), positions) for bloc in frozen.blocs()}
    by_country = {c: _count((v for v in frozen.roll if v.country == c), positions) for c in frozen.affected}
    clauses = (
        *_blocked(frozen, whole, by_country),
        *_affected_not_carried(frozen, by_country),
        *_inquorate(frozen, whole, by_bloc),
        *_bloc_inquorate(frozen, by_bloc),
        *_too_much_reserve(frozen, whole),
        *_bloc_not_carried(frozen, by_bloc),
    )
    return Decision(clauses, whole, by_bloc, by_country)


def _count(voices: Iterable[Voice], positions: Mapping[str, Position]) -> Count:
    said = Counter(positions[v.key].value if v.key in positions else "silent" for v in voices)
    return Count(**said)


def _blocked(frozen: Frozen, whole: Count, by_country: Mapping[str, Count]) -> Iterator[Clause]:
    limit = frozen.charter.blocks_that_stop
    from_affected = [country for country, count in by_country.items() if count.block]
    if whole.block >= limit or from_affected:
        numbers = {"blocks": whole.block, "limit": limit, "from_affected": from_affected}
        yield Clause(ClauseKind.BLOCKED, numbers=numbers)


def _affected_not_carried(frozen: Frozen, by_country: Mapping[str, Count]) -> Iterator[Clause]:
    for country, count in by_country.items():
        unheard = count.carrying < 1 and country not in frozen.written_consents
        if unheard or _not_carried(frozen, count):
            numbers = {**_sides(frozen, count), "unheard": unheard}
            yield Clause(ClauseKind.AFFECTED_NOT_CARRIED, country, numbers)


def _inquorate(frozen: Frozen, whole: Count, by_bloc: Mapping[str, Count]) -> Iterator[Clause]:
    charter = frozen.charter
    numbers = {
        "roll": whole.votes,
        "agree": whole.carrying,
        "needed": max(1, charter.quorum.needed(whole.votes)),
        "blocs": len(by_bloc),
        "blocs_needed": charter.fewest_blocs if frozen.network else 0,
        "active": frozen.active_organisations,
        "roll_needed": charter.roll_of_active.needed(frozen.active_organisations) if frozen.network else 0,
    }
    if (
        whole.votes == 0
        or numbers["blocs"] < numbers["blocs_needed"]
        or numbers["roll"] < numbers["roll_needed"]
        or numbers["agree"] < numbers["needed"]
    ):
        yield Clause(ClauseKind.INQUORATE, numbers=numbers)


def _bloc_inquorate(frozen: Frozen, by_bloc: Mapping[str, Count]) -> Iterator[Clause]:
    for bloc, count in by_bloc.items():
        needed = max(1, frozen.charter.bloc_quorum.needed(count.votes))
        if count.carrying < needed:
            numbers = {"agree": count.carrying, "needed": needed, "roll": count.votes}
            yield Clause(ClauseKind.BLOC_INQUORATE, bloc, numbers)


def _too_much_reserve(frozen: Frozen, whole: Count) -> Iterator[Clause]:
    allowed = frozen.charter.reserve_limit.allowed(whole.votes)
    if whole.reserve > allowed:
        numbers = {"reserve": whole.reserve, "allowed": allowed, "roll": whole.votes}
        yield Clause(ClauseKind.TOO_MUCH_RESERVE, numbers=numbers)


def _bloc_not_carried(frozen: Frozen, by_bloc: Mapping[str, Count]) -> Iterator[Clause]:
    for bloc, count in by_bloc.items():
        if _not_carried(frozen, count):
            yield Clause(ClauseKind.BLOC_NOT_CARRIED, bloc, _sides(frozen, count))


def _not_carried(frozen: Frozen, count: Count) -> bool:
    share = frozen.charter.carried
    return share.of * count.carrying < share.part * count.taking_sides


def _sides(frozen: Frozen, count: Count) -> dict[str, Any]:
    needed = frozen.charter.carried.needed(count.taking_sides)
    return {"agree": count.carrying, "sides": count.taking_sides, "needed": needed}
