"""An account of Brevo to write to, and a look behind its API."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from pydantic import SecretStr

from adapters.brevo.account import Account
from adapters.brevo.attributes import BrevoAttributes
from adapters.brevo.dialect import BrevoDialect
from adapters.brevo.limits import buckets_of
from adapters.brevo.lists import BrevoLists
from adapters.brevo.registration import BrevoRegistration
from adapters.brevo.simulator import BrevoSimulator
from adapters.brevo.simulator.account import BrevoAccount
from adapters.brevo.simulator.attributes import Attribute
from adapters.brevo.simulator.people import Person
from adapters.brevo.simulator.processes import Process
from adapters.brevo.writing.actions import BrevoActions
from adapters.brevo.writing.attributes import BrevoAttributeWriter
from adapters.brevo.writing.creating import BrevoContactCreator
from adapters.brevo.writing.leavers import Leavers
from adapters.brevo.writing.lists import BrevoListWriter
from adapters.clocks import PlatformClock
from adapters.http import HttpSession
from connector.domain.changes import Addressee, AttributeChange, ListChange, Outcome
from connector.domain.values import Written
from connector.errors import PlatformError
from connector.ports.budget import RateBudget, Unlimited
from tests.conformance.world import AT
from tests.fakes import FakeClock
from tests.openapi.transport import ValidatingTransport

TOKEN = SecretStr("s3cret")
IMPORT = "POST /v3/contacts/import"
ATTRIBUTES = (
    Attribute(name="SCORE", type="float"),
    Attribute(name="STAGE", type="text"),
    Attribute(name="SEEN", type="date"),
    Attribute(name="VIP", type="boolean"),
    Attribute(name="LEVEL", category="category", labels={"1": "cold", "2": "hot"}),
    Attribute(name="LIKES", type="multiple-choice", options=["tea", "coffee", "milk"]),
    Attribute(name="ORDERS", category="calculated", formula="COUNT[ORDER_ID]"),
)


@dataclass
class Mail:
    """An account with one attribute of every type."""

    bulk_from: int = 1_000
    limits: bool = False
    clock: FakeClock = field(default_factory=lambda: FakeClock(AT))
    budget: RateBudget = field(default_factory=Unlimited)

    def __post_init__(self) -> None:
        self.simulator = BrevoSimulator(now=self.clock.now, limits=self.limits)
        self.account = self.simulator.account
        for each in ATTRIBUTES:
            self.account.define(each)
        session = HttpSession(
            platform="mail",
            base_url="https://api.brevo.com/v3",
            budget=self.budget,
            headers={"api-key": self.account.key},
            dialect=BrevoDialect(buckets_of("general")),
            transport=ValidatingTransport(self.simulator),
        )
        self.way = account = Account(name="mail", session=session, clock=PlatformClock(self.clock))
        self.fields = BrevoAttributes(account)
        self.lists = BrevoLists(account)
        leavers = Leavers(account=account)
        self.writer = BrevoAttributeWriter(
            account, self.fields, self.lists, leavers, bulk_from=self.bulk_from
        )
        self.list_writer = BrevoListWriter(account, self.lists, leavers)
        self.creator = BrevoContactCreator(account=account)
        self.actions = BrevoActions(account=account)
        self.webhooks = BrevoRegistration(account=account, token=TOKEN)

    def person(self, name: str = "ann", **values: object) -> Person:
        return self.account.create(f"{name}@mail.example.com", **values)

    def people(self, count: int) -> list[Person]:
        return [self.person(f"person{number}") for number in range(count)]

    def asked(self, method: str, path: str = "") -> int:
        """Return how many requests of a method there were whose paths begin so."""
        return len(self.simulator.trace.of(method, f"/v3{path}"))


def while_it_runs(mail: Mail, happens: Callable[[], object]) -> None:
    """Let something happen once the next import has begun."""
    with_process(mail, lambda _: happens())


def with_process(mail: Mail, happens: Callable[[Process], object]) -> None:
    """Let something happen to the process of every import as it begins."""
    begin = mail.account.processes.begin

    def begin_so(
        account: BrevoAccount, name: str, work: Callable[[], object] | None, rows: int = 0
    ) -> Process:
        process = begin(account, name, work, rows)
        happens(process)
        return process

    mail.account.processes.begin = begin_so  # type: ignore[method-assign]


def errors(outcomes: Sequence[Outcome]) -> list[type[PlatformError] | None]:
    return [type(each.error) if each.error else None for each in outcomes]


def scored(people: Sequence[Person]) -> list[int]:
    """Return which of the people have their score."""
    return [place for place, each in enumerate(people) if each.values.get("SCORE") == each.id]


def change(person: Person, **values: Written) -> AttributeChange:
    return AttributeChange(to=addressee(person), values=values)


def scores(people: Sequence[Person]) -> list[AttributeChange]:
    """Return a change of each score to the number of the contact."""
    return [change(each, SCORE=Decimal(each.id)) for each in people]


def joining(person: Person, name: str, *, is_member: bool = True) -> ListChange:
    return ListChange(to=addressee(person), list_name=name, is_member=is_member)


def addressee(person: Person) -> Addressee:
    return Addressee(remote_id=str(person.id), email=person.email)
