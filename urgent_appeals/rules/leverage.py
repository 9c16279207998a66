"""Who in the network can move a target, and why: fan-out asks those and leaves the others in peace (DOMAIN 3).

Plain values in, plain values out. A queue of people who were asked without a reason stops answering, so every asked
organisation carries its reasons in words, a monthly cap spares the busy ones, and a target that nobody reaches is
said aloud instead of being lost among those that somebody does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from network_app.core.i18n import LazyText, country_name, language_name, lazy
from network_app.core.labels import Labelled


class ReasonKind(StrEnum):
    """Why an organisation is asked, strongest first."""

    ANSWERED_BEFORE = "answered_before"
    CAMPAIGNS = "campaigns"
    BRAND_HOME = "brand_home"
    OWNER_HOME = "owner_home"
    TARGET_HOME = "target_home"
    BRAND_MARKET = "brand_market"
    ASKED_BY_FILER = "asked_by_filer"
    SAME_COALITION = "same_coalition"
    LANGUAGE = "language"

    @property
    def heading(self) -> LazyText:
        """What a list of organisations with this reason is called."""
        return HEADINGS[self]


# These reasons reach one target. The others are about the workers and move no company by themselves.
REACHING = (
    ReasonKind.ANSWERED_BEFORE,
    ReasonKind.CAMPAIGNS,
    ReasonKind.BRAND_HOME,
    ReasonKind.OWNER_HOME,
    ReasonKind.TARGET_HOME,
    ReasonKind.BRAND_MARKET,
)
STRENGTH = {kind: position for position, kind in enumerate(ReasonKind)}
HOME_OF = {"brand": ReasonKind.BRAND_HOME, "owner": ReasonKind.OWNER_HOME}

HEADINGS = {
    ReasonKind.ANSWERED_BEFORE: lazy("Got an answer from the target before"),
    ReasonKind.CAMPAIGNS: lazy("Campaigns on the target now"),
    ReasonKind.BRAND_HOME: lazy("In the brand's home country"),
    ReasonKind.OWNER_HOME: lazy("In the factory owner's home country"),
    ReasonKind.TARGET_HOME: lazy("In the target's home country"),
    ReasonKind.BRAND_MARKET: lazy("Where the brand sells"),
    ReasonKind.ASKED_BY_FILER: lazy("Asked for by those who filed the appeal"),
    ReasonKind.SAME_COALITION: lazy("In the workers' own coalition"),
    ReasonKind.LANGUAGE: lazy("Reads the workers' language"),
}

SENTENCES = {
    ReasonKind.ANSWERED_BEFORE: lazy("got an answer from %(company)s before"),
    ReasonKind.CAMPAIGNS: lazy("campaigns on %(company)s now"),
    ReasonKind.BRAND_HOME: lazy("%(company)s has its home in %(country)s"),
    ReasonKind.OWNER_HOME: lazy("the factory owner %(company)s has its home in %(country)s"),
    ReasonKind.TARGET_HOME: lazy("%(company)s sits in %(country)s"),
    ReasonKind.BRAND_MARKET: lazy("%(company)s sells in %(country)s"),
    ReasonKind.ASKED_BY_FILER: lazy("those who filed the appeal asked for this organisation"),
    ReasonKind.SAME_COALITION: lazy("in the same coalition as the workers"),
    ReasonKind.LANGUAGE: lazy("reads %(language)s"),
}


class RestCause(Labelled):
    """Why an organisation with a reason is left in peace all the same."""

    OPTED_OUT = "opted_out", lazy("asked to be left in peace")
    AT_CAP = "at_cap", lazy("at its monthly limit")


@dataclass(frozen=True)
class TargetFacts:
    """A company or body that answers for itself. `named` holds the names under which the case knows it."""

    id: UUID
    name: str
    kind: str
    home_country: str | None = None
    markets: frozenset[str] = frozenset()
    named: tuple[str, ...] = ()


@dataclass(frozen=True)
class MemberFacts:
    """What is known of one organisation that could be asked. `load` counts its calls of this month."""

    id: UUID
    name: str
    country: str
    languages: frozenset[str] = frozenset()
    coalitions: frozenset[UUID] = frozenset()
    campaigns_on: frozenset[UUID] = frozenset()
    answers_from: frozenset[UUID] = frozenset()
    load: int = 0
    cap: int | None = None
    opted_out: bool = False
    opted_out_of: frozenset[UUID] = frozenset()


@dataclass(frozen=True)
class CaseFacts:
    """What matters of an appeal: its clock, where the workers are, their languages and who stands beside them."""

    danger: bool
    # Those who filed it and those who speak for the workers.
    own: frozenset[UUID] = frozenset()
    coalitions: frozenset[UUID] = frozenset()
    languages: frozenset[str] = frozenset()
    asked: frozenset[UUID] = frozenset()


@dataclass(frozen=True)
class Reason:
    """One reason of one organisation, in plain codes; `in_words` says it in the reader's language."""

    kind: ReasonKind
    target: str = ""
    country: str = ""
    language: str = ""

    def as_json(self) -> dict[str, str]:
        """The form in which a call keeps it."""
        return {"kind": self.kind.value, "target": self.target, "country": self.country, "language": self.language}

    @classmethod
    def from_json(cls, kept: Mapping[str, str]) -> Reason:
        """Read back what `as_json` wrote."""
        return cls(ReasonKind(kept["kind"]), kept["target"], kept["country"], kept["language"])


@dataclass(frozen=True)
class Candidate:
    """An organisation with at least one reason, and the targets it reaches."""

    member: MemberFacts
    reasons: tuple[Reason, ...]
    reaches: frozenset[UUID]
    rests: RestCause | None = None

    @property
    def strongest(self) -> ReasonKind:
        """The reason under which a list shows it."""
        return self.reasons[0].kind


