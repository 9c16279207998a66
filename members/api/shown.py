"""What programs are shown of members and their people: the same as on the pages, field by field."""

import datetime as dt
from uuid import UUID

from members.rules import OrganisationKind, OrganisationStatus, Side
from network_app.core.permissions import Duty
from network_app.pages.operations import Section
from network_app.pages.payload import Output

api = Section("members", "Organisations and coalitions, who acts for whom, and who is on duty.")


class OrganisationShort(Output):
    """An organisation in the register."""

    id: UUID
    slug: str
    name: str
    kind: OrganisationKind
    country: str
    side: Side
    status: OrganisationStatus
    languages: list[str]
    fictional: bool


class MembershipShown(Output):
    """A coalition that the organisation is or was in."""

    coalition_id: UUID
    slug: str
    name: str
    since: dt.datetime
    until: dt.datetime | None
    bloc: bool


class OrganisationShown(OrganisationShort):
    """An organisation's own page. `email` is for its own people only."""

    family: str | None
    joined_on: dt.date | None
    secretariat: bool
    monthly_call_cap: int
    coalitions: list[MembershipShown]
    ours: bool
    email: str | None


class CoalitionShown(Output):
    """A coalition."""

    id: UUID
    slug: str
    name: str


class MandateShown(Output):
    """What a person may do for us, from and until; `usable` says whether at this moment.

    Days are those of the organisation's country.
    """

    id: UUID
    person_id: UUID
    handle: str
    frozen: bool
    duty: Duty
    alternate: bool
    since: dt.datetime
    until: dt.datetime | None
    first_day: dt.date
    last_day: dt.date | None
    usable: bool
    granted_by: str | None
    granted_at: dt.datetime
    version: int


class InvitationShown(Output):
    """An invitation that still lets somebody in."""

    id: UUID
    note: str
    duties: list[Duty]
    alternate: bool
    made_by: str
    made_at: dt.datetime


class Me(Output):
    """For whom, and under which mandates, this token acts now."""

    handle: str
    organisation: OrganisationShort
    duties: list[Duty]
    language: str
    zone: str | None
