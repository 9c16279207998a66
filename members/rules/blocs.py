"""How the blocs of a vote are pooled: DOMAIN 1 and 4."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from members.rules.organisations import Side
from network_app.core.charter import number

SMALLEST_BLOC = number("smallest_bloc")


@dataclass(frozen=True)
class Standing:
    """One organisation, or several alike, as they stand before blocs are pooled."""

    bloc: str
    side: Side
    members: int = 1


def pool_blocs(standings: Iterable[Standing]) -> dict[str, str]:
    """Say which bloc each one counts in, after blocs under five have joined another of their side (DOMAIN 1, 4).

    The smallest joins the smallest of the same side, until none is too small or none is left to join.
    The charter's word "nearest" is read as: same side, fewest members, then by name, so that anybody can repeat it.
    """
    counts: Counter[str] = Counter()
    sides: dict[str, Counter[Side]] = {}
    for standing in standings:
        counts[standing.bloc] += standing.members
        sides.setdefault(standing.bloc, Counter())[standing.side] += standing.members
    groups = {bloc: [bloc] for bloc in counts}
    while pair := _next_to_join(counts, sides):
        small, host = pair
        groups[host] += groups.pop(small)
        counts[host] += counts.pop(small)
        sides[host] += sides.pop(small)
    return {bloc: "+".join(sorted(group)) for group in groups.values() for bloc in group}


def _next_to_join(counts: Counter[str], sides: dict[str, Counter[Side]]) -> tuple[str, str] | None:
    by_size = sorted(counts, key=lambda bloc: (counts[bloc], bloc))
    for small in by_size:
        if counts[small] >= SMALLEST_BLOC:
            return None
        for host in by_size:
            if host != small and _main_side(sides[host]) == _main_side(sides[small]):
                return small, host
    return None


def _main_side(sides: Counter[Side]) -> Side:
    """Return the side most of a bloc is on; where it is even, the side where clothes are made."""
    made = sides[Side.PRODUCTION] + sides[Side.BOTH]
    return Side.PRODUCTION if made >= sides[Side.MARKET] else Side.MARKET
