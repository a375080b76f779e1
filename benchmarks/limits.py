"""A day with two platforms within their limits, counted request by request on a simulated clock.

The platforms are the simulators, with limits as the vendors state them. First everything is pulled,
then a score is written to everybody; then the day goes on, with a cycle every quarter of an hour
and a few things happening in between. Every request is held against what would do at least: as
many pages as there are rows, as many batches as there are contacts, and what has to be known before
anything is written. The figures name each of these.
"""

from __future__ import annotations

import asyncio
import math
import tempfile
from collections import Counter
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import httpx
from pydantic import SecretStr

from adapters.brevo import adapter as brevo
from adapters.brevo.simulator import BrevoSimulator
from adapters.brevo.simulator.attributes import Attribute
from adapters.brevo.simulator.mail import MailRow, Message
from adapters.brevo.writing.imports import MOST_BYTES, ImportRow
from adapters.hubspot import adapter as hubspot
from adapters.hubspot.simulator import HubspotSimulator
from adapters.hubspot.simulator.simulator import TOKEN
from benchmarks.kept import HERE
from benchmarks.mappings import configuration_of
from benchmarks.measuring import Taken, apart, machine, say
from connector.config.event_types import event_types
from connector.config.uses import deeds_used, parts_used
from connector.ports.adapter import PlatformContext
from connector.sync.cycle import Steps, run_cycle
from connector.sync.workspace import Workspace
from state.opening import open_state
from state.pacing.budget import open_budget

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from adapters.simulation.trace import Exchange
    from connector.config.configuration import Configuration, PlatformEntry
    from connector.ports.platform import Platform
    from connector.sync.summary import Summary
    from state.opening import DatabaseState
    from state.pacing.budget import Budget

Counts: TypeAlias = "Mapping[str, Mapping[str, int]]"
"""Requests of each platform, by what they are about."""

MAPPINGS = HERE / "two_platforms"
BEGIN = datetime(2026, 11, 2, tzinfo=UTC)
DAY = timedelta(days=1)
QUARTER = timedelta(minutes=15)
KINDS = ("SENT", "DELIVERED", "OPEN", "CLICK")
_COUNTED = ("OPEN", "CLICK")
"""Those that the rules look at: HubSpot is asked for each kind of event by itself."""
_BREVO_KINDS = ("requests", "delivered", "opened", "clicks")


@dataclass
class Clock:
    """Time that passes only where somebody waits."""

    at: datetime

    def now(self) -> datetime:
        """Return the instant it is."""
        return self.at

    async def sleep(self, span: timedelta) -> None:
        """Let others go on, and be there when the time has come."""
        until = self.at + span
        await asyncio.sleep(0)
        self.at = max(self.at, until)


