"""The commands about deliveries, as people and machines meet them."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.system.shell import heatsync

LATER = "2026-03-02T00:00:00Z"


@pytest.fixture
def stuck(synced: Path) -> Path:
    """Stand in a company of which one write was given up; return the folder."""
    with closing(sqlite3.connect(synced / "heatsync.db")) as connection:
        connection.execute(
            "UPDATE outbound SET state = 'dead', attempts = 4, last_error = 'the cell is refused', "
            "confirmed = '{}' WHERE rowid = (SELECT min(rowid) FROM outbound WHERE desired != '{}')"
        )
        connection.commit()
    return synced


def test_nothing_is_listed_where_all_is_delivered(synced: Path) -> None:
    done = heatsync("deliveries")

    assert done.code == 0
    assert "Nothing is on its way" in done.out


def test_what_was_given_up_is_listed_shown_and_replayed(stuck: Path) -> None:
    (listed,) = heatsync("deliveries", "list", "--json").json["deliveries"]
    table = heatsync("deliveries", "list", "--state", "dead").out
    shown = heatsync("deliveries", "show", listed["id"]).out

    replayed = heatsync("deliveries", "replay", listed["id"])

    assert listed["id"] in table
    assert "the cell is refused" in table
    assert "heat: -" in table
    assert "heat:" in shown
    assert "1 delivery to be tried again" in replayed.out
    assert heatsync("sync", "--at", LATER).code == 0
    assert heatsync("deliveries", "--platform", "crm", "--json").json["deliveries"] == []
    assert heatsync("deliveries", "list", "--json").json["deliveries"] == []


def test_all_are_those_that_are_dead(synced: Path) -> None:
    done = heatsync("deliveries", "replay", "--all")

    assert "0 dead deliveries to be tried again" in done.out


def test_what_is_dropped_is_not_tried_again(stuck: Path) -> None:
    (listed,) = heatsync("deliveries", "list", "--json").json["deliveries"]

    refused = heatsync("deliveries", "drop", listed["id"])
    dropped = heatsync("deliveries", "drop", listed["id"], "--yes", "--json").json

    assert refused.code == 2
    assert dropped == {"done": 1, "skipped": []}
    assert heatsync("deliveries", "list", "--json").json["deliveries"] == []


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(("replay",), id="nothing to replay"),
        pytest.param(("replay", "write:crm:1", "--all"), id="ids and all"),
        pytest.param(("list", "--state", "lost"), id="a state that is none"),
        pytest.param(("--json", "list"), id="options before the command"),
    ],
)
def test_wrong_usage_is_refused(synced: Path, words: tuple[str, ...]) -> None:
    assert heatsync("deliveries", *words).code == 2


def test_an_unknown_delivery_is_told(synced: Path) -> None:
    done = heatsync("deliveries", "show", "write:crm:99")

    assert done.code == 1
    assert "there is no delivery write:crm:99" in done.err
