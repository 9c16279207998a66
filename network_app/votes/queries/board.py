"""The board of a vote as it leaves us: everything that recount.py needs to count it again without us."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from network_app.core import audit
from network_app.core.db import get_by_ref
from network_app.core.errors import NotFound
from network_app.votes.models import Proposal

BOARD_FORMAT = "vote board 1"


def rule_data(proposal: Proposal) -> dict[str, Any]:
    """The rule that was frozen, as it is hashed and exported."""
    return {
        "network": proposal.network,
        "active_organisations": proposal.active_organisations,
        "affected_countries": proposal.affected_countries,
        "written_consents": proposal.written_consents,
        "charter": proposal.charter,
    }


def roll_data(proposal: Proposal) -> list[dict[str, Any]]:
    """The roll that was frozen, as it is hashed and exported."""
    return [
        {
            "organisation": str(entry.organisation_id),
            "name": entry.name,
            "country": entry.country,
            "bloc": entry.bloc,
            "voice": str(entry.voice),
            "speaks": entry.speaks,
        }
        for entry in proposal.roll
    ]


def text_data(proposal: Proposal) -> list[dict[str, Any]]:
    """The language versions that are put to the vote, each with its hash."""
    return [
        {"language": t.language, "authoritative": t.authoritative, "sha256": t.sha256, "text": t.text}
        for t in proposal.texts
        if t.version == proposal.version
    ]


def board_export(session: Session, ref: str) -> dict[str, Any]:
    """Everything that recount.py needs to count a vote again without us. Raises NotFound, also for a draft."""
    proposal = get_by_ref(session, Proposal, ref)
    links = audit.links(session, proposal.chain)
    if not links:
        raise NotFound()
    return {
        "format": BOARD_FORMAT,
        "ref": proposal.ref,
        "title": proposal.title,
        "electorate": proposal.electorate,
        "version": proposal.version,
        "opened_at": links[0].at.isoformat(),
        "closes_at": proposal.closes().isoformat(),
        "rule": rule_data(proposal),
        "roll": roll_data(proposal),
        "texts": text_data(proposal),
        "chain_name": proposal.chain,
        "chain": [
            {
                "seq": link.seq,
                "at": link.at.isoformat(),
                "body": link.body,
                "prev_hash": link.prev_hash,
                "hash": link.hash,
            }
            for link in links
        ],
        "head": links[-1].hash,
        "statement": proposal.statement,
    }