@dataclass
class Company:
    """The two accounts."""

    clock: Clock
    mail: BrevoSimulator = field(init=False)
    crm: HubspotSimulator = field(init=False)

    def __post_init__(self) -> None:
        self.mail = BrevoSimulator(now=self.clock.now)
        self.crm = HubspotSimulator(now=self.clock.now)
        self.mail.account.define(Attribute(name="HEAT_SCORE", type="float"))
        self.crm.account.define("heat_score", "number")

    def connect(self, context: PlatformContext) -> Platform:
        """Return one of the accounts as heatsync sees it."""
        if context.name == "mail":
            return brevo.connect(context, transport=httpx.ASGITransport(app=self.mail.app))
        return hubspot.connect(context, transport=httpx.ASGITransport(app=self.crm.app))

    def fill(self, contacts: int, events: int) -> None:
        """Put people into both accounts, and half of the events into each."""
        for number in range(contacts):
            self.mail.account.create(_email(number))
        self.crm.account.seed_contacts(contacts)
        for number in range(events // 2):
            minutes = timedelta(minutes=20 * DAY * number / (events // 2) // timedelta(minutes=1))
            self.happens(number % contacts, number, self.clock.at - 20 * DAY + minutes)

    def happens(self, person: int, number: int, at: datetime) -> None:
        """Let one thing happen on each platform."""
        email = _email(person)
        kind = number % len(KINDS)
        account = self.mail.account
        message = Message(id=f"<{number}@x>", uuid=str(number), email=email, sent_at=at)
        account.mail.rows.append(MailRow(at=at, event=_BREVO_KINDS[kind], message=message))
        self.crm.account.engagement.send_mail_event(
            KINDS[kind], email, round(at.timestamp() * 1000)
        )


def limits(contacts: int, events: int, hours: int) -> dict[str, object]:
    """Return the counts, from a process of its own."""
    say(f"living through {hours} hours")
    found = apart(lived, contacts, events, hours)
    return {
        "benchmark": "limits",
        "contacts_each": contacts,
        "events_of_both": events,
        "hours": hours,
        **found,
        "machine": machine(),
    }


def lived(contacts: int, events: int, hours: int) -> dict[str, Any]:
    """Live through some hours; return what they took."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "state.db"
        return asyncio.run(_live(path, contacts, events, BEGIN + timedelta(hours=hours)))


async def _live(path: Path, contacts: int, events: int, end: datetime) -> dict[str, Any]:
    clock, taken = Clock(BEGIN), Taken()
    company = Company(clock)
    company.fill(contacts, events)
    async with AsyncExitStack() as stack:
        state = await open_state(f"sqlite:///{path}")
        stack.push_async_callback(state.aclose)
        workspace = await _workspace(company, state, stack)
        with taken.run():
            await _cycle(workspace, Steps(pushes=False))
            read = _requests(company)
            first = await _cycle(workspace, Steps(pulls=False))
            both = _requests(company)
            elapsed = clock.at - BEGIN
            idle = await _idle(workspace, company)
            await _live_on(workspace, company, events, end)
        found = {
            "took_by_the_clock_s": elapsed.total_seconds(),
            "reading": _held(read, _least_read(contacts, events)),
            "writing": _held(_without(both, read), _least_written(contacts)),
            "deliveries": first.deliveries,
            "idle_cycles": idle,
            "all_of_it": {
                "requests": _requests(company),
                "over_a_limit": _over(company),
            },
        }
    return {**found, **taken.figures()}


def _email(number: int) -> str:
    return f"person{number}@example.com"


async def _workspace(company: Company, state: DatabaseState, stack: AsyncExitStack) -> Workspace:
    configuration = configuration_of(MAPPINGS)
    secrets = {"mail": {"api_key": company.mail.account.key}, "crm": {"access_token": TOKEN}}
    platforms: dict[str, Platform] = {}
    budgets: dict[str, Budget] = {}
    for entry in configuration.platforms:
        name = entry.name
        budgets[name] = await open_budget(
            name,
            entry.adapter.buckets(entry.config),
            percent=entry.config.percent,
            clock=company.clock,
            ledger=state.ledger,
        )
        stack.push_async_callback(budgets[name].aclose)
        context = _context(entry, configuration, company.clock, secrets[name], budgets[name])
        platforms[name] = company.connect(context)
        stack.push_async_callback(platforms[name].aclose)
    return Workspace(
        state=state,
        platforms=platforms,
        configuration=configuration,
        clock=company.clock,
        budgets=budgets,
    )


def _context(
    entry: PlatformEntry,
    configuration: Configuration,
    clock: Clock,
    secrets: Mapping[str, str],
    budget: Budget,
) -> PlatformContext:
    return PlatformContext(
        name=entry.name,
        config=entry.config,
        folder=entry.folder,
        clock=clock,
        budget=budget,
        secrets={name: SecretStr(value) for name, value in secrets.items()},
        properties=configuration.model.properties,
        event_types=event_types(configuration.model, entry.name),
        parts=parts_used(configuration, entry.name),
        deeds=deeds_used(configuration, entry.name),
    )


async def _cycle(workspace: Workspace, steps: Steps | None = None) -> Summary:
    summary = await run_cycle(workspace, steps or Steps(), workspace.clock.now())
    if problems := [each for each in summary.problems if each.path not in {None, "model"}]:
        say(f"problems: {problems[:3]}")
    return summary


async def _idle(workspace: Workspace, company: Company) -> list[dict[str, int]]:
    """Return the requests of the cycles after the first, in which nothing happens."""
    found: list[dict[str, int]] = []
    for _ in range(8):
        await workspace.clock.sleep(QUARTER)
        before = {"mail": len(company.mail.trace), "crm": len(company.crm.trace)}
        summary = await _cycle(workspace)
        found.append(
            {
                "mail": len(company.mail.trace) - before["mail"],
                "crm": len(company.crm.trace) - before["crm"],
                "scored": summary.scored,
                "written": sum(each["delivered"] for each in summary.deliveries.values()),
            }
        )
    return found


async def _live_on(workspace: Workspace, company: Company, events: int, end: datetime) -> None:
    """Let the rest of the time pass; two hundred things happen in every quarter of an hour."""
    number = events
    while company.clock.at < end:
        await workspace.clock.sleep(QUARTER)
        for _ in range(200):
            company.happens(number % 1_000, number, company.clock.at - QUARTER / 2)
            number += 1
        await _cycle(workspace)


def _requests(company: Company) -> Counts:
    """Return how many requests each platform has seen, by what they were about."""
    return {"mail": _counted(company.mail.trace), "crm": _counted(company.crm.trace)}


def _counted(trace: Iterable[Exchange]) -> dict[str, int]:
    return dict(sorted(Counter(f"{each.method} {_area(each.path)}" for each in trace).items()))


def _without(counts: Counts, before: Counts) -> Counts:
    """Return what came after `before`."""
    return {name: dict(Counter(each) - Counter(before[name])) for name, each in counts.items()}


def _area(path: str) -> str:
    """Return a path without the ids in it."""
    return "/".join("N" if part.isdigit() else part for part in path.split("/"))


def _least_read(contacts: int, events: int) -> Counts:
    """Return how many requests read everything at least.

    Brevo does not say how many events there are: a full page is followed by another one.
    """
    each = events // 2
    of_a_kind = math.ceil(each / len(KINDS) / 1_000)
    return {
        "mail": {
            "pages of contacts": math.ceil(contacts / 1_000),
            "pages of events": each // 5_000 + 1,
        },
        "crm": {
            "pages of contacts": math.ceil(contacts / 100),
            "pages of events": len(_COUNTED) * of_a_kind,
        },
    }


def _least_written(contacts: int) -> Counts:
    """Return how many requests write a value to everybody at least.

    Who is imported into Brevo is walked before, since an import makes whoever is not there, and
    after, since it tells of nobody what became of them. The types of attributes have to be known,
    as what does not fit is dropped without a word, and every import needs a list, which is in a
    folder: both are made in an account that was never written to.
    """
    walk = math.ceil(contacts / 1_000)
    row = ImportRow(remote_id="1", email=_email(contacts), attributes={"HEAT_SCORE": 1.5})
    return {
        "mail": {
            "pages of the walk before": walk,
            "bodies of imports": math.ceil(contacts * row.size / MOST_BYTES),
            "looks whether they are done": 1,
            "pages of reading back": walk,
            "types of attributes": 1,
            "lists and folders there are": 2,
            "making a folder and a list, once": 2,
        },
        "crm": {"batches": math.ceil(contacts / 100)},
    }


def _held(requests: Counts, least: Counts) -> dict[str, object]:
    """Return requests beside the least that would do."""
    seen = {name: sum(each.values()) for name, each in requests.items()}
    would_do = {name: sum(each.values()) for name, each in least.items()}
    ratios = {name: round(seen[name] / would_do[name], 3) for name in seen}
    both = round(sum(seen.values()) / sum(would_do.values()), 3)
    return {"requests": requests, "least": least, "ratio": ratios | {"both": both}}


def _over(company: Company) -> dict[str, int]:
    """Return how often a limit was passed: refusals that the platforms gave."""
    refused = 429
    return {
        name: sum(1 for each in trace if each.status == refused)
        for name, trace in (("mail", company.mail.trace), ("crm", company.crm.trace))
    }
