"""The table that scores are written to; keeps the writing parts of the contract."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy import or_

from adapters.sql.columns import kind_of_type, kind_of_value
from adapters.sql.layout import look, make, obstacle
from adapters.sql.upserting import ASKED, OPERATION, Batch, rows_of
from connector.domain.changes import Outcome
from connector.domain.contacts import Reading
from connector.domain.values import FieldType, Misfit
from connector.errors import (
    NotSetUp,
    PlatformError,
    RejectedByPlatform,
    RightMissing,
    UnexpectedAnswer,
)
from connector.ports.platform import RemoteField

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import ColumnElement, Connection

    from adapters.sql.config import WrittenTable
    from adapters.sql.database import Database
    from adapters.sql.layout import Layout
    from adapters.sql.source import SqlContacts
    from connector.domain.changes import Addressee, AttributeChange
    from connector.errors import Problem
    from connector.ports.clock import Clock

_LOOK = "look at the table"
_ERASE = "erase people"
_ATTEMPTS = 3
"""Looks at the table until it has what is wanted: before, after making it, and once more."""


@dataclass(slots=True, kw_only=True)
class ScoreTable:
    """One table, a row for each contact with a value."""

    database: Database
    config: WrittenTable
    clock: Clock
    contacts: SqlContacts | None
    """Whose ids the table has; None where they are ours."""

    async def write_attributes(self, changes: Sequence[AttributeChange]) -> Sequence[Outcome]:
        """Write all of `changes` in one transaction; columns that are missing are made."""
        values = [(name, value) for each in changes for name, value in each.values.items()]
        wanted = {name: kind_of_value(value) for name, value in values if value is not None}
        own = self.config.own_columns
        layout, lacking = await self._prepared(
            {name: kind for name, kind in wanted.items() if name not in own}
        )
        if layout is None:
            # There is nothing to be cleared where nothing was ever written.
            return [Outcome(is_unchanged=True)] * len(changes)
        batch = Batch(
            platform=self.database.name,
            layout=layout,
            changes=changes,
            lacking=lacking,
            at=self.clock.now(),
        )
        return await self.database.write(OPERATION, batch.write)

    async def read_attributes(
        self, remote_ids: Sequence[str], names: Sequence[str]
    ) -> Mapping[str, Mapping[str, object]]:
        """Return the values of these columns; of whoever has no row they are None."""
        layout = await self._look()
        rows = {}
        if layout is not None:
            work = partial(rows_of, layout, set(remote_ids))
            rows = await self.database.read("read attributes", work)
        known = set(rows)
        if self.contacts is not None and (others := [x for x in remote_ids if x not in known]):
            known |= {each.remote_id for each in await self.contacts.fetch(others, Reading())}
        return {each: {name: rows.get(each, {}).get(name) for name in names} for each in known}

    async def fields(self) -> Sequence[RemoteField]:
        """Return the columns of the query of contacts and those of the table."""
        layout = await self._look()
        written = layout.kinds() if layout else {}
        read = await self.contacts.fields() if self.contacts else ()
        return [
            *(each for each in read if each.name not in written),
            *(RemoteField(name=name, type=kind) for name, kind in written.items()),
        ]

    async def cannot_make(self, name: str) -> Problem | None:  # noqa: ARG002 - all can
        """Return nothing: what has another use is refused when it is made."""
        return None

    async def create_field(self, wanted: RemoteField) -> None:
        """Make a column, and the table where there is none.

        Raises RejectedByPlatform where another thing has that name.
        """
        layout, lacking = await self._prepared({wanted.name: wanted.type})
        is_own = wanted.name in self.config.own_columns
        column = layout.table.columns.get(wanted.name) if layout else None
        if (
            is_own
            or column is None
            or kind_of_type(column.type) not in {wanted.type, FieldType.TEXT}
        ):
            reason = lacking.get(wanted.name, "is there for something else")
            text = f"the column `{wanted.name}` {reason}"
            raise RejectedByPlatform(text, platform=self.database.name, operation="create a field")

    async def erase(self, people: Sequence[Addressee]) -> int:
        """Remove the rows that have the id or the address of one of these."""
        layout = await self._look()
        if layout is None or layout.amiss:
            return 0
        return await self.database.write(_ERASE, partial(_erase, layout, people))

    async def amiss(self) -> str | None:
        """Return why the table cannot be written to, or made, if it cannot."""
        layout = await self._look()
        if layout is None:
            return await self._obstacle()
        return self._sentence(layout.amiss) if layout.amiss else None

    async def _prepared(
        self, wanted: Mapping[str, FieldType]
    ) -> tuple[Layout | None, Mapping[str, str]]:
        """Return the table with the wanted columns, and why some could not be made.

        Raises NotSetUp where the table is not there and cannot be made, or cannot be ours.
        """
        failure: PlatformError | None = None
        for _ in range(_ATTEMPTS):
            layout = self._ours(await self._look())
            missing = _missing(layout, wanted)
            if not missing or isinstance(failure, RightMissing):
                break
            if layout is None and (reason := await self._obstacle()):
                raise self._not_set_up(reason)
            try:
                ids = await self._type_of_ids()
                await self.database.write("make columns", partial(make, self.config, ids, missing))
            except (RightMissing, RejectedByPlatform, UnexpectedAnswer) as error:
                # Another process may have made some at the same time.
                failure = error
        if layout is None and failure is not None:
            text = f"the table `{self.config.table}` is not there and could not be made: {failure}"
            raise self._not_set_up(text) from failure
        return layout, dict.fromkeys(missing, f"is not there and could not be made: {failure}")

    async def _look(self) -> Layout | None:
        return await self.database.read(_LOOK, partial(look, self.config))

    async def _obstacle(self) -> str | None:
        reason = await self.database.read(_LOOK, partial(obstacle, self.config))
        return f"the table `{self.config.table}` cannot be made: {reason}" if reason else None

    async def _type_of_ids(self) -> type | None:
        if self.contacts is None:
            return None
        return await self.database.read("read ids", self.contacts.sample)

    def _ours(self, layout: Layout | None) -> Layout | None:
        if layout is not None and layout.amiss:
            raise self._not_set_up(self._sentence(layout.amiss))
        return layout

    def _sentence(self, amiss: str) -> str:
        return f"the table `{self.config.table}` cannot be written to: it {amiss}"

    def _not_set_up(self, text: str) -> PlatformError:
        return NotSetUp(text, platform=self.database.name, operation=OPERATION)


def _missing(layout: Layout | None, wanted: Mapping[str, FieldType]) -> Mapping[str, FieldType]:
    """Return the columns that are to be made: none beside one that differs by its case alone."""
    if layout is None:
        return wanted
    there = layout.table.columns
    return {
        name: kind
        for name, kind in wanted.items()
        if name not in there and layout.near(name) is None
    }


def _erase(layout: Layout, people: Sequence[Addressee], connection: Connection) -> int:
    keys = []
    for each in people:
        try:
            keys.append(layout.key_of(each.remote_id))
        except Misfit:
            continue
    emails = sorted({each.email for each in people if each.email})
    count = 0
    for start in range(0, max(len(keys), len(emails)), ASKED):
        part = slice(start, start + ASKED)
        named: list[ColumnElement[bool]] = [layout.key.in_(keys[part])]
        if layout.config.email:
            named.append(layout.table.c[layout.config.email].in_(emails[part]))
        count += connection.execute(layout.table.delete().where(or_(*named))).rowcount
    return count
