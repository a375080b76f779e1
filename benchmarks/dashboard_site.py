"""An installation to look at: people with names, lists, a past of scores, and work in every state.

What is decided was decided by the product, at several instants, as a daemon would have. Names and
lists stand where pulling leaves them; who was written to, and what was refused, is set afterwards.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import sqlite3
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from benchmarks.blocks import CODE as BLOCKS_CODE
from benchmarks.history import AT
from benchmarks.kept import HERE, kept
from benchmarks.mappings import configuration_of
from benchmarks.measuring import say
from benchmarks.store import FILE, store
from connector.config.settings import Settings, read_settings
from connector.domain.instants import to_micros
from connector.domain.ledger import Inbound, Run
from connector.domain.search_words import search_words
from connector.runtime.bootstrap import opened_workspace
from connector.sync.deciding.rescore import rescore
from connector.sync.summary import Summary
from state.columnar.manifest import FORMAT
from state.location import locate
from state.versions import upgrade_to_head

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from connector.sync.workspace import Workspace

MAPPINGS = HERE / "dashboard_mappings"
NOW = AT + timedelta(minutes=5)
"""When somebody looks: nobody's score has moved with time since."""
_DECIDED = (timedelta(days=90), timedelta())
"""How long before `AT` everybody was scored."""
_EVERY = 4
"""One event in so many is there, five of each contact: pages ask of one person's, or how many."""
_CALLS, _RUNS = 5_000, 3_000
_FIRST = ("Ada", "Bruno", "Chloé", "Djamila", "Elif", "Farid", "Greta", "Hugo", "Inès", "Jonas")
_LAST = ("Martin", "Bernard", "Dubois", "Keller", "Rossi", "Novak", "Silva", "Haddad", "Petit")
_FIRMS = ("Acme", "Fjord", "Northwind", "Lumen", "Atelier Nord", "Hexa", "Vallis", "Orbital")
_SHARES = {"Newsletter": "% 10 < 6", "Customers": "% 100 < 15", "VIP": "% 1000 = 7"}
"""Lists, and which contacts are in them."""
_CODE = (*BLOCKS_CODE, "blocks.py", "store.py", "dashboard_site.py")
_PEOPLE = "SELECT contact, email, attributes FROM persons"
_NAMED = "UPDATE persons SET attributes = ?, words = ? WHERE contact = ?"
_MEMBERS = (
    "INSERT INTO memberships (platform, list_name, remote_id) "
    "SELECT platform, '{name}', remote_id FROM records WHERE platform = 'mail' AND contact {share}"
)
_KNOWN = "INSERT INTO person_words (person_words) VALUES ('rebuild')"
_LEFT = "UPDATE records SET removed_at = {at} WHERE platform = 'shop' AND contact % 3 = 0"
_WRITTEN = (
    "UPDATE outbound SET state = 'clean', confirmed = desired, confirmed_at = decided_at "
    "WHERE contact % 200 <> 1"
)
_REFUSED = (
    "UPDATE outbound SET state = 'dead', attempts = 5, last_error = 'this address is blocked' "
    "WHERE contact % 1000 = 1"
)
_DONE = "UPDATE firings SET state = 'done' WHERE state = 'pending' AND contact % 50 <> 1"
_UNDONE = "UPDATE firings SET state = 'dead', last_error = 'answered 410' WHERE contact % 250 = 1"
_GIVEN_UP = "UPDATE inbound SET is_dead = 1, last_error = 'not JSON' WHERE received_at % 10 = 0"


@dataclass
class Still:
    """A clock that stands where somebody looks."""

    at: datetime = NOW

    def now(self) -> datetime:
        """Return the instant."""
        return self.at

    async def sleep(self, span: timedelta) -> None:
        """Wait in the time of the machine."""
        await asyncio.sleep(span.total_seconds())


def settings_for(url: str, cache: Path | None = None) -> Settings:
    """Return the settings of an installation in a database."""
    settings = read_settings(None, mappings=MAPPINGS, database_url=url)
    return settings if cache is None else settings.model_copy(update={"cache": cache})


