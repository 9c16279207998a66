"""An unsafe setting stops the start, and the sentence says what to do."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from pathlib import Path

import pytest

from network_app.core.config import ConfigError, load_settings
from tests.conftest import environment


@pytest.fixture
def good(tmp_path: Path) -> dict[str, str]:
    return environment(f"sqlite:///{tmp_path}/n.db", tmp_path / "data")


def refused(environ: Mapping[str, str]) -> dict[str, str]:
    with pytest.raises(ConfigError) as error:
        load_settings(environ)
    assert all(problem.why and problem.cure for problem in error.value.problems)
    return {problem.setting: f"{problem.why}. {problem.cure}" for problem in error.value.problems}


UNSAFE = [
    ("SECRET_KEY", "", "openssl rand -hex 32"),
    ("SECRET_KEY", "short", "openssl rand -hex 32"),
    ("FIELD_KEYS", "", "openssl rand -base64 32"),
    ("FIELD_KEYS", "1:not base64!", "openssl rand -base64 32"),
    ("FIELD_KEYS", "1:" + base64.b64encode(b"short").decode(), "openssl rand -base64 32"),
    ("FIELD_KEYS", "x:" + base64.b64encode(b"k" * 32).decode(), "openssl rand -base64 32"),
    ("FIELD_KEYS", "256:" + base64.b64encode(b"k" * 32).decode(), "openssl rand -base64 32"),
    ("FIELD_KEYS", "0:" + base64.b64encode(b"k" * 32).decode(), "openssl rand -base64 32"),
    (
        "FIELD_KEYS",
        "1:" + base64.b64encode(b"k" * 32).decode() + ",1:" + base64.b64encode(b"l" * 32).decode(),
        "a number of its own",
    ),
    ("PUBLIC_URL", "", "https://"),
    ("PUBLIC_URL", "network.example", "https://"),
    ("PUBLIC_URL", "ftp://network.example", "https://"),
    ("PUBLIC_URL", "http://network.example", "TLS"),
    ("SMTP_URL", "mail.example:587", "smtp+starttls://"),
    ("SMTP_URL", "http://mail.example", "smtp+starttls://"),
    ("MAIL_FROM", "", "Set the address"),
    ("LANGUAGES", "en,xx", "en, bn"),
    ("SMTP_URL", "smtp://me:password@mail.example", "smtps://"),
    ("MATRIX_HOMESERVER", "http://matrix.example", "https://"),
    ("LOG_LEVEL", "loud", "INFO"),
    ("FLASK_DEBUG", "1", "Remove it"),
    ("DEBUG", "true", "Remove it"),
    ("FLASK_ENV", "development", "Remove it"),
    ("SECRET_KEY", "changeme-changeme-changeme-changeme", "openssl rand -hex 32"),
    ("SECRET_KEY", "ab" * 32, "openssl rand -hex 32"),
    ("SECRET_KEY_FALLBACKS", "old", "separated by commas"),
    ("FIELD_KEYS", "1:" + base64.b64encode(bytes(32)).decode(), "openssl rand -base64 32"),
    ("MATRIX_PICKLE_KEY", "DEFAULT_KEY", "openssl rand -hex 32"),
    ("MATRIX_PICKLE_KEY", "", "Set it"),
    ("MATRIX_PICKLE_KEY", "test-only-" * 4, "openssl rand -hex 32"),
    ("PUBLIC_URL", "https://network.example/app", "nothing behind it"),
    ("PUBLIC_URL", "https://me@network.example", "nothing behind it"),
    ("PUBLIC_URL", "http://127.0.0.1.evil.example", "TLS"),
    ("PUBLIC_URL", "https://[::1", "https://"),
    ("DATABASE_URL", "mysql://localhost/network", "postgresql"),
    ("DATABASE_URL", "sqlite:///:memory:", "full path"),
    ("DATABASE_URL", "sqlite:////srv/n.db?synchronous=off", "full path"),
    ("DATABASE_URL", "postgresql://db/n?options=-c%20synchronous_commit%3Doff", "synchronous_commit"),
    ("DATABASE_URL", "postgresql://db/n?sslmode=disable", "verify-full"),
    ("MAIL_FROM", "Network <a@b.test>", "without a name"),
    ("NETWORK_NAME", "Us\nFrom: them", "Write it anew"),
]


@pytest.mark.parametrize(
    ("setting", "value", "cure"), UNSAFE, ids=[f"{name}={value[:12]}" for name, value, _ in UNSAFE]
)
def test_an_unsafe_setting_is_refused_with_its_cure(good: dict[str, str], setting: str, value: str, cure: str) -> None:
    found = refused(good | {setting: value})
    assert set(found) == {setting} and cure in found[setting]


@pytest.mark.parametrize("name", ["SECRET_KEYS", "MATRIX_PASWORD", "PUBLIC_URI", "FIELD_KEY", "SMTP_HOST"])
def test_a_misspelt_setting_is_refused(good: dict[str, str], name: str) -> None:
    assert "no such setting" in refused(good | {name: "x"})[name]


def test_all_that_is_wrong_is_said_at_once() -> None:
    assert {"SECRET_KEY", "FIELD_KEYS", "PUBLIC_URL"} <= set(refused({}))


def test_good_settings_are_read_and_shown_without_their_secrets(good: dict[str, str]) -> None:
    settings = load_settings(good | {"SMTP_URL": "smtps://me:pass-canary@mail.test", "MATRIX_PASSWORD": "word-canary"})
    assert settings.mail_domain == "network.test" and settings.languages == ("en", "bn")
    shown = str(settings.masked())
    for secret in ("canary", good["SECRET_KEY"], good["FIELD_KEYS"]):
        assert secret not in shown
    assert "mail.test" in shown


def test_a_loopback_address_needs_no_tls(good: dict[str, str]) -> None:
    for host in ("127.0.0.1:8000", "localhost", "[::1]:80"):
        assert load_settings(good | {"PUBLIC_URL": f"http://{host}/"}).public_url == f"http://{host}"
