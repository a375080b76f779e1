"""An instance of Mautic that answers what a test says, and remembers what it was asked."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx

from adapters.clocks import PlatformClock
from adapters.http import HttpSession
from adapters.mautic.account import Account
from adapters.mautic.config import MauticConfig, Zero
from adapters.mautic.dialect import MauticDialect
from adapters.mautic.writing.parts import WritingParts
from connector.domain.changes import Addressee, AttributeChange, Outcome
from connector.domain.values import Written
from connector.ports.budget import Unlimited
from tests.conformance.world import AT
from tests.fakes import FakeClock

URL = "https://mautic.example.com"
BATCH = "/api/contacts/batch/edit"
SECRET = "s3cret-of-the-instance"
FIELDS: Sequence[Mapping[str, Any]] = (
    {"id": 1, "alias": "email", "type": "email", "isUniqueIdentifier": True},
    {"id": 2, "alias": "score", "type": "number", "properties": []},
    {"id": 3, "alias": "tone", "type": "text", "properties": []},
    {"id": 4, "alias": "badge", "type": "text", "isUniqueIdentifer": True},
    {"id": 5, "alias": "hidden", "type": "text", "isPublished": False},
    {"id": 7, "alias": "site", "type": "url", "properties": []},
    {"id": 6, "alias": "level", "type": "select", "properties": {"list": "cold|hot"}},
)

Response = tuple[int, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, as the instance saw it."""

    method: str
    path: str
    body: Any


@dataclass(slots=True)
class Canned:
    """Answers to all but what is always the same, in order; each may be made of what was asked."""

    answers: list[Response | Callable[[Asked], Response] | Exception] = field(default_factory=list)
    version: str = "5.1.0"
    zero: Zero | None = None
    told: Any = None
    """What is answered about fields; None: FIELDS."""
    asked: list[Asked] = field(default_factory=list)
    """What was written, in order."""

    def parts(self) -> WritingParts:
        """Return what writes to the instance, which is called `automation`."""
        clock = PlatformClock(FakeClock(AT))
        session = HttpSession(
            platform="automation",
            base_url=URL,
            budget=Unlimited(),
            headers={},
            dialect=MauticDialect(clock),
            secrets=(SECRET,),
            clock=clock,
            transport=httpx.MockTransport(self._answer),
        )
        account = Account(name="automation", session=session, clock=clock)
        return WritingParts.of(account, MauticConfig(adapter="mautic", url=URL, zero=self.zero))

    def _answer(self, request: httpx.Request) -> httpx.Response:
        headers = {"Mautic-Version": self.version}
        if request.url.path == "/api/fields/contact":
            fields = {"total": len(FIELDS), "fields": FIELDS} if self.told is None else self.told
            return httpx.Response(200, json=fields, headers=headers)
        body = json.loads(request.content) if request.content else None
        asked = Asked(request.method, request.url.path, body)
        self.asked.append(asked)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        status, given = answer(asked) if callable(answer) else answer
        return httpx.Response(status, json=given, headers=headers)


def shown(remote_id: int, **values: object) -> dict[str, Any]:
    """Return a contact as an answer shows it."""
    return {"id": remote_id, "fields": {"all": {"id": remote_id, **values}}}


def echoed(asked: Asked) -> Response:
    """Answer as Mautic does when all is well, to a batch or to one contact."""
    if isinstance(asked.body, list):
        rows = [shown(each["id"], **each) for each in asked.body]
        return 200, {"contacts": rows, "statusCodes": [200] * len(rows)}
    return 200, {"contact": shown(int(asked.path.split("/")[-2]), **asked.body)}


def refused(code: int, message: str = "no") -> dict[str, Any]:
    """Return what is said of one contact of a batch."""
    return {"message": message, "code": code, "type": "api"}


def change(remote_id: str, **values: Written) -> AttributeChange:
    return AttributeChange(to=Addressee(remote_id=remote_id, email="a@x.org"), values=values)


async def written(canned: Canned, *changes: AttributeChange) -> list[Outcome]:
    return list(await canned.parts().attribute_writer.write_attributes(changes))
