"""How a body becomes a member: two sponsors, delivered notice, 14 days without objection or a vote (DOMAIN 0)."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from members.rules.organisations import OBJECTION_TIME
from network_app.core.errors import Conflict
from network_app.core.i18n import lazy
from network_app.core.labels import Labelled

INVITATION_LIFE_OF_BODIES = timedelta(days=30)


class ApplicationState(Labelled):
    """Where an application stands."""

    INVITED = "invited", lazy("invited, not applied yet")
    SPONSORS = "sponsors", lazy("waiting for two sponsors")
    NOTICE = "notice", lazy("the members are being told")
    OBJECTIONS = "objections", lazy("members may object")
    VOTE = "vote", lazy("a member objected: the members decide")
    ADMITTED = "admitted", lazy("admitted")
    REFUSED = "refused", lazy("not admitted")
    WITHDRAWN = "withdrawn", lazy("taken back")


APPLICATION_STEPS: dict[ApplicationState, frozenset[ApplicationState]] = {
    ApplicationState.INVITED: frozenset({ApplicationState.SPONSORS, ApplicationState.WITHDRAWN}),
    ApplicationState.SPONSORS: frozenset({ApplicationState.NOTICE, ApplicationState.WITHDRAWN}),
    ApplicationState.NOTICE: frozenset({ApplicationState.OBJECTIONS, ApplicationState.WITHDRAWN}),
    ApplicationState.OBJECTIONS: frozenset(
        {ApplicationState.VOTE, ApplicationState.ADMITTED, ApplicationState.WITHDRAWN}
    ),
    ApplicationState.VOTE: frozenset({ApplicationState.ADMITTED, ApplicationState.REFUSED, ApplicationState.WITHDRAWN}),
    ApplicationState.ADMITTED: frozenset(),
    ApplicationState.REFUSED: frozenset(),
    ApplicationState.WITHDRAWN: frozenset(),
}
# From the notice on members may object, also before the last of them was told.
OPEN_TO_OBJECTIONS = (ApplicationState.NOTICE, ApplicationState.OBJECTIONS, ApplicationState.VOTE)
RUNNING = (ApplicationState.SPONSORS, *OPEN_TO_OBJECTIONS)


def check_step(old: ApplicationState, new: ApplicationState) -> None:
    """Refuse a step that the table does not know; raises Conflict."""
    if new not in APPLICATION_STEPS[old]:
        names = {"old": old.label, "new": new.label}
        raise Conflict(lazy("This application is “%(old)s” and cannot become “%(new)s”.") % names)


def after_objection_time(noticed_at: datetime, now: datetime, *, objections: int) -> ApplicationState:
    """Say where an application stands once the members were told at `noticed_at` (DOMAIN 0)."""
    if now < noticed_at + OBJECTION_TIME:
        return ApplicationState.OBJECTIONS
    return ApplicationState.VOTE if objections else ApplicationState.ADMITTED


@dataclass(frozen=True)
class Evidence:
    """A closed vote of one coalition, as the room of votes hands it down."""

    ref: str
    coalition_id: uuid.UUID
    adopted: bool
