"""The register of members, page by page, in the order of names; as fast with many as with few."""

from collections.abc import Mapping

from sqlalchemy import ColumnElement, String, and_, cast, exists, false, func, select, true
from sqlalchemy.orm import Session, selectinload

from members.models import Coalition, CoalitionMembership, NamePrefix, Organisation
from members.rules import ACTING, OrganisationKind, OrganisationStatus, Side, asked_prefixes
from network_app.core.paging import Slice, page_of


def register_page(
    session: Session, asked: Mapping[str, str], *, after: str | None = None, size: int = 20, strict: bool = False
) -> Slice:
    """Read a page of the register. `asked` may hold text, country, language, side, family, coalition (a slug), kind
    and status; empty words narrow nothing, and without a status those who may act are listed.
    """
    chosen = select(Organisation).where(*_narrowed(asked)).options(selectinload(Organisation.bloc))
    words = asked_prefixes(asked.get("text", ""))
    if not words:
        if asked.get("text", "").strip():
            chosen = chosen.where(false())
        return page_of(session, chosen, Organisation.folded, Organisation.id, after=after, size=size, strict=strict)
    # The index of the longest word gives the hits in their order, so that the first page reads no more than it shows.
    found = chosen.join(NamePrefix, NamePrefix.organisation_id == Organisation.id).where(
        NamePrefix.prefix == words[0], called(words[1:])
    )
    keys = NamePrefix.folded, NamePrefix.organisation_id
    return page_of(session, found, *keys, after=after, size=size, strict=strict)


def called(prefixes: list[str]) -> ColumnElement[bool]:
    """Find by the beginnings of words, in any name an organisation has or had; every one of them must be there."""
    another = NamePrefix.__table__.alias()
    hits = (
        exists().where(another.c.organisation_id == Organisation.id, another.c.prefix == prefix) for prefix in prefixes
    )
    return and_(true(), *hits)


def _narrowed(asked: Mapping[str, str]) -> list[ColumnElement[bool]]:
    status = asked.get("status")
    narrowed: list[ColumnElement[bool]] = [Organisation.status.in_([OrganisationStatus(status)] if status else ACTING)]
    if country := asked.get("country"):
        narrowed.append(Organisation.country == country.upper())
    if side := asked.get("side"):
        narrowed.append(Organisation.side == Side(side))
    if kind := asked.get("kind"):
        narrowed.append(Organisation.kind == OrganisationKind(kind))
    if family := asked.get("family"):
        narrowed.append(Organisation.family == family)
    if language := asked.get("language"):
        # A list of codes is stored as JSON text, on both databases.
        narrowed.append(cast(Organisation.languages, String).contains(f'"{language}"', autoescape=True))
    if coalition := asked.get("coalition"):
        narrowed.append(_inside(coalition))
    return narrowed


def _inside(slug: str) -> ColumnElement[bool]:
    """Look into each row's own memberships while the register is read in order, not at all of a coalition's first."""
    coalition = select(Coalition.id).where(Coalition.slug == slug).scalar_subquery()
    return exists().where(
        CoalitionMembership.organisation_id == Organisation.id,
        CoalitionMembership.coalition_id == coalition,
        CoalitionMembership.until.is_(None),
    )


def countries(session: Session) -> list[str]:
    """List the countries that organisations stand in, by code: one look into the index for each, not one per member."""
    first = select(func.min(Organisation.country).label("code")).cte("here", recursive=True)
    following = select(func.min(Organisation.country)).where(Organisation.country > first.c.code).scalar_subquery()
    here = first.union_all(select(following).where(first.c.code.is_not(None)))
    return list(session.scalars(select(here.c.code).where(here.c.code.is_not(None)).order_by(here.c.code)))
