"""The public purchase log of an online shop: do the scores tell who buys again?"""

from __future__ import annotations

import asyncio
import csv
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from connector.config.settings import read_settings
from connector.domain.instants import parse_instant
from connector.runtime.bootstrap import opened_workspace
from connector.sync.cycle import Steps, run_cycle

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "cdnow"
AT = datetime(1997, 9, 30, 23, 59, 59, tzinfo=UTC)
HORIZON = timedelta(days=273)
CUSTOMERS = 23_570

MODEL = """
version: 1
platforms:
  shop: {{adapter: files, path: {data}}}
attributes:
  email: {{type: email, shop: email}}
model:
  rules:
    order: {{event: order.placed, points: 10, decay: {decay}}}
  scores:
    heat: {{formula: engagement}}
"""


@pytest.fixture(scope="session")
def log() -> Path:
    """Return the folder with the purchase log in files form, fetched once."""
    fetched = subprocess.run(
        [sys.executable, str(EXAMPLE / "fetch.py")], check=False, capture_output=True, text=True
    )
    if fetched.returncode:
        reason = f"the purchase log cannot be had: {fetched.stderr.strip()}"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    return EXAMPLE / "data"


@pytest.mark.xdist_group("cdnow")
@pytest.mark.parametrize(
    ("decay", "expected"),
    [
        pytest.param("{half_life: 60d}", 0.768, id="half-life of 60 days"),
        pytest.param("none", 0.751, id="no decay"),
    ],
)
def test_the_score_ranks_customers_by_whether_they_buy_again(
    log: Path, tmp_path: Path, decay: str, expected: float
) -> None:
    mappings = tmp_path / "mappings"
    mappings.mkdir()
    (mappings / "model.yaml").write_text(MODEL.format(data=log, decay=decay))

    exact = asyncio.run(_scores(mappings, f"sqlite:///{tmp_path / 'state.db'}"))

    buyers = _buyers(log)
    assert len(exact) == CUSTOMERS
    assert _auc(
        [(score, customer in buyers) for customer, score in exact.items()]
    ) == pytest.approx(expected, abs=0.002)


async def _scores(mappings: Path, database: str) -> dict[str, float]:
    settings = read_settings(None, mappings=mappings, database_url=database)
    async with opened_workspace(settings) as workspace:
        await run_cycle(workspace, Steps(), AT)
        async with workspace.state.read() as tx:
            leads = await tx.scores.top("heat", limit=10**6)
            records = await tx.contacts.records_of([lead.contact for lead in leads])
    remote_id = {record.contact: record.remote_id for record in records}
    return {remote_id[lead.contact]: lead.value for lead in leads}


def _buyers(log: Path) -> set[str]:
    """Return who buys within the horizon after the instant of scoring."""
    with (log / "events.csv").open(newline="") as file:
        return {
            row["contact"]
            for row in csv.DictReader(file)
            if AT < parse_instant(row["occurred_at"]) <= AT + HORIZON
        }


def _auc(ranked: list[tuple[float, bool]]) -> float:
    """Return the area under the ROC curve, ties by their middle rank."""
    ordered = sorted(score for score, _ in ranked)
    first: dict[float, int] = {}
    last: dict[float, int] = {}
    for rank, score in enumerate(ordered, start=1):
        first.setdefault(score, rank)
        last[score] = rank
    ranks = [(first[score] + last[score]) / 2 for score, is_buyer in ranked if is_buyer]
    buyers = len(ranks)
    others = len(ranked) - buyers
    return (sum(ranks) - buyers * (buyers + 1) / 2) / (buyers * others)
