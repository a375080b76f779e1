"""The contacts and events that queries return; keeps the reading parts of the contract."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, TypeAlias, TypeVar
from uuid import UUID

from adapters import cursors
from adapters.sql import places
from adapters.sql.rows import EventRows, read_contact, read_id
from adapters.sql.threads import in_threads
from adapters.sql.values import restored, stored, text_of
from connector.domain.pages import Page
from connector.domain.values import FieldType
from connector.errors import Problem, UnsupportedByPlatform
from connector.ports.platform import RemoteField

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from adapters.sql.asking import Question
    from adapters.sql.config import ContactsQuery, EventsQuery
    from adapters.sql.cutting import Row, Slice
    from connector.domain.contacts import Contact, Reading
    from connector.domain.events import Event
    from connector.domain.pages import Cursor

Item = TypeVar("Item")
_Read: TypeAlias = "Callable[[Row], tuple[Item | None, tuple[Problem, ...]]]"

_ASKED = 500
"""Ids that one statement asks for."""
_CONTACTS = "read contacts"
_READER = "1"
"""Goes up when rows are read in another way, so that they are read again."""


@dataclass(slots=True, kw_only=True)
class SqlContacts:
    """The query of contacts."""

    question: Question
    config: ContactsQuery
    _kind: type | None = field(default=None, init=False)
    """The type of ids, once one was seen."""

    async def contacts(
        self, reading: Reading, since: Cursor | None
    ) -> AsyncIterator[Page[Contact]]:
        """Yield contacts behind the place of `since`, all where something else is read now."""
        fields = sorted((name, kind.value) for name, kind in reading.fields.items())
        signature = _digest(_READER, self.question.signature, reading.email, fields)
        place = cursors.read(since)
        start = places.read(place) if place.get("of") == signature else places.Place()
        question = self.question
        read = partial(read_contact, self.config, reading, question.zone, question.path)
        slices = question.slices(start, _CONTACTS)
        async with aclosing(in_threads(question.database, slices)) as found:
            async for each, behind in found:
                cursor = cursors.written({**behind.written(), "of": signature})
                yield _page(each, read, cursor, question.path)

    async def fetch(self, remote_ids: Sequence[str], reading: Reading) -> Sequence[Contact]:
        """Return the contacts of these ids; of two rows with one id the later."""
        ids = list(dict.fromkeys(remote_ids))
        work = partial(self._fetch, ids)
        rows = await self.question.database.read("fetch contacts", work) if ids else []
        question = self.question
        read = (
            read_contact(self.config, reading, question.zone, question.path, row)[0] for row in rows
        )
        found = {each.remote_id: each for each in read if each}
        return [found[each] for each in ids if each in found]

    async def ids(self, since: Cursor | None = None) -> AsyncIterator[Page[str]]:
        """Yield the ids of all rows, or those behind `since`."""
        walked = cursors.read(since).get("behind")
        after = [restored(walked)] if walked else []
        slices = self.question.walk(after, "walk ids")
        async with aclosing(in_threads(self.question.database, slices)) as found:
            async for each in found:
                behind = stored(each.behind[0]) if each.behind else walked
                known = (read_id(row[self.config.id]) for row in each.rows)
                ids = tuple(remote_id for remote_id in known if remote_id)
                yield Page(items=ids, cursor=cursors.written({"behind": behind}))

    async def fields(self) -> Sequence[RemoteField]:
        """Return the columns of the query."""
        columns = await self.question.database.read("read columns", self.question.columns)
        return [RemoteField(name=each, type=FieldType.TEXT) for each in columns]

    async def cannot_make(self, name: str) -> Problem:
        """Return that a query has the columns that it names."""
        return Problem(message=f"the query has no column `{name}`", hint="add it to the query")

    async def create_field(self, wanted: RemoteField) -> None:
        """Raise UnsupportedByPlatform: a query has the columns that it names."""
        text = f"the column `{wanted.name}` can only be added to the query"
        name = self.question.database.name
        raise UnsupportedByPlatform(text, platform=name, operation="create a field")

    def sample(self, connection: Connection) -> type | None:
        """Return the type of ids; None where there is none yet."""
        if self._kind is None:
            row = connection.execute(self.question.asked.some_of(self.config.id, 1)).first()
            self._kind = type(row[0]) if row else None
        return self._kind

    def _fetch(self, ids: Sequence[str], connection: Connection) -> list[Row]:
        kind = self.sample(connection)
        # SQLite keeps what it was given: numbers may stand there as texts, and the other way round.
        kinds = {kind, str, int} if self.question.database.backend == "sqlite" else {kind}
        wanted = [value for each in ids for value in _values(each, kinds)]
        rows: list[Row] = []
        for start in range(0, len(wanted), _ASKED):
            some = wanted[start : start + _ASKED]
            found = connection.execute(self.question.asked.among(self.config.id, some))
            rows += [dict(row) for row in found.mappings()]
        return rows


@dataclass(slots=True, kw_only=True)
class SqlEvents:
    """The queries of events, one after the other."""

    questions: Mapping[str, tuple[Question, EventsQuery]]
    properties: Mapping[str, FieldType]
    """Declared event properties."""

    async def events(self, since: Cursor | None) -> AsyncIterator[Page[Event]]:
        """Yield the events of each query behind its place."""
        kept = cursors.read(since)
        declared = sorted((name, kind.value) for name, kind in self.properties.items())
        for name, (question, config) in self.questions.items():
            signature = _digest(_READER, question.signature, config.model_dump_json(), declared)
            place = kept.get(name, {})
            start = places.read(place) if place.get("of") == signature else places.Place()
            read = EventRows(
                stream=name,
                config=config,
                zone=question.zone,
                path=question.path,
                properties=self.properties,
            ).read
            slices = question.slices(start, f"read the events `{name}`")
            async with aclosing(in_threads(question.database, slices)) as found:
                async for each, behind in found:
                    kept[name] = {**behind.written(), "of": signature}
                    yield _page(each, read, cursors.written(kept), question.path)


def _page(page: Slice, read: _Read[Item], cursor: Cursor, path: str) -> Page[Item]:
    items: list[Item] = []
    problems = [Problem(message=page.amiss, path=path)] if page.amiss else []
    for row in page.rows:
        item, misfits = read(row)
        problems.extend(misfits)
        if item is not None:
            items.append(item)
    return Page(items=tuple(items), cursor=cursor, problems=tuple(problems))


def _values(remote_id: str, kinds: set[type | None]) -> Sequence[object]:
    """Return what may stand in the column of ids for one of them."""
    found: list[object] = []
    for kind in kinds:
        try:
            value = kind(remote_id) if kind in {int, Decimal, UUID, float} else remote_id
        except (ValueError, ArithmeticError):
            continue
        if text_of(value) == remote_id and not any(value is each for each in found):
            found.append(value)
    return found


def _digest(*parts: object) -> str:
    return hashlib.blake2b(repr(parts).encode(), digest_size=12).hexdigest()
