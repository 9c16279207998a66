"""What kinds of numbers the charter holds, how they read in words, and where each stands in the charter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from network_app.core.i18n import LazyText, lazy, ngettext
from network_app.core.labels import Labelled


@dataclass(frozen=True)
class Share:
    """A fraction `part / of` that is never divided out."""

    part: int
    of: int

    def needed(self, whole: int) -> int:
        """The smallest count that reaches this share of `whole`."""
        return -(-self.part * whole // self.of)

    def allowed(self, whole: int) -> int:
        """The largest count that does not exceed this share of `whole`."""
        return self.part * whole // self.of


@dataclass(frozen=True)
class WorkingDays:
    """Days without the weekends and holidays of the country that is meant."""

    count: int


Span = timedelta | WorkingDays


@dataclass(frozen=True)
class Promised:
    """The time that is promised for one step of an appeal: where somebody is in danger, and everywhere else."""

    danger: Span
    harm: Span


Value = int | Share | Span | Promised


class Part(Labelled):
    """The parts of the charter."""

    VOTES = "votes", lazy("When a proposal is adopted")
    BLOCS = "blocs", lazy("Who votes, and where it counts")
    MEMBERS = "members", lazy("Becoming a member, and acting for one")
    CASES = "cases", lazy("Appeals and letters")
    PROMISES = "promises", lazy("What is promised to workers who turn to us")


@dataclass(frozen=True)
class Decided:
    """A value that a constant was given: on which day and by whom."""

    on: date
    by: LazyText
    value: Value


@dataclass(frozen=True)
class Constant:
    """One number of the charter. The last line of its history is in force."""

    part: Part
    name: LazyText
    says: LazyText
    history: tuple[Decided, ...]

    @property
    def value(self) -> Value:
        return self.history[-1].value


HOURS, DAYS = timedelta(hours=1), timedelta(days=1)


def value_text(value: Value) -> str:
    """Return a constant's value as people read it, in the current language."""
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Share):
        return str(lazy("%(part)s of %(of)s") % {"part": value.part, "of": value.of})
    if isinstance(value, WorkingDays):
        return ngettext("%(count)d working day", "%(count)d working days", value.count)
    if isinstance(value, Promised):
        told = {"danger": value_text(value.danger), "harm": value_text(value.harm)}
        return str(lazy("%(danger)s in danger, else %(harm)s") % told)
    if value >= 7 * DAYS:
        return ngettext("%(count)d day", "%(count)d days", value.days)
    if value >= HOURS:
        return ngettext("%(count)d hour", "%(count)d hours", value // HOURS)
    return ngettext("%(count)d minute", "%(count)d minutes", value // timedelta(minutes=1))
