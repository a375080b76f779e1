"""Records of the CRM that tell what contacts did: meetings, calls, deals, orders, carts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapters.http import Call, Json
from adapters.hubspot.asking import Row, Search, list_page, next_of, rows_of, unexpected
from adapters.hubspot.changes import changed
from adapters.hubspot.events.meanings import Deed, Kind, values_of, when
from adapters.hubspot.events.source import Piece, filled
from adapters.hubspot.limits import ASSOCIATIONS_REQUEST, REQUEST
from connector.domain.events import Event

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping, Sequence

    from adapters.cursors import Place
    from adapters.hubspot.account import Account

_MODIFIED = "hs_lastmodifieddate"
_WITH_HISTORY = 50
"""The most records whose history is told at once."""
_REFUSED = 400


@dataclass(frozen=True, slots=True)
class RecordSource:
    """The records of one type, by the record ids of the contacts they belong to."""

    account: Account
    kind: Kind
    wanted: frozenset[str]
    """Canonical types."""
    pauses = False

    @property
    def name(self) -> str:
        """Return the type's name."""
        return self.kind.name

    @property
    def title(self) -> str:
        """Return what it is, and the right to read it."""
        return f"{self.kind.title} (scope `{self.kind.scope}`)"

    async def pieces(self, place: Place) -> AsyncIterator[Piece]:
        """Yield pages of what records say that was done, a record again when it was changed."""
        kind = self.kind
        wanted = Search(kind=kind.name, modified=_MODIFIED, properties=kind.properties())
        async for rows, here in changed(self.account, wanted, place):
            yield Piece(events=await self._events(rows), place=here)

    async def probe(self) -> None:
        """Ask for a page of records."""
        await list_page(self.account, [_MODIFIED], None, kind=self.kind.name)

    async def _events(self, rows: Sequence[Row]) -> Sequence[Event]:
        deeds = [(row, deed) for row in rows for deed in self._done(row)]
        ids = list(dict.fromkeys(str(row["id"]) for row, _ in deeds))
        contacts = await self._contacts(ids)
        turned = [str(row["id"]) for row, deed in deeds if deed.turned]
        histories = await self._histories([each for each in turned if contacts.get(each)])
        return [
            event
            for row, deed in deeds
            for event in self._of(row, deed, contacts, histories.get(str(row["id"]), {}))
        ]

    def _done(self, row: Row) -> Iterator[Deed]:
        properties = row.get("properties")
        if not isinstance(properties, dict):
            raise unexpected(self.account, f"search {self.name}", "answered what is no record")
        for deed in self.kind.deeds:
            if deed.type in self.wanted and deed.is_done(properties):
                yield deed

    def _of(
        self,
        row: Row,
        deed: Deed,
        contacts: Mapping[str, Sequence[str]],
        history: Mapping[str, Json],
    ) -> Iterator[Event]:
        """Yield an event for each contact that a record belongs to.

        That of the first one is known by the record alone: who is merged hands their records on,
        and what was counted before is not counted again. All are of one occasion: it counts once
        for contacts that are one person.
        """
        remote_id, properties = str(row["id"]), row["properties"]
        at = when(deed, self.kind, properties, history.get(deed.turned or ""))
        if at is None:
            return
        fields = filled(values_of(deed, self.kind, properties))
        occasion = f"{self.name}:{remote_id}:{deed.type}"
        to = sorted(set(contacts.get(remote_id, ())), key=lambda each: (len(each), each))
        for contact in to:
            more = "" if contact == to[0] else f":{contact}"
            yield Event(
                id=f"{occasion}{more}",
                subject=contact,
                type=deed.type,
                occurred_at=at,
                fields=fields,
                occasion=occasion,
            )

    async def _contacts(self, ids: Sequence[str]) -> Mapping[str, Sequence[str]]:
        """Return the contacts that records belong to."""
        found: dict[str, list[str]] = {}
        inputs: list[Mapping[str, str]] = [{"id": each} for each in ids]
        operation = f"read the contacts of {self.name}"
        while inputs:
            call = Call(
                operation=operation,
                method="POST",
                path=f"{self.account.paths.associations}/{self.name}/contacts/batch/read",
                body={"inputs": inputs},
                buckets=ASSOCIATIONS_REQUEST,
                # When none of them belongs to anybody.
                reads=frozenset({404}),
            )
            answer = await self.account.session.send(call)
            asked, inputs = {each["id"]: each.get("after") for each in inputs}, []
            # Records of nobody are told as errors in a 207.
            rows = rows_of(self.account, operation, answer.body) if answer.status < _REFUSED else ()
            try:
                for row in rows:
                    remote_id = str(row["from"]["id"])
                    to = [str(each["toObjectId"]) for each in row["to"]]
                    found.setdefault(remote_id, []).extend(to)
                    if (after := next_of(row)) is None:
                        continue
                    if after == asked.get(remote_id):
                        raise unexpected(self.account, operation, "goes round in a circle")
                    inputs.append({"id": remote_id, "after": after})
            except (KeyError, TypeError):
                raise unexpected(self.account, operation, "lacks a needed field") from None
        return found

    async def _histories(self, ids: Sequence[str]) -> Mapping[str, Mapping[str, Json]]:
        """Return all values that properties had, by record."""
        names = [each.turned for each in self.kind.deeds if each.turned]
        found: dict[str, Mapping[str, Json]] = {}
        operation = f"read the history of {self.name}"
        for start in range(0, len(ids), _WITH_HISTORY):
            call = Call(
                operation=operation,
                method="POST",
                path=f"{self.account.paths.records(self.name)}/batch/read",
                body={
                    "properties": [],
                    "propertiesWithHistory": names,
                    "inputs": [{"id": each} for each in ids[start : start + _WITH_HISTORY]],
                },
                buckets=REQUEST,
            )
            body = (await self.account.session.send(call)).body
            for row in rows_of(self.account, operation, body):
                histories = row.get("propertiesWithHistory")
                found[str(row.get("id"))] = histories if isinstance(histories, dict) else {}
        return found
