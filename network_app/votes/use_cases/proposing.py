"""Putting something to the members: the text in its languages, and whom it affects."""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Iterable, Mapping

from sqlalchemy.orm import Session

from members.queries import coalition_ids_of
from network_app.core import audit, clock
from network_app.core.db import new_id
from network_app.core.errors import Invalid, NotFound
from network_app.core.i18n import lazy
from network_app.core.permissions import Actor, Permission, require
from network_app.core.refs import new_ref
from network_app.core.texts import clean_language, clean_line, clean_text
from network_app.votes.models import Proposal, ProposalText
from network_app.votes.queries.member_matters import effect

NETWORK = "network"
COUNTRY = re.compile(r"[A-Z]{2}")
MOST_AFFECTED = 12


def propose(
    session: Session,
    actor: Actor,
    *,
    title: str,
    electorate: str,
    texts: Mapping[str, str],
    authoritative: str,
    affected_countries: Iterable[str] = (),
    subject: str | None = None,
    filer_consents: Iterable[str] = (),
) -> Proposal:
    """Write a proposal that can then be opened for the members to decide.

    `electorate` is "network" or "coalition:<id>"; `texts` are the language versions, of which `authoritative` names
    the one that holds; `filer_consents` are the affected countries in which the filer's organisation consented in
    writing. Raises Invalid, and NotAllowed for who may not propose.
    """
    require(actor, Permission.PROPOSE)
    organisation_id = actor.own_organisation()
    _check_electorate(session, organisation_id, electorate)
    _check_matter(session, subject, electorate)
    affected = _countries(affected_countries, "affected_countries")
    proposal = Proposal(
        id=new_id(),
        ref=new_ref(session, Proposal, "V"),
        title=clean_line(title, "title"),
        electorate=electorate,
        subject=clean_line(subject, "subject", longest=80, required=False) or None,
        organisation_id=organisation_id,
        affected_countries=affected,
        written_consents=[c for c in _countries(filer_consents, "filer_consents") if c in affected],
        created_at=clock.now(session),
    )
    proposal.texts = _versions(texts, authoritative)
    session.add(proposal)
    session.flush()
    audit.record(session, actor, "propose", proposal.ref, electorate=electorate, languages=sorted(texts))
    return proposal


def _check_electorate(session: Session, organisation_id: uuid.UUID, electorate: str) -> None:
    if electorate == NETWORK:
        return
    inside = {f"coalition:{coalition_id}" for coalition_id in coalition_ids_of(session, organisation_id)}
    if electorate not in inside:
        raise Invalid(lazy("Choose the network or a coalition that your organisation is in."), field="electorate")


def _check_matter(session: Session, subject: str | None, electorate: str) -> None:
    """Refuse a vote about a member that does not exist, or that is put to the network instead of a coalition."""
    try:
        matter = effect(session, subject)
    except NotFound as error:
        raise Invalid(lazy("There is no member and no applicant of this name."), field="subject") from error
    if matter is not None and electorate == NETWORK:
        raise Invalid(lazy("A coalition decides about its members, not the network."), field="electorate")


def _countries(codes: Iterable[str], field: str) -> list[str]:
    countries = sorted({code.strip().upper() for code in codes})
    if len(countries) > MOST_AFFECTED or not all(COUNTRY.fullmatch(code) for code in countries):
        raise Invalid(lazy("Name each country by its two letters, and at most twelve of them."), field=field)
    return countries


def _versions(texts: Mapping[str, str], authoritative: str) -> list[ProposalText]:
    for code in texts:
        clean_language(code, "texts")
    if authoritative not in texts:
        raise Invalid(lazy("Say which language version holds where two differ."), field="authoritative")
    cleaned = {language: clean_text(text, "texts") for language, text in sorted(texts.items())}
    return [
        ProposalText(
            language=language,
            text=text,
            sha256=hashlib.sha256(text.encode()).hexdigest(),
            authoritative=language == authoritative,
        )
        for language, text in cleaned.items()
    ]
