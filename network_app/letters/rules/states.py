"""The life of a letter, and what has to be open before it leaves (DOMAIN 0 and 5)."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from network_app.core.errors import Conflict
from network_app.core.i18n import LazyText, lazy
from network_app.core.labels import Labelled


class Step(Labelled):
    """The rung of the ladder that a letter stands on (DOMAIN 6)."""

    PRIVATE = "private", lazy("private letter")
    REMINDER = "reminder", lazy("reminder")
    PUBLIC = "public", lazy("public letter")
    SUPPORTERS = "supporters", lazy("supporters' letter")

    @property
    def is_public(self) -> bool:
        """Whether outsiders may learn whom the letter addresses."""
        return self in (Step.PUBLIC, Step.SUPPORTERS)


class LetterState(Labelled):
    """Where a letter is in its life."""

    DRAFT = "draft", lazy("draft")
    SIGNING = "signing", lazy("open for signing")
    RELEASED_ONCE = "released_once", lazy("released by one person")
    FROZEN = "frozen", lazy("frozen, about to leave")
    UNCERTAIN = "uncertain", lazy("held: nobody knows whether it arrived")
    SENT = "sent", lazy("sent")
    ANSWERED = "answered", lazy("answered")
    DEADLINE_PASSED = "deadline_passed", lazy("no answer by the deadline")
    RECALLED = "recalled", lazy("taken back")


TRANSITIONS: dict[LetterState, frozenset[LetterState]] = {
    LetterState.DRAFT: frozenset({LetterState.SIGNING, LetterState.RELEASED_ONCE, LetterState.RECALLED}),
    LetterState.SIGNING: frozenset({LetterState.RELEASED_ONCE, LetterState.RECALLED}),
    LetterState.RELEASED_ONCE: frozenset({LetterState.SIGNING, LetterState.FROZEN, LetterState.RECALLED}),
    LetterState.FROZEN: frozenset({LetterState.SENT, LetterState.UNCERTAIN, LetterState.RECALLED}),
    # Safety: from here a letter may already lie on somebody's desk, so it cannot be taken back.
    LetterState.UNCERTAIN: frozenset({LetterState.FROZEN, LetterState.SENT}),
    LetterState.SENT: frozenset({LetterState.ANSWERED, LetterState.DEADLINE_PASSED}),
    LetterState.DEADLINE_PASSED: frozenset({LetterState.ANSWERED}),
    LetterState.ANSWERED: frozenset(),
    LetterState.RECALLED: frozenset(),
}
# The text can still be changed here; everywhere else it is what two people approved.
OPEN = frozenset({LetterState.DRAFT, LetterState.SIGNING, LetterState.RELEASED_ONCE})
# It left us, or may have.
OUT = frozenset({LetterState.UNCERTAIN, LetterState.SENT, LetterState.ANSWERED, LetterState.DEADLINE_PASSED})


def check_move(state: LetterState, to: LetterState) -> None:
    """Stop a step that the life of a letter does not have. Raises Conflict naming where the letter is."""
    if to not in TRANSITIONS[state]:
        raise Conflict(lazy("This cannot be done now: the letter is %(state)s.") % {"state": state.label})


def gates_for(
    step: Step, *, appeal_id: uuid.UUID | None, to_authority: bool, may_tell_factory: bool, others: Iterable[str] = ()
) -> list[str]:
    """What must hold at the moment of sending, as tokens that gates.py reads (DOMAIN 0).

    Safety: a letter about a case always carries the workers' consent, whatever its author asked for.
    """
    tokens = list(others)
    if appeal_id is not None:
        tokens.append(f"appeal:{appeal_id}:consent:{'publish' if step.is_public else 'name_to_target'}")
        if not to_authority:
            tokens.append(f"appeal:{appeal_id}:verified")
        if may_tell_factory:
            tokens.append(f"appeal:{appeal_id}:consent:target_may_tell_factory")
    return list(dict.fromkeys(tokens))


GATE_LABELS: dict[str, LazyText] = {
    "consent:name_to_target": lazy("The workers consent to being named to the target"),
    "consent:publish": lazy("The workers consent to publication"),
    "consent:target_may_tell_factory": lazy("The workers allow that the factory is told"),
    "verified": lazy("A second organisation verified the case"),
    "target": lazy("The campaign runs and this target has not agreed"),
}


def gate_label(token: str) -> LazyText:
    """What a gate token asks for, in words."""
    condition = token.split(":", 2)[-1]
    return GATE_LABELS.get(condition) or GATE_LABELS.get(condition.partition(":")[0]) or lazy("Another condition")
