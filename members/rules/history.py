"""The sentences in which the history of members, coalitions and applications is read."""

from collections.abc import Mapping

from network_app.core.i18n import LazyText, lazy

SENTENCES: dict[str, LazyText] = {
    "admit_organisation": lazy("Became a member."),
    "apply": lazy("Asked to become a member."),
    "invite_body": lazy("Was invited to apply."),
    "vouch": lazy("%(name)s vouched."),
    "decline_to_vouch": lazy("%(name)s did not vouch."),
    "tell_members": lazy("Two members vouched; the others were told."),
    "notice_delivered": lazy("The notice had reached the members. The time to object began."),
    "object": lazy("%(name)s objected."),
    "withdraw_objection": lazy("%(name)s took the objection back."),
    "await_vote": lazy("The time to object ended with an objection. The members decide by a vote."),
    "admit": lazy("Admitted: %(ground)s."),
    "refuse": lazy("Not admitted: %(ground)s."),
    "withdraw_application": lazy("The application was taken back."),
    "join_coalition": lazy("Joined %(name)s."),
    "leave_coalition": lazy("Left %(name)s."),
    "choose_bloc": lazy("Counts in the network's votes with %(name)s from now on, not in votes that were open."),
    "rename": lazy("Renamed: “%(old)s” became “%(new)s”."),
    "change_profile": lazy("Changed what it says about itself."),
    "ask_family": lazy("Said that it belongs to the family “%(name)s”."),
    "confirm_family": lazy("Its family “%(name)s” was confirmed by another affiliate."),
    "leave_family": lazy("Left the family “%(name)s”."),
    "make_dormant": lazy("Dormant: it did not answer in its last votes."),
    "wake_organisation": lazy("Came back with one word."),
    "suspend": lazy("Suspended by the votes %(refs)s."),
    "note_appeal": lazy("Appealed against the suspension: %(text)s"),
    "reinstate": lazy("Suspension ended by the vote %(refs)s."),
    "leave_network": lazy("Left the network."),
    "name_coordinator": lazy("%(name)s got a person who coordinates."),
    "end_coordinator": lazy("A person of %(name)s coordinates no longer."),
    "member_joined": lazy("%(name)s joined."),
    "member_left": lazy("%(name)s left."),
    "rename_coalition": lazy("Renamed: “%(old)s” became “%(new)s”."),
}


def sentence(body: Mapping[str, str]) -> str:
    """Return one entry of a history in words; an act that this version does not know is named as it was written."""
    known = SENTENCES.get(body["act"])
    return body["act"] if known is None else str(known % dict(body))
