"""Recount an exported vote board with nothing but Python: `python3 recount.py BOARD.json [HEAD ...]`.

This file shares no line with the application, on purpose. It is a second, independent reading of the rule, so that a
member who trusts neither the server nor its keepers can check a result on another machine. It imports only the standard
library and counts with fractions where the application counts with whole numbers.

HEAD is the "head of the board" from a receipt that you kept: each one given must be found in the board. Without one,
a board that was rewritten from its first entry to its last would still look whole.

Exit status: 0 if everything agrees, 1 if anything does not.
"""

from __future__ import annotations

import hashlib
import json
import sys
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

FORMAT = "vote board 1"
POSITIONS = ("agree", "agree_with_reservation", "stand_aside", "abstain", "block")
WITH_REASON = ("agree_with_reservation", "stand_aside", "block")
Board = dict[str, Any]


class Mismatch(Exception):
    """The board contradicts itself; the text says where."""


def main(arguments: list[str]) -> int:
    """Check the board in the file named first; print what was found in plain words."""
    if not arguments or arguments[0].startswith("-"):
        print(__doc__)
        return 1
    try:
        board = json.loads(Path(arguments[0]).read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        print(f"CANNOT READ {arguments[0]}: {problem}")
        return 1
    try:
        lines = recount(board, arguments[1:])
    except Mismatch as found:
        print(f"DOES NOT AGREE: {found}")
        return 1
    print("\n".join(lines))
    return 0


def recount(board: Board, heads: list[str] | None = None) -> list[str]:
    """Check everything and count again; returns the report. Raises Mismatch at the first contradiction."""
    try:
        if board["format"] != FORMAT:
            raise Mismatch(f"this is not a {FORMAT!r}")
        check_chain(board)
        check_heads(board, heads or [])
        check_frozen(board)
        positions = last_positions(board)
        result = decide(board, positions)
        check_statement(board, positions, result)
        return report(board, positions, result)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, ZeroDivisionError) as problem:
        kind = type(problem).__name__
        raise Mismatch(f"something is missing or of the wrong kind ({kind}: {problem})") from problem


def written(value: Any) -> str:
    """The one way in which a value is written before it is hashed."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def sha256(text: str) -> str:
    """The fingerprint of a text."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def check_chain(board: Board) -> None:
    """Every entry must follow from the one before it, from the first to the head."""
    before = "0" * 64
    for number, link in enumerate(board["chain"], start=1):
        if link["seq"] != number or link["prev_hash"] != before:
            raise Mismatch(f"entry {number} of the board is missing or out of order")
        parts = (board["chain_name"], str(link["seq"]), link["at"], written(link["body"]), link["prev_hash"])
        if sha256("\n".join(parts)) != link["hash"]:
            raise Mismatch(f"entry {number} of the board was changed")
        before = link["hash"]
    if board["head"] != before:
        raise Mismatch("the end of the board was cut off")


def check_heads(board: Board, heads: list[str]) -> None:
    """Every head on a receipt must stand in the board."""
    known = {link["hash"] for link in board["chain"]}
    for head in heads:
        if not any(hash.startswith(head.lower()) for hash in known):
            raise Mismatch(f"the head {head} from a receipt is not in this board: it was rewritten")


def check_frozen(board: Board) -> None:
    """Roll, rule and texts must be those that were fixed in the first entry."""
    opened = board["chain"][0]["body"]
    fixed = {
        "act": "opened",
        "ref": board["ref"],
        "title": board["title"],
        "electorate": board["electorate"],
        "version": board["version"],
        "closes_at": opened["closes_at"],
        "roll_sha256": sha256(written(board["roll"])),
        "rule_sha256": sha256(written(board["rule"])),
        "texts_sha256": texts_fingerprint(board["texts"]),
    }
    for name, value in fixed.items():
        if opened.get(name) != value:
            raise Mismatch(f"{name} is not what was fixed when the vote opened")
    if board["opened_at"] != board["chain"][0]["at"] or board["closes_at"] != last_close(board):
        raise Mismatch("the times of opening or closing are not those of the board")


