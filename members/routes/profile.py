"""An organisation's own page, and who may act for it."""

from members import queries
from members.routes.frame import pages
from members.rules import OrganisationStatus
from members.use_cases.standing import wake_organisation
from network_app.core.permissions import Permission, may
from network_app.pages.answers import Answer, page, see_other
from network_app.pages.request import (
    actor,
    db,
)


@pages.get("/members/<slug>")
def show(slug: str) -> Answer:
    """Show one organisation; its own people go on from here to who may do what for it."""
    organisation = queries.organisation_by_slug(db(), slug)
    ours = actor().organisation_id == organisation.id
    return page(
        "members/profile.html",
        organisation=organisation,
        coalitions=queries.coalitions_of(db(), organisation.id),
        ours=ours,
        dormant=organisation.status is OrganisationStatus.DORMANT,
        may_manage=ours and may(actor(), Permission.MANAGE_MEMBERS),
    )


@pages.post("/members/wake")
def wake() -> Answer:
    """Bring my dormant organisation back."""
    wake_organisation(db(), actor())
    return see_other("members.show", slug=queries.get_organisation(db(), actor().own_organisation()).slug)
