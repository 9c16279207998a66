"""The six digits of the demo's people, who have no phones."""

from __future__ import annotations

from sqlalchemy.orm import Session

from members.queries import app_of, person_by_handle
from members.rules.codes import code_at, step_of
from network_app.core import clock
from network_app.core.errors import NotAllowed, NotFound


def code_for(session: Session, handle: str) -> str:
    """The next code of a demo person's app that was not used yet. Raises NotFound; NotAllowed on a real network."""
    # Safety: on a real installation nobody, the operator included, makes a code for somebody else.
    if not clock.is_demo(session):
        raise NotAllowed()
    person = person_by_handle(session, handle)
    app = app_of(session, person.id) if person else None
    if app is None or app.key is None:
        raise NotFound()
    here = step_of(clock.unmoved(session))
    return code_at(app.key, next(step for step in range(here, here + 10) if step not in app.used_steps))
