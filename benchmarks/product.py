"""The product over a store of the benchmarks: its workspace, and stores that are scored."""

from __future__ import annotations

import asyncio
import json
import shutil
import tempfile
import time
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

from benchmarks.blocks import CODE as BLOCKS_CODE
from benchmarks.history import AT
from benchmarks.kept import CACHE, HERE, kept
from benchmarks.measuring import Taken, apart
from benchmarks.store import FILE, store
from connector.config.settings import Settings, read_settings
from connector.runtime.bootstrap import opened_workspace, read_configuration
from connector.sync.deciding.rescore import rescore
from state.columnar.manifest import FORMAT
from state.location import locate
from state.versions import upgrade_to_head

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

    from connector.config.configuration import Configuration
    from connector.ports.store import State, Transaction
    from connector.sync.workspace import Workspace

Result = TypeVar("Result")
MODEL = HERE / "model"
_FOLDING = "folding.json"
_CODE = (*BLOCKS_CODE, "blocks.py", "store.py")


def configuration() -> Configuration:
    """Return the mappings folder that is measured, read and checked."""
    return read_configuration(_settings(None))


@asynccontextmanager
async def workspace(folder: Path) -> AsyncIterator[Workspace]:
    """Give the workspace over the store in `folder`."""
    # What was kept may be of an older version of the tables; to fill it again takes minutes.
    await asyncio.to_thread(upgrade_to_head, locate(f"sqlite:///{folder / FILE}"))
    async with opened_workspace(_settings(folder)) as opened:
        yield opened


class Watched:
    """A state, and how long its transactions took, whatever was done in them."""

    def __init__(self, state: State) -> None:
        self._state = state
        self.reading = 0.0
        self.writing = 0.0

    def __getattr__(self, name: str) -> object:
        return getattr(self._state, name)

    @property
    def state(self) -> State:
        """Itself, in the place of a state."""
        return cast("State", self)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Transaction]:
        """Open a view of one moment."""
        began = time.perf_counter()
        async with self._state.read() as tx:
            yield tx
        self.reading = round(self.reading + time.perf_counter() - began, 3)

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Transaction]:
        """Open a transaction that commits at the end of its block."""
        began = time.perf_counter()
        async with self._state.write() as tx:
            yield tx
        self.writing = round(self.writing + time.perf_counter() - began, 3)

    async def transact(self, work: Callable[[Transaction], Awaitable[Result]]) -> Result:
        """Return what `work` returns, in a transaction at one go."""
        began = time.perf_counter()
        result = await self._state.transact(work)
        self.writing = round(self.writing + time.perf_counter() - began, 3)
        return result


@contextmanager
def fresh_store(contacts: int) -> Iterator[Path]:
    """Give a folder with a store of so many contacts of whom none is scored, for once."""
    with tempfile.TemporaryDirectory(dir=CACHE, prefix="fresh-") as folder:
        shutil.copytree(_copied_store(contacts), folder, dirs_exist_ok=True)
        yield Path(folder)


def folding(contacts: int) -> dict[str, Any]:
    """Return how long the product took to copy the events of a store, when it was made."""
    figures: dict[str, Any] = json.loads((_copied_store(contacts) / _FOLDING).read_text("utf-8"))
    return figures


def scored_store(contacts: int) -> Path:
    """Return a folder with a store of so many contacts, all scored at `AT`."""

    def make(folder: Path) -> None:
        shutil.copytree(_copied_store(contacts), folder, dirs_exist_ok=True)
        asyncio.run(_score(folder))

    version = f"{FORMAT} {configuration().digest}"
    return kept(f"scored-{contacts}", make, code=_CODE, version=version)


def fold(folder: str) -> dict[str, Any]:
    """Let the product copy the events of a store anew."""
    return asyncio.run(_fold(Path(folder)))


def _copied_store(contacts: int) -> Path:
    """Return a folder with a store of so many contacts, none scored, and the copy of its events."""

    def make(folder: Path) -> None:
        shutil.copy(store(contacts) / FILE, folder / FILE)
        figures = json.dumps(apart(fold, str(folder)))
        (folder / _FOLDING).write_text(figures, encoding="utf-8")

    return kept(f"copied-{contacts}", make, code=_CODE, version=str(FORMAT))


async def _fold(folder: Path) -> dict[str, Any]:
    taken = Taken()
    async with workspace(folder) as opened:
        with taken.run():
            await opened.state.fold_events({}, anew=True)
        copy = await opened.state.event_copy()
    if copy is None or copy.changed:
        raise RuntimeError("the events were not copied: the figures would mean nothing")
    return {**taken.figures(), "size_mb": copy.size // 2**20, "events": copy.events}


async def _score(folder: Path) -> None:
    async with workspace(folder) as opened:
        await rescore(opened, AT)


def _settings(folder: Path | None) -> Settings:
    url = None if folder is None else f"sqlite:///{folder / FILE}"
    return read_settings(None, mappings=MODEL, database_url=url)
