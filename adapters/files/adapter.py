"""A folder of files as a platform: `contacts` and `events` in, `out/` back."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING

from adapters.files.attributes import AttributeFile
from adapters.files.config import FilesConfig
from adapters.files.erasing import Erasing
from adapters.files.folder import CONTACTS, EVENTS, Folder
from adapters.files.lists import ListFiles
from adapters.files.out import OutFolder
from adapters.files.pages import PAGE_ROWS
from adapters.files.sheets import HEAD
from adapters.files.source import FileSource
from adapters.files.tags import TagFile
from adapters.files.triggers import KINDS, TriggerFile
from connector.domain.values import FieldType
from connector.errors import PlatformError, Problem
from connector.ports.adapter import Adapter
from connector.ports.platform import Capabilities, NoParts, Part

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from connector.ports.adapter import PlatformContext

_BATCH = 100_000

CAPABILITIES = Capabilities(
    parts=frozenset(
        {
            *(Part.CONTACTS, Part.EVENTS, Part.LOOKUP, Part.IDS, Part.FIELDS, Part.LISTS),
            *(Part.ATTRIBUTE_WRITER, Part.LIST_WRITER, Part.TAG_WRITER, Part.ACTIONS),
            Part.ERASER,
        }
    ),
    event_types=None,
    action_kinds=KINDS,
    writable_types=frozenset(FieldType),
    is_fixed=frozenset(HEAD).__contains__,
    attribute_batch=_BATCH,
    list_batch=_BATCH,
    action_batch=_BATCH,
    is_ours=True,
)


class FilesPlatform(NoParts):
    """One folder."""

    contacts: FileSource
    events: FileSource
    lookup: FileSource
    ids: FileSource
    fields: AttributeFile
    attribute_writer: AttributeFile
    lists: ListFiles
    list_writer: ListFiles
    tag_writer: TagFile
    actions: TriggerFile
    eraser: Erasing

    def __init__(
        self,
        name: str,
        folder: Path,
        *,
        page_rows: int = PAGE_ROWS,
        properties: Mapping[str, FieldType] | None = None,
    ) -> None:
        self.name = name
        self._out = OutFolder(folder, platform=name)
        self._folder = Folder(folder)
        self._source = source = FileSource(name, self._folder, page_rows, properties or {})
        self.location = str(self._out.path)
        self.contacts = self.events = self.lookup = self.ids = source
        self.fields = self.attribute_writer = AttributeFile(self._out, source)
        self.lists = self.list_writer = ListFiles(self._out)
        self.tag_writer = TagFile(self._out)
        self.actions = TriggerFile(self._out)
        self.eraser = Erasing(self._out)

    async def check(self) -> Sequence[Problem]:
        """Return what is wrong with the files, and whether `out/` could not be written."""
        return await asyncio.to_thread(self._check)

    async def aclose(self) -> None:
        """Do nothing: no file stays open between calls."""

    def _check(self) -> Sequence[Problem]:
        found = []
        for stream in (CONTACTS, EVENTS):
            try:
                self._source.examine(stream)
            except PlatformError as error:
                found.append(str(error))
        if not found and not self._out.is_writable():
            found.append(f"{self._out.path}: heatsync has no right to write there")
        advice = [] if found else [*self._strays()]
        return (*(Problem(message=message) for message in dict.fromkeys(found)), *advice)

    def _strays(self) -> Iterator[Problem]:
        names = self._folder.strays()
        if names:
            message = f"nobody reads {', '.join(names)}: a folder has `contacts` and `events`"
            yield Problem(message=message, hint="is one of them misspelt?", is_advice=True)


def connect(context: PlatformContext) -> FilesPlatform:
    """Return the folder that the configuration names."""
    path = context.config.path if isinstance(context.config, FilesConfig) else ""
    folder = Path(os.path.normpath(context.folder / path))
    return FilesPlatform(context.name, folder, properties=context.properties)


ADAPTER = Adapter(
    name="files",
    title="A folder of CSV, JSON lines or Parquet files",
    config=FilesConfig,
    capabilities=CAPABILITIES,
    connect=connect,
    erasure="take their rows out of the files that are read",
)
