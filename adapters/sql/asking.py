"""One query of the configuration, asked in the ways that reading needs."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from adapters.sql import places
from adapters.sql.moments import can_lead, is_number
from adapters.sql.statements import Asked
from adapters.sql.stretches import stretches
from adapters.sql.values import can_be_stored
from connector.domain.durations import parse_duration
from connector.errors import Problem, UnexpectedAnswer

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence
    from datetime import datetime, timedelta
    from zoneinfo import ZoneInfo

    from sqlalchemy import Connection, Select

    from adapters.sql.config import NamedQuery
    from adapters.sql.cutting import Slice
    from adapters.sql.database import Database
    from adapters.sql.places import Place
    from connector.ports.clock import Clock

PAGE_ROWS = 5_000
"""Rows of a page: one transaction of whoever stores it."""
_MOST_COLUMNS = 12
"""Columns that a hint names."""


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
            place = places.Place()
        began = place.began or self.clock.now()
        content = place.content if place.behind else ""
        bound, includes_first = place.bound(self.overlap, self.zone)

        def query(after: Sequence[object]) -> Select[Any]:
            if after:
                return self.asked.behind(keys, after)
            return self.asked.behind(keys, bound, includes_first=includes_first)

        for each in stretches(self.database, query, keys, operation=operation, size=self.page_rows):
            self._check_lead(each, operation)
            content = self._content(each, content)
            if each.is_end:
                place = self._at_end(place, each, began=began, content=content)
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

    def has_unplaced(self, connection: Connection) -> bool:
        """Return whether there are rows without a value of the cursor, which are not read."""
        key = self.config.cursor
        return key is not None and connection.execute(self.asked.unplaced(key)).first() is not None

    def _keys(self, operation: str) -> Sequence[str]:
        """Return the columns that rows are ordered by; raises UnexpectedAnswer for lack of any."""
        columns = self._columns or self.database.look(operation, self.columns)
        problem = next(self.problems(columns), None)
        if problem is not None:
            self._columns = ()
            raise self._error(problem, operation)
        keys = (self.config.cursor, self.config.id)
        return [each for each in dict.fromkeys(keys) if each and each in columns]

    def _at_end(self, place: Place, end: Slice, *, began: datetime, content: str) -> Place:
        if self.config.cursor is None:
            return places.Place(content=content)
        # What was behind the place may be gone by now.
        last = next((key[0] for key in (end.last, place.behind) if key), None)
        return place.at_end(
            last, began=began, now=self.clock.now(), overlap=self.overlap, zone=self.zone
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
        """Return one value of the cursor; None where there is none."""
        key = self.config.cursor
        row = connection.execute(self.asked.one_of(key)).first() if key else None
        return row[0] if row else None

    def _check_lead(self, page: Slice, operation: str) -> None:
        if self.config.cursor is None or page.last is None:
            return
        if problem := self.lead_problem(page.last[0]):
            raise self._error(problem, operation)

    def _error(self, problem: Problem, operation: str) -> UnexpectedAnswer:
        hint = f" ({problem.hint})" if problem.hint else ""
        text = f"{operation}: {problem.message}{hint}"
        return UnexpectedAnswer(text, platform=self.database.name, operation=operation)
