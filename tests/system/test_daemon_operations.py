"""What operators see of a daemon: its figures, how it stands, and alerts that are sent."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

from prometheus_client.parser import text_string_to_metric_families

from tests.system.daemon import PATIENCE, Daemon, running
from tests.system.shell import heatsync


def figures(daemon: Daemon) -> dict[str, float]:
    """Return every sample by its name and the values of its labels."""
    text = daemon.get("/metrics").text
    return {
        " ".join(
            [sample.name, *(value for _, value in sorted(sample.labels.items()))]
        ): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_figures_tell_what_was_done_and_status_who_runs(company: Path) -> None:
    with running(company) as daemon:
        daemon.event("turn ended", action="push", platform="crm")

        told = figures(daemon)
        status = heatsync("status", "--json").json
        same = daemon.get("/api/v1/status").json()
        text = heatsync("status").out
        daemon.stop()

    assert told["heatsync_state_readable"] == 1
    assert told["heatsync_platform_state crm ok"] == 1
    assert told["heatsync_stream_lag_seconds crm contacts"] < 60
    assert told["heatsync_jobs_total pull contacts done crm"] >= 1
    assert told["heatsync_deliveries_total delivered crm"] == 6
    assert told["heatsync_contacts"] == status["contacts"]
    assert status["service"]["owners"][0].startswith("heatsync run (process")
    assert ", since 20" in status["service"]["owners"][0]
    assert status["service"]["address"] == daemon.address
    assert same["lags"][0]["is_late"] is False
    assert f"at {daemon.address}." in text
    assert "every 15 min" in text
    assert "@" not in json.dumps(status) + text


@contextmanager
def listening() -> Iterator[tuple[str, list[dict[str, Any]], threading.Event]]:
    """Give the address of somebody who is told, what they were told, and when they were."""
    told: list[dict[str, Any]] = []
    came = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            came.set()
            self.send_response(200)
            self.end_headers()

        def log_message(self, *words: object) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"json://127.0.0.1:{server.server_port}/alerts-0815", told, came
        finally:
            server.shutdown()
            thread.join()


def test_a_broken_configuration_is_told_once_and_once_when_it_is_mended(company: Path) -> None:
    path = company / "mappings" / "heatsync.yaml"
    with (
        listening() as (address, told, came),
        running(company, env={"HEATSYNC_ALERT": address}) as daemon,
    ):
        daemon.event("turn ended", action="push", platform="crm")
        text = path.read_text()

        path.write_text(text.replace("half_life: 60d", "halflife: 60d"))
        assert came.wait(PATIENCE)
        came.clear()
        path.write_text(text)
        assert came.wait(PATIENCE)

        daemon.event("alert", alert="heatsync: the configuration on disk is in force again")
        assert not [line for line in daemon.lines if "alerts-0815" in line]
        daemon.stop()

    assert [each["title"] for each in told] == [
        "heatsync: the configuration on disk cannot be used",
        "heatsync: the configuration on disk is in force again",
    ]
