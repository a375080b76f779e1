"""The first sync of the public purchase log, the second one, and a plain load beside them.

The baseline is what any tool has to do: read the same two CSV files and insert their rows into
two tables of SQLite, one transaction, one statement each.
"""

from __future__ import annotations

import csv
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.measuring import figure, machine, seconds

EXAMPLE = Path(__file__).resolve().parents[1] / "examples" / "cdnow"
AT = "1997-09-30T23:59:59Z"


def first_sync(runs: int) -> dict[str, object]:
    """Return the figures; every run begins with an empty database."""
    fetch = [sys.executable, str(EXAMPLE / "fetch.py")]
    subprocess.run(fetch, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - our own
    first: list[float] = []
    second: list[float] = []
    plain: list[float] = []
    for _ in range(runs):
        with tempfile.TemporaryDirectory() as folder:
            database = Path(folder) / "state.db"
            first += seconds(lambda: _sync(database), runs=1)  # noqa: B023 - run at once
            second += seconds(lambda: _sync(database), runs=1)  # noqa: B023
            plain += seconds(lambda: _load(Path(folder) / "plain.db"), runs=1)
    measured = {"first_sync": figure(first), "second_sync": figure(second)}
    ratio = round(sum(first) / sum(plain), 1)
    return {
        "benchmark": "first_sync",
        "contacts": 23_570,
        "events": 69_659,
        **measured,
        "baseline_plain_load": figure(plain),
        "ratio_to_baseline": ratio,
        "machine": machine(),
    }


def _sync(database: Path) -> None:
    """Run the command as a person would, with the start of Python in the time."""
    command = [sys.executable, "-m", "connector", "--mappings", str(EXAMPLE / "mappings")]
    command += ["--database", f"sqlite:///{database}", "sync", "--json", "--at", AT]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - our own


def _load(database: Path) -> None:
    with sqlite3.connect(database) as connection:
        for name in ("contacts", "events"):
            with (EXAMPLE / "data" / f"{name}.csv").open(newline="", encoding="utf-8") as file:
                rows = csv.reader(file)
                columns = next(rows)
                connection.execute(f"CREATE TABLE {name} ({', '.join(columns)})")
                marks = ", ".join("?" * len(columns))
                insert = f"INSERT INTO {name} VALUES ({marks})"  # noqa: S608 - two known names
                connection.executemany(insert, rows)
