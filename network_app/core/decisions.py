"""Who decides what: the table of DOMAIN section 0, which the use cases read.

Each row says what an act needs on the danger clock and on the harm clock. What has no entry in `needs` is decided by
the person whose act it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from network_app.core.charter import span
from network_app.core.i18n import LazyText, lazy

UNDO = span("undo")


class Act(StrEnum):
    """An act that more than one person or organisation decides on."""

    ACCEPT_OR_DECLINE = "accept or decline"
    ALERT_REGION = "alert the case team's region"
    FAN_OUT = "fan out to the network"
    LETTER_TO_AUTHORITY = "letter to an authority"
    PRIVATE_LETTER = "private letter to a brand or owner, reminder"
    SPEAK_PUBLICLY = "speak publicly about a target or a person"
    LAUNCH_CAMPAIGN = "launch a campaign"
    SUPPORTERS_LETTERS = "supporters' letters"
    ADMIT_MEMBER = "admit a member"
    SUSPEND_MEMBER = "suspend a member"
    CHANGE_CHARTER = "charter constants"
    CLOSE_CASE = "close a case"
    CONFIRM_RECEIPT = "received by workers"
    COMMITMENT_KEPT = "commitment kept"
    TWO_PERSON_KEYS = "purge, legal hold, restore, thaw a frozen person"


class Need(StrEnum):
    """One condition of an act."""

    TWO_PEOPLE = "two people"
    TWO_ORGANISATIONS = "two people of two organisations"
    SECOND_SOURCE = "verified by a second organisation"
    ONE_VERIFIER = "one verifier of a second organisation"
    CONSENT_NETWORK = "consent to share with the network"
    CONSENT_TEAM = "consent to share with the team"
    CONSENT_TARGET = "consent to be named to the target"
    CONSENT_ANY = "consent on any basis"
    CONSENT_PUBLISH = "consent to publish"
    NO_OBJECTION_24H = "24 hours without objection from the workers' country"
    ADOPTED_VOTE = "an adopted vote of its electorate"
    WORKERS_WORD = "the word of the workers' organisation"
    OWNER_NAMED = "the organisation named when the commitment was made"


NEED_LABELS: dict[Need, LazyText] = {
    Need.TWO_PEOPLE: lazy("two people"),
    Need.TWO_ORGANISATIONS: lazy("two people of two organisations"),
    Need.SECOND_SOURCE: lazy("a second organisation has verified the case"),
    Need.ONE_VERIFIER: lazy("a verifier of a second organisation has confirmed the case"),
    Need.CONSENT_NETWORK: lazy("the workers consent to sharing the case with the network"),
    Need.CONSENT_TEAM: lazy("the workers consent to sharing the case with the case team"),
    Need.CONSENT_TARGET: lazy("the workers consent to being named to the target"),
    Need.CONSENT_ANY: lazy("there is a consent on some basis"),
    Need.CONSENT_PUBLISH: lazy("the workers consent to publication"),
    Need.NO_OBJECTION_24H: lazy("nobody in the workers' country objected for 24 hours"),
    Need.ADOPTED_VOTE: lazy("the members adopted it by vote"),
    Need.WORKERS_WORD: lazy("the workers' organisation says so"),
    Need.OWNER_NAMED: lazy("the organisation that was named for it says so"),
}


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


def decision(act: Act, *, danger: bool) -> Decision:
    """What `act` needs on the clock that runs."""
    return (_DANGER if danger else _HARM)[act]
