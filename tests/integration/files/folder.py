"""A folder of files as tests fill and read it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from adapters.files.adapter import FilesPlatform
from connector.domain.contacts import Contact, Reading
from connector.domain.events import Event
from connector.domain.pages import Cursor, Page
from connector.domain.values import FieldType


@dataclass(frozen=True)
class Data:
    """One folder; `page_rows` as small as a test likes."""

    path: Path
    page_rows: int = 10_000

    def write(self, name: str, content: str | bytes | Iterable[str]) -> None:
        if isinstance(content, bytes):
            (self.path / name).write_bytes(content)
        else:
            text = content if isinstance(content, str) else "\n".join([*content, ""])
            (self.path / name).write_text(text, encoding="utf-8", newline="")

    def connect(self) -> FilesPlatform:
        return FilesPlatform("past", self.path, page_rows=self.page_rows)

    async def contact_pages(
        self,
        fields: Mapping[str, FieldType] | None = None,
        since: Cursor | None = None,
        email: str | None = None,
    ) -> list[Page[Contact]]:
        reading = Reading(fields=fields or {}, email=email)
        return [page async for page in self.connect().contacts.contacts(reading, since)]

    async def event_pages(self, since: Cursor | None = None) -> list[Page[Event]]:
        return [page async for page in self.connect().events.events(since)]

    async def contacts(
        self, fields: Mapping[str, FieldType] | None = None
    ) -> tuple[list[Contact], list[str]]:
        """Return the contacts, and the problems without the path of the folder."""
        pages = await self.contact_pages(fields)
        return [each for page in pages for each in page.items], self._problems(pages)

    async def events(self) -> tuple[list[Event], list[str]]:
        """Return the events, and the problems without the path of the folder."""
        pages = await self.event_pages()
        return [each for page in pages for each in page.items], self._problems(pages)

    def out(self, name: str) -> str:
        return (self.path / "out" / name).read_text(encoding="utf-8")

    def out_names(self) -> set[str]:
        out = self.path / "out"
        return {str(each.relative_to(out)) for each in out.rglob("*") if each.is_file()}

    def _problems(self, pages: Iterable[Page[Contact] | Page[Event]]) -> list[str]:
        problems = [str(problem) for page in pages for problem in page.problems]
        return [text.removeprefix(f"{self.path}/") for text in problems]
