"""What the tests of the columnar copy share: saving and reading events, looking at the files."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from connector.domain.frames import CONTACT, EVENT_ID
from connector.ports.store import State
from tests.conformance.store_world import T, an_event, people, subject_of


async def save(state: State, *names: str, person: int = 1, ref: str | None = None) -> None:
    async with state.write() as tx:
        await people(tx, 5)
        subject = await subject_of(tx, person, ref=ref or str(person))
        await tx.events.save(
            "crm", [(subject, an_event(name, url=name, sku=name)) for name in names], T
        )


async def read(state: State) -> pl.LazyFrame:
    async with state.read() as tx:
        return await tx.events.frame(None, {})


async def names_in(state: State) -> list[str]:
    return ids_of(await read(state))


def ids_of(frame: pl.LazyFrame) -> list[str]:
    return sorted(frame.select(EVENT_ID).collect()[EVENT_ID])


def files_in(folder: Path, pattern: str = "*") -> list[Path]:
    return sorted(folder.glob(pattern))


def rows_on_disk(folder: Path) -> pl.DataFrame:
    return pl.concat(pl.read_parquet(path) for path in files_in(folder, "*-[0-9]*.parquet"))


def flip_a_bit(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[30] ^= 1
    path.write_bytes(content)


def traces_in(folder: Path) -> dict[str, tuple[int, int]]:
    """Return what writing would change."""
    return {path.name: (path.stat().st_ino, path.stat().st_mtime_ns) for path in files_in(folder)}


def put_in_the_way(path: Path) -> None:
    path.mkdir()


def mode_of(path: Path) -> int:
    return path.stat().st_mode & 0o777


async def owners_in(state: State) -> dict[str, int]:
    frame = (await read(state)).collect()
    assert frame.height == frame[EVENT_ID].n_unique()
    return dict(frame.select(EVENT_ID, CONTACT).iter_rows())


def is_of_files(frame: pl.LazyFrame) -> bool:
    return "Parquet SCAN" in frame.explain()
