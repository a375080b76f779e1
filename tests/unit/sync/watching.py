"""An installation somebody looks after each minute, and whoever is told what is amiss."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from connector.domain.ledger import StoredCursor
from connector.errors import AccessRefused, ConnectorError, PlatformUnavailable
from connector.ports.notifier import Severity
from connector.sync.alerting.watch import Watched, watch
from connector.sync.completions import note_completion
from connector.sync.troubles import remember_troubles
from tests.unit.sync.world import World

MINUTE = timedelta(minutes=1)
WHERE: dict[str, Any] = {"platform": "crm", "operation": "read"}
REFUSED = AccessRefused("crm: read: refused for jane@x.org", **WHERE)


@dataclass
class Told:
    """A notifier that keeps what it was told, and fails as often as it shall."""

    titles: list[str] = field(default_factory=list)
    bodies: list[str] = field(default_factory=list)
    severities: list[Severity] = field(default_factory=list)
    failures: int = 0

    async def notify(self, title: str, body: str, severity: Severity) -> None:
        if self.failures:
            self.failures -= 1
            raise PlatformUnavailable("alert: down", platform="alert", operation="notify")
        self.titles.append(title.removeprefix("heatsync: "))
        self.bodies.append(body)
        self.severities.append(severity)


class Watching(World):
    """An installation of which somebody looks after each minute."""

    def __init__(self) -> None:
        super().__init__()
        self.told = Told()

    async def look(self, **seen: Any) -> Watched:  # noqa: ANN401 - whatever the process saw
        return await watch(self.workspace, self.told, self.clock.now(), **seen)

    async def pass_by(self, span: timedelta, *, reads: bool = True) -> None:
        """Look each minute; `reads` is whether every stream is read each minute as well."""
        for _ in range(span // MINUTE):
            self.clock.advance(MINUTE)
            if reads:
                await self.read()
            await self.look()

    async def read(self, *names: str) -> None:
        async with self.state.write() as tx:
            for name in names or ("crm", "mail"):
                for stream in ("contacts", "events"):
                    await note_completion(tx, name, stream, self.clock.now())

    async def move(self, name: str, stream: str) -> None:
        """Let one more page of a stream be read."""
        cursor = StoredCursor(
            platform=name, stream=stream, cursor="c", reading="", updated_at=self.clock.now()
        )
        async with self.state.write() as tx:
            await tx.cursors.put(cursor)

    async def meet(self, *errors: ConnectorError) -> None:
        async with self.state.write() as tx:
            found = {"crm": errors} if errors else {}
            now = self.clock.now()
            await remember_troubles(tx, found, asked=["crm"], is_whole=True, now=now)


async def a_watched_world() -> Watching:
    """Return an installation that is well, and was looked at once."""
    world = Watching()
    await world.read()
    await world.look()
    return world