def texts_fingerprint(texts: list[dict[str, Any]]) -> str:
    """The fingerprint of the set of language versions, after checking each one's own."""
    for text in texts:
        if sha256(text["text"]) != text["sha256"]:
            raise Mismatch(f"the text in {text['language']!r} was changed")
    if [text["authoritative"] for text in texts].count(True) != 1:
        raise Mismatch("exactly one text must be the authoritative one")
    return sha256(written([[t["language"], t["authoritative"], t["sha256"]] for t in texts]))


def last_close(board: Board) -> str:
    """The close in force at the end, after any move."""
    closes = [link["body"]["closes_at"] for link in board["chain"] if "closes_at" in link["body"]]
    return str(closes[-1])


def last_positions(board: Board) -> dict[str, dict[str, Any]]:
    """The last accepted cast of each vote, by the order of the board."""
    speakers = {entry["organisation"]: entry for entry in board["roll"] if entry["speaks"]}
    closes_at = board["chain"][0]["body"]["closes_at"]
    found: dict[str, dict[str, Any]] = {}
    for link in board["chain"][1:]:
        body = link["body"]
        if body["act"] == "close_moved":
            if moment(body["closes_at"]) <= moment(closes_at) or moment(link["at"]) >= moment(closes_at):
                raise Mismatch(f"entry {link['seq']}: the close was moved when or where it may not be")
            closes_at = body["closes_at"]
        elif body["act"] == "cast":
            check_cast(link, speakers, board["version"], closes_at)
            found[body["voice"]] = body
        elif body["act"] != "closed" or link is not board["chain"][-1]:
            raise Mismatch(f"entry {link['seq']} is of an unknown kind or stands after the end")
    return found


def check_cast(link: dict[str, Any], speakers: dict[str, Any], version: int, closes_at: str) -> None:
    """A cast counts only from somebody on the roll, in time, in this version, with its reason."""
    body, number = link["body"], link["seq"]
    entry = speakers.get(body["organisation"])
    if entry is None or entry["voice"] != body["voice"]:
        raise Mismatch(f"entry {number} was cast by somebody who has no vote here")
    if moment(link["at"]) >= moment(closes_at):
        raise Mismatch(f"entry {number} was cast after the close")
    if body["version"] != version or body["position"] not in POSITIONS:
        raise Mismatch(f"entry {number} is about another version or says nothing known")
    if body["position"] in WITH_REASON and not body["reason"].strip():
        raise Mismatch(f"entry {number} needs a reason and has none")


def moment(text: str) -> datetime:
    """A point in time; raises ValueError for one without a zone."""
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError(f"{text} has no time zone")
    return found


def decide(board: Board, positions: dict[str, dict[str, Any]]) -> list[tuple[str, str]]:
    """Which clauses of the rule stand against adoption, in order: (name, bloc or country)."""
    rule, charter = board["rule"], board["rule"]["charter"]
    votes = [entry for entry in board["roll"] if entry["voice"] == entry["organisation"]]
    said = {entry["organisation"]: positions.get(entry["organisation"], {}).get("position") for entry in votes}
    blocs: dict[str, list[str | None]] = {}
    countries: dict[str, list[str | None]] = {country: [] for country in rule["affected_countries"]}
    for entry in votes:
        blocs.setdefault(entry["bloc"], []).append(said[entry["organisation"]])
        if entry["country"] in countries:
            countries[entry["country"]].append(said[entry["organisation"]])
    everybody = list(said.values())
    holds: list[tuple[str, str]] = []
    if blocking(everybody) >= charter["blocks_that_stop"] or any(map(blocking, countries.values())):
        holds.append(("BLOCKED", ""))
    for country, group in countries.items():
        heard = carrying(group) >= 1 or country in rule["written_consents"]
        if not heard or not carried(group, charter):
            holds.append(("AFFECTED_NOT_CARRIED", country))
    if inquorate(everybody, len(blocs), rule):
        holds.append(("INQUORATE", ""))
    holds += [("BLOC_INQUORATE", b) for b in sorted(blocs) if too_few(blocs[b], charter["bloc_quorum"])]
    if everybody and Fraction(reserve(everybody), len(everybody)) > Fraction(*charter["reserve_limit"]):
        holds.append(("TOO_MUCH_RESERVE", ""))
    holds += [("BLOC_NOT_CARRIED", b) for b in sorted(blocs) if not carried(blocs[b], charter)]
    return holds


