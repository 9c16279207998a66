"""Sign-ins a second through the whole application, against nothing but the comparison of the password.

And what the door tells by its time: refusals for addresses that exist against refusals for ones that do not.
"""

from __future__ import annotations

import itertools
import json
import math
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

from members.rules.codes import code_at, step_of
from members.use_cases.passwords import hash_password, password_matches
from network_app.core.db import engine_for, session_factory, transaction
from network_app.core.permissions import Duty
from network_app.core.process import begin
from network_app.demo.place import Place, open_place
from network_app.demo.probe import free_port
from network_app.migrations import schema
from tests.bench.site import Visitor, web
from tests.factories.members import PASSWORD, app_key, login, make_organisation, make_person
from tests.web.reading import Page

ROUNDS, SIGN_INS, AT_ONCE = 7, 16, 2
# Each signs in once with the code of the moment, as people do: one further away takes longer to find.
PEOPLE = ROUNDS * SIGN_INS
LIMIT = 0.8
TRIES, GAP_LIMIT_MS, CHANCE = 150, 5.0, 0.01
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def people(place: Place) -> list[str]:
    """Delegates with an app; returns their handles."""
    engine = engine_for(begin(place.environment).database_url)
    schema.upgrade(engine)
    handles = [f"bench{number}" for number in range(PEOPLE)]
    with transaction(session_factory(engine)) as session:
        home = make_organisation(session)
        for handle in handles:
            make_person(session, home, duties=[Duty.ACT], handle=handle, password=PASSWORD)
    engine.dispose()
    return handles


class Door:
    """A browser before the door, with the form open; a source address of its own if one is given."""

    def __init__(self, port: int, source: str = "127.0.0.1") -> None:
        self.visitor = Visitor(port)
        self.visitor.connection = HTTPConnection("127.0.0.1", port, timeout=60, source_address=(source, 0))
        _, body = self.visitor.get("/login")
        self.values = Page(body.decode()).form("/login").values
        self.cookies = dict(self.visitor.cookies)

    def knock(self, typed: dict[str, str]) -> int:
        """Send the form as a browser that has never been in; returns the status."""
        self.visitor.cookies = dict(self.cookies)
        answer, _ = self.visitor._ask("POST", "/login", FORM, urlencode(self.values | typed))
        return answer.status


def per_second(doings: list[Callable[[], None]]) -> float:
    """How many times a second, each thread doing its own thing again and again."""

    def work(doing: Callable[[], None]) -> None:
        for _ in range(SIGN_INS // AT_ONCE):
            doing()

    begun = time.perf_counter()
    with ThreadPoolExecutor(AT_ONCE) as threads:
        list(threads.map(work, doings))
    return SIGN_INS / (time.perf_counter() - begun)


def rates(port: int, handles: list[str]) -> tuple[list[float], list[float]]:
    """Comparisons a second and sign-ins a second, measured in turns, because the machine has other work too."""
    stored = hash_password(PASSWORD)
    whose = itertools.cycle(handles)

    def compare() -> None:
        if not password_matches(stored, PASSWORD):
            raise RuntimeError("the right password was refused")

    def sign_in_at(door: Door) -> Callable[[], None]:
        def doing() -> None:
            handle = next(whose)
            now = {"code": code_at(app_key(handle), step_of(datetime.now(UTC)))}
            if door.knock(login(handle) | now) != 303:
                raise RuntimeError("a right password and code were refused")

        return doing

    doors = [Door(port) for _ in range(AT_ONCE)]
    bare: list[float] = []
    whole: list[float] = []
    for _ in range(ROUNDS):
        bare.append(per_second([compare] * AT_ONCE))
        for door in doors:
            # The server has closed what was idle meanwhile; the next knock connects anew.
            door.visitor.connection.close()
        whole.append(per_second([sign_in_at(door) for door in doors]))
    return bare, whole


def refusals(port: int, handles: list[str]) -> tuple[list[float], list[float]]:
    """Milliseconds of refusals, for addresses that exist and for ones that do not, in turns."""
    took: tuple[list[float], list[float]] = ([], [])
    for number in range(TRIES):
        if number % 10 == 0:
            door = Door(port, source=f"127.0.1.{1 + number // 10}")
        for which, handle in enumerate((handles[number % PEOPLE], f"other{number % PEOPLE}")):
            typed = {"email": f"{handle}@people.test", "password": f"not the password {number}", "code": ""}
            begun = time.perf_counter()
            if door.knock(typed) != 422:
                raise RuntimeError("a wrong password was not refused as one")
            took[which].append(1000 * (time.perf_counter() - begun))
    return took


def chance_of_same(first: list[float], second: list[float]) -> float:
    """How likely two samples of one kind differ as much as these (Kolmogorov and Smirnov's test)."""
    both = sorted([(value, 0) for value in first] + [(value, 1) for value in second])
    seen, apart = [0, 0], 0.0
    for _, which in both:
        seen[which] += 1
        apart = max(apart, abs(seen[0] / len(first) - seen[1] / len(second)))
    size = math.sqrt(len(first) * len(second) / (len(first) + len(second)))
    far = (size + 0.12 + 0.11 / size) * apart
    terms = (2 * (-1) ** (k - 1) * math.exp(-2 * k * k * far * far) for k in range(1, 101))
    return 1.0 if far < 0.2 else min(1.0, max(0.0, sum(terms)))


@contextmanager
def place_with_people(folder: Path) -> Iterator[tuple[Place, list[str]]]:
    """An empty network with a few delegates, served."""
    place = open_place(folder, web_port=free_port())
    handles = people(place)
    with web(place):
        yield place, handles


def run(folder: Path) -> list[dict[str, object]]:
    """Measure; returns the lines of the benchmark."""
    with place_with_people(folder) as (place, handles):
        bare, whole = rates(place.web_port, handles)
        known, unknown = refusals(place.web_port, handles)
    ratio = statistics.median(one / other for one, other in zip(whole, bare, strict=True))
    gap = abs(statistics.median(known) - statistics.median(unknown))
    chance = chance_of_same(known, unknown)
    plain = {"baseline": None, "ratio": None}
    return [
        {
            "name": "sign-ins against bare Argon2id",
            "figure": round(statistics.median(whole), 2),
            "unit": "sign-ins/s",
            "limit": LIMIT,
            "better": "higher",
            "baseline": round(statistics.median(bare), 2),
            "ratio": round(ratio, 3),
        },
        {"name": "gap between known and unknown", "figure": round(gap, 2), "unit": "ms", "limit": GAP_LIMIT_MS}
        | {"better": "lower"}
        | plain,
        {"name": "chance that both are one kind", "figure": round(chance, 3), "unit": "p", "limit": CHANCE}
        | {"better": "higher"}
        | plain,
    ]


def main() -> None:
    """Run in a folder that is thrown away."""
    with tempfile.TemporaryDirectory(prefix="bench-login-") as folder:
        print(json.dumps(run(Path(folder))))


if __name__ == "__main__":
    main()
