"""kill -9 at any moment of a cycle over real sockets, then another cycle: nothing lost or doubled.

What a crash repeats is counted by the platforms: of reading what was not stored yet, of writing no
more than what was under way.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from adapters.brevo.adapter import CAPABILITIES as BREVO
from adapters.brevo.simulator import BrevoSimulator
from adapters.brevo.simulator.attributes import Attribute
from adapters.http import HttpSession
from adapters.hubspot.adapter import CAPABILITIES as HUBSPOT
from adapters.hubspot.simulator import TOKEN, HubspotSimulator, Quirks
from adapters.simulation.server import Server
from connector.config.settings import read_settings
from connector.domain.instants import to_micros
from connector.runtime import bootstrap
from connector.runtime.clock import SystemClock
from connector.sync.cycle import Steps, run_cycle
from connector.sync.pulling.walk import PAGES_AHEAD
from tests.consent import watched

CRM_CONTACTS, MAIL_CONTACTS, HOT = 420, 40, 12
MOMENTS, SOME_MOMENTS, MANY_MOMENTS = 4, 10, 40
MAPPINGS = """
version: 1
platforms:
  crm: {{adapter: hubspot, url: "{crm}", tier: enterprise}}
  mail: {{adapter: brevo, url: "{mail}/v3", plan: extended, marketing_poll: false}}
attributes:
  email: {{type: email, crm: email, mail: EMAIL}}
  job: {{type: text, crm: jobtitle, mail: JOB, sync: [mail]}}
model:
  traits: {{opens: {{count: email.opened}}}}
  rules: {{opened: {{event: email.opened, points: 10}}}}
  scores: {{lead: {{stages: [{{name: cold, from: 0}}, {{name: hot, from: 10}}]}}}}
targets:
  crm:
    attributes: {{heat_score: lead, heat_stage: lead_stage}}
    lists: {{Hot: {{when: "lead_stage = 'hot'"}}}}
  mail:
    attributes: {{HEAT_SCORE: lead}}
    lists: {{Hot: {{when: "lead_stage = 'hot'"}}}}
triggers:
  call:
    when: "opens > 0"
    do: [{{note: {{platform: crm, text: Hot since now}}}}]
    backfill: true
"""


@dataclass
class Company:
    """Both accounts behind sockets, and a folder of heatsync."""

    crm: HubspotSimulator
    mail: BrevoSimulator
    folder: Path
    url: str
    """Of the database."""

    def shown(self) -> Mapping[str, object]:
        """Return all that was written, by address."""
        crm, mail = self.crm.account, self.mail.account
        hot = crm.lists.named("Hot")
        assert hot is not None
        return {
            "crm": {
                each.version.properties["email"]: (
                    each.version.properties.get("heat_score"),
                    each.version.properties.get("heat_stage"),
                    each.id in hot.members,
                    len(crm.associations.of("contacts", each.id, "notes")),
                )
                for each in crm.contacts.records
            },
            "mail": {each.email: (each.values, len(each.list_ids)) for each in mail.people},
        }


@contextmanager
def a_company(folder: Path, url: str | None = None) -> Iterator[Company]:
    now = SystemClock().now
    mail = BrevoSimulator(now=now, limits=False)
    crm = HubspotSimulator(now=now, tier="enterprise", limits=False, quirks=Quirks(search_lag=None))
    crm.account.define("heat_score", "number")
    crm.account.define("heat_stage")
    crm.account.add_list("Hot")
    crm.account.seed_contacts(CRM_CONTACTS, properties=lambda number: {"jobtitle": f"job {number}"})
    for name, kind in (("JOB", "text"), ("HEAT_SCORE", "float")):
        mail.account.define(Attribute(name=name, type=kind))  # type: ignore[arg-type]
    mail.account.lists.add("Hot")
    for number in range(MAIL_CONTACTS):
        mail.account.create(f"person{number}@example.com")
    for number in range(HOT):
        at_ms = to_micros(now()) // 1000 - 60_000
        crm.account.engagement.send_mail_event("OPEN", f"person{number * 7}@example.com", at_ms)
    with ExitStack() as stack:
        urls = {
            name: stack.enter_context(Server(each.app)).url
            for name, each in (("crm", crm), ("mail", mail))
        }
        folder.mkdir()
        (folder / "mappings").mkdir()
        text = MAPPINGS.format(**urls)
        (folder / "mappings" / "heatsync.yaml").write_text(text, encoding="utf-8")
        yield Company(crm, mail, folder, url or f"sqlite:///{folder / 'state.db'}")


class Later(SystemClock):
    """The clock of whoever comes a minute later, when no limit needs to be waited for any more."""

    def now(self) -> datetime:
        return super().now() + timedelta(minutes=1)


def cycle(folder: Path, url: str, key: str, clock: type[SystemClock]) -> None:
    """Run one cycle; the child of these tests."""
    os.environ["HEATSYNC_PLATFORMS__MAIL__API_KEY"] = key
    os.environ["HEATSYNC_PLATFORMS__CRM__ACCESS_TOKEN"] = TOKEN
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(HttpSession, "send", watched(HttpSession.send))
        patch.setattr(bootstrap, "SystemClock", clock)
        asyncio.run(_cycle(folder, url))


async def _cycle(folder: Path, url: str) -> None:
    settings = read_settings(None, mappings=folder / "mappings", database_url=url)
    async with bootstrap.opened_workspace(settings) as workspace:
        summary = await run_cycle(workspace, Steps(), workspace.clock.now())
    assert summary.exit_code == 0, summary.problems


@pytest.fixture(scope="module")
def children() -> ForkServerContext:
    """Return what starts children that have everything imported and nothing run."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.integration.platforms.test_kill"])
    return context


