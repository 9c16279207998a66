"""The demo's post office: what it said yes to is on disk, and the network's own post comes in."""

from __future__ import annotations

import mailbox
import os
import smtplib
import subprocess
import sys
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from network_app.demo.leash import Process, spawn
from network_app.demo.probe import answers, free_port
from tests.waiting import eventually


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def post_office(tmp_path: Path, port: int) -> Iterator[Process]:
    argv = [sys.executable, "-m", "network_app.demo.mail_sink", "--port", str(port)]
    argv += ["--data-dir", str(tmp_path / "data"), "--domain", "network.test"]
    process = spawn(argv, log=tmp_path / "log", env=os.environ)
    eventually(lambda: answers(f"smtp://127.0.0.1:{port}"), "the post office does not answer")
    yield process
    process.kill()
    process.wait()


def _send(port: int, *to: str) -> None:
    message = EmailMessage()
    message["Subject"] = "উত্তর"
    message["To"] = "somebody@network.test"
    message.set_content("We shall pay.")
    with smtplib.SMTP("127.0.0.1", port) as server:
        server.send_message(message, "brand@brand.test", list(to))


def _kept(data_dir: Path, folder: str) -> list[tuple[str, str]]:
    mails = mailbox.Maildir(data_dir / folder, create=False)
    return [(mail["Return-Path"], mail["Delivered-To"]) for mail in mails]


def test_mail_to_others_is_only_kept(post_office: Process, port: int, tmp_path: Path) -> None:
    _send(port, "press@brand.test")
    assert _kept(tmp_path / "data", "mail-sink") == [("<brand@brand.test>", "press@brand.test")]
    assert not (tmp_path / "data" / "mail-in").exists()


def test_mail_to_the_network_comes_in_with_the_address_it_was_sent_to(
    post_office: Process, port: int, tmp_path: Path
) -> None:
    _send(port, "letter+abc@Network.TEST", "press@brand.test")
    assert _kept(tmp_path / "data", "mail-in") == [("<brand@brand.test>", "letter+abc@Network.TEST")]
    mail = next(iter(mailbox.Maildir(tmp_path / "data" / "mail-in")))
    assert "We shall pay." in mail.get_payload(decode=False)


def test_accepted_mail_survives_a_killed_post_office(post_office: Process, port: int, tmp_path: Path) -> None:
    _send(port, "press@brand.test")
    post_office.kill()
    post_office.wait()
    assert len(_kept(tmp_path / "data", "mail-sink")) == 1


def test_it_stops_when_asked(post_office: Process) -> None:
    post_office.terminate()
    assert post_office.wait(10) == 0


def test_it_says_which_setting_is_missing() -> None:
    done = subprocess.run([sys.executable, "-m", "network_app.demo.mail_sink"], capture_output=True, text=True)
    assert done.returncode == 2
    assert "--port" in done.stderr
