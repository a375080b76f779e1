"""One batch of values for the table: what changes in which row, written and looked at.

Rows are read, those that are there updated and the others inserted, and all of them read again, in
one transaction: every database does that, and what stands there afterwards is the proof.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, bindparam

from adapters.sql.columns import fitted, is_same, unpadded
from adapters.sql.values import text_of
from connector.domain.cells import refuse_unstorable
from connector.domain.changes import Outcome
from connector.domain.values import Misfit
from connector.errors import NotSetUp, RejectedByPlatform, UnexpectedAnswer

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from adapters.sql.layout import Layout
    from connector.domain.changes import AttributeChange

OPERATION = "write attributes"
ASKED = 500
"""Keys that one statement names."""
_KEY = "the_key"

Rows = dict[str, dict[str, Any]]
"""By id: the values of a row by column."""


def rows_of(layout: Layout, ids: Iterable[str], connection: Connection) -> Rows:
    """Return the rows of these ids that are there."""
    found: Rows = {}
    keys = [key for key in (_key(layout, each) for each in ids) if key is not None]
    for start in range(0, len(keys), ASKED):
        query = layout.table.select().where(layout.key.in_(keys[start : start + ASKED]))
        for found_row in connection.execute(query).mappings():
            row = {
                name: unpadded(value, layout.table.c[name].type)
                for name, value in found_row.items()
            }
            found[str(text_of(row[layout.config.key]))] = row
    return found


@dataclass(slots=True, kw_only=True)
class Batch:
    """The changes of one transaction."""

    platform: str
    layout: Layout
    changes: Sequence[AttributeChange]
    lacking: Mapping[str, str]
    """Columns that cannot be made, each with why not."""
    at: datetime
    rows: Rows = field(default_factory=dict)

    def write(self, connection: Connection) -> Sequence[Outcome]:
        """Write all of them; return an outcome for each, in order."""
        refused = {place: reason for place, reason in self._refusals() if reason}
        taken = [each for place, each in enumerate(self.changes) if place not in refused]
        before = rows_of(self.layout, {each.to.remote_id for each in taken}, connection)
        self.rows = {each: dict(row) for each, row in before.items()}
        plans = [self._plan(each) for each in taken]
        self._store(before, connection)
        shown = rows_of(self.layout, self.rows, connection)
        outcomes = iter([self._outcome(plan, shown) for plan in plans])
        return [
            self._rejected(refused[place]) if place in refused else next(outcomes)
            for place in range(len(self.changes))
        ]

    def _refusals(self) -> Iterable[tuple[int, str | None]]:
        for place, change in enumerate(self.changes):
            yield place, self._refusal(change)

    def _refusal(self, change: AttributeChange) -> str | None:
        """Return why a change can never be written, if it cannot."""
        own = [each for each in change.values if each in self.layout.config.own_columns]
        if own:
            return f"the column `{own[0]}` is not one to be written"
        texts = (change.to.remote_id, change.to.email or "", *change.values.values())
        try:
            for each in texts:
                if isinstance(each, str):
                    refuse_unstorable(each)
            self.layout.key_of(change.to.remote_id)
        except Misfit as error:
            is_key = not any(map(_is_unstorable, texts))
            return f"the key {error}" if is_key else f"a text {error}"
        return None

    def _plan(self, change: AttributeChange) -> _Plan:
        """Return what a change comes to, and put it into the rows."""
        plan = _Plan(remote_id=change.to.remote_id)
        columns = self.layout.table.columns
        for name, value in change.values.items():
            if name not in columns:
                if value is not None:
                    plan.paused[name] = self._why_not(name)
                continue
            if name in self.layout.filled:
                plan.paused[name] = "is filled by the database, which takes no value for it"
                continue
            try:
                plan.values[name] = fitted(value, columns[name].type)
            except Misfit as error:
                plan.paused[name] = str(error)
        present = self.rows.get(plan.remote_id, {})
        plan.is_moved = any(
            not is_same(value, present.get(name)) for name, value in plan.values.items()
        )
        told = {self.layout.config.email: change.to.email} if self.layout.config.email else {}
        is_told = all(present.get(name) == value for name, value in told.items())
        if plan.is_moved or (present and not is_told):
            self.rows[plan.remote_id] = {**present, **plan.values, **told}
        return plan

    def _why_not(self, name: str) -> str:
        """Return why a column is not there."""
        near = self.layout.near(name)
        other = f"is not there, but `{near}` is: write its name like that" if near else None
        return self.lacking.get(name) or other or "is not there"

    def _store(self, before: Rows, connection: Connection) -> None:
        """Bring the rows of the table to those of the batch."""
        groups: dict[tuple[bool, tuple[str, ...]], list[dict[str, Any]]] = defaultdict(list)
        emptied = []
        # Two that write the same rows in one order wait for one another, and never in a ring.
        for remote_id, row in sorted(self.rows.items()):
            present = before.get(remote_id)
            if present == row:
                continue
            moved = {
                name: value
                for name, value in row.items()
                if present is None or present.get(name) != value
            }
            moved[self.layout.config.updated_at] = self._now()
            key = self.layout.key_of(remote_id)
            if not any(row.get(name) is not None for name in self.layout.held):
                emptied.append(key)
            groups[present is None, tuple(sorted(moved))].append({**moved, _KEY: key})
        for (is_new, names), rows in groups.items():
            self._write_alike(connection, rows, names, is_new=is_new)
        self._remove_empty(emptied, connection)

    def _write_alike(
        self,
        connection: Connection,
        rows: Sequence[dict[str, Any]],
        names: Sequence[str],
        *,
        is_new: bool,
    ) -> None:
        """Insert or update rows that have values for the same columns."""
        table, key = self.layout.table, self.layout.config.key
        bound: dict[str, Any] = {name: bindparam(f"v{place}") for place, name in enumerate(names)}
        values = [
            {_KEY: row[_KEY], **{f"v{place}": row[name] for place, name in enumerate(names)}}
            for row in rows
        ]
        if is_new:
            statement: Any = table.insert().values({**bound, key: bindparam(_KEY)})
        else:
            statement = table.update().where(table.c[key] == bindparam(_KEY)).values(bound)
        connection.execute(statement, values)

    def _remove_empty(self, keys: Sequence[object], connection: Connection) -> None:
        """Remove rows without any value: nothing is kept of whoever is not written to any more."""
        empty = [self.layout.table.c[name].is_(None) for name in self.layout.held]
        for start in range(0, len(keys), ASKED):
            named = self.layout.key.in_(keys[start : start + ASKED])
            connection.execute(self.layout.table.delete().where(and_(named, *empty)))

    def _now(self) -> object:
        return fitted(self.at, self.layout.table.c[self.layout.config.updated_at].type)

    def _outcome(self, plan: _Plan, shown: Rows) -> Outcome:
        row = shown.get(plan.remote_id, {})
        wanted = self.rows.get(plan.remote_id, {})
        if not row and any(value is not None for value in plan.values.values()):
            text = f"the table `{self.layout.table.name}` took a row, and has none"
            return Outcome(
                error=UnexpectedAnswer(text, platform=self.platform, operation=OPERATION)
            )
        for name in plan.values:
            if not is_same(wanted.get(name), row.get(name)):
                kind = self.layout.table.c[name].type
                plan.paused[name] = f"({kind}) shows another value than was written to it"
        paused = {name: self._not_set_up(name, reason) for name, reason in plan.paused.items()}
        return Outcome(is_unchanged=not plan.is_moved, paused=paused)

    def _not_set_up(self, name: str, reason: str) -> NotSetUp:
        text = f"the column `{name}` of the table `{self.layout.table.name}` {reason}"
        return NotSetUp(text, platform=self.platform, operation=OPERATION)

    def _rejected(self, reason: str) -> Outcome:
        error = RejectedByPlatform(reason, platform=self.platform, operation=OPERATION)
        return Outcome(error=error)


@dataclass(slots=True, kw_only=True)
class _Plan:
    """What one change comes to."""

    remote_id: str
    values: dict[str, object] = field(default_factory=dict)
    paused: dict[str, str] = field(default_factory=dict)
    is_moved: bool = False


def _key(layout: Layout, remote_id: str) -> object:
    try:
        return layout.key_of(remote_id)
    except Misfit:
        return None


def _is_unstorable(value: object) -> bool:
    try:
        refuse_unstorable(value if isinstance(value, str) else "")
    except Misfit:
        return True
    return False
