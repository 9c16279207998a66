"""The six digits of the demo's people, who have no phones."""

from __future__ import annotations

from sqlalchemy.orm import Session

from members.queries import app_of, person_by_handle
from members.rules.codes import code_at, step_of
from network_app.core import clock
from network_app.core.errors import NotAllowed, NotFound, TooMany


def code_for(session: Session, handle: str) -> str:
    """A code of a demo person's app that opens now and was not used yet.

    Raises NotFound, TooMany when all of these minutes are used, and NotAllowed on a real network.
    """
    # Safety: on a real installation nobody, the operator included, makes a code for somebody else.
    if not clock.is_demo(session):
        raise NotAllowed()
    person = person_by_handle(session, handle)
    app = app_of(session, person.id) if person else None
    if app is None or app.key is None:
        raise NotFound()
    here = step_of(clock.unmoved(session))
    unused = [step for step in (*range(here, here + 10), *range(here - 10, here)) if step not in app.used_steps]
    if not unused:
        raise TooMany()
    return code_at(app.key, unused[0])
