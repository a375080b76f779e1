"""Commands that change something of a person go through the daemon, and take effect at once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.system.company import break_the_file
from tests.system.daemon import Daemon, running
from tests.system.shell import heatsync

ADA = "person3@example.com"
TOKEN = "s3cret-s3cret"


@pytest.fixture
def daemon(company: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Daemon]:
    """Run a daemon that has written its first scores; it asks for a token."""
    monkeypatch.setenv("HEATSYNC_ADMIN_TOKEN", TOKEN)
    with running(company) as daemon:
        daemon.until(lambda: ADA in _written(company))
        yield daemon
        daemon.stop()


def _written(company: Path) -> str:
    path = company / "crm" / "out" / "contacts.csv"
    return path.read_text() if path.exists() else ""


def _row(company: Path) -> str:
    return next((line for line in _written(company).splitlines() if ADA in line), "")


def test_an_override_is_written_at_once_and_somebody_forgotten(
    daemon: Daemon, company: Path
) -> None:
    done = heatsync("override", ADA, "lead", "77", "--reason", "Met at the fair")
    assert done.code == 0
    assert "from the next scoring on" not in done.out
    daemon.until(lambda: ",77," in _row(company))

    told = heatsync("forget", ADA, "--yes", "--json").json

    assert told["erased"]["persons"] == 1
    assert ADA not in _written(company)
    assert not any(ADA in line for line in daemon.lines)
    assert heatsync("explain", ADA).code == 1


@pytest.mark.usefixtures("daemon")
def test_nobody_stays_because_a_file_is_broken(company: Path) -> None:
    break_the_file(company)

    told = heatsync("forget", ADA, "--yes", "--json").json

    assert told["erased"]["persons"] == 1
    assert ADA not in _written(company)


@pytest.mark.usefixtures("daemon")
def test_without_the_token_it_refuses_in_words_and_a_backup_needs_none(
    company: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HEATSYNC_ADMIN_TOKEN", "another")

    done = heatsync("forget", ADA, "--yes")

    assert done.code == 69
    assert "HEATSYNC_ADMIN_TOKEN" in done.err
    assert heatsync("db", "backup", "copy.db").code == 0
    assert heatsync("explain", ADA, "--database", "sqlite:///copy.db").code == 0
