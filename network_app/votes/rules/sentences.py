"""Why a proposal is not adopted, in words: one table of sentences for pages, chat, mail and statements."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from network_app.core.i18n import LazyText, country_name, gettext, lazy
from network_app.votes.rules.deciding import Clause, ClauseKind

SENTENCES: dict[str, LazyText] = {
    "blocked": lazy("Blocks: %(blocks)d. The charter lets %(limit)d stop a proposal."),
    "blocked_by_affected": lazy(
        "Workers' organisations in an affected country block (%(place)s). One such block stops a proposal."
    ),
    "affected_unheard": lazy(
        "No organisation in %(place)s, where the workers are, agrees, and none consented in writing."
    ),
    "affected_not_carried": lazy(
        "In %(place)s, where the workers are, %(agree)d of the %(sides)d who take a side agree; it needs %(needed)d."
    ),
    "empty_roll": lazy("Nobody is on the roll."),
    "few_blocs": lazy("The roll has only %(blocs)d bloc; a decision of the network needs %(blocs_needed)d."),
    "small_roll": lazy(
        "The roll has %(roll)d votes for %(active)d active organisations; the network needs at least %(roll_needed)d."
    ),
    "few_agree": lazy("%(agree)d of %(roll)d agree; it needs %(needed)d."),
    "bloc_inquorate": lazy("In %(place)s %(agree)d of %(roll)d agree; it needs %(needed)d."),
    "too_much_reserve": lazy("%(reserve)d of %(roll)d stand aside or block; at most %(allowed)d may."),
    "bloc_not_carried": lazy("In %(place)s %(agree)d of the %(sides)d who take a side agree; it needs %(needed)d."),
}


def sentence(clause: Clause, name_of: Callable[[str], str]) -> str:
    """Say in the current language why this clause holds, with its numbers."""
    values = {**clause.numbers, "place": _place(clause, name_of)}
    return " ".join(str(SENTENCES[name] % values) for name in _parts(clause))


def missing(clauses: tuple[Clause, ...], name_of: Callable[[str], str]) -> str:
    """What an open vote still lacks, in one sentence: the first clause that would hold now."""
    if not clauses:
        return gettext("Nothing is missing: if it closed now, it would be adopted.")
    return gettext("Not adopted if it closed now. %(why)s", why=sentence(clauses[0], name_of))


def _place(clause: Clause, name_of: Callable[[str], str]) -> str:
    if clause.kind is ClauseKind.BLOCKED:
        return ", ".join(country_name(code) for code in clause.numbers["from_affected"])
    if clause.kind is ClauseKind.AFFECTED_NOT_CARRIED:
        return country_name(clause.about)
    return name_of(clause.about)


def _parts(clause: Clause) -> Iterator[str]:
    numbers = clause.numbers
    match clause.kind:
        case ClauseKind.BLOCKED:
            yield "blocked_by_affected" if numbers["from_affected"] else "blocked"
        case ClauseKind.AFFECTED_NOT_CARRIED:
            yield "affected_unheard" if numbers["unheard"] else "affected_not_carried"
        case ClauseKind.INQUORATE:
            yield from _inquorate_parts(numbers)
        case _:
            yield clause.kind.value.lower()


def _inquorate_parts(numbers: Mapping[str, int]) -> Iterator[str]:
    if numbers["roll"] == 0:
        yield "empty_roll"
        return
    if numbers["blocs"] < numbers["blocs_needed"]:
        yield "few_blocs"
    if numbers["roll"] < numbers["roll_needed"]:
        yield "small_roll"
    if numbers["agree"] < numbers["needed"]:
        yield "few_agree"
