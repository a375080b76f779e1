"""Streams of events, ascending by contact, merged and written as parts."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import polars as pl

from connector.domain.frames import AT, CONTACT, EVENT_ID
from state.columnar.manifest import File, Part

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from state.columnar.folder import Folder

ORDER = ("type", CONTACT, AT, "platform", EVENT_ID)
"""Within a part, so that a rule reads the row groups of its own types alone."""
ROW_GROUP = 32_768
"""Rows that are read or passed over together."""


def merged(one: Iterator[pl.DataFrame], other: Iterator[pl.DataFrame]) -> Iterator[pl.DataFrame]:
    """Yield the rows of two streams in step: neither gets ahead by more than a frame.

    Each stream is sorted by contact within its frames and from one to the next.
    """
    left, right = next(one, None), next(other, None)
    while left is not None and right is not None:
        bound = min(left[CONTACT][-1], right[CONTACT][-1])
        (below_left, left), (below_right, right) = _split(left, bound), _split(right, bound)
        yield pl.concat([below_left, below_right])
        left = next(one, None) if left.is_empty() else left
        right = next(other, None) if right.is_empty() else right
    if left is not None:
        yield left
    if right is not None:
        yield right
    yield from one
    yield from other


def write_parts(
    folder: Folder, token: str, frames: Iterable[pl.DataFrame], rows: int
) -> Iterator[Part]:
    """Write a stream of events as parts of about `rows` rows, a contact never in two of them.

    No frame holds a contact below the last of the frame before. Raises OSError.
    """
    held: list[pl.DataFrame] = []
    count = number = 0
    enough = rows
    for frame in frames:
        held.append(frame)
        count += frame.height
        if count < enough:
            continue
        last = frame[CONTACT].max()
        # More events of the last contact may come.
        ready = pl.concat(held).filter(pl.col(CONTACT) != last)
        held = [each.filter(pl.col(CONTACT) == last) for each in held]
        count = sum(each.height for each in held)
        # Of one contact with more than a part's worth, not every frame is a reason to look again.
        enough = max(rows, 2 * count)
        if not ready.is_empty():
            yield write_part(folder, f"{token}-{number:04}.parquet", ready)
            number += 1
    if count:
        yield write_part(folder, f"{token}-{number:04}.parquet", pl.concat(held))


def write_numbers(folder: Folder, token: str, numbers: pl.Series) -> File:
    """Write the contacts that a segment covers. Raises OSError."""
    frame = pl.DataFrame([numbers.unique().sort().alias(CONTACT)])
    return folder.write(
        f"{token}-contacts.parquet", lambda file: frame.write_parquet(file, compression="zstd")
    )


def write_part(folder: Folder, name: str, frame: pl.DataFrame) -> Part:
    """Write events, at least one. Raises OSError."""
    first, last, rows = frame[CONTACT].min(), frame[CONTACT].max(), frame.height
    ordered = frame.sort(ORDER)
    del frame
    file = folder.write(
        name,
        lambda opened: ordered.write_parquet(opened, compression="zstd", row_group_size=ROW_GROUP),
    )
    return Part(file=file, rows=rows, first=cast("int", first), last=cast("int", last))


def _split(frame: pl.DataFrame, bound: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the rows of contacts up to `bound`, and the others."""
    at = frame[CONTACT].search_sorted(bound, side="right")
    return frame[:at], frame[at:]
