"""What the daemon takes of its machine, and what it says, from day to day."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import structlog
from sqlalchemy import event
from structlog.typing import EventDict, WrappedLogger

from connector.ports.control import Job
from connector.runtime.assembling import Parts

_PAGE_BYTES = 4096
_QUIET = frozenset({"debug", "info"})


@dataclass(frozen=True, kw_only=True)
class Figures:
    """How large things are at one moment."""

    memory: int
    """Bytes that the process holds."""
    file: int
    """Bytes of the database; its log of writes is not counted."""
    copy: int
    """Bytes of the columnar copy of events."""
    free: int
    """Bytes of the database that are to be used again."""
    rows: Mapping[str, int]
    """Per table."""


def figures(database: Path) -> Figures:
    """Return what there is now."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        names = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
        rows = {name: _one(connection, f"SELECT count(*) FROM {name}") for (name,) in names}  # noqa: S608 - names of our tables
        size = _one(connection, "PRAGMA page_size")
        pages = _one(connection, "PRAGMA page_count")
        free = _one(connection, "PRAGMA freelist_count")
    return Figures(
        memory=int(Path("/proc/self/statm").read_text().split()[1]) * _PAGE_BYTES,
        file=pages * size,
        copy=sum(
            each.stat().st_size
            for each in database.parent.rglob("*")
            if each.is_file() and not each.name.startswith(database.name)
        ),
        free=free * size,
        rows={name: count for name, count in rows.items() if count},
    )


@dataclass
class Counts:
    """What was done so far."""

    statements: int = 0
    jobs: Counter[str] = field(default_factory=Counter)


@contextmanager
def counted(parts: Parts) -> Iterator[Counts]:
    """Count what is asked of the database, and the jobs that end, within the block."""
    counts, engine = Counts(), parts.state._database.engine
    telemetry = parts.service.telemetry
    ended = telemetry.job_ended

    def asked(*_: object) -> None:
        counts.statements += 1

    def count(job: Job, seconds: float, outcome: str) -> None:
        counts.jobs[f"{job.task} {outcome}"] += 1
        ended(job, seconds, outcome)

    event.listen(engine, "before_cursor_execute", asked)
    telemetry.job_ended = count  # type: ignore[method-assign]
    try:
        yield counts
    finally:
        telemetry.job_ended = ended  # type: ignore[method-assign]
        event.remove(engine, "before_cursor_execute", asked)


@contextmanager
def complaints() -> Iterator[Sequence[EventDict]]:
    """Give what is logged at warning or above within the block; the rest is told to nobody."""
    found: list[EventDict] = []

    def keep(_logger: WrappedLogger, method: str, fields: EventDict) -> EventDict:
        if method not in _QUIET:
            found.append({**fields, "level": method})
        raise structlog.DropEvent

    before = structlog.get_config()
    structlog.configure(processors=[keep])
    try:
        yield found
    finally:
        structlog.configure(**before)


def _one(connection: sqlite3.Connection, question: str) -> int:
    ((answer,),) = connection.execute(question).fetchall()
    return int(answer)
