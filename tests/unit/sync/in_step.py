"""Two platforms whose attributes are kept in step."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from adapters.memory.account import Account, Person
from connector.domain.values import FieldType
from connector.ports.platform import Part, RemoteField
from connector.sync.summary import Summary
from tests.unit.sync.world import World

HOUR = timedelta(hours=1)


def a_text(
    *, job: str = "sync: [crm, mail]", crm: str = "", mail: str = "", rest: str = "", **more: str
) -> str:
    """Return a configuration whose attribute `job` has these options, and more attributes."""
    attributes = "".join(f"  {name}: {{{options}}}\n" for name, options in more.items())
    return f"""
version: 1
platforms:
  crm: {{adapter: memory{crm}}}
  mail: {{adapter: memory{mail}}}
attributes:
  email: {{type: email, crm: email, mail: EMAIL}}
  job: {{type: text, crm: job, mail: JOB, {job}}}
{attributes}{rest}"""


class InStep(World):
    """Everybody is `a@x.org` on both platforms, unless a test says otherwise."""

    def __init__(
        self, text: str = "", *, parts: frozenset[Part] = frozenset(Part), **capabilities: object
    ) -> None:
        super().__init__(text or a_text(), parts=parts, capabilities=capabilities)
        for account, field in ((self.crm, "job"), (self.mail, "JOB")):
            self.has_field(account, field)

    def has_field(self, account: Account, name: str, kind: FieldType = FieldType.TEXT) -> None:
        account.fields[name] = RemoteField(name=name, type=kind)

    def pair(self, crm: str | None = None, mail: str | None = None) -> tuple[Person, Person]:
        """Return one person's records on both platforms, with these jobs."""
        return self.crm.create("a@x.org", job=crm), self.mail.create("a@x.org", JOB=mail)

    def edit(self, person: Person, after: timedelta = HOUR, **values: object) -> None:
        """Let somebody change fields of a record."""
        self.clock.advance(after)
        person.values.update(values)
        account = self.crm if person in self.crm.people.values() else self.mail
        account.touch(person)

    async def cycle(self, after: timedelta = HOUR, **steps: Any) -> Summary:  # noqa: ANN401 - any step
        """Let time pass, and sync."""
        self.clock.advance(after)
        return await self.sync(**steps)

    @property
    def now(self) -> datetime:
        return self.clock.now()


def calls(summary: Summary) -> int:
    return sum(each["calls"] for each in summary.deliveries.values())
