"""What contacts did: marketing e-mail, forms, pages and events, webinars."""

from __future__ import annotations

import uuid
from bisect import insort
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import count
from random import Random
from typing import TYPE_CHECKING, Any

from adapters.hubspot.simulator.times import iso

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass(slots=True, kw_only=True)
class LogRow:
    """One row of a log."""

    at_ms: int
    row: Mapping[str, Any]


@dataclass(slots=True, kw_only=True)
class Log:
    """Rows in the order of their instants, whenever they came in."""

    rows: list[LogRow] = field(default_factory=list)

    def add(self, at_ms: int, row: Mapping[str, Any]) -> Mapping[str, Any]:
        """Put in a row; return it."""
        insort(self.rows, LogRow(at_ms=at_ms, row=row), key=_instant)
        return row

    def newest_first(self, least_ms: int = 0, most_ms: int = 10**15) -> Sequence[Mapping[str, Any]]:
        """Return the rows of a closed span."""
        return [each.row for each in reversed(self.rows) if least_ms <= each.at_ms <= most_ms]


def _instant(row: LogRow) -> int:
    return row.at_ms


class Engagement:
    """All that is kept of what contacts did, apart from the objects of the CRM."""

    def __init__(self, portal_id: int, seed: int) -> None:
        self.mail = Log()
        self.forms: dict[str, Log] = {}
        """By the id of the form."""
        self.form_names: dict[str, str] = {}
        self.occurrences: dict[tuple[str, str], Log] = defaultdict(Log)
        """By type and id of the object."""
        self.webinars: dict[str, Mapping[str, Any]] = {}
        self.participations = Log()
        self.sent_events: dict[str, Mapping[str, Any]] = {}
        """Custom events that callers sent, by their uuid."""
        self.sent_mail: dict[str, Mapping[str, Any]] = {}
        """Single e-mails that callers sent, by their sendId."""
        self._portal_id = portal_id
        self._random = Random(seed)  # noqa: S311 - chance that can be repeated
        self._numbers = count(1)

    def send_mail_event(
        self, kind: str, recipient: str, at_ms: int, *, campaign: int = 11, **more: object
    ) -> Mapping[str, Any]:
        """Note an event of marketing e-mail, such as OPEN; return its row."""
        row = {
            "id": self.new_id(),
            "created": at_ms,
            "type": kind,
            "recipient": recipient,
            "portalId": self._portal_id,
            "appId": 113,
            "appName": "Batch",
            "emailCampaignId": campaign,
            "filteredEvent": False,
            **more,
        }
        return self.mail.add(at_ms, row)

    def submit_form(
        self, form_id: str, at_ms: int, values: Mapping[str, str], page: str
    ) -> Mapping[str, Any]:
        """Note that somebody sent a form; the form is made when it is new."""
        self.form_names.setdefault(form_id, f"Form {len(self.form_names) + 1}")
        row = {
            "conversionId": self.new_id(),
            "submittedAt": at_ms,
            "values": [
                {"name": name, "value": value, "objectTypeId": "0-1"}
                for name, value in values.items()
            ],
            "pageUrl": page,
        }
        return self.forms.setdefault(form_id, Log()).add(at_ms, row)

    def occur(
        self, kind: str, object_type: str, object_id: str, at_ms: int, properties: Mapping[str, str]
    ) -> Mapping[str, Any]:
        """Note an event of an object, such as a visited page."""
        row = {
            "id": self.new_id(),
            "eventType": kind,
            "objectType": object_type.upper(),
            "objectId": object_id,
            "occurredAt": iso(at_ms),
            "properties": dict(properties),
        }
        return self.occurrences[object_type, object_id].add(at_ms, row)

    def hold_webinar(self, name: str, at_ms: int) -> str:
        """Make a marketing event; return its id."""
        event_id = str(next(self._numbers))
        self.webinars[event_id] = {
            "objectId": event_id,
            "eventName": name,
            "eventType": "WEBINAR",
            "startDateTime": iso(at_ms),
            "createdAt": iso(at_ms),
            "updatedAt": iso(at_ms),
            "customProperties": [],
            "eventCancelled": False,
            "externalEventId": f"external-{event_id}",
        }
        return event_id

    def participate(
        self, event_id: str, contact_id: str, email: str, state: str, at_ms: int
    ) -> Mapping[str, Any]:
        """Note what a contact did about a marketing event, such as REGISTERED."""
        row = {
            "id": str(next(self._numbers)),
            "createdAt": iso(at_ms),
            "properties": {"occurredAt": at_ms, "attendanceState": state},
            "associations": {
                "marketingEvent": {
                    "marketingEventId": event_id,
                    "externalEventId": f"external-{event_id}",
                    "name": self.webinars[event_id]["eventName"],
                },
                "contact": {"contactId": contact_id, "email": email},
            },
        }
        return self.participations.add(at_ms, row)

    def new_id(self) -> str:
        """Return an id like HubSpot's, the same ones in each run."""
        return str(uuid.UUID(int=self._random.getrandbits(128), version=4))
