"""Who decides what: the table of DOMAIN section 0, which the use cases read.

Each row says what an act needs on the danger clock and on the harm clock. What has no entry in `needs` is decided by
the person whose act it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from network_app.core.charter import span
from network_app.core.i18n import lazy
from network_app.core.labels import Labelled

UNDO = span("undo")


class Act(Labelled):
    """An act that more than one person or organisation decides on."""

    ACCEPT_OR_DECLINE = "accept or decline", lazy("Take a case up, or decline it")
    ALERT_REGION = "alert the case team's region", lazy("Alert the case team's region")
    FAN_OUT = "fan out to the network", lazy("Ask the network to act")
    LETTER_TO_AUTHORITY = "letter to an authority", lazy("Send a letter to an authority")
    PRIVATE_LETTER = (
        "private letter to a brand or owner, reminder",
        lazy("Send a private letter or a reminder to a brand or an owner"),
    )
    SPEAK_PUBLICLY = "speak publicly about a target or a person", lazy("Speak publicly about a target or a person")
    LAUNCH_CAMPAIGN = "launch a campaign", lazy("Launch a campaign of a coalition or of the network")
    SUPPORTERS_LETTERS = "supporters' letters", lazy("Let supporters write")
    ADMIT_MEMBER = "admit a member", lazy("Admit a member")
    SUSPEND_MEMBER = "suspend a member", lazy("Suspend a member")
    CHANGE_CHARTER = "charter constants", lazy("Change the charter")
    CLOSE_CASE = "close a case", lazy("Close a case")
    CONFIRM_RECEIPT = "received by workers", lazy("Say that money reached the workers")
    COMMITMENT_KEPT = "commitment kept", lazy("Say that a commitment was kept")
    TWO_PERSON_KEYS = (
        "purge, legal hold, restore, thaw a frozen person",
        lazy("Purge, legal hold, restoring, letting a frozen person back"),
    )


class Need(Labelled):
    """One condition of an act."""

    TWO_PEOPLE = "two people", lazy("two people")
    TWO_ORGANISATIONS = "two people of two organisations", lazy("two people of two organisations")
    SECOND_SOURCE = "verified by a second organisation", lazy("a second organisation has verified the case")
    ONE_VERIFIER = (
        "one verifier of a second organisation",
        lazy("a verifier of a second organisation has confirmed the case"),
    )
    CONSENT_NETWORK = (
        "consent to share with the network",
        lazy("the workers consent to sharing the case with the network"),
    )
    CONSENT_TEAM = "consent to share with the team", lazy("the workers consent to sharing the case with the case team")
    CONSENT_TARGET = "consent to be named to the target", lazy("the workers consent to being named to the target")
    CONSENT_ANY = "consent on any basis", lazy("there is a consent on some basis")
    CONSENT_PUBLISH = "consent to publish", lazy("the workers consent to publication")
    NO_OBJECTION_24H = (
        "24 hours without objection from the workers' country",
        lazy("nobody in the workers' country objected for 24 hours"),
    )
    ADOPTED_VOTE = "an adopted vote of its electorate", lazy("the members adopted it by vote")
    WORKERS_WORD = "the word of the workers' organisation", lazy("the workers' organisation says so")
    NO_OBJECTION_OR_VOTE = (
        "delivered notice without objection, or a vote of its coalition",
        lazy("nobody objects in time after every member was told, or its coalition votes for it"),
    )
    TWO_COALITIONS = "votes of two coalitions", lazy("its own coalition and another one vote for it")
    OWNER_NAMED = (
        "the organisation named when the commitment was made",
        lazy("the organisation that was named for it says so"),
    )


@dataclass(frozen=True)
class Decision:
    """What one act needs, and what must follow it."""

    needs: tuple[Need, ...]
    # Fan-out on the danger clock: a second verifier within this time, or a correction goes to everyone alerted.
    second_verifier_within: timedelta | None = None
    # Everything outward waits for an undo, except on the danger clock (DOMAIN 3).
    undo: timedelta = UNDO


NO_UNDO = timedelta(0)
_RELEASE = (Need.TWO_PEOPLE, Need.SECOND_SOURCE, Need.CONSENT_TARGET)
_SAME_ON_BOTH: dict[Act, Decision] = {
    Act.ACCEPT_OR_DECLINE: Decision((Need.TWO_ORGANISATIONS,), undo=NO_UNDO),
    Act.LAUNCH_CAMPAIGN: Decision((Need.ADOPTED_VOTE,)),
    Act.SUPPORTERS_LETTERS: Decision((Need.ADOPTED_VOTE,)),
    Act.ADMIT_MEMBER: Decision((Need.NO_OBJECTION_OR_VOTE,), undo=NO_UNDO),
    Act.SUSPEND_MEMBER: Decision((Need.TWO_COALITIONS,), undo=NO_UNDO),
    Act.CHANGE_CHARTER: Decision((Need.ADOPTED_VOTE,)),
    Act.CLOSE_CASE: Decision((Need.WORKERS_WORD,), undo=NO_UNDO),
    Act.CONFIRM_RECEIPT: Decision((Need.WORKERS_WORD,), undo=NO_UNDO),
    Act.COMMITMENT_KEPT: Decision((Need.OWNER_NAMED,), undo=NO_UNDO),
    Act.TWO_PERSON_KEYS: Decision((Need.TWO_PEOPLE,), undo=NO_UNDO),
}
_HARM: dict[Act, Decision] = _SAME_ON_BOTH | {
    Act.ALERT_REGION: Decision((Need.SECOND_SOURCE, Need.CONSENT_TEAM)),
    Act.FAN_OUT: Decision((Need.SECOND_SOURCE, Need.CONSENT_NETWORK)),
    Act.LETTER_TO_AUTHORITY: Decision((Need.TWO_PEOPLE, Need.CONSENT_ANY)),
    Act.PRIVATE_LETTER: Decision(_RELEASE),
    Act.SPEAK_PUBLICLY: Decision((Need.ADOPTED_VOTE, Need.CONSENT_PUBLISH)),
}
_DANGER: dict[Act, Decision] = _SAME_ON_BOTH | {
    Act.ALERT_REGION: Decision((Need.ONE_VERIFIER, Need.CONSENT_TEAM), undo=NO_UNDO),
    Act.FAN_OUT: Decision(
        (Need.ONE_VERIFIER, Need.CONSENT_NETWORK), second_verifier_within=span("second_verifier_within"), undo=NO_UNDO
    ),
    Act.LETTER_TO_AUTHORITY: Decision((Need.TWO_PEOPLE, Need.CONSENT_ANY), undo=NO_UNDO),
    Act.PRIVATE_LETTER: Decision(_RELEASE, undo=NO_UNDO),
    Act.SPEAK_PUBLICLY: Decision((Need.CONSENT_PUBLISH, Need.NO_OBJECTION_24H), undo=NO_UNDO),
}


def all_decisions() -> list[tuple[Act, Decision, Decision]]:
    """The whole table: each act, what it needs while somebody is in danger, and otherwise."""
    return [(act, _DANGER[act], _HARM[act]) for act in Act]


def decision(act: Act, *, danger: bool) -> Decision:
    """What `act` needs on the clock that runs."""
    return (_DANGER if danger else _HARM)[act]
