"""Reading about targets and workplaces, named by the question that is asked."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import TypeVar

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, selectinload

from network_app.core.errors import Invalid, NotFound
from network_app.core.i18n import lazy
from network_app.targets.models import (
    Facility,
    FacilityImport,
    FacilityName,
    ImportRow,
    SourcingLink,
    Target,
    TargetAlias,
)
from network_app.targets.rules import SHARED_LISTS, RowOutcome, TargetKind
from network_app.targets.rules.names import name_key, plain_words, without_legal_form

PAGE_SIZE = 50
TARGETS_IN_ORDER = (Target.name_key, Target.id)
FACILITIES_IN_ORDER = (Facility.name, Facility.id)
ROWS_IN_ORDER = (ImportRow.line, ImportRow.id)
Row = TypeVar("Row")


def find_target(session: Session, name: str) -> Target | None:
    """Find a target by its name or any alias, whatever the case, accents or legal form; None if there is none."""
    key = name_key(name)
    target = session.scalar(select(Target).where(Target.name_key == key).order_by(Target.added_at, Target.id))
    if target is not None or not key:
        return target
    return session.scalar(select(Target).join(TargetAlias).where(TargetAlias.name_key == key))


def targets_by_key(session: Session) -> dict[str, Target]:
    """Every target under the key of its name and of each alias, for reading long lists."""
    known = {
        alias.name_key: alias.target
        for alias in session.scalars(select(TargetAlias).options(selectinload(TargetAlias.target)))
    }
    return known | {target.name_key: target for target in session.scalars(select(Target))}


def get_target(session: Session, key: uuid.UUID | str) -> Target:
    """The target with this id or slug. Raises NotFound."""
    where = Target.id == key if isinstance(key, uuid.UUID) else Target.slug == key.replace("\0", "")
    target = session.scalar(select(Target).where(where))
    if target is None:
        raise NotFound()
    return target


def answering_company(session: Session, target_id: uuid.UUID) -> Target:
    """The company that answers for a target, so that a letter about a sub-brand goes once (DOMAIN 2).

    Walks up the parents until one answers for itself or nobody stands above it. A financier above a company owns it
    and does not answer for it. Raises NotFound for an unknown target.
    """
    target = get_target(session, target_id)
    seen = {target.id}
    while not target.answers_itself and target.parent_id is not None and target.parent_id not in seen:
        parent = get_target(session, target.parent_id)
        if parent.kind is TargetKind.FINANCIER:
            return target
        seen.add(parent.id)
        target = parent
    return target


def parent_of(session: Session, target_id: uuid.UUID) -> uuid.UUID | None:
    """The id of the parent on record, or None."""
    return session.scalar(select(Target.parent_id).where(Target.id == target_id))


def targets_page(
    session: Session,
    *,
    text: str = "",
    country: str = "",
    kind: TargetKind | None = None,
    with_labels: bool = True,
    page: int = 1,
) -> tuple[Sequence[Target], int]:
    """One page of the register and how many there are in all; `text` is looked for in names and aliases.

    Without labels: no brand of which neither a home country nor a label of its own is known.
    """
    chosen = chosen_targets(text, country, kind).options(selectinload(Target.aliases), selectinload(Target.parent))
    if not with_labels:
        owners = select(Target.parent_id).where(Target.parent_id.is_not(None))
        known = Target.home_country.is_not(None) | Target.id.in_(owners)
        chosen = chosen.where(known | (Target.kind != TargetKind.BRAND))
    return _page(session, chosen.order_by(*TARGETS_IN_ORDER), page)


def chosen_targets(text: str, country: str, kind: TargetKind | None) -> Select[Target]:
    """The targets with these words in their names or aliases, in no order yet."""
    chosen = select(Target)
    for word in without_legal_form(plain_words(text)):
        in_alias = select(TargetAlias.target_id).where(TargetAlias.name_key.contains(word, autoescape=True))
        chosen = chosen.where(Target.name_key.contains(word, autoescape=True) | Target.id.in_(in_alias))
    if country:
        chosen = chosen.where(Target.home_country == country)
    if kind is not None:
        chosen = chosen.where(Target.kind == kind)
    return chosen


def is_target(session: Session, target_id: uuid.UUID) -> bool:
    """Whether there is a target with this id."""
    return session.get(Target, target_id) is not None


def home_countries(session: Session) -> list[str]:
    """The countries in which targets have their home, for the filter."""
    known = select(Target.home_country).where(Target.home_country.is_not(None)).distinct()
    return sorted(code for code in session.scalars(known) if code)


def facility_countries(session: Session) -> list[str]:
    """The countries in which workplaces are on record, for the filter."""
    return sorted(session.scalars(select(Facility.country).distinct()))


def get_facility(session: Session, key: uuid.UUID | str) -> Facility:
    """The workplace with this id or reference; a joined one is shown as itself. Raises NotFound."""
    where = Facility.id == key if isinstance(key, uuid.UUID) else Facility.ref == key.replace("\0", "").upper()
    facility = session.scalar(select(Facility).where(where))
    if facility is None:
        raise NotFound()
    return facility


def find_facilities(session: Session, text: str, country: str | None = None, *, limit: int = 50) -> list[Facility]:
    """Workplaces whose names or addresses, old ones too, hold every word of `text`."""
    return list(session.scalars(chosen_facilities(text, country or "").order_by(*FACILITIES_IN_ORDER).limit(limit)))


def facility_named(session: Session, name: str, country: str) -> Facility | None:
    """The one workplace of that name in that country, written in any way; None if there is none or more than one."""
    key = " ".join(plain_words(name))
    written = select(Facility).join(FacilityName).where(Facility.country == country)
    for spelled in (FacilityName.search_key == key, FacilityName.search_key.startswith(f"{key} ", autoescape=True)):
        found = session.scalars(written.where(spelled).distinct()).all()
        if len(found) == 1:
            return found[0]
    return None


def facilities_page(
    session: Session, *, text: str = "", country: str = "", page: int = 1
) -> tuple[Sequence[Facility], int]:
    """One page of the register of workplaces and how many there are in all."""
    return _page(session, chosen_facilities(text, country).order_by(*FACILITIES_IN_ORDER), page)


def links_of_facility(session: Session, facility_id: uuid.UUID) -> list[SourcingLink]:
    """Every claim about who sources or sourced at a workplace, joined records included, with what each side says."""
    here = select(Facility.id).where((Facility.id == facility_id) | (Facility.merged_into_id == facility_id))
    return list(session.scalars(_links().where(SourcingLink.facility_id.in_(here))))


def links_of_target(session: Session, target_id: uuid.UUID) -> list[SourcingLink]:
    """Every claim about where a target sources or sourced, with what each side says."""
    return list(session.scalars(_links().where(SourcingLink.target_id == target_id)))


def get_link(session: Session, link_id: uuid.UUID) -> SourcingLink:
    """The sourcing claim with this id. Raises NotFound."""
    link = session.get(SourcingLink, link_id)
    if link is None:
        raise NotFound()
    return link


def facilities_of_owner(session: Session, target_id: uuid.UUID) -> list[Facility]:
    """The workplaces that a factory owner runs."""
    return list(session.scalars(select(Facility).where(Facility.owner_id == target_id).order_by(Facility.name)))


def facility_with_ref(session: Session, ref: str, *, field: str) -> Facility:
    """The workplace whose reference a person typed. Raises Invalid naming `field`."""
    try:
        return get_facility(session, ref.strip())
    except NotFound:
        raise Invalid(lazy("No workplace has this reference."), field=field) from None


def joined_into(session: Session, facility_id: uuid.UUID) -> list[Facility]:
    """The records that were joined into this one; their names and claims stay with them."""
    return list(session.scalars(select(Facility).where(Facility.merged_into_id == facility_id).order_by(Facility.ref)))


def imports(session: Session) -> list[tuple[FacilityImport, dict[RowOutcome, int]]]:
    """The lists handed in so far, newest first, each with how many rows had which outcome."""
    counts = _outcomes(session, select(ImportRow))
    newest = select(FacilityImport).order_by(FacilityImport.imported_at.desc(), FacilityImport.name)
    return [(one, counts.get(one.id, {})) for one in session.scalars(newest)]


def outcomes_of(session: Session, import_id: uuid.UUID) -> dict[RowOutcome, int]:
    """How many rows of a list had which outcome."""
    return _outcomes(session, select(ImportRow).where(ImportRow.import_id == import_id)).get(import_id, {})


def _outcomes(session: Session, rows: Select[ImportRow]) -> dict[uuid.UUID, dict[RowOutcome, int]]:
    counts: dict[uuid.UUID, dict[RowOutcome, int]] = {}
    columns = rows.with_only_columns(ImportRow.import_id, ImportRow.outcome, func.count())
    for import_id, outcome, count in session.execute(columns.group_by(ImportRow.import_id, ImportRow.outcome)):
        counts.setdefault(import_id, {})[outcome] = count
    return counts


def get_import_row(session: Session, row_id: uuid.UUID) -> ImportRow:
    """The row with this id of any list. Raises NotFound."""
    row = session.get(ImportRow, row_id)
    if row is None:
        raise NotFound()
    return row


def get_import(session: Session, import_id: uuid.UUID) -> FacilityImport:
    """The list that was handed in under this id. Raises NotFound."""
    found = session.get(FacilityImport, import_id)
    if found is None:
        raise NotFound()
    return found


def import_rows_page(
    session: Session, import_id: uuid.UUID, *, outcome: RowOutcome | None = None, page: int = 1
) -> tuple[Sequence[ImportRow], int]:
    """One page of a list's rows in the order of the file, and how many there are in all."""
    return _page(session, chosen_import_rows(import_id, outcome).order_by(*ROWS_IN_ORDER), page)


