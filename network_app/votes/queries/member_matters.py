"""Votes that decide about a member: what follows if they are adopted, and which of them are closed."""

from __future__ import annotations

import re
import uuid
from collections import defaultdict

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from members.queries import get_application, organisation_by_slug
from members.rules import Evidence
from network_app.core.errors import NotFound
from network_app.core.i18n import LazyText, lazy
from network_app.votes.models import Proposal
from network_app.votes.rules import State

MATTER = re.compile(r"(admit|suspend|reinstate):([A-Za-z0-9-]{1,60})")
EFFECTS = {
    "admit": lazy("If it is adopted, %(name)s becomes a member; if not, its application is refused."),
    "suspend": lazy("If it is adopted here and in another coalition, %(name)s is suspended at once."),
    "reinstate": lazy("If it is adopted, the suspension of %(name)s ends at once."),
}


def matter_of(subject: str | None) -> tuple[str, str] | None:
    """Read a proposal's subject as a kind of matter and whom it is about; None for any other subject."""
    found = MATTER.fullmatch(subject or "")
    return (found[1], found[2]) if found else None


def effect(session: Session, subject: str | None) -> LazyText | None:
    """Say what follows for a member if a proposal is adopted; None for any other. Raises NotFound for nobody's name."""
    matter = matter_of(subject)
    if matter is None:
        return None
    kind, key = matter
    if kind == "admit":
        organisation = get_application(session, key).organisation
        if organisation is None:
            raise NotFound()
    else:
        organisation = organisation_by_slug(session, key)
    return EFFECTS[kind] % {"name": organisation.name}


def decided_matters(session: Session) -> dict[tuple[str, str], list[Evidence]]:
    """List what coalitions decided about members, by matter, the earliest closed first."""
    kinds = or_(*(Proposal.subject.startswith(f"{kind}:") for kind in EFFECTS))
    chosen = select(Proposal).where(Proposal.state == State.CLOSED, kinds, Proposal.electorate.startswith("coalition:"))
    found: dict[tuple[str, str], list[Evidence]] = defaultdict(list)
    for row in session.scalars(chosen.order_by(Proposal.closes_at, Proposal.ref)):
        matter = matter_of(row.subject)
        if matter and row.statement is not None:
            coalition_id = uuid.UUID(row.electorate.removeprefix("coalition:"))
            found[matter].append(Evidence(row.ref, coalition_id, bool(row.statement["adopted"])))
    return dict(found)
