"""What a simulated account of ActiveCampaign holds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone

from adapters.http import Json

ZONE = timezone(timedelta(hours=-5))
"""The time zone of the account, in which it tells the time and counts days."""
SUBSCRIBED, UNSUBSCRIBED = "1", "2"


@dataclass(slots=True, kw_only=True)
class Person:
    """A contact."""

    id: int
    email: str
    cdate: datetime
    udate: datetime
    standard: dict[str, str] = field(default_factory=dict)
    """First name, last name and telephone number."""
    values: dict[str, str] = field(default_factory=dict)
    """Of custom fields, by the field's id."""
    lists: dict[str, str] = field(default_factory=dict)
    """Status in each list, by the list's id."""

    def shown(self) -> dict[str, Json]:
        """Return the contact as every answer shows it."""
        return {
            "cdate": self.cdate.astimezone(ZONE).isoformat(timespec="seconds"),
            "email": self.email,
            "phone": self.standard.get("phone", ""),
            "firstName": self.standard.get("firstName", ""),
            "lastName": self.standard.get("lastName", ""),
            "orgid": "0",
            "bounced_hard": "0",
            "bounced_soft": "0",
            "bounced_date": "0000-00-00",
            "deleted": "0",
            "anonymized": "0",
            "udate": self.udate.astimezone(ZONE).isoformat(timespec="seconds"),
            "deleted_at": "0000-00-00 00:00:00",
            "id": str(self.id),
            "organization": None,
        }

    def shown_values(self) -> list[Json]:
        """Return the values of its custom fields."""
        return [
            {
                "contact": str(self.id),
                "field": name,
                "value": value,
                "id": f"{self.id}{name}",
                "owner": str(self.id),
            }
            for name, value in self.values.items()
        ]


@dataclass(slots=True)
class Account:
    """One account."""

    now: Callable[[], datetime]
    people: dict[int, Person] = field(default_factory=dict)
    fields: set[str] = field(default_factory=lambda: {"7", "8", "9"})
    """Ids of its custom fields."""
    lists: dict[str, str] = field(default_factory=dict)
    """Names by id."""
    token: str = ""
    _last: int = 0

    def create(self, email: str) -> Person:
        """Make a contact."""
        now = self.now()
        person = Person(id=self._next(), email=email, cdate=now, udate=now)
        self.people[person.id] = person
        return person

    def write(self, person: Person, values: dict[str, str]) -> None:
        """Give custom fields these values; what the account has no field for is ignored."""
        person.values.update({name: each for name, each in values.items() if name in self.fields})
        person.udate = self.now()

    def list_id(self, name: str) -> str:
        """Return the id of a list, made where there is none."""
        found = next((each for each, known in self.lists.items() if known == name), None)
        if found is None:
            found = str(self._next())
            self.lists[found] = name
        return found

    def by_email(self, email: str) -> Person | None:
        """Return who has an address."""
        return next((each for each in self.people.values() if each.email == email.lower()), None)

    def _next(self) -> int:
        self._last += 1
        return self._last