def chosen_import_rows(import_id: uuid.UUID, outcome: RowOutcome | None) -> Select[ImportRow]:
    """A list's rows with this outcome, in no order yet."""
    chosen = select(ImportRow).where(ImportRow.import_id == import_id)
    if outcome is not None:
        chosen = chosen.where(ImportRow.outcome == outcome)
    return chosen.options(selectinload(ImportRow.facility), selectinload(ImportRow.candidate))


def import_rows(session: Session, import_id: uuid.UUID) -> list[ImportRow]:
    """Every row of a list, in the order of the file."""
    return list(
        session.scalars(
            select(ImportRow).where(ImportRow.import_id == import_id).order_by(ImportRow.line, ImportRow.id)
        )
    )


def known_names(session: Session, countries: set[str]) -> list[tuple[FacilityName, str]]:
    """Every way in which workplaces of these countries were written down so far, each with the country."""
    wanted = countries | (SHARED_LISTS if countries & SHARED_LISTS else set())
    found = select(FacilityName, Facility.country).join(Facility).where(Facility.country.in_(sorted(wanted)))
    return [(name, country) for name, country in session.execute(found.order_by(Facility.added_at, FacilityName.id))]


def _links() -> Select[SourcingLink]:
    return (
        select(SourcingLink)
        .options(
            selectinload(SourcingLink.statements),
            selectinload(SourcingLink.target),
            selectinload(SourcingLink.facility),
        )
        .join(SourcingLink.target)
        .order_by(SourcingLink.claimed_at, Target.name, SourcingLink.id)
    )


def chosen_facilities(text: str, country: str) -> Select[Facility]:
    """The workplaces with these words in their names or addresses, in no order yet."""
    chosen = select(Facility)
    for word in plain_words(text):
        named = select(FacilityName.facility_id).where(FacilityName.search_key.contains(word, autoescape=True))
        chosen = chosen.where(Facility.id.in_(named))
    if country:
        chosen = chosen.where(Facility.country == country)
    return chosen


def _page(session: Session, chosen: Select[Row], page: int) -> tuple[Sequence[Row], int]:
    total = session.scalar(select(func.count()).select_from(chosen.order_by(None).subquery())) or 0
    return session.scalars(chosen.limit(PAGE_SIZE).offset(PAGE_SIZE * (max(page, 1) - 1))).all(), total