def carrying(group: list[str | None]) -> int:
    """How many agree, with a reservation or without."""
    return sum(one in ("agree", "agree_with_reservation") for one in group)


def blocking(group: list[str | None]) -> int:
    """How many block."""
    return group.count("block")


def reserve(group: list[str | None]) -> int:
    """How many stand aside or block."""
    return group.count("stand_aside") + blocking(group)


def carried(group: list[str | None], charter: dict[str, Any]) -> bool:
    """Whether enough of those who take a side agree; where nobody takes one, nothing is lost here."""
    sides = carrying(group) + reserve(group)
    return sides == 0 or Fraction(carrying(group), sides) >= Fraction(*charter["carried"])


def too_few(group: list[str | None], share: list[int]) -> bool:
    """Whether fewer agree than the share of the whole group, or nobody at all."""
    return carrying(group) == 0 or Fraction(carrying(group), len(group)) < Fraction(*share)


def inquorate(everybody: list[str | None], blocs: int, rule: dict[str, Any]) -> bool:
    """Whether the roll or the agreement is too small for a decision."""
    charter = rule["charter"]
    if not everybody or too_few(everybody, charter["quorum"]):
        return True
    roll_too_small = len(everybody) < Fraction(*charter["roll_of_active"]) * rule["active_organisations"]
    return bool(rule["network"] and (blocs < charter["fewest_blocs"] or roll_too_small))


def check_statement(board: Board, positions: dict[str, dict[str, Any]], holds: list[tuple[str, str]]) -> None:
    """A closed vote's statement must say what the recount says, and be the one that stands in the board."""
    statement, last = board["statement"], board["chain"][-1]
    if statement is None:
        if last["body"]["act"] == "closed":
            raise Mismatch("the vote is closed and its statement is missing")
        return
    if last["body"] != {"act": "closed", "statement": statement}:
        raise Mismatch("the statement is not the one that stands in the board")
    if moment(last["at"]) < moment(board["closes_at"]):
        raise Mismatch("the vote was closed before its time")
    said = [(clause["kind"], clause["about"]) for clause in statement["clauses"]]
    if said != holds or statement["outcome"] != outcome(holds) or statement["adopted"] is not (not holds):
        raise Mismatch(f"the statement says {statement['outcome']}, the recount says {outcome(holds)}")
    if statement["counts"] != tally(board, positions):
        raise Mismatch("the statement's numbers are not those of the recount")
    dissent = sorted(body["voice"] for body in positions.values() if body["position"] in WITH_REASON)
    if sorted(one["voice"] for one in statement["dissent"]) != dissent:
        raise Mismatch("the statement leaves out dissent, or invents it")


def tally(board: Board, positions: dict[str, dict[str, Any]]) -> dict[str, int]:
    """How many votes stand where, the silent too."""
    votes = [entry["organisation"] for entry in board["roll"] if entry["voice"] == entry["organisation"]]
    counts = dict.fromkeys((*POSITIONS, "silent"), 0)
    for voice in votes:
        counts[positions[voice]["position"] if voice in positions else "silent"] += 1
    return counts


def outcome(holds: list[tuple[str, str]]) -> str:
    """The word for the result: the first clause that holds, or ADOPTED."""
    return holds[0][0] if holds else "ADOPTED"


def report(board: Board, positions: dict[str, dict[str, Any]], holds: list[tuple[str, str]]) -> list[str]:
    """What was checked and found, in plain words."""
    counts = ", ".join(f"{number} {name.replace('_', ' ')}" for name, number in tally(board, positions).items())
    lines = [
        f"{board['ref']}: {board['title']}",
        f"{len(board['chain'])} entries, unbroken up to the head {board['head']}",
        f"{counts}",
        *(f"against adoption: {name} {about}".rstrip() for name, about in holds),
    ]
    if board["statement"] is None:
        return [*lines, f"NOT CLOSED YET; if it closed now: {outcome(holds)}"]
    return [*lines, f"AGREES with the statement: {outcome(holds)}"]


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
