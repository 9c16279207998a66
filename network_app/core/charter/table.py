"""The table itself: every constant of the charter with its history."""

from __future__ import annotations

from datetime import date, timedelta

from network_app.core.charter.values import DAYS, HOURS, Constant, Decided, Part, Promised, Share, Value, WorkingDays
from network_app.core.i18n import LazyText, lazy


def _first(part: Part, value: Value, name: LazyText, says: LazyText) -> Constant:
    return Constant(part, name, says, (Decided(date(2026, 11, 21), lazy("the first charter"), value),))


CONSTANTS: dict[str, Constant] = {
    "blocks_that_stop": _first(
        Part.VOTES,
        1,
        lazy("Blocks that stop a proposal"),
        lazy("This many members who block are enough. A block from a country that it touches is always enough."),
    ),
    "quorum": _first(
        Part.VOTES,
        Share(1, 3),
        lazy("Of all votes, carrying"),
        lazy("So many of all votes on the roll must carry a proposal. Silence carries nothing."),
    ),
    "bloc_quorum": _first(
        Part.VOTES,
        Share(1, 4),
        lazy("Of the votes of each bloc, carrying"),
        lazy("So many of the votes of every single bloc must carry it: no bloc is outvoted by being silent."),
    ),
    "reserve_limit": _first(
        Part.VOTES,
        Share(1, 3),
        lazy("Of all votes, at most aside or blocking"),
        lazy("If more than this stand aside or block, the proposal is not ripe."),
    ),
    "carried": _first(
        Part.VOTES,
        Share(2, 3),
        lazy("Of those who take sides, carrying"),
        lazy("So many of those who take sides must carry it, in every bloc and in every country that it touches."),
    ),
    "vote_shortest": _first(
        Part.VOTES,
        48 * HOURS,
        lazy("Shortest vote"),
        lazy("A vote is open for at least this long, so that everybody is awake once and can ask at home."),
    ),
    "vote_longest": _first(Part.VOTES, 90 * DAYS, lazy("Longest vote"), lazy("A vote is closed after this time.")),
    "talk_within": _first(
        Part.VOTES,
        72 * HOURS,
        lazy("Time to talk after a block"),
        lazy("After the first block the vote stays open for at least this long, once."),
    ),
    "review_after": _first(
        Part.VOTES,
        365 * DAYS,
        lazy("Review of what was adopted"),
        lazy("After this time the members look again at what they decided."),
    ),
    "smallest_bloc": _first(
        Part.BLOCS,
        5,
        lazy("Smallest bloc"),
        lazy("A bloc of fewer organisations is counted together with the nearest of the same side."),
    ),
    "fewest_blocs": _first(
        Part.BLOCS, 2, lazy("Fewest blocs"), lazy("A vote of the network needs at least this many blocs on its roll.")
    ),
    "roll_of_active": _first(
        Part.BLOCS,
        Share(1, 4),
        lazy("Smallest roll"),
        lazy("So many of all active organisations must be on the roll of a vote of the network."),
    ),
    "member_before_voting": _first(
        Part.BLOCS,
        90 * DAYS,
        lazy("Member before the first vote"),
        lazy("An organisation is on the rolls once it has been a member for this long."),
    ),
    "silent_votes": _first(
        Part.BLOCS,
        3,
        lazy("Votes without an answer"),
        lazy("A member that was silent in so many of its votes in a row rests: off the next rolls, until it is back."),
    ),
    "sponsors": _first(
        Part.MEMBERS,
        2,
        lazy("Sponsors of an applicant"),
        lazy("So many members must vouch for a body before the others are told that it wants to join."),
    ),
    "objection_time": _first(
        Part.MEMBERS,
        14 * DAYS,
        lazy("Time to object to an applicant"),
        lazy("Counted from the moment at which the notice had reached the members."),
    ),
    "suspending_coalitions": _first(
        Part.MEMBERS,
        2,
        lazy("Coalitions that suspend a member"),
        lazy("Its own coalition and another one, each by a vote of its own."),
    ),
    "invitation_life": _first(
        Part.MEMBERS,
        72 * HOURS,
        lazy("Invitation of a person"),
        lazy("The link by which a person is asked in works once and for this long."),
    ),
    "vouched_wait": _first(
        Part.MEMBERS,
        72 * HOURS,
        lazy("Wait after two vouchers"),
        lazy("Who lost every way in waits this long after two people vouched, so that a thief is noticed."),
    ),
    "monthly_calls": _first(
        Part.CASES,
        6,
        lazy("Calls in a month"),
        lazy("A member that says nothing else is asked to act at most so often, except when somebody is in danger."),
    ),
    "second_verifier_within": _first(
        Part.CASES,
        24 * HOURS,
        lazy("Second verifier, in danger"),
        lazy("When one verifier was enough for an alarm, a second confirms within this time or all are corrected."),
    ),
    "undo": _first(
        Part.CASES,
        timedelta(minutes=10),
        lazy("Time to take back"),
        lazy("What goes outward waits this long first, except when somebody is in danger."),
    ),
    "coercion_window": _first(
        Part.CASES,
        72 * HOURS,
        lazy("Doubt about a brake"),
        lazy("A brake pulled within this time of an arrest may have been forced; the team is told so."),
    ),
    "quiet_before_public": _first(
        Part.CASES,
        24 * HOURS,
        lazy("Time to object to publication"),
        lazy("So long any organisation of the workers' country may stop what would be said in public about danger."),
    ),
    "vital_interest": _first(
        Part.CASES,
        72 * HOURS,
        lazy("Decided for people who cannot be asked"),
        lazy("So long a consent holds that two people gave because a life is at stake and nobody could be asked."),
    ),
    "acknowledge": _first(
        Part.PROMISES,
        Promised(2 * HOURS, 24 * HOURS),
        lazy("Word that it arrived"),
        lazy("The program acknowledges at once; where it cannot, somebody on duty does within this time."),
    ),
    "triage": _first(
        Part.PROMISES,
        Promised(12 * HOURS, WorkingDays(5)),
        lazy("Whether we take it up"),
        lazy("So soon the workers hear whether the network takes it up, and why, counted from its arrival."),
    ),
    "verify": _first(
        Part.PROMISES,
        Promised(24 * HOURS, WorkingDays(10)),
        lazy("A second source"),
        lazy("So soon an organisation that did not bring the appeal has confirmed it, counted from the yes."),
    ),
    "find_targets": _first(
        Part.PROMISES,
        Promised(24 * HOURS, 7 * DAYS),
        lazy("Who can be pressed"),
        lazy("So soon the targets are found and the workers were asked for consent, counted from its acceptance."),
    ),
    # "The same day" is read as 24 hours, because the people who promise live in many zones.
    "first_letter": _first(
        Part.PROMISES,
        Promised(24 * HOURS, 3 * DAYS),
        lazy("The first letter"),
        lazy("So soon it leaves, counted from the moment at which the appeal is verified and the workers consented."),
    ),
    "target_answers": _first(
        Part.PROMISES,
        Promised(48 * HOURS, WorkingDays(10)),
        lazy("Time for a target to answer"),
        lazy("So long a letter lets its reader answer, if its author writes nothing else."),
    ),
    "news": _first(
        Part.PROMISES,
        Promised(48 * HOURS, 14 * DAYS),
        lazy("News to the workers"),
        lazy("They hear from us at least so often, also when nothing happened."),
    ),
    "review": _first(
        Part.PROMISES,
        Promised(7 * DAYS, 90 * DAYS),
        lazy("Review of an appeal"),
        lazy("After this time the team asks itself whether to go on, change tactic, rest or close."),
    ),
}
