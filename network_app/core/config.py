"""Settings of one installation, read once from the environment and never changed while it runs.

A wrong or unknown setting stops the start with a sentence that names the cure: a process that runs with half of its
settings is more dangerous to the people in the cases than one that does not run.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from network_app.core.unsafe import KNOWN, Problem, parts_of, problems_of


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
    problems = problems_of(environ)
    if problems:
        raise ConfigError(problems)
    return read_unchecked(environ)


def read_unchecked(environ: Mapping[str, str]) -> Settings:
    """Read the settings as they stand, wrong or not: only for looking at an installation that may not start."""
    data_dir = Path(environ.get("DATA_DIR", "var")).absolute()
    return Settings(
        network_name=environ.get("NETWORK_NAME", "Labour Rights Network"),
        public_url=environ.get("PUBLIC_URL", "").rstrip("/"),
        data_dir=data_dir,
        database_url=environ.get("DATABASE_URL", f"sqlite:///{data_dir / 'network.db'}"),
        secret_key=environ.get("SECRET_KEY", ""),
        secret_key_fallbacks=parts_of(environ.get("SECRET_KEY_FALLBACKS", "")),
        field_keys=parts_of(environ.get("FIELD_KEYS", "")),
        matrix_homeserver=environ.get("MATRIX_HOMESERVER", "").rstrip("/"),
        matrix_user=environ.get("MATRIX_USER", ""),
        matrix_password=environ.get("MATRIX_PASSWORD", ""),
        matrix_pickle_key=environ.get("MATRIX_PICKLE_KEY", ""),
        smtp_url=environ.get("SMTP_URL", ""),
        mail_from=environ.get("MAIL_FROM", ""),
        languages=parts_of(environ.get("LANGUAGES", "en,bn")),
        log_level=environ.get("LOG_LEVEL", "INFO").upper(),
    )


def _without_password(url: str) -> str:
    parts = urlsplit(url)
    if not parts.password:
        return url
    return url.replace(f":{parts.password}@", ":(hidden)@")


__all__ = ["ConfigError", "Problem", "Settings", "current", "load_settings", "read_unchecked", "use"]

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
