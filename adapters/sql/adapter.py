"""Any database that SQLAlchemy reaches: contacts and events by query, scores in a table."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from adapters.sql.asking import PAGE_ROWS, Question
from adapters.sql.check import Check
from adapters.sql.config import WRITERS, SqlConfig
from adapters.sql.database import Database
from adapters.sql.location import BadLocation, locate
from adapters.sql.source import SqlContacts, SqlEvents
from adapters.sql.writing import ScoreTable
from connector.domain.durations import parse_duration
from connector.domain.values import FieldType
from connector.errors import ConfigError, Problem
from connector.ports.adapter import Adapter
from connector.ports.platform import Capabilities, NoParts, Part

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from connector.ports.adapter import PlatformContext

CAPABILITIES = Capabilities(
    parts=WRITERS | {Part.CONTACTS, Part.EVENTS, Part.LOOKUP, Part.IDS, Part.FIELDS},
    event_types=None,
    writable_types=frozenset(FieldType),
    attribute_batch=1_000,
    walk_every=timedelta(days=1),
    is_ours=True,
)


class SqlPlatform(NoParts):
    """One database."""

    def __init__(
        self,
        database: Database,
        *,
        contacts: SqlContacts | None,
        events: SqlEvents | None,
        table: ScoreTable | None,
    ) -> None:
        self.name = database.name
        self.location = f"the table {table.config.table} in {database.shown}" if table else None
        self.contacts = self.lookup = self.ids = contacts
        self.events = events
        self.fields = table if table is not None else contacts
        self.attribute_writer = self.eraser = table
        self._database = database
        questions = events.questions.values() if events else ()
        self._check = Check(
            database=database,
            questions=[
                *([contacts.question] if contacts else ()),
                *(question for question, _ in questions),
            ],
            table=table,
        )

    async def check(self) -> Sequence[Problem]:
        """Return what is wrong with the queries and the table; nothing is written."""
        return await self._check.problems()

    async def aclose(self) -> None:
        """Let go of the database."""
        await self._database.aclose()


def connect(context: PlatformContext, *, page_rows: int = PAGE_ROWS) -> SqlPlatform:
    """Return the database that the configuration names; raises ConfigError when it names none."""
    config = context.config
    if not isinstance(config, SqlConfig):
        raise TypeError(config)
    try:
        url = locate(config.url, context.secrets, context.folder)
    except BadLocation as error:
        raise ConfigError([Problem(message=f"its URL {error}", path=_path(context))]) from None
    database = Database(context.name, url, parse_duration(config.timeout))
    asking = partial(
        Question,
        database=database,
        zone=ZoneInfo(config.timezone),
        clock=context.clock,
        page_rows=page_rows,
    )
    contacts = _contacts(context, config, asking)
    table = None
    if config.writes:
        table = ScoreTable(
            database=database, config=config.writes, clock=context.clock, contacts=contacts
        )
    events = _events(context, config, asking)
    return SqlPlatform(database, contacts=contacts, events=events, table=table)


def _contacts(
    context: PlatformContext, config: SqlConfig, asking: Callable[..., Question]
) -> SqlContacts | None:
    asked = config.contacts
    if asked is None:
        return None
    needs = (asked.id, asked.cursor, asked.modified_at, asked.created_at, asked.opted_out)
    needed = tuple(each for each in needs if each)
    path = f"{_path(context)}.contacts"
    return SqlContacts(question=asking(config=asked, path=path, needs=needed), config=asked)


def _events(
    context: PlatformContext, config: SqlConfig, asking: Callable[..., Question]
) -> SqlEvents | None:
    if not config.events:
        return None
    questions = {}
    for name, asked in config.events.items():
        named = asked.id if "id" in asked.model_fields_set else None
        needs = (asked.contact, asked.type, asked.occurred_at, asked.cursor, named)
        needed = tuple(each for each in needs if each)
        path = f"{_path(context)}.events.{name}"
        questions[name] = (asking(config=asked, path=path, needs=needed), asked)
    return SqlEvents(questions=questions, properties=context.properties)


def _path(context: PlatformContext) -> str:
    return f"platforms.{context.name}"


ADAPTER = Adapter(
    name="sql",
    title="Any database that SQLAlchemy reaches: read by query, scores written to a table",
    config=SqlConfig,
    capabilities=CAPABILITIES,
    connect=connect,
    erasure="delete their rows in the tables that the queries read",
)
