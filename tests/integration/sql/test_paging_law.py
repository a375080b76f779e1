"""Whatever stands in a table, and wherever a walk breaks off: every row is read, and once."""

from __future__ import annotations

import sqlite3
import tempfile
from collections import Counter
from contextlib import closing
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.sql.adapter import SqlPlatform, connect
from adapters.sql.config import SqlConfig
from connector.domain.contacts import Reading
from connector.ports.adapter import PlatformContext
from connector.ports.budget import Unlimited
from tests.builders import T
from tests.fakes import FakeClock

TIMES = st.sampled_from(["2026-01-15 09:00:00", "2026-01-15 09:00:01", "2026-01-15 09:00:01.5"])
KEYS = st.one_of(st.integers(0, 9), st.sampled_from(["a", "A", "b c", "é"]))


def platform(folder: Path, cursor: str | None, page_rows: int) -> SqlPlatform:
    contacts = {"query": "SELECT * FROM people", **({"cursor": cursor} if cursor else {})}
    entry = {"adapter": "sql", "url": "sqlite:///shop.db", "contacts": contacts}
    context = PlatformContext(
        name="shop",
        config=SqlConfig.model_validate(entry),
        folder=folder,
        clock=FakeClock(T),
        budget=Unlimited(),
    )
    return connect(context, page_rows=page_rows)


@settings(max_examples=40)
@given(
    rows=st.lists(st.tuples(KEYS, TIMES), max_size=20),
    cursor=st.sampled_from(["at", None]),
    page_rows=st.integers(1, 7),
    breaks_after=st.integers(0, 5),
)
async def test_every_row_is_read_however_a_walk_goes(
    rows: list[tuple[object, str]], cursor: str | None, page_rows: int, breaks_after: int
) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with closing(sqlite3.connect(folder / "shop.db")) as connection:
            connection.execute("CREATE TABLE people (id, at TEXT)")
            connection.executemany("INSERT INTO people VALUES (?, ?)", rows)
            connection.commit()
        source = platform(folder, cursor, page_rows).contacts
        assert source is not None
        pages = [page async for page in source.contacts(Reading(), None)]
        again = platform(folder, cursor, page_rows).contacts
        assert again is not None
        broken = pages[: breaks_after + 1][-1]
        rest = [page async for page in again.contacts(Reading(), broken.cursor)]

    everybody = Counter(str(number) for number, _ in rows)
    read = Counter(each.remote_id for page in pages for each in page.items)
    before = Counter(each.remote_id for page in pages[: breaks_after + 1] for each in page.items)
    behind = Counter(each.remote_id for page in rest for each in page.items)
    if len({row if cursor else row[0] for row in rows}) == len(rows):
        # Where rows have one place, a statement that goes on between them brings them again.
        assert read == everybody
    assert read >= everybody
    assert before + behind >= everybody
