"""What a setting must not be: each check names the setting, what is wrong with it and the cure.

Everything that is wrong is told at once. A check here is one line in docs/how-to/install.md less to be remembered.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qs, urlsplit

from network_app.core.i18n import LANGUAGES

KNOWN = (
    "NETWORK_NAME",
    "PUBLIC_URL",
    "DATA_DIR",
    "DATABASE_URL",
    "SECRET_KEY",
    "SECRET_KEY_FALLBACKS",
    "FIELD_KEYS",
    "MATRIX_HOMESERVER",
    "MATRIX_USER",
    "MATRIX_PASSWORD",
    "MATRIX_PICKLE_KEY",
    "SMTP_URL",
    "MAIL_FROM",
    "LANGUAGES",
    "LOG_LEVEL",
)
# A misspelt setting is silently a default; these beginnings belong to us, so anything else under them is a mistake.
OURS = (
    "NETWORK_",
    "PUBLIC_",
    "DATA_",
    "DATABASE_",
    "SECRET_",
    "FIELD_",
    "MATRIX_",
    "SMTP_",
    "MAIL_",
    "LANGUAGES_",
)
LOOPBACK = ("127.0.0.1", "localhost", "::1")
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
# Each of these shows the inside of the program to whoever makes it fail.
DEBUG = ("FLASK_DEBUG", "DEBUG")
OFF = ("", "0", "false", "no", "off")
# Words of keys that stand in examples, and the key that Matrix clients use when nobody names one.
FROM_AN_EXAMPLE = ("changeme", "change-me", "change_me", "replace", "example", "insecure", "your-", "default")
FEWEST_SIGNS = 6
NEW_KEY = "Set it to the output of `openssl rand -hex 32`"
NEW_FIELD_KEY = (
    "Set it to `1:` and the output of `openssl rand -base64 32`; keep it outside the database and its backups"
)


@dataclass(frozen=True)
class Problem:
    """One setting that is wrong, why, and what to do about it."""

    setting: str
    why: str
    cure: str

    def __str__(self) -> str:
        return f"{self.setting}: {self.why}. {self.cure}"


def problems_of(environ: Mapping[str, str]) -> list[Problem]:
    """Everything that keeps these settings from a safe start."""
    return [
        *_unknown(environ),
        *_debug(environ),
        *_unreadable(environ),
        *_keys(environ),
        *_field_keys(environ.get("FIELD_KEYS", "")),
        *_public_url(environ.get("PUBLIC_URL", "")),
        *_database(environ.get("DATABASE_URL")),
        *_mail(environ.get("SMTP_URL", ""), environ.get("MAIL_FROM", "")),
        *_homeserver(environ),
        *_languages(environ.get("LANGUAGES", "")),
        *_log_level(environ.get("LOG_LEVEL", "INFO")),
    ]


def parts_of(text: str) -> tuple[str, ...]:
    """The parts of a setting with commas."""
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _unknown(environ: Mapping[str, str]) -> list[Problem]:
    strangers = [name for name in environ if name.startswith(OURS) and name not in KNOWN]
    cure = "Correct its spelling or remove it; `network-app config show` lists the names"
    return [Problem(name, "no such setting", cure) for name in sorted(strangers)]


def _debug(environ: Mapping[str, str]) -> list[Problem]:
    on = [name for name in DEBUG if environ.get(name, "").strip().lower() not in OFF]
    on += ["FLASK_ENV"] if environ.get("FLASK_ENV", "").strip().lower() == "development" else []
    return [Problem(name, "shows the inside of the program to whoever makes it fail", "Remove it") for name in on]


def _unreadable(environ: Mapping[str, str]) -> list[Problem]:
    bad = [name for name in KNOWN if any(ord(sign) < 32 or ord(sign) == 127 for sign in environ.get(name, ""))]
    return [Problem(name, "holds a line break or another sign that cannot be seen", "Write it anew") for name in bad]


def _keys(environ: Mapping[str, str]) -> list[Problem]:
    secret, problems = environ.get("SECRET_KEY", ""), []
    if len(secret) < 32:
        problems.append(Problem("SECRET_KEY", "missing or under 32 characters", NEW_KEY))
    elif _is_no_secret(secret):
        problems.append(Problem("SECRET_KEY", "no secret: it stands in an example, or repeats itself", NEW_KEY))
    for old in parts_of(environ.get("SECRET_KEY_FALLBACKS", "")):
        if len(old) < 32 or _is_no_secret(old):
            cure = "Keep only keys that SECRET_KEY was before, separated by commas, or remove it"
            problems.append(Problem("SECRET_KEY_FALLBACKS", "holds what was never a safe key", cure))
            break
    pickle = environ.get("MATRIX_PICKLE_KEY", "")
    if pickle and (pickle == secret or _is_no_secret(pickle)):
        problems.append(Problem("MATRIX_PICKLE_KEY", "a default, or the same as SECRET_KEY", NEW_KEY))
    return problems


def _is_no_secret(key: str) -> bool:
    return len(set(key)) < FEWEST_SIGNS or any(word in key.lower() for word in FROM_AN_EXAMPLE)


def _field_keys(text: str) -> list[Problem]:
    keys, raw = parts_of(text), []
    if not keys:
        return [Problem("FIELD_KEYS", "missing", NEW_FIELD_KEY)]
    for key in keys:
        number, _, encoded = key.partition(":")
        try:
            raw.append(base64.b64decode(encoded, validate=True))
        except binascii.Error:
            raw.append(b"")
        if not number.isdigit() or not 0 < int(number) < 256 or len(raw[-1]) != 32:
            return [Problem("FIELD_KEYS", "not of the form number:base64 of 32 bytes", NEW_FIELD_KEY)]
    if len({int(key.partition(":")[0]) for key in keys}) < len(keys):
        # Safety: under the same number one key would hide the other, and what it sealed would never open again.
        return [Problem("FIELD_KEYS", "two keys have the same number", "Give each key a number of its own")]
    if any(len(set(key)) < FEWEST_SIGNS for key in raw):
        return [Problem("FIELD_KEYS", "no secret: it repeats itself", NEW_FIELD_KEY)]
    return []


def _public_url(url: str) -> list[Problem]:
    parts = _split(url)
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname:
        cure = "Set the address that people type, with https://"
        return [Problem("PUBLIC_URL", "missing or not a web address", cure)]
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        return [Problem("PUBLIC_URL", "without TLS", "Put a TLS proxy in front and write https://")]
    if parts.username is not None or parts.path.strip("/") or parts.query or parts.fragment:
        return [Problem("PUBLIC_URL", "more than a host", "Write only https:// and the name, nothing behind it")]
    return []


def _database(url: str | None) -> list[Problem]:
    if url is None:
        return []
    parts = _split(url)
    kind = parts.scheme.partition("+")[0] if parts is not None else ""
    if parts is None or kind not in ("sqlite", "postgresql", "postgres"):
        cure = "Write postgresql+psycopg://user:password@host/name, or leave it away for SQLite in DATA_DIR"
        return [Problem("DATABASE_URL", "not a database that we work with", cure)]
    if kind == "sqlite" and (parts.path.strip("/") in ("", ":memory:") or parts.query):
        cure = "Write sqlite:/// and the full path of a file, with nothing behind it"
        return [Problem("DATABASE_URL", "no file, or with options that could lose acts at a power cut", cure)]
    asked = {name: " ".join(values).lower() for name, values in parse_qs(parts.query).items()}
    if re.search(r"synchronous_commit\s*=\s*(off|local|0|false|no)|fsync", asked.get("options", "")):
        # Safety: an act that was acknowledged, a vote above all, must not be lost at a power cut.
        return [Problem("DATABASE_URL", "may lose acts at a power cut", "Remove synchronous_commit and fsync from it")]
    far = bool(parts.hostname) and parts.hostname not in LOOPBACK
    if far and asked.get("sslmode") in ("disable", "allow"):
        return [Problem("DATABASE_URL", "to another machine without TLS", "Write sslmode=verify-full")]
    return []


def _mail(url: str, sender: str) -> list[Problem]:
    if not url:
        return []
    problems, parts = [], _split(url)
    if parts is None or parts.scheme not in ("smtp", "smtps", "smtp+starttls"):
        cure = "Write smtp+starttls://user:password@host:587"
        problems.append(Problem("SMTP_URL", "not a mail server address", cure))
    elif parts.scheme == "smtp" and parts.password and parts.hostname not in LOOPBACK:
        cure = "Write smtp+starttls:// or smtps://"
        problems.append(Problem("SMTP_URL", "would send its password unencrypted", cure))
    if not re.fullmatch(r"[^@\s<>]+@[^@\s<>]+", sender):
        cure = "Set the address that letters come from, without a name around it"
        problems.append(Problem("MAIL_FROM", "missing or no address while SMTP_URL is set", cure))
    return problems


def _homeserver(environ: Mapping[str, str]) -> list[Problem]:
    url = environ.get("MATRIX_HOMESERVER", "")
    parts = _split(url)
    if not url:
        return []
    safe = parts is not None and (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK))
    if not safe:
        cure = "Write https:// and the name of the homeserver"
        return [Problem("MATRIX_HOMESERVER", "not an address with TLS", cure)]
    missing = [name for name in ("MATRIX_USER", "MATRIX_PASSWORD", "MATRIX_PICKLE_KEY") if not environ.get(name)]
    return [Problem(name, "missing while MATRIX_HOMESERVER is set", "Set it, or remove both") for name in missing]


def _languages(text: str) -> list[Problem]:
    strange = [code for code in parts_of(text) if code not in LANGUAGES]
    if not strange:
        return []
    cure = f"Use {', '.join(LANGUAGES)}, or add the language (docs/how-to)"
    return [Problem("LANGUAGES", f"not translated: {', '.join(strange)}", cure)]


def _log_level(level: str) -> list[Problem]:
    if level.upper() in LOG_LEVELS:
        return []
    return [Problem("LOG_LEVEL", "unknown level", f"Use one of {', '.join(LOG_LEVELS)}")]


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        return parts if parts.port is None or parts.port > 0 else None
    except ValueError:
        return None
