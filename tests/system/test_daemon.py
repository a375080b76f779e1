"""`heatsync run` as a process: it begins, goes on, is told things, and ends."""

from __future__ import annotations

import csv
import os
import signal
import socket
import time
from pathlib import Path

import httpx

from tests.system.daemon import PATIENCE, running
from tests.system.shell import heatsync


def written(company: Path) -> dict[str, str]:
    """Return what was written of each contact of the crm."""
    path = company / "crm" / "out" / "contacts.csv"
    if not path.exists():
        return {}
    with path.open() as file:
        return {row["id"]: row["heat"] for row in csv.DictReader(file)}


def edit(company: Path, old: str, new: str) -> None:
    path = company / "mappings" / "heatsync.yaml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_it_pulls_scores_and_writes_and_ends_when_it_is_told_to(company: Path) -> None:
    with running(company) as daemon:
        assert daemon.get("/readyz").status_code == 200
        daemon.event("turn ended", action="push", platform="crm")

        assert daemon.stop() == 0

    assert len(written(company)) == 6
    assert heatsync("sync", "--json").json["deliveries"]["crm"]["calls"] == 0


def test_an_edited_file_is_taken_up_by_itself(company: Path) -> None:
    with running(company) as daemon:
        daemon.event("turn ended", action="push", platform="crm")
        before, said = written(company), len(daemon.lines)

        edit(company, "points: 20, dimension: fit", "points: 30, dimension: fit")

        daemon.event("configuration reloaded", said)
        daemon.until(lambda: written(company) != before)
        daemon.stop()


def test_a_broken_file_changes_nothing_and_is_told_with_its_line(company: Path) -> None:
    with running(company) as daemon:
        daemon.event("turn ended", action="push", platform="crm")
        before, said = written(company), len(daemon.lines)

        edit(company, "half_life: 60d", "halflife: 60d")
        daemon.tell(signal.SIGHUP)

        told = daemon.event("configuration is broken, the running one stays", said)
        assert "heatsync.yaml:" in told["problem"]
        assert daemon.get("/readyz").status_code == 200
        status = heatsync("status", "--json")
        assert "halflife" in status.json["broken"][0]["message"]
        assert status.json["service"]["address"] == daemon.address
        assert heatsync("deliveries", "--json").json == daemon.get("/api/v1/deliveries").json()
        assert heatsync("top", "--json").json == daemon.get("/api/v1/top").json()
        person = heatsync("explain", "crm:c2")
        assert (person.code, "opened" in person.out) == (0, True)
        assert "what follows is explained by those" in " ".join(person.err.split())
        assert heatsync("explain", "crm:nobody").code == 1
        edit(company, "halflife: 60d", "half_life: 61d")
        daemon.event("configuration reloaded", said)
        assert written(company).keys() == before.keys()
        daemon.stop()


def test_killed_it_goes_on_where_it_was(company: Path) -> None:
    with running(company) as daemon:
        daemon.event("ready")
        daemon.kill()

    with running(company) as daemon:
        daemon.event("turn ended", action="push", platform="crm")
        daemon.stop()

    assert len(written(company)) == 6


def test_only_one_process_owns_a_file(company: Path) -> None:
    with running(company) as daemon:
        daemon.event("ready")

        second = heatsync("sync")

        assert second.code == 75
        assert "heatsync run (process" in second.err
        assert heatsync("status").code == 0
        daemon.stop()


def test_a_second_daemon_on_the_same_file_ends_with_who_has_it(company: Path) -> None:
    with running(company) as first:
        first.event("ready")
        with running(company) as second:
            assert second.end() == 75
            assert "heatsync run (process" in "\n".join(second.lines)
        first.stop()


def test_told_twice_it_ends_at_once(company: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        # A platform that takes the connection and never answers keeps a pull under way.
        _add_a_silent_platform(company, silent.getsockname()[1])
        env = {"HEATSYNC_PLATFORMS__SLOW__API_KEY": "k" * 20}
        with running(company, env=env) as daemon:
            daemon.event("ready")
            with silent.accept()[0]:
                daemon.tell(signal.SIGTERM)
                daemon.event("stopping")
                assert daemon.get("/readyz").status_code == 503
                daemon.tell(signal.SIGTERM)

                assert daemon.end() == 128 + signal.SIGTERM


def test_what_hangs_is_given_up_within_ten_seconds(company: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        _add_a_silent_platform(company, silent.getsockname()[1])
        env = {"HEATSYNC_PLATFORMS__SLOW__API_KEY": "k" * 20}
        with running(company, env=env) as daemon:
            daemon.event("ready")
            with silent.accept()[0]:
                began = time.monotonic()

                assert daemon.stop() == 0

                assert time.monotonic() - began < 10


def test_a_file_that_is_never_read_to_its_end_keeps_it_from_nothing(company: Path) -> None:
    pipe = company / "mappings" / "more.yaml"
    with running(company) as daemon:
        daemon.event("ready")
        os.mkfifo(pipe)
        with pipe.open("wb"):
            # Opened on the other side too: a thread waits there that nobody can wake.
            assert daemon.stop() == 128 + signal.SIGTERM


def test_it_does_not_listen_to_everybody_without_a_token(company: Path) -> None:
    with running(company, "--host", "0.0.0.0") as daemon:  # noqa: S104 - that is the point
        assert daemon.end() == 78

    assert "HEATSYNC_ADMIN_TOKEN" in "\n".join(daemon.lines)


def test_a_port_that_is_taken_is_told(company: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with running(company, "--port", str(port)) as daemon:
            assert daemon.end() == 78

    assert f"port {port}" in "\n".join(daemon.lines)


def test_with_a_token_only_who_has_it_is_let_in(company: Path) -> None:
    with running(company, env={"HEATSYNC_ADMIN_TOKEN": "t" * 32}) as daemon:
        url = f"{daemon.address}/api/v1/top"

        key = {"authorization": "Bearer " + "t" * 32}
        assert httpx.get(url, timeout=PATIENCE).status_code == 401
        assert httpx.get(url, timeout=PATIENCE, headers=key).status_code == 200
        daemon.stop()


def _add_a_silent_platform(company: Path, port: int) -> None:
    edit(
        company,
        "platforms:\n",
        f"platforms:\n  slow: {{adapter: brevo, url: 'http://127.0.0.1:{port}'}}\n",
    )


def test_a_push_by_hand_is_done_by_the_daemon(company: Path) -> None:
    with running(company, env={"HEATSYNC_LOG_LEVEL": "debug"}) as daemon:
        daemon.event("turn ended", job="push crm")
        said = len(daemon.lines)

        ran = heatsync("push", "--only", "crm", "--force")

        assert (ran.code, ran.out) == (0, "heatsync run does it now: push force crm.\n")
        daemon.event("turn ended", said - 1, job="push force crm")
        daemon.stop()
