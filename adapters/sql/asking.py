"""One query of the configuration, asked in the ways that reading needs."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from adapters.sql import places
from adapters.sql.cutting import Slice
from adapters.sql.moments import can_lead, is_bounded, is_number
from adapters.sql.statements import Asked
from adapters.sql.stretches import stretches
from adapters.sql.values import can_be_stored
from connector.domain.durations import parse_duration
from connector.errors import Problem, UnexpectedAnswer

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping, Sequence
    from datetime import datetime, timedelta
    from zoneinfo import ZoneInfo

    from sqlalchemy import Connection, Select

    from adapters.sql.config import NamedQuery
    from adapters.sql.database import Database
    from adapters.sql.places import Place
    from connector.ports.clock import Clock

PAGE_ROWS = 5_000
"""Rows of a page: one transaction of whoever stores it."""
MOST_COUNTED = 1_000
"""Rows without a place that are counted; of more nobody wants to wait for their number."""
_MOST_COLUMNS = 12
"""Columns that a hint names."""
_MOST_LEADS = 100
"""Values of a cursor that are looked at before it is called none."""


@dataclass(slots=True, kw_only=True)
class Question:
    """A query with its database; its columns are learnt once."""

    database: Database
    config: NamedQuery
    path: str
    """Where the configuration has it, as ``platforms.shop.contacts``."""
    zone: ZoneInfo
    clock: Clock
    page_rows: int = PAGE_ROWS
    needs: tuple[str, ...] = ()
    """Columns without which nothing can be read."""
    _columns: tuple[str, ...] = field(default=(), init=False)

    @property
    def overlap(self) -> timedelta | int | None:
        """Return how far behind the last value of the cursor to begin."""
        given = self.config.overlap
        return parse_duration(given) if isinstance(given, str) else given

    @property
    def asked(self) -> Asked:
        """Return the query as a table."""
        return Asked(
            self.config.query, [each for each in (self.config.cursor, self.config.id) if each]
        )

    @property
    def signature(self) -> str:
        """Return what tells this way of reading from others: of another one places say nothing."""
        content = repr((self.config.query, self.config.id, self.config.cursor))
        return hashlib.blake2b(content.encode(), digest_size=12).hexdigest()

    def columns(self, connection: Connection) -> tuple[str, ...]:
        """Return the columns, in order."""
        if not self._columns:
            self._columns = tuple(connection.execute(self.asked.nothing()).keys())
        return self._columns

    def problems(self, columns: Sequence[str]) -> Iterator[Problem]:
        """Yield what is wrong with the columns."""
        twice = [name for name, count in Counter(columns).items() if count > 1]
        for name in twice:
            text = f"the query has two columns `{name}`: name them apart"
            yield Problem(message=text, path=self.path)
        for name in dict.fromkeys(self.needs):
            if name not in columns:
                near = get_close_matches(name, columns, n=1)
                listed = ", ".join(columns[:_MOST_COLUMNS])
                hint = f"did you mean `{near[0]}`?" if near else f"it has {listed}"
                text = f"the query has no column `{name}`"
                yield Problem(message=text, path=self.path, hint=hint)

    def slices(self, place: Place, operation: str) -> Generator[tuple[Slice, Place], None, None]:
        """Yield the rows behind a place, each slice with the place behind it; in a thread."""
        keys = self._keys(operation)
        if place.behind and len(place.behind) != len(keys):
            # It was kept when the query had an id, and has none now, or the other way round.
            place = places.Place(unplaced_at=place.unplaced_at)
        began = place.began or self.clock.now()
        if place.is_unplaced_due(began):
            yield from ((each, place) for each in self._unplaced(operation))
            place = replace(place, unplaced_at=began)
        content = place.content if place.behind else ""
        bound, includes_first = place.bound(self.overlap, self.zone)

        def query(after: Sequence[object]) -> Select[Any]:
            if after:
                return self.asked.behind(keys, after)
            return self.asked.behind(keys, bound, includes_first=includes_first)

        lead = next(filter(is_bounded, place.behind[:1]), None)
        for each in stretches(self.database, query, keys, operation=operation, size=self.page_rows):
            lead = self._lead(each, lead, operation)
            content = self._content(each, content)
            if each.is_end:
                place = self._at_end(place, lead, began=began, content=content)
            elif each.behind is not None and all(map(can_be_stored, each.behind)):
                place = place.inside(each.behind, began=began, content=content)
            yield each, place

    def walk(self, start: Sequence[object], operation: str) -> Generator[Slice, None, None]:
        """Yield all ids in order, or those behind one of them; in a thread."""
        self._keys(operation)

        def query(after: Sequence[object]) -> Select[Any]:
            return self.asked.only(self.config.id, after or start)

        keys = [self.config.id]
        yield from stretches(self.database, query, keys, operation=operation, size=self.page_rows)

    def unplaced(self, connection: Connection) -> Mapping[str, int]:
        """Return how many rows have no value in a column that places go by, by that column.

        They are counted up to one more than MOST_COUNTED.
        """
        most = MOST_COUNTED + 1
        counts = {
            key: connection.scalar(
                self.asked.count_unplaced(key, most, blank=self._is_blank_none(key))
            )
            for key in self._present(self.columns(connection))
        }
        return {key: count for key, count in counts.items() if count}

    def _unplaced(self, operation: str) -> Iterator[Slice]:
        """Yield the rows that lack a value of the cursor or of the id; in a thread.

        What keeps them from being found keeps no others from being read.
        """
        try:
            yield from (each for each in self._without_place(operation) if each.rows)
        except UnexpectedAnswer as error:
            text = f"rows without a place were not all read, which is tried again in a day: {error}"
            yield Slice(rows=(), behind=None, last=None, amiss=text)

    def _without_place(self, operation: str) -> Iterator[Slice]:
        cursor, id_ = self.config.cursor, self.config.id
        by_id = [id_] if id_ in self._keys(operation) else []
        asked, size = self.asked, self.page_rows
        if cursor is not None and cursor != id_:
            blank = self._is_blank_none(cursor)

            def undated(after: Sequence[object]) -> Select[Any]:
                return asked.unplaced(cursor, by_id, after=after, blank=blank)

            yield from stretches(self.database, undated, by_id, operation=operation, size=size)
        if by_id:

            def nameless(_: Sequence[object]) -> Select[Any]:
                return asked.unplaced(id_)

            yield from stretches(self.database, nameless, [], operation=operation, size=size)

    def _is_blank_none(self, key: str) -> bool:
        """Return whether an empty text in a column is no value: SQLite has no type for times."""
        return self.database.backend == "sqlite" and key == self.config.cursor

    def _keys(self, operation: str) -> Sequence[str]:
        """Return the columns that rows are ordered by; raises UnexpectedAnswer for lack of any."""
        columns = self._columns or self.database.look(operation, self.columns)
        problem = next(self.problems(columns), None)
        if problem is not None:
            self._columns = ()
            raise self._error(problem, operation)
        return self._present(columns)

    def _present(self, columns: Sequence[str]) -> Sequence[str]:
        keys = (self.config.cursor, self.config.id)
        return [each for each in dict.fromkeys(keys) if each and each in columns]

    def _at_end(self, place: Place, lead: object, *, began: datetime, content: str) -> Place:
        if self.config.cursor is None:
            return places.Place(content=content, unplaced_at=place.unplaced_at)
        return place.at_end(
            lead, began=began, now=self.clock.now(), overlap=self.overlap, zone=self.zone
        )

    def _content(self, page: Slice, before: str) -> str:
        """Return what tells the content of all rows up to here, where they are read each time."""
        if self.config.cursor is not None:
            return ""
        digest = hashlib.blake2b(before.encode(), digest_size=12)
        for row in page.rows:
            digest.update(repr(tuple(row.values())).encode(errors="surrogatepass"))
        return digest.hexdigest()

    def lead_problem(self, value: object) -> Problem | None:
        """Return what is wrong with a value of the cursor, if it cannot be gone by."""
        cursor, overlap, path = self.config.cursor, self.overlap, f"{self.path}.cursor"
        if not can_lead(value):
            text = f"the cursor `{cursor}` holds neither times nor numbers"
            return Problem(message=text, path=path)
        if overlap is None or isinstance(overlap, int) is is_number(value):
            return None
        held, wanted = ("numbers", "1000") if is_number(value) else ("times", "5m")
        text = f"`overlap` is of another kind than the cursor `{cursor}`, which holds {held}"
        return Problem(message=text, path=path, hint=f"write one such as {wanted}")

    def lead(self, connection: Connection) -> object:
        """Return a value of the cursor, if possible one to go by; None where there is none."""
        key = self.config.cursor
        if key is None:
            return None
        found: Sequence[object] = connection.scalars(self.asked.some_of(key, _MOST_LEADS)).all()
        told = [each for each in found if each != ""]
        return next(filter(can_lead, told), told[0] if told else None)

    def _lead(self, page: Slice, before: object, operation: str) -> object:
        """Return the greatest value so far that the next walk can begin at; None: there was none.

        Raises UnexpectedAnswer where the rows have only values that no walk can go by.
        """
        key = self.config.cursor
        if key is None:
            return None
        told = [row[key] for row in reversed(page.rows) if row[key] != ""]
        lead = next(filter(is_bounded, told), before)
        seen = told[0] if lead is None and told else lead
        if seen is not None and (problem := self.lead_problem(seen)):
            raise self._error(problem, operation)
        return lead

    def _error(self, problem: Problem, operation: str) -> UnexpectedAnswer:
        hint = f" ({problem.hint})" if problem.hint else ""
        text = f"{operation}: {problem.message}{hint}"
        return UnexpectedAnswer(text, platform=self.database.name, operation=operation)
