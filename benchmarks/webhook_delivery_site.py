"""An installation whose contacts are all pulled, scored and written to, each with a past."""

from __future__ import annotations

import json
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from pydantic import SecretStr

from benchmarks.webhook_calls import SECRET
from connector.config.settings import Settings
from connector.domain.instants import to_micros
from connector.ports.budget import Unlimited
from connector.runtime.bootstrap import opened_state, read_configuration
from connector.runtime.clock import SystemClock
from connector.runtime.connecting import connect
from connector.sync.deciding.rescore import rescore
from connector.sync.pulling.pull import pull
from connector.sync.pushing.push import push
from connector.sync.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from benchmarks.webhook_delivery_crm import Crm

DAYS = 180
"""How far back events go."""
COLUMNS = "subject, occurred_at, id, recorded_at, platform, type, fields"
SUBJECTS = (
    "INSERT INTO subjects (platform, ref, contact) SELECT platform, remote_id, contact "
    "FROM records r WHERE platform = '{name}' AND NOT EXISTS (SELECT 1 FROM subjects s "
    "WHERE s.platform = r.platform AND s.ref = r.remote_id)"
)
_ASKED = 10
"""Points for who asked."""
ASKS_EVERY = 10
"""One contact in so many did."""
_TYPES = ("email.opened", "email.opened", "page.viewed", "page.viewed", "email.clicked")


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A folder with mappings, and a database; every platform of it is served by one account."""

    folder: Path
    database: str
    """Its URL."""
    mappings: Path
    """What the mappings are made of, but for the address of the platforms."""
    names: Sequence[str]
    """Of the platforms."""

    def write_mappings(self, crm: Crm, *, asked: int = _ASKED) -> None:
        """Write the mappings; with other points for who asked, one score in ten moves."""
        text = (self.mappings / "heatsync.yaml").read_text("utf-8").replace("http://crm", crm.url)
        text = text.replace(f"form.submitted, points: {_ASKED}", f"form.submitted, points: {asked}")
        (self.folder / "mappings").mkdir(exist_ok=True)
        unfinished = self.folder / "heatsync.yaml.part"
        unfinished.write_text(text, encoding="utf-8")
        unfinished.rename(self.folder / "mappings" / "heatsync.yaml")

    @property
    def environment(self) -> Mapping[str, str]:
        """Return what a process is told that works here."""
        secrets = {"ACCESS_TOKEN": "none", "CLIENT_SECRET": SECRET}
        return {
            "HEATSYNC_DATABASE_URL": self.database,
            "HEATSYNC_MAPPINGS": str(self.folder / "mappings"),
        } | {
            f"HEATSYNC_PLATFORMS__{name.upper()}__{field}": secret
            for name in self.names
            for field, secret in secrets.items()
        }

    async def fill(self, crm: Crm, add_events: Callable[[], None]) -> None:
        """Pull everybody, give them the past that `add_events` inserts, score, and write."""
        self.write_mappings(crm)
        async with self.opened() as workspace:
            for name in self.names:
                await pull(workspace, name)
        add_events()
        async with self.opened() as workspace:
            done = await rescore(workspace, workspace.clock.now())
            pushed = [await push(workspace, name) for name in self.names]
            await workspace.state.fold_events(workspace.configuration.model.properties, anew=True)
        written = {each.delivered for each in pushed}
        if {done.scored} | written != {crm.size}:
            msg = f"{done.scored} were scored and {written} written to, not {crm.size}"
            raise RuntimeError(msg)

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[Workspace]:
        """Give a workspace that no limit of a platform holds up."""
        secrets = {"access_token": SecretStr("none"), "client_secret": SecretStr(SECRET)}
        settings = Settings(
            _env_file=None,
            mappings=self.folder / "mappings",
            database_url=SecretStr(self.database),
            platforms=dict.fromkeys(self.names, secrets),
        )
        configuration, clock = read_configuration(settings), SystemClock()
        async with AsyncExitStack() as stack:
            platforms = {}
            for entry in configuration.platforms:
                platform = connect(entry, clock, Unlimited(), configuration)
                stack.push_async_callback(platform.aclose)
                platforms[entry.name] = platform
            state = await stack.enter_async_context(opened_state(settings))
            await stack.enter_async_context(state.own_cycles("benchmark"))
            yield Workspace(
                state=state, platforms=platforms, configuration=configuration, clock=clock
            )


def past(
    subjects: Sequence[tuple[int, str]], name: str, events: int
) -> Iterator[tuple[int, int, str, int, str, str, str]]:
    """Yield the rows of so many events for each subject of the platform `name`."""
    now = SystemClock().now()
    step, recorded = timedelta(days=DAYS) / events, to_micros(now)
    instants = [to_micros(now - step * (events - place)) for place in range(events)]
    for subject, ref in subjects:
        for place, instant in enumerate(instants):
            is_asking = place == events - 1 and subject % ASKS_EVERY == 0
            kind = "form.submitted" if is_asking else _TYPES[(subject + place) % len(_TYPES)]
            fields = json.dumps({"message_id": f"m{place // 3}"}, separators=(",", ":"))
            at = instant - subject % 3_600_000_000
            yield subject, at, f"{ref}-{place}", recorded, name, kind, fields
