"""A small HubSpot that owes nothing to our simulator: what the vendor's pages say, and no more.

It has contacts, whose searches learn of a change late and find 10,000 rows of a query at most, and
the files of a journal that tests write themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from operator import ge, gt, le
from pathlib import Path
from typing import Any

import httpx
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from adapters.hubspot.adapter import HubspotPlatform, connect
from adapters.hubspot.config import HubspotConfig
from connector.ports.adapter import PlatformContext
from connector.ports.budget import Unlimited
from tests.fakes import FakeClock

MOST_FOUND = 10_000
"""Rows of one query."""
LINK_LASTS = timedelta(minutes=5)
_OPERATORS = {"GTE": ge, "GT": gt, "LTE": le}
_FILES = "https://files.hubspot.example"

Properties = Mapping[str, str]
Operator = Callable[[int, int], bool]


@dataclass(kw_only=True)
class BareHubspot:
    """An account and an app in it."""

    clock: FakeClock
    lag: timedelta = timedelta()
    """How long a search goes on finding a contact as it was before its last change."""
    contacts: dict[int, Properties] = field(default_factory=dict)
    files: list[tuple[str, Sequence[Mapping[str, Any]]]] = field(default_factory=list)
    """Offset and events of each file of the journal, oldest first."""
    asked: list[str] = field(default_factory=list)
    links_are_dead: bool = False
    a_file_takes: timedelta = timedelta()
    lost: set[str] = field(default_factory=set)
    """Offsets of files that are in the journal, and nowhere else."""
    changes_while_searched: int = 0
    """How many contacts change after each page of a search, the highest ids first."""
    _learnt: dict[int, Properties] = field(default_factory=dict)
    _coming: list[tuple[datetime, int]] = field(default_factory=list)

    @property
    def app(self) -> Starlette:
        """Return what answers."""
        objects, journal = (
            "/crm/objects/2026-03/contacts",
            "/webhooks-journal/journal-local/2026-03",
        )
        return Starlette(
            routes=[
                Route("/oauth/2026-03/token", self._token, methods=["POST"]),
                Route(objects, self._list),
                Route(f"{objects}/search", self._search, methods=["POST"]),
                Route(f"{objects}/batch/read", self._read, methods=["POST"]),
                Route(f"{journal}/earliest", self._earliest),
                Route(f"{journal}/latest", self._latest),
                Route(f"{journal}/batch/{{offset}}/next/{{count:int}}", self._next),
                Route("/file/{offset}/{expires:int}", self._file),
            ]
        )

    def connect(self, *, journal: bool) -> HubspotPlatform:
        """Return the account as heatsync sees it."""
        secrets = {"access_token": "of-the-account", "client_id": "app", "client_secret": "s"}
        context = PlatformContext(
            name="crm",
            config=HubspotConfig(adapter="hubspot", journal=journal),
            folder=Path(),
            clock=self.clock,
            budget=Unlimited(),
            secrets={name: SecretStr(value) for name, value in secrets.items()},
        )
        return connect(context, transport=httpx.ASGITransport(app=self.app))

    def put(self, *ids: int, **values: str) -> None:
        """Make or change contacts, all at this millisecond."""
        at = str(self._now())
        for each in ids:
            self.contacts[each] = {
                **self.contacts.get(each, {"email": f"p{each}@mail.example.com"}),
                **values,
                "hs_object_id": str(each),
                "lastmodifieddate": at,
            }
            self._coming.append((self.clock.now() + self.lag, each))

    def tell(self, offset: str, *events: Mapping[str, Any]) -> None:
        """Append a file to the journal."""
        self.files.append((offset, events))

    def _now(self) -> int:
        return round(self.clock.now().timestamp() * 1000)

    async def _token(self, request: Request) -> Response:
        form = await request.body()
        assert b"grant_type=client_credentials" in form
        return JSONResponse({"access_token": "of-the-app", "expires_in": 1800})

    async def _list(self, request: Request) -> Response:
        after = int(request.query_params.get("after", "0"))
        ids = sorted(each for each in self.contacts if each > after)
        page = ids[: int(request.query_params["limit"])]
        more = {"paging": {"next": {"after": str(page[-1])}}} if len(ids) > len(page) else {}
        return JSONResponse({"results": [_row(self.contacts[each]) for each in page], **more})

    async def _read(self, request: Request) -> Response:
        ids = [int(each["id"]) for each in (await request.json())["inputs"]]
        assert 0 < len(ids) <= 100
        found = [_row(self.contacts[each]) for each in ids if each in self.contacts]
        status = 200 if len(found) == len(ids) else 207
        return JSONResponse({"status": "COMPLETE", "results": found}, status_code=status)

    async def _search(self, request: Request) -> Response:
        self._learn()
        body = await request.json()
        assert body["sorts"] == [{"propertyName": "hs_object_id", "direction": "ASCENDING"}]
        assert len(body["filterGroups"]) <= 5
        assert 0 < body["limit"] <= 200
        start = int(body.get("after", "0"))
        if start + body["limit"] > MOST_FOUND:
            return JSONResponse({"status": "error", "category": "VALIDATION_ERROR"}, 400)
        groups = [_filters(each["filters"]) for each in body["filterGroups"]]
        found = sorted(
            number
            for number, values in self._learnt.items()
            if any(_passes(number, values, each) for each in groups)
        )
        page = found[start : start + body["limit"]]
        end = start + len(page)
        more = {"paging": {"next": {"after": str(end)}}} if end < len(found) else {}
        answer = {
            "total": len(found),
            "results": [_row(self._learnt[each]) for each in page],
            **more,
        }
        self.clock.advance(timedelta(milliseconds=250))
        if self.changes_while_searched:
            self.put(*sorted(self.contacts)[-self.changes_while_searched :])
        return JSONResponse(answer)

    def _learn(self) -> None:
        """Let searches find what they know by now; of a contact gone they find nothing."""
        now = self.clock.now()
        for at, number in self._coming:
            if at <= now and number in self.contacts:
                self._learnt[number] = self.contacts[number]
        self._coming = [each for each in self._coming if each[0] > now]
        for number in self._learnt.keys() - self.contacts.keys():
            del self._learnt[number]

    async def _earliest(self, request: Request) -> Response:
        self._note(request)
        return self._linked(self.files[:1])

    async def _latest(self, request: Request) -> Response:
        self._note(request)
        return self._linked(self.files[-1:])

    async def _next(self, request: Request) -> Response:
        self._note(request)
        offsets = [offset for offset, _ in self.files]
        if request.path_params["offset"] not in offsets:
            return JSONResponse({"status": "error"}, 404)
        start = offsets.index(request.path_params["offset"]) + 1
        files = self.files[start : start + request.path_params["count"]]
        if not files:
            return Response(status_code=204)
        return JSONResponse(
            {"status": "COMPLETE", "results": [self._link(each[0]) for each in files]}
        )

    async def _file(self, request: Request) -> Response:
        assert "authorization" not in request.headers
        offset, expires = request.path_params["offset"], request.path_params["expires"]
        self.asked.append(f"file {offset}")
        self.clock.advance(self.a_file_takes)
        if self.links_are_dead or self._now() > expires:
            return Response("<Error><Code>AccessDenied</Code></Error>", 403, media_type="text/xml")
        if offset in self.lost:
            return Response("<Error><Code>NoSuchKey</Code></Error>", 404, media_type="text/xml")
        events = dict(self.files)[offset]
        return JSONResponse({"offset": offset, "publishedAt": 0, "journalEvents": list(events)})

    def _note(self, request: Request) -> None:
        assert request.headers["authorization"] == "Bearer of-the-app"
        self.asked.append(request.url.path.split("/2026-03/")[1])

    def _linked(self, files: Sequence[tuple[str, object]]) -> Response:
        return JSONResponse(self._link(files[0][0])) if files else Response(status_code=204)

    def _link(self, offset: str) -> Mapping[str, str]:
        expires_at = self.clock.now() + LINK_LASTS
        url = f"{_FILES}/file/{offset}/{round(expires_at.timestamp() * 1000)}?signature=s"
        return {"url": url, "expiresAt": expires_at.isoformat(), "currentOffset": offset}


def _row(values: Properties) -> Mapping[str, Any]:
    at = "2026-11-01T00:00:00Z"
    return {"id": values["hs_object_id"], "properties": values, "createdAt": at, "updatedAt": at}


def _filters(said: Sequence[Mapping[str, str]]) -> Sequence[tuple[Operator, str, int]]:
    """Return filters, those by id first: they leave out most."""
    found = [(_OPERATORS[e["operator"]], e["propertyName"], int(e["value"])) for e in said]
    return sorted(found, key=lambda each: each[1])


def _passes(number: int, values: Properties, filters: Sequence[tuple[Operator, str, int]]) -> bool:
    return all(
        holds(number if name == "hs_object_id" else int(values[name]), value)
        for holds, name, value in filters
    )
