"""The incoming post: each answer counts once, whatever is killed, broken or sent to us on purpose."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from email.message import EmailMessage
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

from network_app import mailer
from network_app.core.config import Settings
from network_app.core.db import transaction
from network_app.letters.models import Letter, Reply
from network_app.letters.queries import reply_address
from network_app.letters.rules.replies import ReplyKind
from tests.conftest import environment
from tests.factories.letters import make_sent, make_writers

# Reads the post as the worker does, and is killed at the worst moment: after the transaction, before the file is moved.
KILLED_AFTER_COMMIT = """
import os, signal
from pathlib import Path
from network_app import mailer
from network_app.core import process
from network_app.core.db import engine_for, session_factory
settings = process.begin()
Path.rename = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
mailer.read_post(settings.data_dir, session_factory(engine_for(settings.database_url)))
"""


@pytest.fixture
def letter(factory: sessionmaker[Session]) -> Letter:
    with transaction(factory) as session:
        return make_sent(session, make_writers(session))


@pytest.fixture
def box(settings: Settings) -> Path:
    """The Maildir, as the mail server made it."""
    for name in ("new", "cur", "tmp"):
        (settings.data_dir / "mail-in" / name).mkdir(parents=True)
    return settings.data_dir / "mail-in"


def answer(letter: Letter, **headers: str) -> EmailMessage:
    message = EmailMessage()
    told = {"From": "Press <press@brand.test>", "To": reply_address(letter), "Subject": "Re: Wages"}
    for name, value in {**told, "Message-ID": "<1@brand.test>", **headers}.items():
        message[name] = value
    message.set_content("We will look into it.")
    return message


def deliver(box: Path, data: bytes, name: str = "1.test") -> None:
    (box / "tmp" / name).write_bytes(data)
    (box / "tmp" / name).rename(box / "new" / name)


def replies(factory: sessionmaker[Session]) -> list[Reply]:
    with factory() as session:
        return list(session.scalars(select(Reply)))


def files_in(box: Path, folder: str) -> list[str]:
    return sorted(path.name for path in (box / folder).iterdir())


def test_an_answer_is_read_once_and_kept_in_the_box(
    factory: sessionmaker[Session], settings: Settings, box: Path, letter: Letter
) -> None:
    data = answer(letter).as_bytes()
    deliver(box, data)
    assert mailer.read_post(settings.data_dir, factory) == 1
    assert mailer.read_post(settings.data_dir, factory) == 0
    [reply] = replies(factory)
    assert reply.kind is ReplyKind.ANSWER and (reply.text or "").strip() == "We will look into it."
    assert files_in(box, "new") == [] and files_in(box, "cur") == ["1.test:2,S"]
    assert (box / "cur" / "1.test:2,S").read_bytes() == data


def test_the_same_message_delivered_twice_is_one_answer(
    factory: sessionmaker[Session], settings: Settings, box: Path, letter: Letter
) -> None:
    for name in ("1.test", "2.test"):
        deliver(box, answer(letter).as_bytes(), name)
    assert mailer.read_post(settings.data_dir, factory) == 2
    assert len(replies(factory)) == 1


def test_a_kill_between_reading_and_putting_away_counts_the_answer_once(
    factory: sessionmaker[Session], settings: Settings, box: Path, letter: Letter
) -> None:
    deliver(box, answer(letter).as_bytes())
    own = environment(settings.database_url, settings.data_dir)
    killed = subprocess.run([sys.executable, "-c", KILLED_AFTER_COMMIT], env={**os.environ, **own}, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert files_in(box, "new") == ["1.test"] and len(replies(factory)) == 1
    assert mailer.read_post(settings.data_dir, factory) == 1
    assert files_in(box, "new") == [] and len(replies(factory)) == 1


def test_while_the_database_is_away_the_post_waits(
    factory: sessionmaker[Session],
    settings: Settings,
    box: Path,
    letter: Letter,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def away(*_: object, **__: object) -> None:
        raise OperationalError("select 1", {}, ConnectionError("gone"))

    deliver(box, answer(letter).as_bytes())
    with monkeypatch.context() as patched:
        patched.setattr(mailer, "receive_reply", away)
        assert mailer.read_post(settings.data_dir, factory) == 0
    assert files_in(box, "new") == ["1.test"]
    assert mailer.read_post(settings.data_dir, factory) == 1 and len(replies(factory)) == 1


def test_what_is_no_answer_to_a_letter_is_flagged_for_a_person(
    factory: sessionmaker[Session], settings: Settings, box: Path, letter: Letter
) -> None:
    deliver(box, answer(letter, To="office@network.test").as_bytes())
    assert mailer.read_post(settings.data_dir, factory) == 1
    assert files_in(box, "cur") == ["1.test:2,F"] and replies(factory) == []


def test_a_machines_answer_is_told_from_a_persons(
    factory: sessionmaker[Session], settings: Settings, box: Path, letter: Letter
) -> None:
    away = {"Auto-Submitted": "auto-replied", "Subject": "Out of office", "Message-ID": "<2@brand.test>"}
    deliver(box, answer(letter, **away).as_bytes())
    mailer.read_post(settings.data_dir, factory)
    assert [reply.kind for reply in replies(factory)] == [ReplyKind.ABSENCE]


HOSTILE = {
    "nothing": b"",
    "bytes": bytes(range(256)) * 40,
    "no headers": b"\n\njust words\n",
    "zero bytes": b"From: a@b.test\x00\nTo: x\x00y@z.test\nSubject: \x00\n\n\x00\x00",
    "strange charset": b"From: a@b.test\nTo: c@d.test\nContent-Type: text/plain; charset=klingon\n\n\xff\xfe\n",
    "wrong base64": b"From: a@b.test\nContent-Type: text/plain\nContent-Transfer-Encoding: base64\n\n%%%%\n",
    "open multipart": b"From: a@b.test\nContent-Type: multipart/mixed; boundary=x\n\n--x\n--x\n--x",
    "deep": b"Content-Type: multipart/mixed; boundary=a\n\n"
    + b"--a\nContent-Type: multipart/mixed; boundary=a\n\n" * 300,
    "header folding": b"Subject: " + b"=?utf-8?b?" * 500 + b"\n\n",
}


def test_no_message_stops_the_post_and_the_answer_behind_it_is_read(
    factory: sessionmaker[Session], settings: Settings, box: Path, letter: Letter
) -> None:
    for number, data in enumerate(HOSTILE.values()):
        deliver(box, data, f"{number}.test")
        # The same, addressed to a letter.
        deliver(box, f"To: {reply_address(letter)}\n".encode() + data, f"{number}.to.test")
    deliver(box, answer(letter).as_bytes(), "last.test")
    assert mailer.read_post(settings.data_dir, factory) == 2 * len(HOSTILE) + 1
    assert files_in(box, "new") == [] and "last.test:2,S" in files_in(box, "cur")
    assert "We will look into it." in {(reply.text or "").strip() for reply in replies(factory)}


def test_a_box_that_is_not_there_yet_is_made(factory: sessionmaker[Session], settings: Settings, box: Path) -> None:
    shutil.rmtree(box)
    assert mailer.read_post(settings.data_dir, factory) == 0
    assert files_in(box, "new") == []
