"""A stranger's hour with a proxy between browser and app: what is changed on the way gets and changes nothing."""

from __future__ import annotations

import io
import json
import re
import resource
import time
from collections.abc import Iterator

import pytest
import structlog
from sqlalchemy.orm import sessionmaker
from werkzeug.exceptions import HTTPException

from network_app.core import config, crypto, files
from network_app.core.db import engine_for, session_factory, transaction
from network_app.core.process import begin_log
from network_app.web import errors
from tests.conftest import environment
from tests.factories.urgent_appeals import a_photo
from tests.servers import SqliteDatabases
from tests.web.crawling import Page
from tests.web.matrix.scene import make_scene
from tests.web.matrix.walk import CANARY, Walker, filled_forms, make_walker, marks, methods_of, routes_of
from tests.web.reading import without_noise
from tests.web.test_strangers import address

pytestmark = pytest.mark.timeout(600)
VERBS = ("PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "GETS", "POST", "GET")
OVERRIDES = {"X-HTTP-Method-Override": "POST", "X-HTTP-Method": "POST", "X-Method-Override": "POST"}


@pytest.fixture(scope="module")
def walker(sqlite_databases: SqliteDatabases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walker]:
    url = sqlite_databases.fresh()
    settings = config.load_settings(environment(url, tmp_path_factory.mktemp("proxy")))
    config.use(settings)
    crypto.use_keys(settings.field_keys)
    files.use_folder(settings.data_dir)
    engine = engine_for(url)
    with transaction(session_factory(engine)) as session:
        scene = make_scene(session)
    yield make_walker(settings, engine, scene)
    engine.dispose()
    sqlite_databases.drop(url)


def count(walker: Walker) -> tuple[int, int]:
    """What tells that something happened."""
    return marks(sessionmaker(walker.sessions.engine))


def is_route(walker: Walker, path: str, verb: str) -> bool:
    """Whether this address is made for this verb, by this route or another of the same address."""
    try:
        walker.app.url_map.bind("").match(path, method=verb)
    except HTTPException:
        return False
    return True


def test_no_other_verb_opens_a_route(walker: Walker) -> None:
    before, keeper = count(walker), walker.cookie("keeper")
    for number, rule in enumerate(routes_of(walker.app)):
        others = [verb for verb in VERBS if not is_route(walker, address(rule), verb)]
        for verb in {others[number % len(others)], others[0]}:
            status = walker.ask(verb, address(rule), keeper | OVERRIDES).status_code
            assert status in (404, 405), (rule, verb, status)
        if methods_of(rule) == ["POST"] and not is_route(walker, address(rule), "GET"):
            answer = walker.ask("GET", f"{address(rule)}?_method=POST", keeper | OVERRIDES)
            assert answer.status_code in (404, 405), rule
    assert count(walker) == before


def test_a_form_of_somebody_else_is_not_mine(walker: Walker) -> None:
    before = count(walker)
    mine, theirs = walker.cookie("keeper"), walker.cookie("delegate")
    swapped = mine | {"X-CSRFToken": theirs["X-CSRFToken"]}
    assert walker.ask("POST", "/me/language", swapped, data={"language": "bn"}).status_code == 400
    for token in ("", "null", "undefined", mine["X-CSRFToken"][:-1], mine["X-CSRFToken"] + "A", "." * 40):
        assert walker.ask("POST", "/me/language", mine | {"X-CSRFToken": token}).status_code == 400, token
    assert count(walker) == before


def test_a_form_sent_again_after_signing_out_does_nothing(walker: Walker) -> None:
    keeper = walker.cookie("keeper")
    with walker.sessions.thrown_away() as inside:
        assert walker.ask("POST", "/logout", keeper).status_code == 303
        before = marks(inside)
        answer = walker.ask("POST", "/me/language", keeper, data={"language": "bn"})
        assert answer.status_code == 303 and answer.headers["Location"] == "/login"
        assert marks(inside) == before


def test_a_cookie_that_was_changed_opens_nothing(walker: Walker) -> None:
    name, _, value = walker.cookie("keeper")["Cookie"].partition("=")
    body, stamp, signature = value.rsplit(".", 2)
    changed = (
        f"{name}={value[:-2]}", f"{name}={body}.{stamp}.", f"{name}={body}", f"{name}={stamp}.{body}.{signature}",
        f"{name}=eyJfdXNlcl9pZCI6IngifQ.{stamp}.{signature}", f"={name}={value}", f"__Host-{name}={value}",
        f"{name.upper()}={value}", f"{name}={'A' * 60_000}", f"x={name}={value}",
    )  # fmt: skip
    for cookie in changed:
        answer = walker.ask("GET", "/today", {"Cookie": cookie})
        assert answer.status_code == 303 and answer.headers["Location"] == "/login", cookie[:60]


def test_no_trick_of_the_path_opens_a_restricted_case(walker: Walker) -> None:
    ref, own = walker.scene.cases["restricted"].ref, walker.scene.cases["own"].ref
    tricks = (
        f"/appeals/{ref}", f"/appeals/{ref.lower()}", f"/appeals/%20{ref}", f"/appeals/{ref}%20", f"/appeals/{ref}%00",
        f"//appeals/{ref}", f"/appeals//{ref}", f"/appeals/{own}/../{ref}", f"/appeals/{own}%2f..%2f{ref}",
        f"/appeals/./{ref}", f"/appeals/{ref}/", f"/appeals/{ref};a=b", f"/appeals/{ref}.json", f"/appeals/{ref}?x=%0a",
        f"/APPEALS/{ref}", f"/appeals/{ref}%2frecord", f"/appeals/{own},{ref}", f"/appeals/{own}?ref={ref}",
        f"/static/../appeals/{ref}", f"/r/../appeals/{ref}", f"/appeals/%55%41{ref[2:]}", f"/appeals/{ref}#",
        f"/appeals/*/{ref}", f"/appeals/{ref}%e2%80%ae", f"/api/v1/appeals/{ref}", f"/api/v1/../appeals/{ref}",
        f"/appeals?text={ref}", f"/appeals?text={ref};stage=x", f"/letters?text={ref}", f"/votes?text={ref}",
        f"/calls/{ref}", f"/today?ref={ref}", "/appeals?text=Factory%20restricted", "/board?text=restricted",
    )  # fmt: skip
    for role in ("keeper", "delegate", "organiser", "filer"):
        for path in tricks:
            answer = walker.ask("GET", path, walker.headers(role, "api." if path.startswith("/api") else ""))
            assert not [mark for mark in CANARY.findall(answer.text) if mark.endswith("restricted")], (role, path)
            shown = re.sub(r"value=\"[^\"]*\"", "", answer.text)
            assert answer.status_code >= 300 or ref not in shown, (role, path)


def test_what_is_looked_for_in_vain_and_what_is_hidden_look_the_same(walker: Walker) -> None:
    keeper = walker.cookie("keeper")
    hidden = walker.scene.cases["restricted"].ref
    for path in ("/appeals", "/letters", "/votes", "/campaigns", "/members", "/facilities", "/brands"):
        pages = [
            walker.ask("GET", f"{path}?text={word}", keeper).text.replace(word, "") for word in (hidden, "UA-NONE")
        ]
        assert re.sub(r'csrf_token" value="[^"]+"', "", pages[0]) == re.sub(r'csrf_token" value="[^"]+"', "", pages[1])


def test_a_campaign_cannot_be_used_to_ask_whether_a_case_exists(walker: Walker) -> None:
    said = []
    for ref in (walker.scene.cases["restricted"].ref, "UA-NONE"):
        data = {
            "title": "T", "summary": "S", "electorate": "network", "targets": "Nike Inc.", "change": "protection",
            "demand": "D", "cases": ref, "days": "7", "csrf_token": walker.cookie("keeper")["X-CSRFToken"],
        }  # fmt: skip
        with walker.sessions.thrown_away():
            answer = walker.ask("POST", "/campaigns/new", walker.cookie("keeper"), data=data)
        said.append((answer.status_code, without_noise(answer.text.replace(ref, ""))))
    assert said[0] == said[1]
    assert said[0][0] in (404, 422)


def test_the_first_of_two_values_counts_and_a_semicolon_parts_nothing(walker: Walker) -> None:
    delegate = walker.cookie("delegate")
    token = delegate["X-CSRFToken"]
    with walker.sessions.thrown_away():
        twice = f"csrf_token={token}&language=bn&language=xx"
        kind = "application/x-www-form-urlencoded"
        assert walker.ask("POST", "/me/language", delegate, data=twice, content_type=kind).status_code == 303
        parted = f"csrf_token={token}&language=bn;language=en"
        assert walker.ask("POST", "/me/language", delegate, data=parted, content_type=kind).status_code == 422
    assert len(Page(walker.ask("GET", "/members?text=Far;country=BD", delegate).text).links) < 40


def test_a_body_of_a_hundred_thousand_parts_is_refused_at_once(walker: Walker) -> None:
    part = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'
    body, before = part * 100_000 + b"--x--\r\n", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.process_time()
    answer = walker.ask(
        "POST", "/file", {}, input_stream=io.BytesIO(body), content_length=len(body),
        content_type="multipart/form-data; boundary=x",
    )  # fmt: skip
    assert answer.status_code == 413
    assert time.process_time() - started < 1
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 32 * 1024


def test_nothing_that_is_asked_makes_a_second_line_in_the_log(
    walker: Walker, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def breaks(*_: object, **__: object) -> None:
        raise RuntimeError("what was asked: \n{} \x1b[31m \u2028")

    begin_log("INFO")
    monkeypatch.setattr(errors, "log", structlog.get_logger())
    monkeypatch.setitem(walker.app.view_functions, "appeals.case", breaks)
    for evil in ("%0a", "%0d%0a", "%1b[31m", "%e2%80%a8", "%c2%85"):
        path = f"/appeals/UA{evil}%7b%22event%22:%22forged%22%7d"
        assert walker.ask("GET", path, walker.cookie("keeper")).status_code == 500
        lines = [line for line in capfd.readouterr().err.split("\n") if line]
        assert len(lines) == 1 and "forged" not in lines[0] and "asked" not in lines[0], evil
        assert json.loads(lines[0])["event"] == "request_broke"
    # Not even when our own log breaks: Flask's would quote the address and the message.
    monkeypatch.setattr(errors, "log", None)
    assert walker.ask("GET", path, walker.cookie("keeper")).status_code == 500
    assert "forged" not in capfd.readouterr().err


NAMES = [
    "../../evil.jpg", "..\\..\\evil.jpg", "/etc/evil.jpg", "C:\\evil.jpg", "evil.jpg\x00.php", "....//evil.jpg",
    "evil.php", "%2e%2e%2fevil.jpg", "evil.jpg/", "CON", "evil\u202egpj.exe", ".htaccess", "evil.svg", "~/evil.jpg",
    "|evil", "-evil", "evil;ls.jpg", "$(evil).jpg", "evil\r\nX: y.jpg", "e" * 300 + ".jpg",
]  # fmt: skip


def test_no_name_of_a_file_reaches_the_disk(walker: Walker) -> None:
    keeper, ref = walker.cookie("keeper"), walker.scene.cases["own"].ref
    folder = walker.settings.data_dir
    for name in NAMES:
        data = {"kind": "other", "photo": (io.BytesIO(a_photo()), name), "csrf_token": keeper["X-CSRFToken"]}
        with walker.sessions.thrown_away(), filled_forms():
            answer = walker.ask("POST", f"/appeals/{ref}/evidence", keeper, data=data)
        assert answer.status_code in (303, 422), name
    kept = {path.name for path in folder.rglob("*") if path.is_file()}
    assert all(re.fullmatch(r"[0-9a-f]{64}|network.*\.db.*", name) for name in kept), kept
    assert not [path for path in (folder.parent, folder.parent.parent) for _ in path.glob("*evil*")]
