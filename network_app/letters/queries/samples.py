"""The letter templates in `templates/letters/`: a folder each, a text per language, sample values to try them with.

A template is a beginning that people change, in the same closed list of placeholders; it holds no code.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date

from network_app.core.errors import NetworkError, NotFound
from network_app.core.pdf import letter_pdf
from network_app.core.rendering import TEMPLATES
from network_app.letters.rules.text import Facts, check_body, check_text, compose

FOLDER = TEMPLATES / "letters"


@dataclass(frozen=True)
class Sample:
    """A letter to start from."""

    slug: str
    language: str
    subject: str
    body: str


def letter_templates() -> dict[str, list[str]]:
    """Every template with the languages it has."""
    found: dict[str, list[str]] = {}
    for path in sorted(FOLDER.glob("*/text.*.md")):
        found.setdefault(path.parent.name, []).append(path.name.split(".")[1])
    return found


def starting_text(slug: str, language: str) -> Sample:
    """The template `slug` in `language`, or in English where it has no such text. Raises NotFound."""
    languages = letter_templates().get(slug)
    if not languages:
        raise NotFound()
    return _read(slug, language if language in languages else "en")


def _read(slug: str, language: str) -> Sample:
    first, _, rest = (FOLDER / slug / f"text.{language}.md").read_text("utf-8").partition("\n")
    return Sample(slug, language, first.removeprefix("# ").strip(), rest.strip())


def check_letter_templates() -> list[str]:
    """Render every template in every language with its sample values; returns what is wrong, in words."""
    wrong = []
    for slug, languages in letter_templates().items():
        for language in languages:
            try:
                _try_out(_read(slug, language))
            except (NetworkError, OSError, ValueError) as problem:
                wrong.append(f"{slug}/text.{language}.md: {problem}")
    return wrong


def _try_out(sample: Sample) -> None:
    values: dict[str, str] = json.loads((FOLDER / sample.slug / "sample.json").read_text("utf-8"))
    follows = ("L-2HWD", date(2020, 7, 1)) if sample.slug == "reminder" else None
    check_text(sample.subject, values, follows=follows is not None, field="subject")
    check_body(sample.body, values, follows=follows is not None)
    paper = compose(
        Facts(
            language=sample.language,
            network="Example Network",
            verify_url="https://network.example/verify",
            reply_address="letter+example@network.example",
            reference="L-4QX2",
            target="Example Brand",
            subject=sample.subject,
            body=sample.body,
            given=values,
            signers=(("Example Union", "Cambodia"),),
            dated_on=date(2020, 8, 3),
            answer_by=date(2020, 8, 17),
            may_tell_factory=False,
            follows=follows,
        )
    )
    letter_pdf(paper)