def url_of(folder: Path) -> str:
    """Return the URL of the database in a folder."""
    return f"sqlite:///{folder / FILE}"


@asynccontextmanager
async def opened(settings: Settings, *, at: datetime = NOW) -> AsyncIterator[Workspace]:
    """Give a workspace that works at `at`, beside others."""
    # What was kept may be of an older version of the tables; to fill it again takes minutes.
    await asyncio.to_thread(upgrade_to_head, locate(settings.database_url.get_secret_value()))
    async with opened_workspace(settings, is_telling=False) as workspace:
        yield replace(workspace, clock=Still(at), is_shared=True)


def installation(size: int) -> Path:
    """Return a folder with an installation of so many contacts in SQLite."""

    def make(folder: Path) -> None:
        shutil.copy(store(size, every=_EVERY) / FILE, folder / FILE)
        with closing(sqlite3.connect(folder / FILE)) as connection, connection:
            _introduce(connection)
        asyncio.run(_decide(folder))
        with closing(sqlite3.connect(folder / FILE)) as connection, connection:
            for statement in (_WRITTEN, _REFUSED, _DONE, _UNDONE, _GIVEN_UP):
                connection.execute(statement)
        with closing(sqlite3.connect(folder / FILE)) as connection:
            connection.executescript("PRAGMA optimize; PRAGMA wal_checkpoint(TRUNCATE);")

    version = f"{FORMAT} {configuration_of(MAPPINGS).digest}"
    return kept(f"dashboard-{size}", make, code=_CODE, version=version)


def _introduce(connection: sqlite3.Connection) -> None:
    """Give everybody a name and a company, put them into lists, and let some leave the shop."""
    reading = connection.execute(_PEOPLE)
    while rows := reading.fetchmany(50_000):
        connection.executemany(_NAMED, _named(rows))
    connection.execute(_KNOWN)
    for name, share in _SHARES.items():
        connection.execute(_MEMBERS.format(name=name, share=share))
    connection.execute(_LEFT.format(at=to_micros(AT - timedelta(days=100))))


def _named(rows: list[tuple[int, str, str]]) -> Iterator[tuple[str, str | None, int]]:
    for contact, email, text in rows:
        attributes = {
            **json.loads(text),
            "first_name": _FIRST[contact * 7_919 % len(_FIRST)],
            "last_name": f"{_LAST[contact * 104_729 % len(_LAST)]}{contact % 997}",
            "company": f"{_FIRMS[contact * 1_299_709 % len(_FIRMS)]} {contact % 4_999}",
        }
        told = json.dumps(attributes, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
        yield told, search_words(email, attributes), contact


async def _decide(folder: Path) -> None:
    settings = settings_for(url_of(folder))
    async with opened(settings) as workspace:
        say("copying events")
        await workspace.state.fold_events(workspace.configuration.model.properties, anew=True)
        for before in _DECIDED:
            say(f"scoring everybody as of {AT - before:%d.%m.%Y}")
            await _touch_all(workspace)
            await rescore(replace(workspace, is_shared=False), AT - before)
        await _remember(workspace)


async def _touch_all(workspace: Workspace) -> None:
    async with workspace.state.write() as tx:
        await tx.contacts.touch(await tx.contacts.all_numbers())


async def _remember(workspace: Workspace) -> None:
    """Let calls wait, and runs have been."""
    calls = [
        Inbound(
            platform=("mail", "shop")[number % 2],
            id=f"call-{number}",
            body=b'{"items": []}',
            headers={},
            received_at=AT - timedelta(seconds=_CALLS, microseconds=number),
        )
        for number in range(_CALLS)
    ]
    async with workspace.state.write() as tx:
        await tx.inbound.add(calls)
        for number in range(_RUNS):
            at = AT - timedelta(minutes=_RUNS - number)
            did = Summary(
                at=at, pulled={"mail": {"contacts": number, "events": 1}}, scored=number % 7
            )
            told = json.dumps(did.to_json())
            command = ("pull contacts mail", "push shop", "score")[number % 3]
            end = at + timedelta(seconds=3)
            await tx.runs.start(
                Run(command=command, started_at=at, finished_at=end, at=at, summary=told)
            )
