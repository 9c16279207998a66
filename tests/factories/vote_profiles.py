"""Rolls and what was said on them, as plain values: small ones to enumerate, large ones for Hypothesis to search."""

from __future__ import annotations

import os
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st

from network_app.votes.rules import Position
from network_app.votes.rules.deciding import Charter, Frozen, Voice, decide

AGREE, RESERVE, ASIDE, ABSTAIN, BLOCK = (
    Position.AGREE,
    Position.AGREE_WITH_RESERVATION,
    Position.STAND_ASIDE,
    Position.ABSTAIN,
    Position.BLOCK,
)
Said = Position | None
# From agreement to refusal; what stands in one group counts the same.
RANK: dict[Said, int] = {AGREE: 3, RESERVE: 3, None: 2, ABSTAIN: 2, ASIDE: 1, BLOCK: 0}
ANYTHING: tuple[Said, ...] = tuple(RANK)


def frozen(sizes: dict[str, int], **more: Any) -> Frozen:
    """A roll of blocs of these sizes; the country of each vote is its bloc."""
    roll = tuple(Voice(f"{bloc}{n}", bloc, bloc) for bloc, size in sizes.items() for n in range(size))
    return Frozen(roll=roll, network=True, active_organisations=len(roll), **more)


def decided(rule: Frozen, said: tuple[Said, ...]) -> bool:
    """Whether this is adopted."""
    positions = {voice.key: position for voice, position in zip(rule.roll, said, strict=True) if position}
    return decide(rule, positions).adopted


SMALL_ROLLS = {
    "two blocs of three": frozen({"a": 3, "b": 3}),
    "four and two, the two affected": frozen({"a": 4, "b": 2}, affected=("b",)),
    "three pairs, one affected that consented in writing": frozen(
        {"a": 2, "b": 2, "c": 2}, affected=("c",), written_consents=frozenset({"c"})
    ),
    "two blocks needed, so that stand-asides and blocks differ": frozen(
        {"a": 3, "b": 3}, charter=Charter(blocks_that_stop=2)
    ),
}


def spread(number: int, choices: tuple[Said, ...], length: int) -> list[Said]:
    """The digits of `number` as positions: one draw instead of one for each vote, which is ten times as fast."""
    said = []
    for _ in range(length):
        number, digit = divmod(number, len(choices))
        said.append(choices[digit])
    return said


@st.composite
def votes(draw: st.DrawFn) -> tuple[Frozen, list[Said]]:
    """A roll of up to 48 votes, and what they said, often leaning to agreement so that adoption is not rare."""
    sizes = draw(st.lists(st.integers(1, 12), min_size=1, max_size=4))
    bits = draw(st.integers(0, 2**10 - 1))
    names = "abcd"[: len(sizes)]
    rule = Frozen(
        roll=frozen(dict(zip(names, sizes, strict=True))).roll,
        network=bool(bits & 1),
        active_organisations=sum(sizes) * draw(st.integers(1, 5)),
        affected=tuple(name for n, name in enumerate(names) if bits & 4 << n),
        written_consents=frozenset(name for n, name in enumerate(names) if bits & 64 << n),
        charter=Charter(blocks_that_stop=2 if bits & 2 else 1),
    )
    leaning = draw(st.sampled_from([ANYTHING, (AGREE, RESERVE, AGREE, None, ASIDE), (AGREE, AGREE, ABSTAIN, BLOCK)]))
    return rule, spread(draw(st.integers(0, len(leaning) ** 48)), leaning, len(rule.roll))


# Under a minute for everybody's machine; the full count where nothing may be skipped.
many = settings(max_examples=2_000 if os.environ.get("REQUIRE_ALL") == "1" else 200, deadline=None)
