"""Frames over the files of segments, each without what others know better."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

import polars as pl

from connector.domain.frames import CONTACT

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from state.columnar.folder import Folder
    from state.columnar.manifest import Part, Segment

LOWEST = -(2**63)
HIGHEST = 2**63 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Whose events are wanted."""

    first: int = LOWEST
    last: int = HIGHEST
    only: pl.Series | None = None
    """Numbers between the two; None: all of them."""


EVERYBODY = Asked()


def asked(contacts: Collection[int] | None, *, least: int, spread: int) -> Asked | None:
    """Return these contacts as a part of a copy; None when too few or lying too far apart.

    `spread` is how many numbers lie between two contacts at most, on average.
    """
    if contacts is None:
        return EVERYBODY
    numbers = sorted(set(contacts))
    if len(numbers) < max(least, 1):
        return None
    first, last = numbers[0], numbers[-1]
    span = last - first + 1
    if span > spread * len(numbers):
        return None
    only = None if span == len(numbers) else pl.Series(CONTACT, numbers, dtype=pl.Int64)
    return Asked(first=first, last=last, only=only)


def scan(
    folder: Folder, segments: Sequence[Segment], wanted: Asked, changed: pl.Series
) -> list[pl.LazyFrame]:
    """Return the wanted events of `segments`, oldest segment first, without those of `changed`.

    The frames hold their files open: they can be collected when the files are long removed.
    Raises Unreadable.
    """
    found: list[pl.LazyFrame] = []
    without = changed
    for segment in reversed(segments):
        parts = [part for part in segment.parts if _overlaps(part, wanted)]
        if parts:
            found.append(_filtered(_opened(folder, parts), wanted, without))
        if segment.covers is not None:
            without = pl.concat([without, _numbers(folder, segment)]).unique()
    return found[::-1]


def covered(folder: Folder, segments: Sequence[Segment]) -> Iterator[pl.Series]:
    """Yield the contacts that each of these segments covers. Raises Unreadable."""
    for segment in segments:
        yield _numbers(folder, segment)


def is_among(numbers: pl.Series) -> pl.Expr:
    """Return the condition that a contact is one of these."""
    return pl.col(CONTACT).is_in(numbers.implode())


def _overlaps(part: Part, wanted: Asked) -> bool:
    return part.first <= wanted.last and part.last >= wanted.first


def _opened(folder: Folder, parts: Sequence[Part]) -> pl.LazyFrame:
    with ExitStack() as stack:
        files: list[IO[bytes]] = [stack.enter_context(folder.open(part.file)) for part in parts]
        # Polars keeps descriptors of its own.
        return pl.scan_parquet(files)


def _filtered(frame: pl.LazyFrame, wanted: Asked, without: pl.Series) -> pl.LazyFrame:
    if wanted.first > LOWEST or wanted.last < HIGHEST:
        frame = frame.filter(pl.col(CONTACT).is_between(wanted.first, wanted.last))
    if wanted.only is not None:
        frame = frame.filter(is_among(wanted.only))
    near = without.filter(without.is_between(wanted.first, wanted.last))
    return frame if near.is_empty() else frame.filter(~is_among(near))


def _numbers(folder: Folder, segment: Segment) -> pl.Series:
    if segment.covers is None:
        return pl.Series(CONTACT, [], dtype=pl.Int64)
    with folder.open(segment.covers) as file:
        return pl.read_parquet(file)[CONTACT]
