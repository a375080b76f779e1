"""Keeping a copy: folded when it is worth it, built anew when it cannot be trusted."""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl
from polars.exceptions import PolarsError

from connector.domain.frames import CONTACT
from connector.errors import Problem, StateError
from state.columnar import changes
from state.columnar.folder import Unreadable
from state.columnar.folding import Folding, plan, publish, tidy
from state.columnar.manifest import manifest_of
from state.columnar.scanning import is_among
from state.columnar.writing import write_part

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from sqlalchemy import Connection

    from connector.domain.values import FieldType
    from connector.ports.progress import Progress
    from state.columnar.copy import EventsCopy
    from state.columnar.manifest import Manifest, Part, Segment
    from state.database import Database


async def keep_up(
    copy: EventsCopy,
    database: Database,
    properties: Mapping[str, FieldType],
    progress: Progress,
    *,
    anew: bool = False,
) -> Sequence[Problem]:
    """Fold what changed into the copy where that is worth it; return what went wrong.

    Nothing that happens to the copy is a reason to stop: the database has all events.
    """
    try:
        async with database.reading() as session:
            await session.run(lambda connection: tidy(copy, connection))
            todo = await session.run(lambda it: plan(copy, it, properties, anew=anew))
        if todo is None:
            return ()
        await Folding(copy, todo, progress).run(database)
    except (OSError, Unreadable, PolarsError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        return [
            Problem(
                message=f"the copy of events in {copy.folder.path} cannot be brought up to date: "
                f"{reason}",
                hint="scores are right without it, and take longer",
            )
        ]
    if todo.is_lost:
        message = f"the copy of events in {copy.folder.path} was incomplete; it was built anew"
        return [Problem(message=message)]
    return ()


async def expunge(copy: EventsCopy, database: Database, contacts: Collection[int]) -> None:
    """Rewrite the copy without these contacts' events, and remove all files that held them.

    Whatever events they have in the database are read from there. Raises StateError when the
    files cannot be written or removed.
    """
    numbers = pl.Series(CONTACT, sorted(set(contacts)), dtype=pl.Int64)
    try:
        async with database.writing() as session:
            await session.run(lambda connection: _rewrite(copy, connection, numbers))
        async with database.reading() as session:
            await session.run(lambda connection: tidy(copy, connection))
    except OSError as error:
        raise StateError(f"{copy.folder.path} cannot be rewritten: {error.strerror}") from None


def _rewrite(copy: EventsCopy, connection: Connection, numbers: pl.Series) -> None:
    changes.record(connection, numbers.to_list())
    manifest = copy.manifest(changes.in_force(connection))
    if manifest is None:
        return
    try:
        rewritten = _without(copy, manifest, numbers)
    except Unreadable:
        # What cannot be read is not kept either.
        changes.withdraw(connection)
        return
    changes.put_in_force(connection, publish(copy, rewritten))


def _without(copy: EventsCopy, manifest: Manifest, numbers: pl.Series) -> Manifest:
    token = secrets.token_hex(8)
    segments: list[Segment] = []
    for height, segment in enumerate(manifest.segments):
        parts: list[Part] = []
        for place, part in enumerate(segment.parts):
            name = f"{token}-{height}-{place:04}.parquet"
            parts += _part_without(copy, part, name, numbers)
        segments.append(replace(segment, parts=tuple(parts)))
    return manifest_of(token, manifest.properties, tuple(segments))


def _part_without(copy: EventsCopy, part: Part, name: str, numbers: pl.Series) -> Sequence[Part]:
    if not numbers.is_between(part.first, part.last).any():
        return [part]
    with copy.folder.open(part.file) as file:
        frame = pl.read_parquet(file)
    left = frame.filter(~is_among(numbers))
    if left.height == frame.height:
        return [part]
    return [] if left.is_empty() else [write_part(copy.folder, name, left)]
