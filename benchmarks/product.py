"""The product over a store of the benchmarks: its workspace, and stores that are scored."""

from __future__ import annotations

import asyncio
import shutil
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from benchmarks.blocks import CODE as BLOCKS_CODE
from benchmarks.history import AT
from benchmarks.kept import HERE, kept
from benchmarks.store import FILE, store
from connector.config.settings import Settings, read_settings
from connector.runtime.bootstrap import opened_workspace, read_configuration
from connector.sync.rescore import rescore
from state.versions import HEAD

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from connector.config.configuration import Configuration
    from connector.sync.workspace import Workspace

MODEL = HERE / "model"


def configuration() -> Configuration:
    """Return the mappings folder that is measured, read and checked."""
    return read_configuration(_settings(None))


@asynccontextmanager
async def workspace(folder: Path) -> AsyncIterator[Workspace]:
    """Give the workspace over the store in `folder`."""
    async with opened_workspace(_settings(folder)) as opened:
        yield opened


def scored_store(contacts: int) -> Path:
    """Return a folder with a store of so many contacts, all scored at `AT`."""
    source = store(contacts)

    def make(folder: Path) -> None:
        shutil.copy(source / FILE, folder / FILE)
        asyncio.run(_score(folder))

    version = f"{HEAD} {configuration().digest}"
    code = (*BLOCKS_CODE, "blocks.py", "store.py", "product.py")
    return kept(f"scored-{contacts}", make, code=code, version=version)


async def _score(folder: Path) -> None:
    async with workspace(folder) as opened:
        await rescore(opened, AT)


def _settings(folder: Path | None) -> Settings:
    url = None if folder is None else f"sqlite:///{folder / FILE}"
    return read_settings(None, mappings=MODEL, database_url=url)
