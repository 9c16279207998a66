"""How an organisation stands: dormant and back with one word, and the language of its room."""

import uuid

from sqlalchemy.orm import Session

from members.messages import tell_organisation
from members.models import Organisation
from members.rules import OrganisationStatus, check_transition
from members.use_cases.history import note
from network_app.core import audit, clock
from network_app.core.db import lock
from network_app.core.errors import Conflict, Invalid, NotAllowed
from network_app.core.i18n import LANGUAGES, lazy
from network_app.core.permissions import Actor, ActorKind, Permission, require


def make_dormant(session: Session, actor: Actor, *, organisation_id: uuid.UUID) -> None:
    """Leave an organisation that was silent in its last three votes off the next rolls, and tell it (DOMAIN 4)."""
    if actor.kind is not ActorKind.SYSTEM:
        raise NotAllowed()
    organisation = lock(session, Organisation, organisation_id)
    check_transition(organisation.status, OrganisationStatus.DORMANT)
    organisation.status = OrganisationStatus.DORMANT
    session.flush()
    note(session, actor, f"organisation:{organisation.id}", "make_dormant")
    moment = clock.now(session).isoformat()
    tell_organisation(session, organisation.id, key=f"dormant:{moment}", template="made_dormant", values={})


def wake_organisation(session: Session, actor: Actor) -> None:
    """Bring my organisation back onto the next rolls with one word; raises Conflict if it is not dormant."""
    require(actor, Permission.SEE_NETWORK)
    organisation = lock(session, Organisation, actor.own_organisation())
    if organisation.status is not OrganisationStatus.DORMANT:
        raise Conflict(lazy("Your organisation is not dormant."))
    organisation.status = OrganisationStatus.ACTIVE
    session.flush()
    note(session, actor, f"organisation:{organisation.id}", "wake_organisation")


def choose_room_language(session: Session, actor: Actor, *, language: str) -> None:
    """Let everything my organisation is told come in this language; raises Invalid for one not spoken here."""
    require(actor, Permission.SEE_NETWORK)
    if language not in LANGUAGES:
        raise Invalid(lazy("The network does not speak this language yet."), field="language")
    organisation = lock(session, Organisation, actor.own_organisation())
    organisation.room_language = language
    session.flush()
    audit.record(session, actor, "choose_room_language", f"organisation:{organisation.id}", language=language)
