"""`make bench-permission`: what it costs to read a person's rights anew at every request, and to check them.

Compared are the same pages in the same process, in turn: once as they are, with rights read from the mandates by
`who` and every `require` and `may` made; once with the rights of the first request kept and every check answered yes.
The figure is CPU time over all pages, the quicker quarter of many rounds: what else the machine does only adds.
Nothing else differs: sign-in, page, queries.
"""

from __future__ import annotations

import json
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from members.models import Person
from members.queries import Rights, person_by_handle, rights_of
from members.rules import Strength
from members.use_cases.signing_in import enter
from network_app.core import permissions
from network_app.core.db import engine_for, session_factory, transaction
from network_app.core.process import begin
from network_app.pages.request import TOKEN
from network_app.web import who
from network_app.web.app import create_app
from tests.bench.site import prepare

WHO = "rithy"
PAGES = ("/appeals", "/members", "/votes", "/today")
WARM_UP = 5
ROUNDS = 60
LIMIT = 1.05


def cpu(ask: Callable[[], None]) -> float:
    """The CPU time of one round."""
    started = time.process_time()
    ask()
    return time.process_time() - started


@contextmanager
def unchecked(person: Person, factory: Any) -> Iterator[None]:
    """While it lasts, rights are those read once, and nothing is checked."""
    with factory() as session:
        rights = rights_of(session, person.id)
        actor = rights.acting_for(None)
    rows = list(permissions.PERMISSIONS)
    everything = {permission: frozenset(permissions.Duty) for permission in rows}
    with (
        patch.object(who, "rights_of", lambda _session, _person: rights),
        patch.object(Rights, "acting_for", lambda _rights, _organisation: actor),
        patch.dict(permissions.PERMISSIONS, everything),
    ):
        yield


def browser(folder: Path) -> tuple[Callable[[], None], Person, Any]:
    """A round of pages as one signed-in person; with the person and the sessions."""
    place, _ = prepare(folder)
    settings = begin(place.environment)
    factory = session_factory(engine_for(settings.database_url))
    with transaction(factory) as session:
        person = person_by_handle(session, WHO)
        if person is None:
            raise RuntimeError(f"the demo has nobody called {WHO}")
        token = enter(session, person, Strength.SECOND_FACTOR, "").token
    client = create_app(settings, factory).test_client()
    with client.session_transaction(base_url=settings.public_url) as cookie:
        cookie[TOKEN] = token

    def ask() -> None:
        for path in PAGES:
            answer = client.get(path, base_url=settings.public_url)
            if answer.status_code != 200:
                raise RuntimeError(f"{path} answered {answer.status_code}")

    return ask, person, factory


def run(folder: Path) -> dict[str, object]:
    """Measure; returns the line of the benchmark."""
    ask, person, factory = browser(folder)
    checked: list[float] = []
    bare: list[float] = []
    for number in range(WARM_UP + ROUNDS):
        # In turn first and second, so that neither gains from what the other left warm.
        for with_checks in (number % 2 == 0, number % 2 == 1):
            if with_checks:
                taken = cpu(ask)
            else:
                with unchecked(person, factory):
                    taken = cpu(ask)
            if number >= WARM_UP:
                (checked if with_checks else bare).append(taken)
    figure, baseline = (statistics.quantiles(taken, n=4)[0] for taken in (checked, bare))
    return {
        "name": "pages with rights read and checked",
        "figure": round(figure * 1000 / len(PAGES), 2),
        "unit": "ms CPU a page",
        "limit": LIMIT,
        "better": "lower",
        "baseline": round(baseline * 1000 / len(PAGES), 2),
        "ratio": round(figure / baseline, 3),
    }


def main() -> None:
    """Run in a folder that is thrown away."""
    with tempfile.TemporaryDirectory(prefix="bench-permission-") as folder:
        print(json.dumps(run(Path(folder))))


if __name__ == "__main__":
    main()
