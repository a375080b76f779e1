"""What a database knows of people, and what is left in it of those who are to be forgotten."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field

import psycopg
from psycopg import sql

from connector.domain.frames import CONTACT
from connector.ports.store import Transaction
from connector.runtime.bootstrap import opened_state
from tests.system.chaos.company import Company
from tests.system.chaos.people import ASKED, BOUGHT, CLICKED, OPENED, VIEWED, VISITED
from tests.system.chaos.rest import settings_of

_KINDS = {ASKED, BOUGHT, CLICKED, OPENED, VIEWED, VISITED}
_LEAD = "lead"


@dataclass(slots=True, kw_only=True)
class Known:
    """What is known of one person."""

    score: float | None = None
    stage: str | None = None
    events: Counter[tuple[str, str]] = field(default_factory=Counter)
    """How many there are, by who tells and by type; of types that people of the test do."""


async def kept(company: Company) -> Mapping[str, Known]:
    """Return what daemons made of all that happened, by each address of who is on a platform."""
    settings = settings_of(company)
    async with opened_state(settings) as state, state.read() as tx:
        return await _known(tx)


async def found(company: Company, names: Collection[str]) -> Collection[str]:
    """Return by which of these names, addresses or `platform:id`, somebody is known."""
    async with opened_state(settings_of(company)) as state, state.read() as tx:
        return [each for each in names if await tx.contacts.find(each) is not None]


def remains(company: Company, addresses: Collection[str]) -> Collection[str]:
    """Return in which tables of the database any of these addresses stands, in whatever column."""
    wanted = [each.encode() for each in addresses]
    return [
        name
        for name, row in _rows(company.database)
        if any(each in _bytes(cell) for cell in row for each in wanted)
    ]


async def _known(tx: Transaction) -> Mapping[str, Known]:
    numbers = await tx.contacts.all_numbers()
    of_numbers = {number: Known() for number in numbers}
    for number, name, _, rounded, stage in (await tx.scores.current(numbers)).iter_rows():
        if name == _LEAD:
            of_numbers[number].score, of_numbers[number].stage = rounded, stage
    for each in (await tx.events.frame(None, {})).collect().iter_rows(named=True):
        if each["type"] in _KINDS and each[CONTACT] in of_numbers:
            of_numbers[each[CONTACT]].events[each["platform"], each["type"]] += 1
    return {
        email: of_numbers[record.contact]
        for record in await tx.contacts.records_of(numbers)
        if record.removed_at is None and record.contact is not None
        for email in record.emails
    }


def _rows(url: str) -> Iterator[tuple[str, tuple[object, ...]]]:
    """Yield every row of every table, with the table's name."""
    if not url.startswith("sqlite"):
        yield from _rows_of_postgres(url)
        return
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as file:
        names = file.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        for (name,) in names:
            for row in file.execute(f'SELECT * FROM "{name}"'):  # noqa: S608 - a name of its own
                yield name, row


def _rows_of_postgres(url: str) -> Iterator[tuple[str, tuple[object, ...]]]:
    with psycopg.connect(url) as database:
        names = database.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
        ).fetchall()
        for (name,) in names:
            for row in database.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(name))):
                yield name, row


def _bytes(cell: object) -> bytes:
    return cell if isinstance(cell, bytes) else str(cell).encode()
