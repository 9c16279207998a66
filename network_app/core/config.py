"""Settings of one installation, read once from the environment and never changed while it runs.

A wrong or unknown setting stops the start with a sentence that names the cure: a process that runs with half of its
settings is more dangerous to the people in the cases than one that does not run.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

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


@dataclass(frozen=True)
class Problem:
    """One setting that is wrong, why, and what to do about it."""

    setting: str
    why: str
    cure: str

    def __str__(self) -> str:
        return f"{self.setting}: {self.why}. {self.cure}"


class ConfigError(Exception):
    """The settings do not allow a safe start; `problems` lists every one of them."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


@dataclass(frozen=True)
class Settings:
    """What one installation is told from outside (names: docs/how-to/install.md)."""

    network_name: str
    public_url: str
    data_dir: Path
    database_url: str
    secret_key: str
    secret_key_fallbacks: tuple[str, ...]
    field_keys: tuple[str, ...]
    matrix_homeserver: str
    matrix_user: str
    matrix_password: str
    matrix_pickle_key: str
    smtp_url: str
    mail_from: str
    languages: tuple[str, ...]
    log_level: str

    @property
    def mail_domain(self) -> str:
        """The domain that letters and replies use."""
        return self.mail_from.rpartition("@")[2]

    def masked(self) -> dict[str, str]:
        """Every setting for a person's eyes, secrets hidden."""
        shown = {name: str(getattr(self, name.lower())) for name in KNOWN}
        for secret in (
            "SECRET_KEY",
            "SECRET_KEY_FALLBACKS",
            "FIELD_KEYS",
            "MATRIX_PASSWORD",
            "MATRIX_PICKLE_KEY",
        ):
            shown[secret] = "(set)" if getattr(self, secret.lower()) else "(not set)"
        for with_password in ("DATABASE_URL", "SMTP_URL"):
            shown[with_password] = _without_password(shown[with_password])
        return shown


def load_settings(environ: Mapping[str, str]) -> Settings:
    """Read the settings. Raises ConfigError with all problems at once."""
    data_dir = Path(environ.get("DATA_DIR", "var")).absolute()
    problems = [*_unknown(environ), *_wrong(environ)]
    if problems:
        raise ConfigError(problems)
    return Settings(
        network_name=environ.get("NETWORK_NAME", "Labour Rights Network"),
        public_url=environ["PUBLIC_URL"].rstrip("/"),
        data_dir=data_dir,
        database_url=environ.get("DATABASE_URL", f"sqlite:///{data_dir / 'network.db'}"),
        secret_key=environ["SECRET_KEY"],
        secret_key_fallbacks=_split(environ.get("SECRET_KEY_FALLBACKS", "")),
        field_keys=_split(environ["FIELD_KEYS"]),
        matrix_homeserver=environ.get("MATRIX_HOMESERVER", "").rstrip("/"),
        matrix_user=environ.get("MATRIX_USER", ""),
        matrix_password=environ.get("MATRIX_PASSWORD", ""),
        matrix_pickle_key=environ.get("MATRIX_PICKLE_KEY", ""),
        smtp_url=environ.get("SMTP_URL", ""),
        mail_from=environ.get("MAIL_FROM", ""),
        languages=_split(environ.get("LANGUAGES", "en,bn")),
        log_level=environ.get("LOG_LEVEL", "INFO").upper(),
    )


def _unknown(environ: Mapping[str, str]) -> list[Problem]:
    strangers = [name for name in environ if name.startswith(OURS) and name not in KNOWN]
    return [
        Problem(
            name,
            "no such setting",
            "Correct its spelling or remove it; `network-app config show` lists the names",
        )
        for name in sorted(strangers)
    ]


def _wrong(environ: Mapping[str, str]) -> list[Problem]:
    problems = []
    if len(environ.get("SECRET_KEY", "")) < 32:
        problems.append(
            Problem(
                "SECRET_KEY",
                "missing or under 32 characters",
                "Set it to the output of `openssl rand -hex 32`",
            )
        )
    problems += _wrong_field_keys(environ.get("FIELD_KEYS", ""))
    problems += _wrong_public_url(environ.get("PUBLIC_URL", ""))
    problems += _wrong_mail(environ.get("SMTP_URL", ""), environ.get("MAIL_FROM", ""))
    problems += _wrong_homeserver(environ.get("MATRIX_HOMESERVER", ""))
    problems += _wrong_languages(environ.get("LANGUAGES", ""))
    if environ.get("LOG_LEVEL", "INFO").upper() not in LOG_LEVELS:
        problems.append(Problem("LOG_LEVEL", "unknown level", f"Use one of {', '.join(LOG_LEVELS)}"))
    return problems


def _wrong_field_keys(text: str) -> list[Problem]:
    cure = "Set it to `1:` and the output of `openssl rand -base64 32`; keep it outside the database and its backups"
    keys = _split(text)
    if not keys:
        return [Problem("FIELD_KEYS", "missing", cure)]
    for key in keys:
        number, _, encoded = key.partition(":")
        try:
            length = len(base64.b64decode(encoded, validate=True))
        except binascii.Error:
            length = 0
        if not number.isdigit() or not 0 < int(number) < 256 or length != 32:
            return [Problem("FIELD_KEYS", "not of the form number:base64 of 32 bytes", cure)]
    if len({int(key.partition(":")[0]) for key in keys}) < len(keys):
        # Safety: under the same number one key would hide the other, and what it sealed would never open again.
        return [Problem("FIELD_KEYS", "two keys have the same number", "Give each key a number of its own")]
    return []


def _wrong_public_url(url: str) -> list[Problem]:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return [
            Problem(
                "PUBLIC_URL",
                "missing or not a web address",
                "Set the address that people type, with https://",
            )
        ]
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        return [Problem("PUBLIC_URL", "without TLS", "Put a TLS proxy in front and write https://")]
    return []


def _wrong_mail(url: str, sender: str) -> list[Problem]:
    if not url:
        return []
    problems = []
    parts = urlsplit(url)
    if parts.scheme not in ("smtp", "smtps", "smtp+starttls"):
        cure = "Write smtp+starttls://user:password@host:587"
        problems.append(Problem("SMTP_URL", "not a mail server address", cure))
    elif parts.scheme == "smtp" and parts.password and parts.hostname not in LOOPBACK:
        cure = "Write smtp+starttls:// or smtps://"
        problems.append(Problem("SMTP_URL", "would send its password unencrypted", cure))
    if "@" not in sender:
        problems.append(Problem("MAIL_FROM", "missing while SMTP_URL is set", "Set the address that letters come from"))
    return problems


def _wrong_homeserver(url: str) -> list[Problem]:
    parts = urlsplit(url)
    if not url or parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK):
        return []
    return [Problem("MATRIX_HOMESERVER", "not an address with TLS", "Write https:// and the name of the homeserver")]


def _wrong_languages(text: str) -> list[Problem]:
    strange = [code for code in _split(text) if code not in LANGUAGES]
    if not strange:
        return []
    cure = f"Use {', '.join(LANGUAGES)}, or add the language (docs/how-to)"
    return [Problem("LANGUAGES", f"not translated: {', '.join(strange)}", cure)]


def _split(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _without_password(url: str) -> str:
    parts = urlsplit(url)
    if not parts.password:
        return url
    return url.replace(f":{parts.password}@", ":(hidden)@")


_current: Settings | None = None


def use(settings: Settings) -> None:
    """Set this process's settings, once at start."""
    global _current
    _current = settings


def current() -> Settings:
    """This process's settings. Raises RuntimeError before `use`."""
    if _current is None:
        raise RuntimeError("settings are not read yet")
    return _current
