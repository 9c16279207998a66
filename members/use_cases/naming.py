"""Names of organisations: how they are kept findable, old ones too."""

import uuid

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from members.models import CoalitionMembership, FormerName, NamePrefix, Organisation
from members.queries import coalition_ids_of, get_organisation
from members.rules import fold, prefixes_of
from members.use_cases.history import note
from network_app.core import clock
from network_app.core.db import lock, new_id
from network_app.core.errors import Invalid, NotAllowed
from network_app.core.i18n import lazy
from network_app.core.permissions import Actor, Permission, may
from network_app.core.texts import clean_line


def index_names(session: Session, organisation: Organisation) -> None:
    """Write down the word beginnings under which an organisation is found, of its name and of its former ones, and
    its name wherever the register is read in the order of names.
    """
    former = session.scalars(select(FormerName.name).where(FormerName.organisation_id == organisation.id))
    prefixes = {prefix for name in (organisation.name, *former) for prefix in prefixes_of(name)}
    session.execute(delete(NamePrefix).where(NamePrefix.organisation_id == organisation.id))
    session.add_all(
        NamePrefix(organisation_id=organisation.id, prefix=prefix, folded=organisation.folded) for prefix in prefixes
    )
    theirs = update(CoalitionMembership).where(CoalitionMembership.organisation_id == organisation.id)
    session.execute(theirs.values(folded=organisation.folded))
    session.flush()


def rename_organisation(session: Session, actor: Actor, *, organisation_id: uuid.UUID, name: str) -> None:
    """Give an organisation another name; it stays findable under the old one, at the same address.

    Raises NotAllowed for who neither administers it nor coordinates a coalition it is in, and Invalid.
    """
    require_keeper(session, actor, organisation_id)
    organisation = lock(session, Organisation, organisation_id)
    title, old = clean_line(name, "name"), organisation.name
    if title == old:
        raise Invalid(lazy("This is its name already."), field="name")
    session.add(FormerName(id=new_id(), organisation_id=organisation.id, name=old, until=clock.now(session)))
    organisation.name, organisation.folded = title, fold(title)
    session.flush()
    index_names(session, organisation)
    note(session, actor, f"organisation:{organisation.id}", "rename", {"old": old, "new": title})


def require_keeper(session: Session, actor: Actor, organisation_id: uuid.UUID) -> None:
    """Stop whoever neither administers an organisation nor coordinates a coalition that it is in; NotAllowed."""
    own = actor.organisation_id == organisation_id and may(actor, Permission.MANAGE_MEMBERS)
    get_organisation(session, organisation_id)
    if not own and not actor.coordinates & coalition_ids_of(session, organisation_id):
        raise NotAllowed()
