"""From what people wrote to what a target reads: placeholders from a closed list, fixed sentences, nothing else.

There is no template language here (SAFETY W6). A value is put in after the Markdown was read, as literal words, so a
company whose name holds stars or braces stays that name.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import unquote

from network_app.core.errors import Invalid
from network_app.core.i18n import LazyText, date_text, gettext, lazy, use_language
from network_app.core.markup import LEAVES, Node, markdown_tree, words
from network_app.core.paper import Paper

PLACE = re.compile(r"\{\{([^{}\n]{0,60})\}\}")
# Filled in by the network itself.
OWN: dict[str, LazyText] = {
    "target": lazy("the name of the company or body the letter goes to"),
    "network": lazy("the name of this network"),
    "letter": lazy("the reference of this letter"),
    "date": lazy("the date of this letter"),
    "deadline": lazy("the day by which we ask for an answer"),
    "reply_address": lazy("the mail address that belongs to this letter"),
    "signers": lazy("the organisations that signed"),
    "earlier_letter": lazy("the reference of the letter this one follows"),
    "earlier_date": lazy("the date of the letter this one follows"),
}
# Given by whoever drafts the letter.
GIVEN: dict[str, LazyText] = {
    "facility": lazy("the name of the workplace"),
    "district": lazy("the district where it is"),
    "country": lazy("the country where it is"),
    "workers": lazy("how many workers are concerned"),
    "demands": lazy("what the workers ask; one demand a line becomes a list"),
    "campaign": lazy("the name of the campaign"),
    "case": lazy("the reference of the case"),
}


@dataclass(frozen=True)
class Facts:
    """What a letter is made of, read from its row and its surroundings."""

    language: str
    network: str
    verify_url: str
    reply_address: str
    reference: str
    target: str
    subject: str
    body: str
    given: Mapping[str, str]
    signers: tuple[tuple[str, str], ...]
    dated_on: date
    answer_by: date
    may_tell_factory: bool
    follows: tuple[str, date] | None = None


def check_text(text: str, given: Collection[str], *, follows: bool, field: str) -> None:
    """Refuse a placeholder that is not on the list or has no value here. Raises Invalid naming it and `field`."""
    for name in (match.strip() for match in PLACE.findall(text)):
        if name not in OWN and name not in GIVEN:
            message = lazy("There is no placeholder “%(name)s”. Possible are: %(possible)s.")
            raise Invalid(message % {"name": name, "possible": ", ".join([*OWN, *GIVEN])}, field=field)
        if name in GIVEN and name not in given:
            raise Invalid(lazy("Nothing was entered for the placeholder “%(name)s”.") % {"name": name}, field=field)
        if name.startswith("earlier_") and not follows:
            message = lazy("The placeholder “%(name)s” needs an earlier letter that this one follows.")
            raise Invalid(message % {"name": name}, field=field)


def check_body(text: str, given: Collection[str], *, follows: bool) -> None:
    """Refuse a body that cannot be read or filled. Raises Invalid naming the field `body`."""
    check_text(text, given, follows=follows, field="body")
    try:
        tree = markdown_tree(text)
    except Invalid as error:
        raise Invalid(error.message, field="body") from error
    if any("{{" in unquote(address) for address in _addresses(tree)):
        raise Invalid(lazy("A placeholder cannot stand inside a link's address."), field="body")


def _addresses(node: Node) -> Iterator[str]:
    yield node.href
    for child in node.children:
        yield from _addresses(child)


def fill_line(text: str, values: Mapping[str, str]) -> str:
    """Put the values into one line, once: what a value holds is never read again."""
    return PLACE.sub(lambda place: "; ".join(_points(values.get(place[1].strip(), place[0]))), text)


def _points(value: str) -> list[str]:
    return [" ".join(line.strip().removeprefix("- ").split()) for line in value.splitlines() if line.strip()]


def fill_tree(node: Node, values: Mapping[str, str]) -> Node:
    """Put the values into a text. A value of several lines that stands alone becomes a list of points."""
    if node.tag == "text":
        return words(fill_line(node.text, values))
    if node.tag in LEAVES and len(node.children) == 1:
        alone = PLACE.fullmatch(node.children[0].text.strip())
        value = values.get(alone[1].strip(), "") if alone else ""
        points = _points(value)
        if len(points) > 1 or value.startswith("- "):
            return Node("ul", children=[Node("li", children=[words(point)]) for point in points])
    return replace(node, children=[fill_tree(child, values) for child in node.children])


def compose(facts: Facts) -> Paper:
    """The letter as its reader gets it, in the letter's own language."""
    with use_language(facts.language):
        signers = tuple(f"{name} ({country})" if country else name for name, country in facts.signers)
        values = {**facts.given, **_own_values(facts)}
        return Paper(
            language=facts.language,
            sender=facts.network,
            recipient=facts.target,
            reference=gettext("Our reference: %(reference)s", reference=facts.reference),
            dated=date_text(facts.dated_on),
            subject=fill_line(facts.subject, values),
            body=fill_tree(markdown_tree(facts.body), values),
            closing=_closing(facts),
            signed_by=gettext("Signed by"),
            signers=signers,
            footer=_footer(facts),
        )


def _own_values(facts: Facts) -> dict[str, str]:
    values = {
        "target": facts.target,
        "network": facts.network,
        "letter": facts.reference,
        "date": date_text(facts.dated_on),
        "deadline": date_text(facts.answer_by),
        "reply_address": facts.reply_address,
        "signers": ", ".join(name for name, _country in facts.signers),
    }
    if facts.follows:
        values |= {"earlier_letter": facts.follows[0], "earlier_date": date_text(facts.follows[1])}
    return values


def _closing(facts: Facts) -> tuple[str, ...]:
    answer = gettext(
        "Please send your answer by %(deadline)s to %(address)s. This address belongs to this letter alone.",
        deadline=date_text(facts.answer_by),
        address=facts.reply_address,
    )
    discretion = gettext(
        "Please do not tell the factory, its owners or its management who informed us, and do not pass on anything by "
        "which these people could be recognised. It could put them in danger."
    )
    # Safety: only the workers' own consent removes this sentence; a careless call to the factory costs jobs and worse.
    return (answer,) if facts.may_tell_factory else (answer, discretion)


def _footer(facts: Facts) -> tuple[str, ...]:
    released = gettext(
        "Two people of two member organisations of %(network)s released this letter.", network=facts.network
    )
    check = gettext(
        "To check that it is ours, take the SHA-256 of the PDF file and look it up at %(address)s.",
        address=facts.verify_url,
    )
    return released, check
