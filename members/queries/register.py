"""The register of members, page by page, in the order of names; as fast with many as with few.

Each thing that may be asked for has a list in the order of names, which an index holds ready. The shortest of the
lists asked for is walked from the cursor on, the others beside it, and the walk ends with the page. So nothing is
sorted or counted whole.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, cast, exists, func, literal, select, true
from sqlalchemy.orm import Session, selectinload

from members.models import Coalition, CoalitionMembership, NamePrefix, Organisation
from members.rules import ACTING, OrganisationKind, OrganisationStatus, Side, asked_prefixes
from network_app.core.paging import Slice, page_of

# A list that is longer is walked without asking how long: of many, the first page is soon full.
SHORT = 500


@dataclass(frozen=True)
class _InOrder:
    """A list of organisations in the order of names: what an index finds, and what else is asked of each."""

    organisation_id: ColumnElement[uuid.UUID]
    folded: ColumnElement[str]
    found: tuple[ColumnElement[bool], ...]
    narrowed: tuple[ColumnElement[bool], ...] = ()

    def walk(self, others: Sequence[_InOrder]) -> Select[Any]:
        """Choose who is in this list and in each of the others."""
        chosen = select(self.organisation_id).where(*self.found, *self.narrowed)
        for other in others:
            chosen = chosen.where(*other.same(self.folded, self.organisation_id), *other.found)
        return chosen

    def holds(self, folded: ColumnElement[str], organisation_id: ColumnElement[uuid.UUID]) -> ColumnElement[bool]:
        """Say whether one that was found elsewhere is in this list."""
        # A value and no join, so that it is asked last, and PostgreSQL begins with no other list.
        here = select(literal(1)).where(*self.same(folded, organisation_id), *self.found, *self.narrowed)
        return here.limit(1).scalar_subquery().is_not(None)

    def same(
        self, folded: ColumnElement[str], organisation_id: ColumnElement[uuid.UUID]
    ) -> tuple[ColumnElement[bool], ...]:
        # By the name, in whose order both lists are read. The id is made no key: in the order of ids the next one is
        # always far away, and SQLite, which counts no rows, would seek each there.
        return self.folded == folded, (self.organisation_id == organisation_id).is_(True)

    def length(self) -> ColumnElement[int]:
        some = select(literal(1).label("one")).where(*self.found).limit(SHORT).subquery()
        return select(func.count()).select_from(some).scalar_subquery()


def register_page(
    session: Session, asked: Mapping[str, str], *, after: str | None = None, size: int = 20, strict: bool = False
) -> Slice:
    """Read a page of the register. `asked` may hold text, country, language, side, family, coalition (a slug), kind
    and status; empty words narrow nothing, and without a status those who may act are listed.
    """
    words = asked_prefixes(asked.get("text", ""))
    if asked.get("text", "").strip() and not words:
        return Slice([], None)
    lists = [_called(word) for word in words]
    if coalition := asked.get("coalition"):
        lists.append(_inside(session, coalition))
    members = _members(asked)
    walked = _shortest(session, [*lists, members] if members.found or not lists else lists)
    others = [other for other in lists if other is not walked]
    chosen = walked.walk(others)
    if walked is not members:
        # Asked of the last one, so that only those who are in all lists are looked at.
        last = others[-1] if others else walked
        chosen = chosen.where(members.holds(walked.folded, last.organisation_id))
    keys = walked.folded, walked.organisation_id
    found = page_of(session, chosen, *keys, after=after, size=size, strict=strict)
    return Slice(_loaded(session, found.rows), found.next)


def _shortest(session: Session, lists: Sequence[_InOrder]) -> _InOrder:
    if len(lists) == 1:
        return lists[0]
    lengths = session.execute(select(*(one.length() for one in lists))).one()
    return lists[lengths.index(min(lengths))]


def _loaded(session: Session, ids: Sequence[uuid.UUID]) -> list[Organisation]:
    chosen = select(Organisation).where(Organisation.id.in_(ids)).options(selectinload(Organisation.bloc))
    rows = {row.id: row for row in session.scalars(chosen)} if ids else {}
    return [rows[key] for key in ids]


def _called(word: str) -> _InOrder:
    """List who has or had a name with a word that begins so."""
    prefix = NamePrefix.__table__.alias()
    return _InOrder(prefix.c.organisation_id, prefix.c.folded, (prefix.c.prefix == word,))


def _inside(session: Session, slug: str) -> _InOrder:
    """List who is in a coalition now."""
    member = CoalitionMembership.__table__.alias()
    # Asked for itself, so that PostgreSQL knows how many are in just this one.
    coalition_id = session.scalar(select(Coalition.id).where(Coalition.slug == slug))
    inside = member.c.coalition_id == coalition_id, member.c.until.is_(None)
    return _InOrder(member.c.organisation_id, member.c.folded, inside)


def _members(asked: Mapping[str, str]) -> _InOrder:
    """List the organisations by what stands in their own rows."""
    own = Organisation.__table__.alias().c
    status = asked.get("status")
    found: list[ColumnElement[bool]] = []
    if country := asked.get("country"):
        found.append(own.country == country.upper())
    narrowed: list[ColumnElement[bool]] = [own.status.in_([OrganisationStatus(status)] if status else ACTING)]
    if family := asked.get("family"):
        found.append(own.family == family)
    if side := asked.get("side"):
        narrowed.append(own.side == Side(side))
    if kind := asked.get("kind"):
        narrowed.append(own.kind == OrganisationKind(kind))
    if language := asked.get("language"):
        # A list of codes is stored as JSON text, on both databases.
        narrowed.append(cast(own.languages, String).contains(f'"{language}"', autoescape=True))
    return _InOrder(own.id, own.folded, tuple(found), tuple(narrowed))


def called(prefixes: list[str]) -> ColumnElement[bool]:
    """Find by the beginnings of words, in any name an organisation has or had; every one of them must be there."""
    another = NamePrefix.__table__.alias()
    hits = (
        exists().where(another.c.organisation_id == Organisation.id, another.c.prefix == prefix) for prefix in prefixes
    )
    return and_(true(), *hits)


def countries(session: Session) -> list[str]:
    """List the countries that organisations stand in, by code: one look into the index for each, not one per member."""
    first = select(func.min(Organisation.country).label("code")).cte("here", recursive=True)
    following = select(func.min(Organisation.country)).where(Organisation.country > first.c.code).scalar_subquery()
    here = first.union_all(select(following).where(first.c.code.is_not(None)))
    return list(session.scalars(select(here.c.code).where(here.c.code.is_not(None)).order_by(here.c.code)))