@pytest.fixture(scope="module")
def undisturbed(
    children: ForkServerContext, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Mapping[str, object], Counter[str], float]:
    """Return what a cycle comes to that nobody disturbs, its requests, and the seconds it takes."""
    with a_company(tmp_path_factory.mktemp("undisturbed") / "company") as company:
        began = time.perf_counter()
        _finish(_start(children, company))
        took = time.perf_counter() - began
        return company.shown(), _counted(company), took


Undisturbed = tuple[Mapping[str, object], "Counter[str]", float]


@pytest.mark.parametrize("moment", range(MOMENTS))
def test_a_killed_cycle_loses_and_doubles_nothing(
    moment: int, children: ForkServerContext, undisturbed: Undisturbed, tmp_path: Path
) -> None:
    _kill_and_go_on((moment + 1) / (MOMENTS + 1), children, undisturbed, tmp_path)


@pytest.mark.chaos
@pytest.mark.parametrize("moment", range(MANY_MOMENTS))
def test_a_cycle_killed_at_many_moments_loses_and_doubles_nothing(
    moment: int, children: ForkServerContext, undisturbed: Undisturbed, tmp_path: Path
) -> None:
    _kill_and_go_on(moment / MANY_MOMENTS, children, undisturbed, tmp_path)


@pytest.mark.postgres
@pytest.mark.xdist_group("postgres")
def test_a_killed_cycle_loses_and_doubles_nothing_in_postgresql(
    children: ForkServerContext, undisturbed: Undisturbed, tmp_path: Path, postgres_url: str
) -> None:
    _kill_and_go_on(0.5, children, undisturbed, tmp_path, postgres_url)


@pytest.mark.chaos
@pytest.mark.postgres
@pytest.mark.xdist_group("postgres")
@pytest.mark.parametrize("moment", range(SOME_MOMENTS))
def test_a_cycle_killed_at_some_moments_loses_and_doubles_nothing_in_postgresql(
    moment: int,
    children: ForkServerContext,
    undisturbed: Undisturbed,
    tmp_path: Path,
    postgres_url: str,
) -> None:
    share = (moment + 1) / (SOME_MOMENTS + 1)
    _kill_and_go_on(share, children, undisturbed, tmp_path, postgres_url)


def _kill_and_go_on(
    share: float,
    children: ForkServerContext,
    undisturbed: Undisturbed,
    tmp_path: Path,
    url: str | None = None,
) -> None:
    expected, requests, took = undisturbed
    with a_company(tmp_path / "company", url) as company:
        child = _start(children, company)
        child.join(took * (share + random.random() / MANY_MOMENTS))
        child.kill()
        child.join()
        assert child.exitcode in {0, -signal.SIGKILL}
        _finish(_start(children, company, Later))

        assert company.shown() == expected
        repeated = _counted(company) - requests
        assert repeated["pages"] <= 2 * PAGES_AHEAD + 1, (
            "those not stored, and the first of another"
        )
        assert (
            repeated["contacts written to HubSpot"] <= HUBSPOT.in_flight * HUBSPOT.attribute_batch
        )
        assert repeated["contacts written to Brevo"] <= BREVO.attribute_batch


def _counted(company: Company) -> Counter[str]:
    """Return what was asked of the platforms."""
    counts: Counter[str] = Counter()
    for each in company.crm.trace:
        if each.method == "GET" and each.path.endswith("/contacts"):
            counts["pages"] += 1
        if each.path.endswith("/batch/update"):
            counts["contacts written to HubSpot"] += each.size
    for each in company.mail.trace:
        if each.method == "GET" and each.path == "/v3/contacts" and "limit=1000" in each.query:
            counts["pages"] += 1
        counts["contacts written to Brevo"] += each.method == "PUT"
    return counts


def _start(
    children: ForkServerContext, company: Company, clock: type[SystemClock] = SystemClock
) -> BaseProcess:
    args = (company.folder, company.url, company.mail.account.key, clock)
    child = children.Process(target=cycle, args=args)
    child.start()
    return child


def _finish(child: BaseProcess) -> None:
    child.join()
    assert child.exitcode == 0
