"""Long walks in stretches: no transaction on a database of others stays open for long.

One that does holds up what cleans up behind it, and on SQLite whoever wants to write.
"""

from __future__ import annotations

from contextlib import closing
from time import monotonic
from typing import TYPE_CHECKING, Any

from adapters.sql.cutting import cut

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from sqlalchemy import Select

    from adapters.sql.cutting import Slice
    from adapters.sql.database import Database

LONGEST_SECONDS = 60
"""After so long a walk goes on by another statement; a query that is dear costs once as often."""


def stretches(
    database: Database,
    query: Callable[[Sequence[object]], Select[Any]],
    keys: Sequence[str],
    *,
    operation: str,
    size: int,
) -> Generator[Slice, None, None]:
    """Yield slices of at most `size` rows in the order of `keys`; in a thread.

    `query` returns the statement for the rows behind a key, and for all that are wanted behind
    none. While the last slice of a stretch is looked at, nothing is open.
    """
    longest = 0 if database.backend == "sqlite" else LONGEST_SECONDS
    after: Sequence[object] = ()
    while True:
        until = monotonic() + longest
        with database.reading(operation) as connection:
            rows = database.rows(connection, query(after), operation, size)
            with closing(rows):
                for each in cut(rows, keys, size):
                    if each.is_end or (each.behind and monotonic() >= until):
                        break
                    yield each
        yield each
        if each.is_end:
            return
        after = each.behind or ()
