"""What a campaign asks for, and the ladder of letters: when a gate opens, and why it is shut (DOMAIN 6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from network_app.core.i18n import LazyText, lazy
from network_app.core.labels import Labelled
from network_app.letters.rules.states import LetterState, Step


class CampaignState(Labelled):
    """Where a campaign is in its life."""

    PROPOSED = "proposed", lazy("put to the vote")
    LAUNCHED = "launched", lazy("running")
    NOT_ADOPTED = "not_adopted", lazy("not adopted")
    ENDED = "ended", lazy("ended")


TRANSITIONS: dict[CampaignState, frozenset[CampaignState]] = {
    CampaignState.PROPOSED: frozenset({CampaignState.LAUNCHED, CampaignState.NOT_ADOPTED}),
    CampaignState.LAUNCHED: frozenset({CampaignState.ENDED}),
    CampaignState.NOT_ADOPTED: frozenset(),
    CampaignState.ENDED: frozenset(),
}


class Change(Labelled):
    """The domain of change that a demand belongs to."""

    ASSOCIATION = "association", lazy("freedom of association and bargaining")
    PROTECTION = "protection", lazy("employment and social protection")
    LIVING_WAGE = "living_wage", lazy("living wage")
    SAFETY = "safety", lazy("safety and health")
    JUST_TRANSITION = "just_transition", lazy("just transition")
    LAW = "law", lazy("law and binding mechanisms")
    STRENGTH = "strength", lazy("strength of the network")


class End(Labelled):
    """How the ladder ends for a target."""

    AGREED = "agreed", lazy("agreed")
    COMPLAINT_OR_COURT = "complaint_or_court", lazy("went to a complaint or to court")
    ENDED = "ended", lazy("ended without agreement")


# The rungs that letters take here. A public letter and supporters' letters need gates of their own.
LADDER: tuple[Step, ...] = (Step.PRIVATE, Step.REMINDER)


@dataclass(frozen=True)
class Gate:
    """One condition of the next step, open or shut, in words."""

    label: LazyText
    open: bool


@dataclass(frozen=True)
class Facts:
    """What the ladder needs to know about one target at one moment."""

    launched: bool
    end: End | None
    talks_until: date | None
    today: date
    consented: bool
    last_step: Step | None
    last_state: LetterState | None
    mailbox_checked: bool


def next_step(last: Step | None) -> Step | None:
    """The rung above; None on the last one."""
    if last is None:
        return LADDER[0]
    place = LADDER.index(last) + 1
    return LADDER[place] if place < len(LADDER) else None


def gates(facts: Facts) -> tuple[Gate, ...]:
    """The conditions of the next letter to this target, in the order in which people meet them."""
    talking = facts.talks_until is not None and facts.today <= facts.talks_until
    always = (
        Gate(lazy("the members adopted the campaign"), facts.launched),
        Gate(lazy("the target has not agreed, and its ladder has not ended"), facts.end is None),
        Gate(lazy("no talks are under way"), not talking),
        Gate(lazy("the workers consent to being named to the target"), facts.consented),
    )
    if facts.last_step is None:
        return always
    out = facts.last_state in (LetterState.SENT, LetterState.DEADLINE_PASSED, LetterState.ANSWERED)
    passed = facts.last_state is LetterState.DEADLINE_PASSED
    return (
        *always,
        Gate(lazy("the letter before it was sent"), out),
        Gate(lazy("its deadline has passed without an answer"), passed),
        Gate(lazy("a person has looked into the mailbox and found nothing"), facts.mailbox_checked),
    )


def all_open(conditions: tuple[Gate, ...]) -> bool:
    """Whether the next step may be taken."""
    return all(gate.open for gate in conditions)
