"""Two daemons on one PostgreSQL: they share the work, and one goes on when the other dies."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.system.daemon import Daemon, running
from tests.system.shell import heatsync
from tests.system.test_daemon import edit, written

pytestmark = [pytest.mark.postgres, pytest.mark.xdist_group("postgres")]

EVERYBODY = 6
"""How many contacts the company has."""


@pytest.fixture
def replicas(
    company: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Daemon, Daemon]]:
    monkeypatch.setenv("HEATSYNC_DATABASE_URL", postgres_url)
    with running(company) as one, running(company) as other:
        one.event("ready")
        other.event("ready")
        one.until(lambda: len(written(company)) == EVERYBODY)
        yield one, other


def test_both_work_and_a_cycle_by_hand_is_refused(replicas: tuple[Daemon, Daemon]) -> None:
    one, other = replicas

    refused = heatsync("sync")

    assert refused.code == 75
    assert refused.err.count("heatsync run") == 2, refused.err
    assert {one.stop(), other.stop()} == {0}


def test_when_one_is_killed_the_other_does_its_work(
    company: Path, replicas: tuple[Daemon, Daemon]
) -> None:
    one, other = replicas
    before = written(company)
    one.kill()
    said = len(other.lines)

    edit(company, "points: 20, dimension: fit", "points: 30, dimension: fit")

    other.event("configuration reloaded", said)
    other.until(lambda: written(company) != before)
    assert other.stop() == 0


@pytest.mark.usefixtures("replicas")
def test_both_are_told_of_with_the_platforms_they_talk_to() -> None:
    service = heatsync("status", "--json").json["service"]
    text = heatsync("status").out

    owners = {each["owner"] for each in service["replicas"]}
    assert len(owners) == 2
    assert {"crm", "shop"} <= service["lanes"].keys()
    assert {each["owner"] for each in service["lanes"].values()} <= owners
    assert "Processes that share the work" in text
    assert all(each in text for each in owners)
