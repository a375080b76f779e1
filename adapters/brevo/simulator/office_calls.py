"""/account and /crm: the account itself, and what people note in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from adapters.brevo.simulator.reading import object_of, span_of
from adapters.brevo.simulator.refusals import Refused, missing
from adapters.simulation.messages import Reply, json_reply
from adapters.simulation.routes import Route

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from adapters.brevo.simulator.account import BrevoAccount
    from adapters.simulation.messages import Request

_LONGEST_NOTE = 3000
_TASK_TYPE = "61a5cd07ca1347c82306ad06"


class OfficeCalls:
    """What has to do with people who work in the account."""

    def __init__(self, account: BrevoAccount) -> None:
        self._account = account

    def routes(self) -> Iterator[Route]:
        """Yield what is answered here."""
        yield Route("GET", "/account", self.account)
        yield Route("GET", "/crm/tasktypes", self.task_types)
        yield Route("GET", "/crm/tasks", self.tasks)
        yield Route("POST", "/crm/tasks", self.add_task)
        yield Route("GET", "/crm/notes", self.notes)
        yield Route("POST", "/crm/notes", self.add_note)

    def account(self, request: Request) -> Reply:  # noqa: ARG002 - nothing is asked
        """Return whose account it is."""
        return json_reply({**_ACCOUNT, "dateTimePreferences": self._clock()})

    def task_types(self, request: Request) -> Reply:  # noqa: ARG002 - nothing is asked
        """Return the kinds of tasks."""
        return json_reply([{"id": _TASK_TYPE, "title": "Email"}])

    def tasks(self, request: Request) -> Reply:
        """Return a page of tasks."""
        told = span_of(request, most=100).of(self._account.records.tasks)
        return json_reply({"items": list(told)}, size=len(told))

    def add_task(self, request: Request) -> Reply:
        """Note something to do."""
        body = object_of(request)
        for name in ("name", "taskTypeId", "date"):
            if not body.get(name):
                raise missing(name)
        return json_reply({"id": self._add(self._account.records.tasks, body)}, 201)

    def notes(self, request: Request) -> Reply:
        """Return a page of notes."""
        told = span_of(request, most=100).of(self._account.records.notes)
        return json_reply(list(told), size=len(told))

    def add_note(self, request: Request) -> Reply:
        """Note something."""
        body = object_of(request)
        if not body.get("text"):
            raise missing("text")
        if len(body["text"]) > _LONGEST_NOTE:
            raise Refused("text is too long", code="out_of_range")
        return json_reply({"id": self._add(self._account.records.notes, body)})

    def _add(self, rows: list[Mapping[str, Any]], body: Mapping[str, Any]) -> str:
        made = f"{self._account.next_id():024x}"
        rows.append({"id": made, **body})
        return made

    def _clock(self) -> Mapping[str, str]:
        return {"timezone": self._account.zone.key, "timeFormat": "24h", "dateFormat": "yyyy-mm-dd"}


_ACCOUNT: Mapping[str, Any] = {
    "organization_id": "5fa2b8c123456789abcdef01",
    "user_id": 1234567,
    "enterprise": False,
    "companyName": "Example",
    "email": "owner@example.com",
    "firstName": "Ann",
    "lastName": "Owner",
    "address": {
        "city": "Paris",
        "country": "France",
        "street": "1 rue Exemple",
        "zipCode": "75001",
    },
    "marketingAutomation": {"enabled": True, "key": "simulated"},
    "plan": [{"credits": 20000, "creditsType": "sendLimit", "type": "subscription"}],
    "relay": {
        "data": {"port": 587, "relay": "smtp-relay.brevo.com", "userName": "owner@example.com"},
        "enabled": True,
    },
}
