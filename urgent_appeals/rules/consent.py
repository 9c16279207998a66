"""Consent: who allowed what, on which ground, and when that holds (DOMAIN 3)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from network_app.core.charter import span
from network_app.core.i18n import lazy
from network_app.core.labels import Labelled


class Use(Labelled):
    """What the workers allow their case to be used for, from narrow to wide."""

    SHARE_WITH_TEAM = "share_with_team", lazy("The case team may read it")
    SHARE_WITH_NETWORK = "share_with_network", lazy("Organisations of the network may be told and asked to act")
    NAME_TO_TARGET = (
        "name_to_target",
        lazy("The brand or owner may be told which factory and which workers it is about"),
    )
    TARGET_MAY_TELL_FACTORY = "target_may_tell_factory", lazy("The brand may speak to the factory about it")
    PUBLISH = "publish", lazy("It may be made public")
    PHOTO = "photo", lazy("Photos may be shown in public")
    PRESS = "press", lazy("The press may be told")


# A use cannot hold where somebody refuses one it rests on: the narrowest wins.
RESTS_ON: dict[Use, tuple[Use, ...]] = {
    Use.SHARE_WITH_TEAM: (),
    Use.SHARE_WITH_NETWORK: (Use.SHARE_WITH_TEAM,),
    Use.NAME_TO_TARGET: (Use.SHARE_WITH_TEAM,),
    Use.TARGET_MAY_TELL_FACTORY: (Use.SHARE_WITH_TEAM, Use.NAME_TO_TARGET),
    Use.PUBLISH: (Use.SHARE_WITH_TEAM, Use.SHARE_WITH_NETWORK),
    Use.PHOTO: (Use.SHARE_WITH_TEAM, Use.SHARE_WITH_NETWORK, Use.PUBLISH),
    Use.PRESS: (Use.SHARE_WITH_TEAM, Use.SHARE_WITH_NETWORK, Use.PUBLISH),
}

# What the workers' brake "stop publication" shuts at once.
PUBLIC_USES = frozenset({Use.PUBLISH, Use.PHOTO, Use.PRESS})


class Basis(Labelled):
    """On whose word a consent rests."""

    SELF = "self", lazy("The workers themselves")
    UNION_MANDATE = "union_mandate", lazy("Their union, with their mandate")
    FAMILY = "family", lazy("Their family")
    LAWYER = "lawyer", lazy("Their lawyer")
    VITAL_INTEREST = (
        "vital_interest",
        lazy("Nobody can be asked and a life is at stake: two people decide, for 72 hours"),
    )


VITAL_INTEREST_LASTS = span("vital_interest")


class ConsentFact(Protocol):
    """What the rule looks at; a row of the consent table has this shape."""

    @property
    def use(self) -> Use: ...
    @property
    def basis(self) -> Basis: ...
    @property
    def granted(self) -> bool: ...
    @property
    def recorded_at(self) -> datetime: ...
    @property
    def expires_at(self) -> datetime | None: ...
    @property
    def withdrawn_at(self) -> datetime | None: ...
    @property
    def seconded(self) -> bool: ...


def is_valid(fact: ConsentFact, now: datetime) -> bool:
    """Whether this record speaks at all: not taken back, not expired, and seconded where two people must decide."""
    if fact.withdrawn_at is not None and fact.withdrawn_at <= now:
        return False
    if fact.expires_at is not None and fact.expires_at <= now:
        return False
    return fact.basis is not Basis.VITAL_INTEREST or fact.seconded


def speaking_now(facts: Iterable[ConsentFact], use: Use, now: datetime) -> list[ConsentFact]:
    """The newest valid record of each basis for this use."""
    newest: dict[Basis, ConsentFact] = {}
    for fact in facts:
        if fact.use is not use or not is_valid(fact, now):
            continue
        known = newest.get(fact.basis)
        if known is None or fact.recorded_at >= known.recorded_at:
            newest[fact.basis] = fact
    return list(newest.values())


def holds(facts: Iterable[ConsentFact], use: Use, now: datetime) -> bool:
    """Whether this use is allowed at this moment: the narrowest valid record wins.

    Somebody must have said yes, and nobody whose word still stands may have said no, to this use or to one it
    rests on.
    """
    known = list(facts)
    own = speaking_now(known, use, now)
    if not own or not all(fact.granted for fact in own):
        return False
    return all(fact.granted for narrower in RESTS_ON[use] for fact in speaking_now(known, narrower, now))


def shut_with(use: Use) -> frozenset[Use]:
    """The uses that end when this one is taken back: itself and all that rest on it."""
    return frozenset({use} | {wider for wider, narrower in RESTS_ON.items() if use in narrower})
