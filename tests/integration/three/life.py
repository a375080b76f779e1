"""What happens in a company by itself: the same things at the same instants, whoever looks on."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from adapters.mautic.simulator.contacts import Contact
from connector.domain.instants import iso
from tests.integration.three.company import AT, HOUR, Company

JOBS = ("Chief of staff", "clerk", "cook", "chief cook")


@dataclass(eq=False)
class Someone:
    """A person, where they are known, and where their job is edited.

    Of two edits of one value in one hour on both sides, whoever hears of one late may take the
    other for the newer one: each person's job is edited on one side only.
    """

    email: str
    on: set[str]
    home: str


@dataclass
class Life:
    """A company living on, step by step."""

    company: Company
    seed: int
    people: list[Someone] = field(default_factory=list)
    rows: list[dict[str, object]] = field(default_factory=list)
    orders: list[dict[str, object]] = field(default_factory=list)
    gone: set[str] = field(default_factory=set)
    """Addresses of those who were deleted from Mautic."""
    step: int = 0

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        self.auto, self.crm = self.company.auto.account, self.company.crm.account
        self.news = int(self.auto.add_entity("emails", name="News")["id"])
        self.form = int(self.auto.add_entity("forms", name="Ask us")["id"])

    def begin(self, number: int) -> None:
        """Fill all three."""
        for _ in range(number):
            self.somebody_comes()
        self.something_is_bought()
        self._write_files()
        self.step += 1

    def go_on(self, things: int) -> None:
        """Let some things happen, and an hour pass."""
        self.company.clock.at = AT + self.step * HOUR
        for _ in range(things):
            self.chance.choices(self.possible, self.weights)[0]()
        self._write_files()
        self.step += 1

    @property
    def possible(self) -> Sequence[Callable[[], None]]:
        return (
            *(self.somebody_comes, self.a_job_changes, self.a_mail_is_opened, self.a_page_is_seen),
            *(self.a_form_is_sent, self.something_is_bought, self.ours_is_overwritten),
            *(self.a_tag_is_torn_off, self.somebody_is_deleted, self.two_are_merged),
        )

    weights = (3, 4, 6, 5, 2, 3, 3, 2, 1, 1)

    def somebody_comes(self) -> None:
        number = len(self.rows)
        email = f"person{number}@mail.example.com"
        on = set(self.chance.choice([("auto",), ("auto", "crm"), ("auto", "crm")]))
        person = Someone(email, on, self.chance.choice(sorted(on)))
        job = self.chance.choice(JOBS)
        self.auto.add_contact(email, position=job if person.home == "auto" else None)
        if "crm" in on:
            self.crm.add(email=email, **({"jobtitle": job} if person.home == "crm" else {}))
        self.rows.append({"id": number, "email": email})
        self.people.append(person)

    def a_job_changes(self) -> None:
        person, job = self.chance.choice(self.people), self.chance.choice(JOBS)
        if person.home == "auto":
            self.auto.set(self._contact(person), position=job)
        else:
            self.crm.set(self._record(person), jobtitle=job)

    def a_mail_is_opened(self) -> None:
        stat = self.auto.engagement.send(self._contact(self.chance.choice(self.people)), self.news)
        self.auto.engagement.open(stat)
        if self.chance.random() < 0.4:
            page = self.chance.randrange(3)
            self.auto.engagement.click(stat, f"https://www.example.com/{page}")

    def a_page_is_seen(self) -> None:
        page = f"https://www.example.com/{self.chance.randrange(5)}"
        self.auto.engagement.visit(self._contact(self.chance.choice(self.people)), page)

    def a_form_is_sent(self) -> None:
        self.auto.engagement.submit(self._contact(self.chance.choice(self.people)), self.form)

    def something_is_bought(self) -> None:
        self.orders.append(
            {
                "id": f"o{len(self.orders)}",
                "contact": self.chance.choice(self.people).email,
                "type": "order.placed",
                "occurred_at": iso(self.company.clock.at),
                "amount": self.chance.randrange(20, 300),
            }
        )

    def ours_is_overwritten(self) -> None:
        person, wrong = self.chance.choice(self.people), self.chance.randrange(500, 600)
        if "crm" in person.on and self.chance.random() < 0.5:
            self.crm.set(self._record(person), heat_score=str(wrong))
        else:
            self.auto.set(self._contact(person), heat_score=wrong)

    def a_tag_is_torn_off(self) -> None:
        self._contact(self.chance.choice(self.people)).tags.clear()

    def somebody_is_deleted(self) -> None:
        if len(self.people) > 1:
            person = self.people.pop(self.chance.randrange(len(self.people)))
            self.auto.delete(self._contact(person))
            self.gone.add(person.email)

    def two_are_merged(self) -> None:
        able = [each for each in self.people if each.on == {"auto"}]
        if len(able) > 1:
            one, other = self.chance.sample(able, 2)
            self.people.remove(other)
            # The values of the one that was edited last are kept, whoever wrote there before.
            self.auto.set(self._contact(one), firstname=f"Merged {self.step} {len(self.people)}")
            self.auto.merge(self._contact(one), self._contact(other))
            self.gone.add(other.email)

    def _contact(self, person: Someone) -> Contact:
        (found,) = self.auto.contacts.with_value("email", person.email)
        return found

    def _record(self, person: Someone) -> str:
        found = self.crm.contacts.records.find("email", person.email)
        assert found is not None, person
        return str(found.id)

    def _write_files(self) -> None:
        self.company.write_csv("contacts", *self.rows)
        self.company.write_csv("events", *self.orders)
