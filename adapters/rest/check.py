"""Whether an account can be read as its entry says; nothing is written."""

from __future__ import annotations

from collections import Counter
from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapters.rest.paging import Walk
from adapters.rest.rows import Rows
from connector.errors import Problem, RejectedByPlatform, RightMissing, UnexpectedAnswer
from connector.ports.platform import Part

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Sequence

    from adapters.rest.account import Account
    from adapters.rest.config import RestConfig
    from adapters.rest.language.streams import StreamConfig
    from connector.domain.contacts import Reading

_HINT = "`heatsync rest try` shows what a stream yields"


@dataclass(frozen=True, slots=True, kw_only=True)
class RestCheck:
    """Asks each stream that is used for its first page."""

    account: Account
    config: RestConfig
    reading: Reading | None
    parts: frozenset[Part] | None

    async def run(self) -> Sequence[Problem]:
        """Return what keeps the account from working; raises what is said of all of it."""
        problems = [each async for each in self._streams()]
        return [*problems, *self._unread(), *self._numbered_alike(), *self._done_twice()]

    async def _streams(self) -> AsyncIterator[Problem]:
        for name, stream in self._read():
            try:
                async for problem in self._first_page(name, stream):
                    yield problem
            except (RejectedByPlatform, RightMissing, UnexpectedAnswer) as error:
                yield Problem(message=str(error), path=self._path(name), hint=_HINT)

    def _read(self) -> Iterator[tuple[str, StreamConfig]]:
        config = self.config
        named = {
            "contacts": [config.contacts] if config.contacts else [],
            "events": config.events,
            "removals": [config.removals] if config.removals else [],
            "lists": [config.lists] if config.lists else [],
        }
        for name, streams in named.items():
            is_used = self.parts is None or any(
                part.value in {name, *(["memberships", "list_writer"] if name == "lists" else [])}
                for part in self.parts
            )
            yield from ((name, each) for each in streams if is_used)

    async def _first_page(self, name: str, stream: StreamConfig) -> AsyncIterator[Problem]:
        walk = Walk(
            account=self.account,
            operation=f"read {name}",
            stream=stream,
            context={"since": None},
        )
        async with aclosing(walk.pages()) as pages:
            first = await anext(pages)
        contacts = self.config.contacts
        if name != "contacts" or contacts is None:
            return
        rows = Rows(
            received_at=self.account.clock.now(), path=self._path(name), reading=self.reading
        )
        for problem in rows.contacts(first.items, contacts.record)[1]:
            yield problem

    def _unread(self) -> Iterator[Problem]:
        """Yield the fields that are read and of which no record says where they are."""
        contacts = self.config.contacts
        if contacts is None or contacts.record.fields is not None:
            return
        reading = self.reading
        for name in sorted(reading.fields if reading else ()):
            if name not in contacts.record.attributes and name != (reading and reading.email):
                yield Problem(
                    message=f"`attributes` reads the field `{name}`, which no record tells",
                    hint="name it in `contacts.record.attributes`",
                    is_advice=True,
                )

    def _numbered_alike(self) -> Iterator[Problem]:
        """Yield what several streams take for the id of an event: each may count by itself."""
        if self.parts is not None and Part.EVENTS not in self.parts:
            return
        ids = Counter(name for each in self.config.events for name in {r.id for r in each.record})
        for name in (name for name, count in ids.items() if name is not None and count > 1):
            yield Problem(
                message=f"several streams of events take `{name}` for the id of an event: of two "
                "events with one id only one is kept",
                path=self._path("events"),
                hint="where the API counts each kind by itself, write join('-', ['deal', "
                f"to_string({name})])",
                is_advice=True,
            )

    def _done_twice(self) -> Iterator[Problem]:
        """Yield what triggers may have done twice, where they have anything done there."""
        actions = self.config.writes.actions
        kinds = sorted(kind for kind, each in actions.items() if not each.knows_key)
        if kinds and (self.parts is None or Part.ACTIONS in self.parts):
            named = ", ".join(f"`{kind}`" for kind in kinds)
            yield Problem(
                message=f"a {named} of a trigger is done at least once, and twice where its answer "
                "is lost: the API tells a repeated one by nothing",
                path=self._path("writes.actions"),
                hint="let what follows there be harmless twice",
                is_advice=True,
            )

    def _path(self, name: str) -> str:
        return f"platforms.{self.account.name}.{name}"
