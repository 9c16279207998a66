"""Suspending a member takes two coalitions, its own and another one; ending it takes one (DOMAIN 0)."""

import uuid
from collections.abc import Iterable

from sqlalchemy.orm import Session

from members.messages import tell_organisation
from members.models import Organisation
from members.queries import coalition_ids_of, used_decisions
from members.rules import Evidence, OrganisationStatus, check_transition
from members.use_cases.history import note
from members.use_cases.naming import require_keeper
from network_app.core.charter import number
from network_app.core.db import lock
from network_app.core.errors import Conflict, GateShut, NotAllowed
from network_app.core.i18n import lazy
from network_app.core.permissions import Actor, ActorKind
from network_app.core.texts import clean_text


def suspend_organisation(
    session: Session, actor: Actor, *, organisation_id: uuid.UUID, decisions: Iterable[Evidence]
) -> None:
    """Suspend a member whom its own coalition and another one voted to suspend; its people can do nothing from then on.

    A direct member is suspended by any two. Raises NotAllowed for anybody but the system, which read the votes;
    GateShut while a vote is missing, Conflict if it stands otherwise.
    """
    _require_system(actor)
    organisation = lock(session, Organisation, organisation_id)
    check_transition(organisation.status, OrganisationStatus.SUSPENDED)
    fresh = _fresh(session, organisation, decisions)
    home, voted = _home(session, organisation), {decision.coalition_id for decision in fresh}
    if len(voted) < number("suspending_coalitions") or (home and not voted & home):
        raise GateShut(lazy("It takes the vote of its own coalition and of another one."))
    organisation.status = OrganisationStatus.SUSPENDED
    session.flush()
    refs = ", ".join(sorted(decision.ref for decision in fresh))
    note(session, actor, f"organisation:{organisation.id}", "suspend", {"refs": refs})
    tell_organisation(
        session, organisation.id, key=f"suspended:{refs}", template="organisation_suspended", values={"refs": refs}
    )


def reinstate_organisation(
    session: Session, actor: Actor, *, organisation_id: uuid.UUID, decisions: Iterable[Evidence]
) -> None:
    """End a suspension that the member's own coalition voted to end; for a direct member any coalition.

    Raises NotAllowed, GateShut, Conflict.
    """
    _require_system(actor)
    organisation = lock(session, Organisation, organisation_id)
    if organisation.status is not OrganisationStatus.SUSPENDED:
        raise Conflict(lazy("This organisation is not suspended."))
    home = _home(session, organisation)
    valid = [d for d in _fresh(session, organisation, decisions) if not home or d.coalition_id in home]
    if not valid:
        raise GateShut(lazy("It takes the vote of its own coalition."))
    organisation.status = OrganisationStatus.ACTIVE
    session.flush()
    refs = ", ".join(sorted(decision.ref for decision in valid))
    note(session, actor, f"organisation:{organisation.id}", "reinstate", {"refs": refs})
    tell_organisation(
        session, organisation.id, key=f"reinstated:{refs}", template="organisation_reinstated", values={"refs": refs}
    )


def note_appeal(session: Session, actor: Actor, *, organisation_id: uuid.UUID, text: str) -> None:
    """Write down what a suspended member answers; a coordinator of its coalition does it, as its people cannot act.

    Raises NotAllowed, Invalid, Conflict if it is not suspended.
    """
    require_keeper(session, actor, organisation_id)
    organisation = lock(session, Organisation, organisation_id)
    if organisation.status is not OrganisationStatus.SUSPENDED:
        raise Conflict(lazy("This organisation is not suspended."))
    said = clean_text(text, "text", longest=5000)
    note(session, actor, f"organisation:{organisation.id}", "note_appeal", {"text": said})


def _fresh(session: Session, organisation: Organisation, decisions: Iterable[Evidence]) -> list[Evidence]:
    # One vote suspends once: after a suspension ended, the same votes cannot be used again.
    used = used_decisions(session, organisation.id)
    return [decision for decision in decisions if decision.adopted and decision.ref not in used]


def _home(session: Session, organisation: Organisation) -> set[uuid.UUID]:
    """Return the coalition whose word counts as its own: its bloc, or else all it is in; none for a direct member."""
    return {organisation.bloc_id} if organisation.bloc_id else coalition_ids_of(session, organisation.id)


def _require_system(actor: Actor) -> None:
    if actor.kind is not ActorKind.SYSTEM:
        raise NotAllowed()