@dataclass(frozen=True)
class Leverage:
    """The answer: who is asked, who rests although it has a reason, who owns each target, which nobody reaches."""

    asked: tuple[Candidate, ...] = ()
    resting: tuple[Candidate, ...] = ()
    owners: Mapping[UUID, UUID] = field(default_factory=dict)
    orphans: tuple[TargetFacts, ...] = ()

    def grouped(self) -> list[tuple[ReasonKind, list[Candidate]]]:
        """Those asked, under their strongest reason."""
        kinds = [kind for kind in ReasonKind if any(one.strongest == kind for one in self.asked)]
        return [(kind, [one for one in self.asked if one.strongest == kind]) for kind in kinds]


def leverage(case: CaseFacts, targets: Iterable[TargetFacts], members: Iterable[MemberFacts]) -> Leverage:
    """Whom to ask about this case, each with its reasons (DOMAIN 3). Does not depend on the order of its input."""
    known = sorted(targets, key=lambda one: (one.name, one.id))
    able = sorted(_candidates(case, known, members), key=_by_load)
    able = _with_one_reader(case, able)
    asked = sorted((one for one in able if one.rests is None and one.reasons), key=_by_reason)
    resting = sorted((one for one in able if one.rests is not None and one.reasons), key=_by_reason)
    owners = _owners(known, asked)
    orphans = tuple(one for one in known if one.id not in owners)
    return Leverage(tuple(asked), tuple(resting), owners, orphans)


def in_words(reason: Reason) -> str:
    """The reason as a sentence in the current language."""
    values = {
        "company": reason.target,
        "country": country_name(reason.country) if reason.country else "",
        "language": language_name(reason.language) if reason.language else "",
    }
    return str(SENTENCES[reason.kind] % values)


def _candidates(case: CaseFacts, targets: list[TargetFacts], members: Iterable[MemberFacts]) -> Iterable[Candidate]:
    for member in members:
        # They know their own case; a call to them would only be noise.
        if member.id in case.own:
            continue
        open_to = [one for one in targets if one.id not in member.opted_out_of]
        reached = [(one, reason) for one in open_to for reason in _reaching(member, one)]
        reasons = {reason for _, reason in reached} | set(_beside_the_workers(case, member))
        yield Candidate(
            member,
            tuple(sorted(reasons, key=lambda one: (STRENGTH[one.kind], one.target, one.country))),
            frozenset(one.id for one, _ in reached),
            _rest(case, member),
        )


def _reaching(member: MemberFacts, target: TargetFacts) -> Iterable[Reason]:
    if target.id in member.answers_from:
        yield Reason(ReasonKind.ANSWERED_BEFORE, target.name)
    if target.id in member.campaigns_on:
        yield Reason(ReasonKind.CAMPAIGNS, target.name)
    if target.home_country and target.home_country == member.country:
        yield Reason(HOME_OF.get(target.kind, ReasonKind.TARGET_HOME), target.name, member.country)
    elif member.country in target.markets:
        yield Reason(ReasonKind.BRAND_MARKET, target.name, member.country)


def _beside_the_workers(case: CaseFacts, member: MemberFacts) -> Iterable[Reason]:
    if member.id in case.asked:
        yield Reason(ReasonKind.ASKED_BY_FILER)
    if member.coalitions & case.coalitions:
        yield Reason(ReasonKind.SAME_COALITION)


def _rest(case: CaseFacts, member: MemberFacts) -> RestCause | None:
    if member.opted_out:
        return RestCause.OPTED_OUT
    # Safety: a cap that held on the danger clock could keep help from people who are in prison now.
    if not case.danger and member.cap is not None and member.load >= member.cap:
        return RestCause.AT_CAP
    return None


def _with_one_reader(case: CaseFacts, candidates: list[Candidate]) -> list[Candidate]:
    """Say who reads the workers' language; where nobody asked does, the least busy one who does is asked too.

    A language alone never asks everybody who speaks it: that would be half of the network for English.
    """
    for language in sorted(case.languages):
        reason = Reason(ReasonKind.LANGUAGE, language=language)
        readers = {one.member.id for one in candidates if language in one.member.languages}
        free = [one for one in candidates if one.member.id in readers and one.rests is None]
        chosen = {one.member.id for one in candidates if one.member.id in readers and one.reasons}
        if free and not any(one.reasons for one in free):
            chosen.add(free[0].member.id)
        candidates = [_also(one, reason) if one.member.id in chosen else one for one in candidates]
    return candidates


def _also(candidate: Candidate, reason: Reason) -> Candidate:
    return Candidate(candidate.member, (*candidate.reasons, reason), candidate.reaches, candidate.rests)


def _owners(targets: list[TargetFacts], asked: list[Candidate]) -> dict[UUID, UUID]:
    """One organisation per target that sees it through: the strongest reason, then the fewest targets so far."""
    owners: dict[UUID, UUID] = {}
    for target in targets:
        able = [one for one in asked if target.id in one.reaches]
        if able:
            taken = list(owners.values())
            best = min(able, key=lambda one: (_grip(one, target), taken.count(one.member.id), *_by_load(one)))
            owners[target.id] = best.member.id
    return owners


def _grip(candidate: Candidate, target: TargetFacts) -> int:
    return min(STRENGTH[one.kind] for one in candidate.reasons if one.target == target.name and one.kind in REACHING)


def _by_load(candidate: Candidate) -> tuple[int, str, UUID]:
    return (candidate.member.load, candidate.member.name, candidate.member.id)


def _by_reason(candidate: Candidate) -> tuple[int, str, UUID]:
    return (STRENGTH[candidate.strongest], candidate.member.name, candidate.member.id)
