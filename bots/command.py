"""What a command of the bot is: words, typed arguments, a permission and a function. Data, so that help writes itself.

The grammar is exact on purpose. A message is a command only if its first line begins with `!`; everything else in a
room is people talking to each other, and is none of the bot's business.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from network_app.core.errors import Invalid
from network_app.core.i18n import LazyText, lazy
from network_app.core.permissions import Actor, Permission

SIGN = "!"
# No 0, O, 1 or I, as in network_app.core.refs.
REF = re.compile(r"[A-Z]{1,2}-[2-9A-HJ-NP-Z]{4,9}")
FIRST_WORD = re.compile(r"([^ \t\u00a0\n]*)[ \t\u00a0]*(.*)", re.DOTALL)
LONGEST = 10_000


@dataclass(frozen=True)
class Word:
    """One word without spaces, such as a code."""

    name: str
    shown: LazyText
    required: bool = True


@dataclass(frozen=True)
class Ref:
    """A reference as the network gives them out, in any case: `UA-7K3F`."""

    name: str
    shown: LazyText
    required: bool = True


@dataclass(frozen=True)
class Choice:
    """One of a few values; `words` maps each to its word in every language."""

    name: str
    words: Mapping[str, Mapping[str, str]]
    required: bool = True


@dataclass(frozen=True)
class FreeText:
    """The rest of the message, also over several lines; `after` is the word that must introduce it, by language."""

    name: str
    shown: LazyText
    after: Mapping[str, str] = field(default_factory=dict)
    required: bool = False


Argument = Word | Ref | Choice | FreeText


@dataclass(frozen=True)
class Asked:
    """What one person asked of the bot, and where."""

    values: Mapping[str, str]
    event_id: str
    sender: str
    room: str
    language: str
    commands: tuple[Command, ...] = field(default=(), repr=False)

    def __getitem__(self, name: str) -> str:
        return self.values[name]

    def get(self, name: str) -> str | None:
        """A value that may be left out."""
        return self.values.get(name)


@dataclass(frozen=True)
class Reply:
    """What the bot answers: a template in templates/bot and plain values for it. `language` if it is not the room's."""

    template: str
    values: dict[str, Any] = field(default_factory=dict)
    language: str | None = None


@dataclass(frozen=True)
class Command:
    """One thing people can ask for. `words` maps a language to its word; English always works.

    `changes`: what it does stands, even if the message is edited or removed later.
    """

    words: Mapping[str, str]
    summary: LazyText
    args: tuple[Argument, ...]
    act: Callable[[Session, Actor, Asked], Reply]
    permission: Permission | None = None
    for_strangers: bool = False
    changes: bool = False

    @property
    def name(self) -> str:
        return self.words["en"]

    def usage(self, language: str) -> str:
        """The command with its arguments, as help shows it: `!vote REF agree|block [because ...]`."""
        shown = [_shown(argument, language) for argument in self.args]
        return " ".join([SIGN + in_language(self.words, language), *shown])


def _shown(argument: Argument, language: str) -> str:
    if isinstance(argument, Choice):
        text = "|".join(in_language(words, language) for words in argument.words.values())
    elif isinstance(argument, FreeText) and argument.after:
        text = f"{in_language(argument.after, language)} {argument.shown}"
    else:
        text = str(argument.shown)
    return text if argument.required else f"[{text}]"


def in_language(words: Mapping[str, str], language: str) -> str:
    """The word of `language`, or the English one."""
    return words.get(language, words["en"])


def means(words: Mapping[str, str], spoken: str) -> bool:
    """Whether `spoken` is one of these words, in any language and any case."""
    return spoken.casefold() in {word.casefold() for word in words.values()}


def find_command(commands: tuple[Command, ...], text: str) -> tuple[Command, str] | None:
    """The command that `text` begins with and what follows its word; None if there is no such command."""
    word, rest = _first_word(text.removeprefix(SIGN))
    found = next((command for command in commands if means(command.words, word)), None)
    return None if found is None else (found, rest)


def read_arguments(command: Command, rest: str, language: str) -> dict[str, str]:
    """The typed arguments in what follows a command's word.

    Lines after the first are left to people's talk, unless free text began on the first. Raises Invalid with the usage.
    """
    line, _, more = rest.partition("\n")
    line, values = line.strip(), {}
    for argument in command.args:
        if isinstance(argument, FreeText):
            text = _free_text(argument, line)
            if text:
                values[argument.name], line = f"{text}\n{more}".strip()[:LONGEST], ""
        else:
            value, after = _one(argument, line)
            if value is not None:
                values[argument.name], line = value, after
        if argument.required and argument.name not in values:
            raise _misspelt(command, language)
    if line:
        raise _misspelt(command, language)
    return values


def _one(argument: Word | Ref | Choice, line: str) -> tuple[str | None, str]:
    word, rest = _first_word(line)
    if isinstance(argument, Ref):
        ref = word.upper()
        return (ref, rest) if REF.fullmatch(ref) else (None, line)
    if isinstance(argument, Choice):
        meant = next((value for value, words in argument.words.items() if means(words, word)), None)
        return (meant, rest) if meant else (None, line)
    return (word, rest) if word else (None, line)


def _free_text(argument: FreeText, line: str) -> str:
    if not argument.after:
        return line
    word, rest = _first_word(line)
    return rest if means(argument.after, word) else ""


def _first_word(text: str) -> tuple[str, str]:
    found = FIRST_WORD.match(text)
    return (found.group(1), found.group(2)) if found else ("", "")


def _misspelt(command: Command, language: str) -> Invalid:
    return Invalid(lazy("Please write it like this: %(usage)s") % {"usage": command.usage(language)})
