"""What happened to a member, a coalition or an application, kept for everybody who may see it."""

from typing import Any

from sqlalchemy.orm import Session

from network_app.core import audit
from network_app.core.permissions import Actor


def note(session: Session, actor: Actor, subject: str, act: str, said: dict[str, str] | None = None) -> None:
    """Write an act into the history of `subject`, and into the audit.

    `said` is shown to members: names of organisations and coalitions, never a person's, never how one is reached.
    """
    body: dict[str, Any] = {"act": act, **(said or {})}
    # The history's chain first, the audit last: everybody takes the locks in this order.
    audit.append(session, subject, body)
    audit.record(session, actor, act, subject)
