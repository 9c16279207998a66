"""The doctor looks at everything at once, and each thing that fails has its cure."""

from __future__ import annotations

from pathlib import Path

import pytest

from network_app.doctor import Finding, examine
from tests.conftest import environment


def found(environ: dict[str, str]) -> dict[str, Finding]:
    findings = list(examine(environ))
    assert all(finding.said for finding in findings)
    return {finding.what: finding for finding in findings if not finding.well}


@pytest.fixture
def environ(settings: object, database_url: str, tmp_path: Path) -> dict[str, str]:
    (tmp_path / "data").chmod(0o700)
    nobody_there = {"MATRIX_HOMESERVER": "http://127.0.0.1:9", "SMTP_URL": "smtp://127.0.0.1:9"}
    return environment(database_url, tmp_path / "data") | nobody_there


def test_all_that_is_wrong_is_found_in_one_go(environ: dict[str, str]) -> None:
    Path(environ["DATA_DIR"]).chmod(0o755)
    ill = found(environ | {"SECRET_KEY": "short", "MATRIX_PASWORD": "x", "PUBLIC_URL": "http://network.example"})
    assert {"SECRET_KEY", "MATRIX_PASWORD", "PUBLIC_URL", "data folder", "homeserver", "mail"} <= set(ill)
    assert "chmod 700" in ill["data folder"].cure and "openssl" in ill["SECRET_KEY"].cure


def test_a_database_that_is_not_there_or_not_ours_is_found(environ: dict[str, str], tmp_path: Path) -> None:
    assert "db upgrade" in found(environ | {"DATABASE_URL": f"sqlite:///{tmp_path}/new.db"})["database"].cure
    assert "DATABASE_URL" in found(environ | {"DATABASE_URL": "mysql://localhost/x"})
    nobody = "postgresql+psycopg://nobody@127.0.0.1:9/none"
    assert "lets us in" in found(environ | {"DATABASE_URL": nobody})["database"].cure


def test_a_folder_that_is_missing_is_found(environ: dict[str, str], tmp_path: Path) -> None:
    assert "mkdir" in found(environ | {"DATA_DIR": str(tmp_path / "gone")})["data folder"].cure
