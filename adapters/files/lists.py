"""`out/lists/<name>.csv`: a row per member."""

from __future__ import annotations

import asyncio
import json
import re
from contextlib import suppress
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING

from adapters.files.errors import BadFile
from adapters.files.members import Members
from adapters.files.out import LISTS
from adapters.files.refusals import misfit_of, refused
from adapters.files.sheets import HEAD, damaged, read_own, read_sheet
from connector.domain.changes import Addressee
from connector.errors import RejectedByPlatform
from connector.ports.platform import RemoteList

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from adapters.files.out import OutFolder
    from connector.domain.changes import ListChange, Outcome

_NAMES = ".names.json"
"""Files whose list has another name than they; there only when there is such a list."""
_WRITE = "write a list"
_SUFFIX = ".csv"
_LONGEST_NAME = 255 - len(_SUFFIX)
"""Bytes; file systems take 255."""


@dataclass(frozen=True, slots=True)
class ListFiles:
    """Keeps the parts `lists` and `list_writer` of the contract."""

    out: OutFolder

    async def lists(self) -> Sequence[RemoteList]:
        """Return every list that was written, with its size."""
        return await asyncio.to_thread(self._lists)

    async def create_list(self, name: str) -> RemoteList:
        """Return the list `name`, an empty one if it was absent.

        Raises RejectedByPlatform when its file belongs to another list, or can have no such name.
        """
        return await asyncio.to_thread(self._create, name)

    async def write_lists(self, changes: Sequence[ListChange]) -> Sequence[Outcome]:
        """Write all of `changes` with one replacement of each list's file."""
        return await asyncio.to_thread(self._write_all, changes)

    def _lists(self) -> Sequence[RemoteList]:
        with self.out.at(LISTS, operation="read lists") as folder:
            names = _names(folder)
            return tuple(
                RemoteList(
                    name=names.get(path.stem, path.stem),
                    remote_id=path.stem,
                    size=_size(path),
                )
                for path in sorted(folder.glob(f"[!.]*{_SUFFIX}"))
            )

    def _create(self, name: str) -> RemoteList:
        operation = "create a list"
        with self.out.at(LISTS, operation=operation) as folder:
            if reason := self._claim(folder, name):
                raise RejectedByPlatform(reason, platform=self.out.platform, operation=operation)
            members = Members(folder / file_name(name), HEAD)
            members.save(self.out)
            return RemoteList(name=name, remote_id=_stem(name), size=len(members))

    def _write_all(self, changes: Sequence[ListChange]) -> Sequence[Outcome]:
        by_list = groupby(changes, key=attrgetter("list_name"))
        return [each for name, some in by_list for each in self._write(name, list(some))]

    def _write(self, name: str, changes: Sequence[ListChange]) -> Sequence[Outcome]:
        with self.out.at(LISTS, operation=_WRITE) as folder:
            if reason := self._claim(folder, name):
                outcome = refused(reason, platform=self.out.platform, operation=_WRITE)
                return [outcome] * len(changes)
            members = Members(folder / file_name(name), HEAD)
            outcomes = [
                members.put(change.to, (), is_there=change.is_member, platform=self.out.platform)
                for change in changes
            ]
            members.save(self.out)
            return outcomes

    def _claim(self, folder: Path, name: str) -> str | None:
        """Take the file of the list `name` for it; return why it cannot have it, if so."""
        stem = _stem(name)
        if misfit := _misfit(name, stem):
            return misfit
        names = _names(folder)
        if (folder / file_name(name)).exists():
            owner = names.get(stem, stem)
            return None if owner == name else f"the file of this list is that of `{owner}`"
        wanted = names | {stem: name}
        if name == stem:
            del wanted[stem]
        if wanted != names:
            text = json.dumps(wanted, ensure_ascii=False, indent=1, sort_keys=True)
            self.out.write(folder / _NAMES, f"{text}\n")
        return None


def file_name(name: str) -> str:
    """Return the name of the file of the list `name`."""
    return f"{_stem(name)}{_SUFFIX}"


def _stem(name: str) -> str:
    return re.sub(r"^\.|[/\\:\0]", "_", name)


def _misfit(name: str, stem: str) -> str | None:
    if not name:
        return "a list needs a name"
    if misfit := misfit_of(Addressee(remote_id=stem)):
        return f"of the list's name: {misfit}"
    is_long = len(stem.encode()) > _LONGEST_NAME
    return f"the list's name is longer than {_LONGEST_NAME} bytes" if is_long else None


def _size(path: Path) -> int | None:
    # Spreadsheets put files of their own beside one that is open.
    with suppress(BadFile):
        return len(read_sheet(path, HEAD).rows)
    return None


def _names(folder: Path) -> dict[str, str]:
    """Return which list has which file, where the two have different names."""
    path = folder / _NAMES
    text = read_own(path)
    try:
        found = {} if text is None else json.loads(text)
    except (ValueError, RecursionError) as error:
        raise damaged(path, "is not JSON") from error
    if not isinstance(found, dict) or not all(isinstance(each, str) for each in found.values()):
        raise damaged(path, "is not an object of names")
    return found
