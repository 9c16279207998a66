"""An organisation's own page, and who may act for it."""

import uuid

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
        former_names=queries.former_names(db(), organisation.id),
        affiliates=queries.affiliates(db(), organisation),
        sees_contacts=queries.may_see_contacts(db(), actor(), organisation.id),
        contacts=queries.contact_points(db(), organisation.id)
        if queries.may_see_contacts(db(), actor(), organisation.id)
        else [],
        history=queries.history_of(db(), f"organisation:{organisation.id}"),
        may_keep=_may_keep(organisation.id, ours=ours),
        may_propose=may(actor(), Permission.PROPOSE) and not ours and not organisation.secretariat,
        suspended=organisation.status is OrganisationStatus.SUSPENDED,
        pooled_with=queries.pooled_bloc(db(), organisation),
        dormant=organisation.status is OrganisationStatus.DORMANT,
        may_manage=ours and may(actor(), Permission.MANAGE_MEMBERS),
    )


def _may_keep(organisation_id: uuid.UUID, *, ours: bool) -> bool:
    if ours and may(actor(), Permission.MANAGE_MEMBERS):
        return True
    return bool(actor().coordinates and actor().coordinates & queries.coalition_ids_of(db(), organisation_id))


@pages.post("/members/wake")
def wake() -> Answer:
    """Bring my dormant organisation back."""
    wake_organisation(db(), actor())
    return see_other("members.show", slug=queries.get_organisation(db(), actor().own_organisation()).slug)
