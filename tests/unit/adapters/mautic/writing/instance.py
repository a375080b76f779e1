"""An instance of Mautic to write to, and a look behind its API."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import httpx

from adapters.clocks import PlatformClock
from adapters.http import HttpSession
from adapters.mautic.account import Account
from adapters.mautic.config import MauticConfig, Zero
from adapters.mautic.dialect import MauticDialect
from adapters.mautic.simulator import PASSWORD, URL, USERNAME, MauticSimulator, Quirks
from adapters.mautic.simulator.contacts import Contact
from adapters.mautic.writing.parts import WritingParts
from connector.domain.changes import Action, Addressee, AttributeChange, ListChange, Outcome
from connector.domain.values import Written
from connector.ports.budget import Unlimited
from tests.conformance.world import AT
from tests.fakes import FakeClock


@dataclass
class Instance:
    """An instance with one field of every type."""

    version: str = "5.1.0"
    zero: Zero | None = None
    quirks: Quirks = field(default_factory=Quirks)
    user: tuple[str, str] = (USERNAME, PASSWORD)
    clock: FakeClock = field(default_factory=lambda: FakeClock(AT))

    def __post_init__(self) -> None:
        self.simulator = MauticSimulator(
            now=self.clock.now, version=self.version, quirks=self.quirks
        )
        self.account = self.simulator.account
        self.account.add_field("score", "number")
        self.account.add_field("share", "number", properties={"scale": 2, "roundmode": 4})
        self.account.add_field("stage_name", "text")
        self.account.add_field("hot", "boolean")
        self.account.add_field("seen_at", "datetime")
        self.account.add_field("born", "date")
        options = [{"label": each.title(), "value": each} for each in ("cold", "hot")]
        self.account.add_field("level", "select", properties={"list": options})
        self.account.add_field("likes", "multiselect", properties={"list": options})
        self.parts = self.connected(*self.user)

    def connected(self, username: str, password: str) -> WritingParts:
        """Return the parts as another user has them."""
        clock = PlatformClock(self.clock)
        session = HttpSession(
            platform="automation",
            base_url=URL,
            budget=Unlimited(),
            headers={"authorization": httpx.BasicAuth(username, password)._auth_header},
            dialect=MauticDialect(clock),
            secrets=(password,),
            clock=clock,
            transport=httpx.ASGITransport(app=self.simulator.app),
        )
        account = Account(name="automation", session=session, clock=clock)
        config = MauticConfig(adapter="mautic", url=URL, zero=self.zero)
        return WritingParts.of(account, config)

    def people(self, count: int) -> list[Contact]:
        return [self.account.add_contact(f"p{n}@mail.example.com") for n in range(count)]

    async def write(self, contact: Contact, **values: Written) -> Outcome:
        (outcome,) = await self.parts.attribute_writer.write_attributes([change(contact, **values)])
        return outcome

    def shown(self, contact: Contact, name: str) -> object:
        """Return what stands in the database."""
        return contact.values.get(name)

    def asked(self, method: str, part: str = "") -> list[str]:
        """Return the paths of the requests so far that have a method, and a part in them."""
        return [
            each.path
            for each in self.simulator.trace
            if each.method == method and part in each.path
        ]


def change(contact: Contact, **values: Written) -> AttributeChange:
    return AttributeChange(to=to(contact), values=values)


def copied(contact: Contact, **values: Written) -> AttributeChange:
    return AttributeChange(to=to(contact), values=values, copied=frozenset(values))


def to(contact: Contact) -> Addressee:
    return Addressee(remote_id=str(contact.id), email=None)


def scores(people: Sequence[Contact]) -> list[AttributeChange]:
    return [change(each, score=Decimal(each.id)) for each in people]


def moving(contact: Contact, name: str, *, is_member: bool = True) -> ListChange:
    return ListChange(to=to(contact), list_name=name, is_member=is_member)


def deed(
    contact: Contact, kind: str, key: str = "call:1", params: Mapping[str, Any] | None = None
) -> Action:
    return Action(
        key=key, trigger="call_hot", kind=kind, to=to(contact), at=AT, params=params or {}
    )
