"""Accounts of Brevo and HubSpot, simulated, for cases in which something really has to arrive."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import httpx
from pydantic import SecretStr

from adapters.brevo import adapter as brevo
from adapters.brevo.simulator import BrevoSimulator
from adapters.hubspot import adapter as hubspot
from adapters.hubspot.simulator import TOKEN, HubspotSimulator
from adapters.webhook import adapter as webhook
from adapters.webhook.courier import webhook_courier
from adapters.webhook.simulator import SECRET, ReceiverSimulator
from tests.scenarios.timeline import address

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from connector.config.configuration import PlatformEntry
    from connector.ports.courier import Courier
    from tests.fakes import FakeClock

SALES = "77"
"""Whoever looks after the contacts of HubSpot."""


@dataclass(kw_only=True)
class Mail:
    """An account of Brevo."""

    clock: FakeClock
    simulator: BrevoSimulator = field(init=False)

    def __post_init__(self) -> None:
        """Open the account."""
        self.simulator = BrevoSimulator(now=self.clock.now)

    def of(self, entry: PlatformEntry) -> PlatformEntry:
        """Return the entry of a platform, with this account behind it."""
        return _behind(
            entry, self.simulator, brevo.connect, {"api_key": self.simulator.account.key}
        )

    def begin(self, names: Iterable[str], lists: Iterable[str]) -> None:
        """Take contacts in, and make lists."""
        for each in names:
            self.simulator.account.create(address(each))
        for each in lists:
            self.simulator.account.lists.add(each)

    def arrived(self, name: str) -> list[str]:
        """Return the mails that a contact was sent, and the events that automations wait for."""
        account = self.simulator.account
        mails = [each for each in account.mail.messages.values() if each.email == address(name)]
        person = account.people.find("email_id", address(name))
        assert person is not None
        return [
            *(_told(f"mail {each.template_id}", each.params) for each in mails),
            *(f"event {e.name}" for e in account.records.events if e.contact_id == person.id),
        ]

    def lists(self, name: str) -> list[str]:
        """Return the lists that a contact is in."""
        account = self.simulator.account
        person = account.people.find("email_id", address(name))
        assert person is not None
        return [account.lists.by_id[each].name for each in person.list_ids]


@dataclass(kw_only=True)
class Crm:
    """An account of HubSpot."""

    clock: FakeClock
    simulator: HubspotSimulator = field(init=False)

    def __post_init__(self) -> None:
        """Open the account."""
        self.simulator = HubspotSimulator(now=self.clock.now)

    def of(self, entry: PlatformEntry) -> PlatformEntry:
        """Return the entry of a platform, with this account behind it."""
        return _behind(entry, self.simulator, hubspot.connect, {"access_token": TOKEN})

    def begin(self, names: Iterable[str], lists: Iterable[str]) -> None:
        """Take contacts in, whom sales looks after, and make lists."""
        for each in names:
            self.simulator.account.add(email=address(each), hubspot_owner_id=SALES)
        for each in lists:
            self.simulator.account.add_list(each)

    def arrived(self, name: str) -> list[str]:
        """Return the tasks about a contact that stand on the list of sales."""
        account = self.simulator.account
        tasks = [
            account.values(str(each), "tasks")
            for each in account.associations.of("contacts", self._id(name), "tasks")
        ]
        return [f"task {e['hs_task_subject']}" for e in tasks if e["hubspot_owner_id"] == SALES]

    def lists(self, name: str) -> list[str]:
        """Return the lists that a contact is in."""
        lists = self.simulator.account.lists
        return [each.name for each in lists if self._id(name) in each.members]

    def _id(self, name: str) -> int:
        record = self.simulator.account.contacts.records.find("email", address(name))
        assert record is not None
        return record.id


@dataclass(kw_only=True)
class Tool:
    """A tool that is told by signed webhooks."""

    clock: FakeClock
    simulator: ReceiverSimulator = field(init=False)

    def __post_init__(self) -> None:
        """Let it listen."""
        self.simulator = ReceiverSimulator(now=self.clock.now)

    def of(self, entry: PlatformEntry) -> PlatformEntry:
        """Return the entry of a platform, with this tool behind it."""
        told = _behind(entry, self.simulator, webhook.connect, {"signing_secret": SECRET})
        return replace(told, allows_private=True)

    def begin(self, names: Iterable[str], lists: Iterable[str]) -> None:
        """Know nobody, and nothing: whoever matters is told."""

    def arrived(self, name: str) -> list[str]:
        """Return the triggers that it was told of for a contact."""
        fired = self.simulator.records.fired.values()
        return [
            f"hook {each['trigger']}" for each in fired if each["contact"]["email"] == address(name)
        ]

    def lists(self, name: str) -> list[str]:
        """Return the lists that it was told a contact is in."""
        known = self.simulator.records.contacts.values()
        return sorted({one for each in known if each.email == address(name) for one in each.lists})

    def courier(self, name: str) -> Courier:
        """Return who calls it for triggers, as the hook `name`."""
        return webhook_courier(
            name,
            url=SecretStr("https://tool.test/hook"),
            secrets=[SecretStr(SECRET)],
            clock=self.clock,
            allows_private=True,
            transport=httpx.ASGITransport(app=self.simulator.app),
        )


KINDS: Mapping[str, type[Mail | Crm | Tool]] = {"brevo": Mail, "hubspot": Crm, "webhook": Tool}
"""What stands behind a platform, by its adapter."""


def _behind(
    entry: PlatformEntry,
    simulator: BrevoSimulator | HubspotSimulator | ReceiverSimulator,
    connect: Any,  # noqa: ANN401 - of any adapter
    secrets: Mapping[str, str],
) -> PlatformEntry:
    transport = httpx.ASGITransport(app=simulator.app)
    return replace(
        entry,
        adapter=replace(entry.adapter, connect=partial(connect, transport=transport)),
        secrets={name: SecretStr(value) for name, value in secrets.items()},
    )


def _told(what: str, params: Mapping[str, object]) -> str:
    parts = ", ".join(f"{name} = {value}" for name, value in params.items())
    return f"{what}: {parts}" if parts else what
