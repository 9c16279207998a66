"""What a member sees of one vote: the text, the own organisation's place in it, how it stands, and the board."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy.orm import Session

from members.queries import bloc_name, coalitions, people_with_duty
from network_app.core import audit, clock
from network_app.core.errors import NotFound
from network_app.core.i18n import country_name, current_language, gettext, lazy, moment_text
from network_app.core.paging import Slice, in_order, page_of
from network_app.core.permissions import Actor, Duty, Permission, may
from network_app.votes.models import Cast, Proposal, ProposalText, RollEntry
from network_app.votes.queries.counting import casts, last_casts, own_last_casts, standing
from network_app.votes.queries.proposals import (
    VOTES_IN_ORDER,
    chosen_votes,
    own_entries,
    proposal_by_ref,
    roll_entry,
    speakers,
)
from network_app.votes.rules import POSITIONS, Position, State
from network_app.votes.rules.deciding import Clause, Count
from network_app.votes.rules.sentences import missing, sentence

SILENT = lazy("silent")
Bar = list[tuple[str, str, int]]


@dataclass(frozen=True)
class Group:
    """A bloc or an affected country: its name, and how many of its votes stand where."""

    name: str
    counts: Bar
    votes: int


@dataclass(frozen=True)
class Own:
    """The place of the reader's organisation: its vote, what it said, and who may change that."""

    entry: RollEntry
    cast: Cast | None
    delegates: list[str]
    receipts: list[Cast]
    may_cast: bool


@dataclass(frozen=True)
class Entry:
    """One line of the board in words."""

    at: datetime
    sentence: str


@dataclass(frozen=True)
class VotePage:
    """Everything the page of one vote shows."""

    proposal: Proposal
    proposer: str
    electorate: str
    text: ProposalText
    running: bool
    may_open: bool
    own: Own | None
    blocs: list[Group]
    countries: list[Group]
    missing: str
    reasons: list[str]
    positions: list[tuple[RollEntry, Cast | None]]
    board: list[Entry]
    head: str


@dataclass(frozen=True)
class ListRow:
    """One vote in the list: where it stands, and what the reader's organisation said."""

    proposal: Proposal
    proposer: str
    cast: Cast | None
    on_roll: bool


def list_page(session: Session, actor: Actor, *, text: str = "", state: str = "") -> list[ListRow]:
    """List the votes a member may see, open ones first; `text` is looked for in titles and references."""
    chosen = chosen_votes(actor.organisation_id, text=text, state=state)
    return _list_rows(session, actor, session.scalars(chosen.order_by(*in_order(VOTES_IN_ORDER))).all())


def votes_after(
    session: Session, actor: Actor, *, text: str = "", state: str = "", after: str | None, size: int
) -> Slice:
    """The same list from a place in it. Raises Invalid for no place."""
    chosen = chosen_votes(actor.organisation_id, text=text, state=state)
    found = page_of(session, chosen, *VOTES_IN_ORDER, after=after, size=size, strict=True)
    return Slice(_list_rows(session, actor, found.rows), found.next)


def _list_rows(session: Session, actor: Actor, rows: Sequence[Proposal]) -> list[ListRow]:
    entries = own_entries(session, actor.organisation_id)
    own = own_last_casts(session, entries)
    return [
        ListRow(proposal, proposal.organisation.name, own.get(proposal.id), proposal.id in entries) for proposal in rows
    ]


def vote_page(session: Session, actor: Actor, ref: str) -> VotePage:
    """Read one vote for a member. Raises NotFound, also for another organisation's draft."""
    proposal = proposal_by_ref(session, ref)
    own_draft = proposal.organisation_id == actor.organisation_id
    if proposal.state is State.DRAFT and not own_draft:
        raise NotFound()
    decision = standing(session, proposal)
    name_of = partial(bloc_name, session)
    heard = last_casts(session, proposal)
    return VotePage(
        proposal=proposal,
        proposer=proposal.organisation.name,
        electorate=_electorate(session, proposal),
        text=_text(proposal),
        running=is_running(session, proposal),
        may_open=proposal.state is State.DRAFT and own_draft and may(actor, Permission.PROPOSE),
        own=_own(session, actor, proposal),
        blocs=[Group(name_of(bloc), _bar(count), count.votes) for bloc, count in decision.by_bloc.items()],
        countries=[Group(country_name(c), _bar(count), count.votes) for c, count in decision.by_country.items()],
        missing=missing(decision.clauses, name_of),
        reasons=[sentence(clause, name_of) for clause in _stated(proposal)],
        positions=[(e, heard.get(e.voice)) for e in proposal.roll if e.voice == e.organisation_id],
        board=list(_board(session, proposal)),
        head=audit.head(session, proposal.chain),
    )


def is_running(session: Session, proposal: Proposal) -> bool:
    """Whether a cast would count at this moment."""
    return proposal.state is State.OPEN and clock.now(session) < proposal.closes()


def _electorate(session: Session, proposal: Proposal) -> str:
    if proposal.network:
        return gettext("the whole network")
    names = {f"coalition:{coalition.id}": coalition.name for coalition in coalitions(session)}
    return names.get(proposal.electorate, "")


def _text(proposal: Proposal) -> ProposalText:
    """The version in the reader's language; where there is none, the authoritative one."""
    versions = [text for text in proposal.texts if text.version == proposal.version]
    return min(versions, key=lambda text: (text.language != current_language(), not text.authoritative))


def _own(session: Session, actor: Actor, proposal: Proposal) -> Own | None:
    entry = roll_entry(session, proposal.id, actor.organisation_id)
    if entry is None:
        return None
    ours = [cast for cast in casts(session, proposal) if cast.voice == entry.voice]
    people = [
        person.handle
        for speaker in speakers(proposal, entry.voice)
        for person in people_with_duty(session, speaker.organisation_id, Duty.VOTE)
    ]
    may_cast = entry.speaks and is_running(session, proposal) and may(actor, Permission.CAST_VOTE)
    return Own(entry, ours[-1] if ours else None, people, ours, may_cast)


def _bar(count: Count) -> Bar:
    said = [(position.value, str(facts.short), getattr(count, position.value)) for position, facts in POSITIONS.items()]
    return [*said, ("silent", str(SILENT), count.silent)]


def _stated(proposal: Proposal) -> Sequence[Clause]:
    return [Clause.from_data(clause) for clause in proposal.statement["clauses"]] if proposal.statement else []


def _board(session: Session, proposal: Proposal) -> Iterator[Entry]:
    names = {str(entry.organisation_id): entry.name for entry in proposal.roll}
    for link in audit.links(session, proposal.chain):
        yield Entry(link.at, _in_words(link.body, names))


def _in_words(body: Mapping[str, str], names: Mapping[str, str]) -> str:
    match body["act"]:
        case "opened":
            return gettext("The vote opened.")
        case "cast":
            position = POSITIONS[Position(body["position"])].label
            return gettext("%(name)s: %(position)s", name=names[body["organisation"]], position=position)
        case "close_moved":
            moment = moment_text(datetime.fromisoformat(body["closes_at"]))
            return gettext("The close moved to %(moment)s, so that there can be a talk about a block.", moment=moment)
        case _:
            return gettext("The vote closed.")
