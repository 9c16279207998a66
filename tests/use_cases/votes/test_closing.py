"""The count, the statement, the reminders before it, and the board that counts again without us."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from network_app.core import audit
from network_app.core import clock as core_clock
from network_app.core.errors import GateShut, NotAllowed, NotFound
from network_app.core.outbox import Channel, Outgoing
from network_app.core.permissions import Actor
from network_app.votes import recount
from network_app.votes.jobs import close_due, remind_due
from network_app.votes.models import Proposal
from network_app.votes.queries import board_export, outcome, proposal_by_ref
from network_app.votes.rules import Position, State
from network_app.votes.use_cases import close_vote
from tests.conftest import MovableClock
from tests.factories.votes import WEEK, Network, cast, everybody_agrees, make_network, make_proposal, make_vote

SCRIPT = Path(recount.__file__)


@pytest.fixture
def network(session: Session, clock: MovableClock) -> Network:
    made = make_network(session)
    clock.may_be_moved()
    return made


def closed(session: Session, clock: MovableClock, proposal: Proposal) -> Proposal:
    """The proposal after its close, by the job."""
    clock.move(proposal.closes() - core_clock.now(session) + timedelta(seconds=1))
    close_due(session)
    return proposal_by_ref(session, proposal.ref)


def counted_again(
    tmp_path: Path, session: Session, proposal: Proposal, *heads: str
) -> subprocess.CompletedProcess[str]:
    """The board given to the stand-alone script, in a process that cannot see the application."""
    board = tmp_path / "board.json"
    board.write_text(json.dumps(board_export(session, proposal.ref)), encoding="utf-8")
    command = [sys.executable, "-I", "-S", str(SCRIPT), str(board), *heads]
    return subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)


def test_what_everybody_carries_is_adopted_and_the_recount_agrees(
    session: Session, clock: MovableClock, network: Network, tmp_path: Path
) -> None:
    proposal = make_vote(session, network, affected_countries=["KH"], texts={"en": "Pay.", "bn": "দিন।"})
    everybody_agrees(session, network, proposal)
    receipt = cast(session, network.delegates["b1"], proposal, Position.STAND_ASIDE, reason="we bargain with them")
    proposal = closed(session, clock, proposal)

    decided = outcome(session, proposal.id)
    assert decided is not None and decided.adopted and decided.word == "ADOPTED"
    assert decided.not_carrying == {network.organisations["b1"].id}
    assert [one["name"] for one in decided.statement["dissent"]] == ["b1"]
    assert proposal.state is State.CLOSED and proposal.review_on is not None
    again = counted_again(tmp_path, session, proposal, receipt.head)
    assert (again.returncode, again.stdout.splitlines()[-1]) == (0, "AGREES with the statement: ADOPTED")


def test_a_block_from_the_affected_country_closes_it_blocked_and_says_so(
    session: Session, clock: MovableClock, network: Network, tmp_path: Path
) -> None:
    proposal = make_vote(session, network, affected_countries=["KH"])
    everybody_agrees(session, network, proposal)
    cast(session, network.delegates["m2"], proposal, Position.BLOCK, reason="not now", ground="safety")
    session.query(Outgoing).delete()
    proposal = closed(session, clock, proposal)

    decided = outcome(session, proposal.id)
    assert decided is not None and not decided.adopted and decided.word == "BLOCKED"
    told = session.scalars(select(Outgoing).where(Outgoing.template == "vote_closed")).all()
    rooms = {row.recipient for row in told if row.channel is Channel.MATRIX}
    assert rooms == {f"org:{organisation.id}" for organisation in network.organisations.values()}
    assert "affected country block (Cambodia)" in told[0].values["why"]
    again = counted_again(tmp_path, session, proposal)
    assert (again.returncode, again.stdout.splitlines()[-1]) == (0, "AGREES with the statement: BLOCKED")


def test_every_clause_that_holds_stands_in_the_statement(
    session: Session, clock: MovableClock, network: Network
) -> None:
    proposal = make_vote(session, network, affected_countries=["ID"])
    for name in network.side("b"):
        cast(session, network.delegates[name], proposal, Position.AGREE)
    decided = outcome(session, closed(session, clock, proposal).id)
    assert decided is not None
    assert [(clause.kind.value, clause.about) for clause in decided.clauses] == [
        ("AFFECTED_NOT_CARRIED", "ID"),
        ("BLOC_INQUORATE", "south-east-asia"),
    ]


def test_an_open_vote_can_be_counted_too(session: Session, network: Network, tmp_path: Path) -> None:
    proposal = make_vote(session, network)
    again = counted_again(tmp_path, session, proposal)
    assert again.returncode == 0 and again.stdout.splitlines()[-1] == "NOT CLOSED YET; if it closed now: INQUORATE"


def test_a_draft_has_no_board(session: Session, network: Network) -> None:
    with pytest.raises(NotFound):
        board_export(session, make_proposal(session, network.delegates["m1"]).ref)


def test_nobody_but_the_clock_closes_a_vote_and_not_before_its_time(session: Session, network: Network) -> None:
    proposal = make_vote(session, network)
    with pytest.raises(NotAllowed):
        close_vote(session, network.delegates["m1"], ref=proposal.ref)
    with pytest.raises(GateShut):
        close_vote(session, Actor.system(), ref=proposal.ref)
    close_due(session)
    assert proposal.state is State.OPEN


def test_closing_again_changes_nothing(session: Session, clock: MovableClock, network: Network) -> None:
    proposal = closed(session, clock, make_vote(session, network))
    before = audit.head(session, proposal.chain), proposal.statement
    close_vote(session, Actor.system(), ref=proposal.ref)
    close_due(session)
    assert (audit.head(session, proposal.chain), proposal.statement) == before


# ---------------------------------------------------------------- a board that was tampered with


# What a file says does not depend on the database it came from.
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def board(session: Session, clock: MovableClock, network: Network) -> dict[str, Any]:
    """A closed vote with a changed cast, a block, a moved close and dissent."""
    proposal = make_vote(session, network, lasts=timedelta(days=3), affected_countries=["KH"])
    for name in ("m1", "m2", "m3", "m5", "b1", "b2"):
        cast(session, network.delegates[name], proposal, Position.AGREE)
    cast(session, network.delegates["m2"], proposal, Position.BLOCK, reason="not now", ground="safety")
    cast(session, network.delegates["m2"], proposal, Position.AGREE_WITH_RESERVATION, reason="only by May")
    proposal = closed(session, clock, proposal)
    exported: dict[str, Any] = json.loads(json.dumps(board_export(session, proposal.ref)))
    assert recount.recount(exported)[-1] == "AGREES with the statement: ADOPTED"
    return exported


def agrees(board: Any) -> bool:
    try:
        recount.recount(board)
    except recount.Mismatch:
        return False
    return True


@on_sqlite
@pytest.mark.parametrize("part", ["roll", "rule", "texts", "chain", "statement"])
def test_changing_any_byte_of_ballots_roll_rule_or_text_is_seen(board: dict[str, Any], part: str) -> None:
    written = json.dumps(board[part], ensure_ascii=False)
    changed = 0
    for place, sign in enumerate(written):
        other = written[:place] + ("0" if sign != "0" else "1") + written[place + 1 :]
        try:
            value = json.loads(other)
        except ValueError:
            continue
        if value != board[part]:
            changed += 1
            assert not agrees(board | {part: value}), other[max(0, place - 40) : place + 40]
    assert changed > 50


@on_sqlite
@pytest.mark.parametrize(
    "name", ["ref", "title", "electorate", "version", "opened_at", "closes_at", "chain_name", "head"]
)
def test_changing_what_the_board_is_about_is_seen(board: dict[str, Any], name: str) -> None:
    assert not agrees(board | {name: "2031-01-01T00:00:00+00:00"})


@on_sqlite
def test_leaving_out_doubling_or_reordering_entries_is_seen(board: dict[str, Any]) -> None:
    chain = board["chain"]
    for n in range(len(chain)):
        assert not agrees(board | {"chain": chain[:n] + chain[n + 1 :]})
        assert not agrees(board | {"chain": [*chain[:n], chain[n], *chain[n:]]})
    assert not agrees(board | {"chain": [chain[0], chain[2], chain[1], *chain[3:]]})


@on_sqlite
def test_a_board_rewritten_from_the_start_is_seen_by_whoever_kept_a_receipt(board: dict[str, Any]) -> None:
    kept = board["chain"][3]["hash"]
    forged = rewritten(board, lambda chain: chain[3]["body"].update(position="abstain"))
    with pytest.raises(recount.Mismatch, match="was rewritten"):
        recount.recount(forged, [kept])


def rewritten(board: dict[str, Any], change: Any) -> dict[str, Any]:
    """The board as a forger with the database would write it: changed, and every hash made anew."""
    forged: dict[str, Any] = json.loads(json.dumps(board))
    change(forged["chain"])
    before = "0" * 64
    for link in forged["chain"]:
        link["prev_hash"] = before
        parts = (forged["chain_name"], str(link["seq"]), link["at"], recount.written(link["body"]), before)
        before = link["hash"] = recount.sha256("\n".join(parts))
    forged["head"] = before
    return forged


@on_sqlite
@pytest.mark.parametrize(
    "change",
    [
        lambda chain: chain[3]["body"].update(position="stand_aside", reason="x"),
        lambda chain: chain[3]["body"].update(organisation="somebody else"),
        lambda chain: chain[3]["body"].update(version=2),
        lambda chain: chain[3].update(at="2099-01-01T00:00:00+00:00"),
        lambda chain: chain[-2]["body"].update(reason=" "),
        lambda chain: chain[-1]["body"]["statement"].update(outcome="BLOCKED", adopted=False),
    ],
)
def test_even_a_rewritten_board_has_to_obey_the_rules_of_the_vote(board: dict[str, Any], change: Any) -> None:
    forged = rewritten(board, change)
    forged["statement"] = forged["chain"][-1]["body"]["statement"]
    assert not agrees(forged)


def test_the_script_says_in_words_what_it_cannot_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = tmp_path / "bad.json"
    bad.write_text("{")
    assert recount.main([str(bad)]) == 1 and recount.main([str(tmp_path / "none.json")]) == 1
    bad.write_text("[]")
    assert recount.main([str(bad)]) == 1 and recount.main([]) == 1
    assert "DOES NOT AGREE" in capsys.readouterr().out


# ---------------------------------------------------------------- reminders


def reminded(session: Session, proposal: Proposal) -> list[str]:
    names = {f"org:{entry.organisation_id}": entry.name for entry in proposal.roll}
    rows = session.scalars(select(Outgoing).where(Outgoing.template == "vote_reminder"))
    return sorted(names[row.recipient] for row in rows if row.channel is Channel.MATRIX)


def test_only_the_silent_are_reminded_at_half_and_at_nine_tenths(
    session: Session, clock: MovableClock, network: Network
) -> None:
    proposal = make_vote(session, network)
    for name in network.side("m"):
        cast(session, network.delegates[name], proposal, Position.ABSTAIN)
    remind_due(session)
    assert reminded(session, proposal) == []
    clock.move(WEEK / 2)
    remind_due(session)
    remind_due(session)
    assert reminded(session, proposal) == network.side("b")
    cast(session, network.delegates["b1"], proposal, Position.ABSTAIN)
    clock.move(WEEK * 4 / 10)
    remind_due(session)
    remind_due(session)
    assert reminded(session, proposal) == sorted([*network.side("b"), *network.side("b")[1:]])
    last = session.scalars(select(Outgoing).where(Outgoing.template == "vote_reminder")).all()[-1]
    assert last.values["why"] == "Nine tenths of the time have passed."


def test_after_an_outage_only_the_last_reminder_is_sent(
    session: Session, clock: MovableClock, network: Network
) -> None:
    proposal = make_vote(session, network)
    clock.move(WEEK * 95 / 100)
    remind_due(session)
    assert reminded(session, proposal) == sorted(network.organisations)
