"""What platforms were asked, and when a daemon has come to rest."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence

import pytest

from adapters.simulation.trace import Exchange
from connector.config.settings import Settings, read_settings
from connector.domain.ledger import FiringState
from connector.domain.outbound import DeliveryState
from connector.runtime.bootstrap import opened_state
from tests.system.chaos.company import Company

SHORT, QUIET, QUIET_OF_REPLICAS = 1.0, 4.0, 7.0
"""Seconds without a change after which all is done: everything is looked at more often.

The first is for the start, when nothing happens but what the daemon does; the last has room for a
dead replica's lanes to be missed, and to rest for as long as the platform's short limits count.
"""
PATIENCE = 240.0
"""Seconds after which it will not come to rest."""
_LOOK = 0.2
_READS = ("/search", "/batch/read")
_TOO_MANY = 429
_MOVING = {DeliveryState.PENDING, DeliveryState.IN_FLIGHT}


def settings_of(company: Company) -> Settings:
    """Return the settings of a daemon of `company`."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in company.environment.items():
            patch.setenv(name, value)
        return read_settings(
            None, mappings=company.folder / "mappings", database_url=company.database
        )


def writes(company: Company) -> Sequence[Exchange]:
    """Return the requests that wrote to a platform."""
    return [
        each for each in _seen(company) if each.method != "GET" and not each.path.endswith(_READS)
    ]


def refused(company: Company) -> Sequence[Exchange]:
    """Return the requests that were one too many."""
    return [each for each in _seen(company) if each.status == _TOO_MANY]


def wait_for_first_scores(company: Company) -> None:
    """Return once everybody's score is shown, and all is quiet."""
    deadline = time.monotonic() + PATIENCE
    while not company.do(lambda: _is_shown(company)):
        assert time.monotonic() < deadline, "nobody is scored"
        time.sleep(_LOOK)
    _settle(company, SHORT)


def settle(company: Company) -> None:
    """Return once nothing was written or decided for a while, and nothing waits."""
    _settle(company, QUIET if len(company.ports) == 1 else QUIET_OF_REPLICAS)


def _settle(company: Company, quiet: float) -> None:
    deadline, since = time.monotonic() + PATIENCE, time.monotonic()
    before: object = None
    while time.monotonic() - since < quiet:
        now, waiting = asyncio.run(_standing(company))
        if waiting or now != before:
            before, since = now, time.monotonic()
        assert time.monotonic() < deadline, f"it does not come to rest: {waiting}, {now}"
        time.sleep(_LOOK)


def _is_shown(company: Company) -> bool:
    records = company.crm.account.contacts.records
    return all("heat_score" in each.version.properties for each in records) and all(
        "HEAT_SCORE" in each.values for each in company.mail.account.people
    )


def _seen(company: Company) -> Sequence[Exchange]:
    return [*company.crm.trace.exchanges, *company.mail.trace.exchanges]


async def _standing(company: Company) -> tuple[object, object]:
    """Return what changes while anything is done, and how much waits to be done."""
    async with opened_state(settings_of(company)) as state, state.read() as tx:
        calls = [each.waiting for each in (await tx.inbound.backlog()).values()]
        rows, firings = await tx.outbox.counts(), await tx.triggers.open_counts()
        events = await tx.events.count()
    waiting = {
        "calls": sum(calls),
        "rows": sum(n for each in rows.values() for state, n in each.items() if state in _MOVING),
        "firings": sum(
            n
            for each in firings.values()
            for state, n in each.items()
            if state is not FiringState.DEAD
        ),
    }
    told = len(company.hook.trace), len(company.tool.trace), len(company.doors.to("/people"))
    now = (len(writes(company)), *told, events, str(firings), str(rows))
    return now, {name: many for name, many in waiting.items() if many}
