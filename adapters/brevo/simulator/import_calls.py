"""/contacts/import, and the processes that do the work."""

from __future__ import annotations

import csv
import io
from functools import partial
from typing import TYPE_CHECKING, Any

from adapters.brevo.simulator.processes import Import
from adapters.brevo.simulator.reading import ids_of, is_ascending, object_of, span_of
from adapters.brevo.simulator.refusals import Refused, missing, not_found
from adapters.simulation.messages import Reply, json_reply
from adapters.simulation.routes import Route

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from adapters.brevo.simulator.account import BrevoAccount
    from adapters.simulation.messages import Request

MOST_BYTES = 10_000_000
_SOURCES = ("fileUrl", "fileBody", "jsonBody")


class ImportCalls:
    """Contacts in bulk."""

    def __init__(self, account: BrevoAccount) -> None:
        self._account = account

    def routes(self) -> Iterator[Route]:
        """Yield what is answered here."""
        yield Route("POST", "/contacts/import", self.take_in)
        yield Route("GET", "/processes", self.all)
        yield Route("GET", "/processes/{process_id}", self.show)

    def take_in(self, request: Request) -> Reply:
        """Queue an import."""
        if len(request.body) > MOST_BYTES:
            raise Refused("the body exceeds 10 MB", code="out_of_range")
        body = object_of(request)
        wanted = Import(
            rows=_rows_of(body),
            list_ids=self._lists_of(body),
            updates_existing=body.get("updateExistingContacts") is not False,
            clears_empty=body.get("emptyContactsAttributes") is True,
            block_email=body.get("emailBlacklist") is True,
            block_sms=body.get("smsBlacklist") is True,
        )
        process = self._account.processes.begin(
            self._account, "IMPORTUSER", partial(wanted.run, self._account), len(wanted.rows)
        )
        return json_reply({"processId": process.id}, 202, size=len(wanted.rows))

    def all(self, request: Request) -> Reply:
        """Return a page of processes."""
        found = list(self._account.processes.by_id.values())
        rows = found if is_ascending(request) else found[::-1]
        now, told_at = self._account.now(), self._account.told_at
        page = span_of(request, most=50, usual=10).of(rows)
        told = [each.as_json(now, told_at) for each in page]
        return json_reply({"count": len(rows), "processes": told}, size=len(told))

    def show(self, request: Request, process_id: str) -> Reply:  # noqa: ARG002 - nothing is asked
        """Return where a process stands."""
        key = int(process_id) if process_id.isdigit() else 0
        found = self._account.processes.by_id.get(key)
        if found is None:
            raise not_found("Process ID")
        return json_reply(found.as_json(self._account.now(), self._account.told_at))

    def _lists_of(self, body: Mapping[str, Any]) -> Sequence[int]:
        """Return the lists that the contacts come into; there must be one."""
        lists = self._account.lists
        if new := body.get("newList"):
            return [lists.add(str(new["listName"]), new.get("folderId")).id]
        list_ids = ids_of(body.get("listIds") or [], "listIds")
        if not list_ids:
            raise missing("listIds or newList")
        if any(each not in lists.by_id for each in list_ids):
            raise Refused("listIds are not valid")
        return list_ids


def _rows_of(body: Mapping[str, Any]) -> Sequence[tuple[str, Mapping[str, Any]]]:
    given = [name for name in _SOURCES if body.get(name)]
    if len(given) != 1:
        raise Refused("Exactly one of fileUrl, fileBody, jsonBody should be passed")
    match given[0]:
        case "jsonBody":
            return [
                (each["email"], each.get("attributes") or {})
                for each in body["jsonBody"]
                if isinstance(each, dict) and "@" in str(each.get("email"))
            ]
        case "fileBody":
            return _rows_of_file(str(body["fileBody"]))
        case _:
            raise Refused("fileUrl cannot be read")


def _rows_of_file(text: str) -> Sequence[tuple[str, Mapping[str, Any]]]:
    """Return the rows of a file whose first line names the attributes."""
    separator = ";" if ";" in text.partition("\n")[0] else ","
    rows = csv.DictReader(io.StringIO(text), delimiter=separator)
    return [
        (row["EMAIL"], {name: value for name, value in row.items() if name != "EMAIL"})
        for row in rows
        if "@" in (row.get("EMAIL") or "")
    ]
