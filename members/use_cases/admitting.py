"""How organisations and coalitions come into the network.

Here the system puts them in: the first circle, and the demo. Everybody else applies (use_cases/applying.py).
"""

import re
import uuid
from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from enum import StrEnum
from typing import TypedDict, TypeVar, Unpack

from sqlalchemy import select
from sqlalchemy.orm import Session

from members.models import Coalition, Organisation
from members.queries import get_organisation
from members.rules import MONTHLY_CALLS, SLUG, OrganisationKind, OrganisationStatus, Side, clean_address, fold
from members.use_cases.belonging import put_inside
from members.use_cases.history import note
from members.use_cases.naming import index_names
from network_app.core import audit, clock
from network_app.core.db import get, new_id
from network_app.core.errors import Conflict, Invalid, NotAllowed
from network_app.core.i18n import NO_COUNTRY, country_name, lazy, use_language
from network_app.core.permissions import Actor, ActorKind
from network_app.core.texts import clean_line

Chosen = TypeVar("Chosen", bound=StrEnum)
# Pages of the register itself, at which no organisation may stand.
RESERVED = {"applications", "charter", "coalitions", "duty", "holidays", "wake"}
LANGUAGE_CODE = re.compile(r"[a-z]{2,3}(-[A-Za-z]{2,8})?")


def add_coalition(session: Session, actor: Actor, *, name: str, slug: str = "") -> Coalition:
    """Add a coalition; raises NotAllowed, and Conflict if its address is taken."""
    _require_system(actor)
    title = clean_line(name, "name")
    address = slug or make_slug(title)
    if not SLUG.fullmatch(address):
        raise Invalid(lazy("Use small Latin letters, digits and dashes."), field="slug")
    if session.scalar(select(Coalition.id).where(Coalition.slug == address)):
        raise Conflict(lazy("There is a coalition of this name already."), field="name")
    coalition = Coalition(id=new_id(), slug=address, name=title)
    session.add(coalition)
    session.flush()
    audit.record(session, actor, "add_coalition", f"coalition:{coalition.id}")
    return coalition


class Facts(TypedDict, total=False):
    """What an organisation may add about itself; without `joined_on` it is a member from today."""

    slug: str
    family: str | None
    email: str | None
    joined_on: date | None
    fictional: bool
    secretariat: bool
    monthly_call_cap: int


def admit_organisation(
    session: Session,
    actor: Actor,
    *,
    name: str,
    kind: str,
    country: str,
    side: str,
    languages: Iterable[str],
    **facts: Unpack[Facts],
) -> Organisation:
    """Admit an organisation as an active member.

    Raises NotAllowed, Invalid naming the field, and Conflict if its address is taken.
    """
    _require_system(actor)
    organisation = new_organisation(
        session, name=name, kind=kind, country=country, side=side, languages=languages, slug=facts.get("slug", "")
    )
    family, email = facts.get("family"), facts.get("email")
    organisation.family = clean_line(family, "family") if family else None
    organisation.status = OrganisationStatus.ACTIVE
    organisation.email = clean_address(email) if email else None
    organisation.joined_on = facts.get("joined_on") or clock.now(session).date()
    organisation.fictional = facts.get("fictional", False)
    organisation.secretariat = facts.get("secretariat", False)
    organisation.monthly_call_cap = facts.get("monthly_call_cap", MONTHLY_CALLS)
    session.flush()
    note(session, actor, f"organisation:{organisation.id}", "admit_organisation")
    return organisation


def new_organisation(
    session: Session,
    *,
    name: str,
    kind: str,
    country: str,
    side: str,
    languages: Iterable[str],
    slug: str = "",
) -> Organisation:
    """Write an applicant down, findable by its name. Raises Invalid naming the field, Conflict for a taken address."""
    title, spoken = clean_line(name, "name"), clean_languages(languages)
    organisation = Organisation(
        id=new_id(),
        slug=_free_slug(session, title, slug),
        name=title,
        folded=fold(title),
        kind=one_of(OrganisationKind, kind, "kind"),
        country=_country(country),
        side=one_of(Side, side, "side"),
        status=OrganisationStatus.APPLICANT,
        languages=spoken,
        room_language=spoken[0],
    )
    session.add(organisation)
    session.flush()
    index_names(session, organisation)
    return organisation


def join_coalition(
    session: Session,
    actor: Actor,
    *,
    organisation_id: uuid.UUID,
    coalition_id: uuid.UUID,
    since: date | None = None,
    as_bloc: bool = False,
) -> None:
    """Put an organisation into a coalition; `as_bloc` makes it the one in which it counts in the network's votes.

    Raises NotAllowed, NotFound, and Conflict if it is in there already.
    """
    _require_system(actor)
    organisation, coalition = get_organisation(session, organisation_id), get(session, Coalition, coalition_id)
    start = datetime.combine(since, time(), UTC) if since else None
    put_inside(session, actor, organisation, coalition, as_bloc=as_bloc, since=start)


def make_slug(name: str) -> str:
    """Return the part of a web address that a name becomes; empty for a name without Latin letters or digits."""
    return re.sub(r"[^a-z0-9]+", "-", fold(name)).strip("-")[:50]


def _free_slug(session: Session, name: str, wanted: str) -> str:
    if wanted and not SLUG.fullmatch(wanted):
        raise Invalid(lazy("Use small Latin letters, digits and dashes."), field="slug")
    base = wanted or make_slug(name) or "member"
    taken = RESERVED | set(session.scalars(select(Organisation.slug).where(Organisation.slug.startswith(base))))
    if base not in taken:
        return base
    if wanted:
        raise Conflict(lazy("Another organisation has this address already."), field="slug")
    return next(slug for number in range(2, len(taken) + 3) if (slug := f"{base}-{number}") not in taken)


def _require_system(actor: Actor) -> None:
    # DOMAIN 0: admitting is decided by the coalition, never by a person alone and never by the secretariat.
    if actor.kind is not ActorKind.SYSTEM:
        raise NotAllowed()


def one_of(choices: type[Chosen], value: str, field: str) -> Chosen:
    """Return the member of an enum that was asked for; raises Invalid naming the field."""
    try:
        return choices(value)
    except ValueError as error:
        message = lazy("Choose one of these: %(choices)s.") % {"choices": ", ".join(choices)}
        raise Invalid(message, field=field) from error


def _country(code: str) -> str:
    country = code.strip().upper()
    with use_language("en"):
        known = len(country) == 2 and country not in NO_COUNTRY and country_name(country) != country
    if not known:
        raise Invalid(lazy("Give the country as its two-letter code, like KH."), field="country")
    return country


def clean_languages(codes: Iterable[str]) -> list[str]:
    """Return language codes, each once; raises Invalid."""
    spoken = [code.strip() for code in codes]
    if not spoken or not all(LANGUAGE_CODE.fullmatch(code) for code in spoken):
        raise Invalid(lazy("Give at least one language as its short code, like bn or km."), field="languages")
    return list(dict.fromkeys(spoken))
