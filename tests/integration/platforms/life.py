"""What happens in a company by itself: the same things at the same instants, whoever looks on.

What is drawn depends on nothing but the seed, never on what heatsync did, so one life can be led
twice. What a storm may delay must not decide how things end, though: of two edits of one attribute
on both sides the newer one wins, and whoever hears of one of them late may take the other for it.
So a person, or an attribute of one, rests for a while after something that order matters to.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from adapters.brevo.simulator.campaigns import Campaign
from adapters.brevo.simulator.people import Person
from adapters.brevo.simulator.records import CustomEvent, Order
from connector.domain.instants import to_micros
from tests.integration.platforms.company import AT, HOUR, Company

REST = 6
"""Cycles within which whatever happened has been seen, in any storm."""
JOBS = ("Chief of staff", "clerk", "cook", "chief cook")
CITIES = ("Paris", "Lyon", "Nice")


@dataclass(eq=False)
class Someone:
    """A person, and where they are known."""

    email: str
    on: set[str]
    crm_id: str | None = None
    """While they are archived there."""
    touched: dict[str, int] = field(default_factory=dict)
    """The last step in which each thing of theirs changed; `all` is the person."""
    job: str = ""
    city: str = ""
    """As HubSpot has it, which is asked first."""
    is_one: bool = False
    """Whether their records may not part any more: none would be made in place of a lost one.

    Who absorbed somebody was deleted from Brevo as well; who opted out is created nowhere.
    """
    opened: set[int] = field(default_factory=set)
    """Campaigns."""


@dataclass
class Life:
    """A company living on, step by step."""

    company: Company
    seed: int
    people: list[Someone] = field(default_factory=list)
    gone: set[tuple[str, str]] = field(default_factory=set)
    """Platform and id of each record that is gone for good."""
    erased: set[tuple[str, str]] = field(default_factory=set)
    """Platform and address of each person whose record there was deleted for good."""
    campaigns: list[Campaign] = field(default_factory=list)
    step: int = 0
    made: int = 0

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        self.crm, self.mail = self.company.crm.account, self.company.mail.account

    def begin(self, number: int) -> None:
        """Fill both accounts."""
        for _ in range(number):
            self.somebody_comes()
        self.step += 1

    def go_on(self, things: int) -> None:
        """Let some things happen, and an hour pass."""
        self.company.clock.at = AT + self.step * HOUR
        # Imports end by themselves, before anybody does anything.
        self.mail.settle()
        for _ in range(things):
            self.chance.choices(self.possible, self.weights)[0]()
        self.step += 1

    @property
    def possible(self) -> Sequence[Callable[[], None]]:
        return (
            *(self.somebody_comes, self.a_job_changes, self.a_city_changes, self.an_age_changes),
            *(self.a_mail_is_opened, self.a_message_is_read, self.a_campaign_is_opened),
            *(self.a_page_is_seen, self.a_form_is_sent, self.something_is_bought),
            *(self.ours_is_overwritten, self.a_list_is_edited, self.news_come_and_go),
            *(self.somebody_unsubscribes, self.dates_move),
            *(self.somebody_is_deleted, self.two_are_merged, self.an_address_changes),
            self.somebody_comes_back,
        )

    weights = (3, 5, 3, 3, 6, 6, 2, 3, 2, 2, 2, 2, 3, 1, 1, 1, 1, 1, 1)

    def somebody_comes(self) -> None:
        on = self.chance.choice([{"crm"}, {"mail"}, {"crm", "mail"}])
        person = Someone(f"person{self.made}@mail.example.com", {"crm", "mail"})
        self.made += 1
        job, city = self.chance.choice(JOBS), self.chance.choice(CITIES)
        person.job, person.city = job, city if "crm" in on else ""
        if "crm" in on:
            self.crm.add(email=person.email, jobtitle=job, city=city)
        if "mail" in on:
            self.mail.create(person.email, JOB=job, CITY=city, AGE=self.chance.randrange(20, 60))
        self.people.append(person)
        self._rests(person)

    def a_job_changes(self) -> None:
        if person := self._somebody("crm", "mail", quiet="job"):
            name = self.chance.choice(sorted(person.on))
            field_ = "jobtitle" if name == "crm" else "JOB"
            person.job = self._edit(person, name, field_, JOBS)
            person.touched["job"] = self.step

    def a_city_changes(self) -> None:
        if person := self._somebody("crm", "mail", quiet="city"):
            name = self.chance.choice(["crm", "crm", "mail"])
            value = self._edit(person, name, "city" if name == "crm" else "CITY", CITIES)
            person.city = value if name == "crm" else person.city
            person.touched["city"] = self.step

    def an_age_changes(self) -> None:
        if person := self._somebody("mail"):
            self.mail.write(self._on_mail(person), {"AGE": self.chance.randrange(20, 60)})

    def a_mail_is_opened(self) -> None:
        if person := self._somebody("crm"):
            kind = self.chance.choice(["OPEN", "OPEN", "CLICK"])
            url = f"https://example.com/{self.chance.randrange(3)}"
            self.crm.engagement.send_mail_event(kind, person.email, self._ms(), url=url)

    def a_message_is_read(self) -> None:
        if person := self._somebody("mail"):
            message = self.mail.mail.send(person.email, subject="Hello")
            link = f"https://example.com/{self.chance.randrange(3)}"
            self.mail.mail.happen("opened", message)
            if self.chance.random() < 0.4:
                self.mail.mail.happen("clicks", message, link=link)

    def a_campaign_is_opened(self) -> None:
        if not self.campaigns or self.chance.random() < 0.2:
            (news,) = [each for each in self.mail.lists.by_id.values() if each.name == "News"]
            number = len(self.campaigns)
            self.campaigns.append(self.mail.campaigns.add(f"Mailing {number}", list_ids=[news.id]))
        campaign = self.chance.choice(self.campaigns)
        person = self._somebody("mail")
        # Of several openings Brevo tells the last one only, whenever it is asked.
        if person and campaign.id not in person.opened and self._is_in_news(person):
            person.opened.add(campaign.id)
            person.touched["news"] = self.step
            for event in ("sent", "delivered", "opened"):
                self.mail.campaigns.happen(event, self._on_mail(person), campaign)

    def a_page_is_seen(self) -> None:
        if person := self._somebody("mail"):
            seen = CustomEvent(
                contact_id=self._on_mail(person).id, name="page_viewed", at=self.company.clock.at
            )
            self.mail.records.events.append(seen)

    def a_form_is_sent(self) -> None:
        if person := self._somebody("crm"):
            values = {"email": person.email}
            self.crm.engagement.submit_form("f1", self._ms(), values, "https://example.com/ask")
            at = self.company.clock.at.isoformat()
            self.crm.derive(self._on_crm(person), recent_conversion_date=at)

    def something_is_bought(self) -> None:
        if person := self._somebody("mail"):
            orders, at = self.mail.records.orders, self.company.clock.at
            orders[str(len(orders))] = Order(
                id=str(len(orders)),
                email=person.email,
                contact_id=self._on_mail(person).id,
                amount=self.chance.randrange(20, 300),
                status="completed",
                created_at=at,
                modified_at=at,
            )

    def ours_is_overwritten(self) -> None:
        if person := self._somebody("crm", "mail"):
            wrong = self.chance.randrange(500, 600)
            if self.chance.random() < 0.5:
                self.crm.set(self._on_crm(person), heat_score=str(wrong))
            else:
                self.mail.write(self._on_mail(person), {"HEAT_SCORE": wrong})

    def a_list_is_edited(self) -> None:
        """Put somebody in the list of the hot, or take them out, by hand."""
        person = self._somebody("crm", "mail")
        enters, is_crm = self.chance.random() < 0.5, self.chance.random() < 0.5
        if person and is_crm and (hot := self.crm.lists.named("Hot")):
            number = int(self._on_crm(person))
            is_in = number in hot.members
            if enters and not is_in:
                self.crm.lists.join(hot, number)
            elif is_in and not enters:
                self.crm.lists.leave(hot, number)
        found = [each for each in self.mail.lists.by_id.values() if each.name == "Hot"]
        if person and not is_crm and found:
            move = self.mail.lists.put_in if enters else self.mail.lists.take_out
            move(found[0], [self._on_mail(person)])

    def news_come_and_go(self) -> None:
        # Who opened what goes to a list is found among those who are in it.
        if person := self._somebody("mail", quiet="news"):
            (news,) = [each for each in self.mail.lists.by_id.values() if each.name == "News"]
            move = (
                self.mail.lists.put_in if self.chance.random() < 0.8 else self.mail.lists.take_out
            )
            move(news, [self._on_mail(person)])

    def somebody_unsubscribes(self) -> None:
        if person := self._somebody("crm", "mail"):
            self.mail.block(self._on_mail(person), email=True)
            self.crm.derive(self._on_crm(person), hs_email_optout="true")
            person.is_one = True

    def dates_move(self) -> None:
        for each in self.mail.people:
            self.mail.touch(each)

    def somebody_is_deleted(self) -> None:
        person = self._somebody("crm", "mail", quiet="all")
        if person is None:
            return
        way = self.chance.choice(["mail", "archived", "erased"])
        if way == "mail":
            found = self._on_mail(person)
            self.gone.add(("mail", str(found.id)))
            self.erased.add(("mail", person.email))
            self.mail.remove(found)
        else:
            crm_id = self._on_crm(person)
            if way == "archived":
                self.crm.archive(crm_id)
                person.crm_id = crm_id
            else:
                self.gone.add(("crm", crm_id))
                self.erased.add(("crm", person.email))
                self.crm.erase(crm_id)
        person.on = {"crm"} if way == "mail" else {"mail"}
        self._rests(person)

    def somebody_comes_back(self) -> None:
        gone = [each for each in self.people if each.crm_id and self._is_quiet(each, "all")]
        if gone:
            person = self.chance.choice(gone)
            crm_id, person.crm_id = str(person.crm_id), None
            self.crm.restore(crm_id)
            person.on.add("crm")
            self._rests(person)

    def two_are_merged(self) -> None:
        one = self._somebody("crm", "mail", quiet="all")
        if one is None:
            return
        # Each platform tells of it in its own time. Until both did, the newer of two values wins,
        # and then it is there to stay.
        alike = [
            each
            for each in self._able("crm", "mail", quiet="all")
            if each is not one and each.city and (each.job, each.city) == (one.job, one.city)
        ]
        if alike:
            self._merge(one, self.chance.choice(alike))

    def _merge(self, one: Someone, other: Someone) -> None:
        winner, loser = self._on_mail(one), self._on_mail(other)
        self.mail.people.change(winner, lambda: None, self.company.clock.at + HOUR / 60)
        self.mail.merge(loser, winner)
        self.gone |= {("mail", str(loser.id)), ("crm", self._on_crm(other))}
        self.erased |= {(name, other.email) for name in ("crm", "mail")}
        self.crm.merge(self._on_crm(one), self._on_crm(other))
        self.people.remove(other)
        one.is_one = True
        self._rests(one)

    def an_address_changes(self) -> None:
        """Part the two records of somebody: one of them is somebody else's from now on."""
        person = self._somebody("crm", "mail", quiet="all")
        if person is None or person.is_one:
            return
        other = replace(
            person, email=f"person{self.made}@mail.example.com", touched={}, opened={*person.opened}
        )
        self.made += 1
        if self.chance.random() < 0.5:
            self.crm.set(self._on_crm(person), email=other.email)
            person.city = ""
        else:
            self.mail.readdress(self._on_mail(person), other.email)
            other.city = ""
        person.on, other.on = {"crm", "mail"}, {"crm", "mail"}
        self.people.append(other)
        self._rests(person)
        self._rests(other)

    def _somebody(self, *names: str, quiet: str = "") -> Someone | None:
        """Return somebody who is known there, settled, and perhaps unchanged for long."""
        able = self._able(*names, quiet=quiet)
        if not able:
            return None
        person = self.chance.choice(able)
        if quiet != "all":
            person.touched["any"] = self.step
        return person

    def _able(self, *names: str, quiet: str) -> list[Someone]:
        return [
            each
            for each in self.people
            if each.on >= set(names)
            and self.step - each.touched["all"] > REST
            and self._is_quiet(each, quiet)
        ]

    def _is_quiet(self, person: Someone, what: str) -> bool:
        last = max(person.touched.values()) if what == "all" else person.touched.get(what, -REST)
        return not what or self.step - last > REST

    def _rests(self, person: Someone) -> None:
        person.touched["all"] = self.step

    def _edit(self, person: Someone, name: str, field_: str, values: Sequence[str]) -> str:
        value = self.chance.choice([*values, ""])
        if name == "crm":
            self.crm.set(self._on_crm(person), **{field_: value})
        else:
            self.mail.write(self._on_mail(person), {field_: value})
        return value

    def _on_crm(self, person: Someone) -> str:
        found = self.crm.contacts.records.find("email", person.email)
        assert found is not None, person
        return str(found.id)

    def _on_mail(self, person: Someone) -> Person:
        found = self.mail.people.find("email_id", person.email)
        assert found is not None, person
        return found

    def _is_in_news(self, person: Someone) -> bool:
        names = {self.mail.lists.by_id[each].name for each in self._on_mail(person).list_ids}
        return "News" in names

    def _ms(self) -> int:
        return to_micros(self.company.clock.at) // 1000
