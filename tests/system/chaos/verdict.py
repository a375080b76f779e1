"""How it ended: what is kept and what platforms show, against what really happened."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from connector.domain.ledger import FiringState
from connector.domain.outbound import DeliveryState
from connector.runtime.bootstrap import opened_state
from tests.system.chaos.company import Company
from tests.system.chaos.deeds import DEEDS, RING, is_unseen
from tests.system.chaos.known import Known, found, kept, remains
from tests.system.chaos.people import HOT, Someone
from tests.system.chaos.rest import settings_of
from tests.system.chaos.told import told_otherwise
from tests.system.chaos.traffic import Traffic

_DEAD_ROWS = frozenset({DeliveryState.DEAD})
_DEAD_FIRINGS = frozenset({FiringState.DEAD})


@dataclass
class Verdict:
    """Looks at the end of a company whose daemons were killed `kills` times."""

    company: Company
    traffic: Traffic
    kills: int
    kept: Mapping[str, Known] = field(init=False)

    def __post_init__(self) -> None:
        self.kept = asyncio.run(kept(self.company))
        # What is gone from one of the platforms may have been told by it, or not.
        self.judged = [
            each for each in self.traffic.people if not (each.is_deleted or each.is_forgotten)
        ]
        for each in self.judged:
            if each.absorbed and (shown := self._on_crm(each)):
                # Of two records that are one now the newer job wins, by when each was told.
                each.job = str(shown[-1])

    def complaints(self) -> Sequence[str]:
        """Return all that is not as it should be."""
        return [
            *self._known_otherwise(),
            *self._shown_otherwise(),
            *self._twice_there(),
            *told_otherwise(self.company, self.judged),
            *asyncio.run(self._done_otherwise()),
            *asyncio.run(self._remembered()),
        ]

    def _known_otherwise(self) -> Iterator[str]:
        for person in self.judged:
            ours = self.kept.get(person.email)
            if ours is None:
                yield f"{person.email}: is not known"
            elif ours.events != person.events:
                more, less = ours.events - person.events, person.events - ours.events
                yield f"{person.email}: events too many {more}, missing {less}"
            elif (ours.score, ours.stage) != (person.score, person.stage):
                yield f"{person.email}: {ours.score} {ours.stage} instead of {person.score}"
        for person in self.traffic.people:
            ours = self.kept.get(person.email) if person.is_deleted else None
            if ours and (more := ours.events - person.events):
                yield f"{person.email}: events too many {more}"

    def _shown_otherwise(self) -> Iterator[str]:
        for person in self.judged:
            shown = {"crm": self._on_crm(person), "mail": self._on_mail(person)}
            is_hot = person.stage == HOT
            wanted: tuple[object, ...] = (person.score, person.stage, is_hot, person.job)
            if person.absorbed:
                # Brevo has two contacts of them still, and one of the two is written to.
                wanted, shown = wanted[:3], {"crm": (shown["crm"] or ())[:3]}
            for name, each in shown.items():
                if each != wanted:
                    yield f"{person.email}: {name} shows {each} instead of {wanted}"
            if (visits := self._visits(person)) != person.events["shop", "event.attended"]:
                yield f"{person.email}: crm shows {visits} visits"

    def _on_crm(self, person: Someone) -> tuple[object, ...] | None:
        account = self.company.crm.account
        record = account.contacts.records.find("email", person.email)
        if record is None:
            return None
        values, hot = record.version.properties, account.lists.named("Hot")
        score = float(values.get("heat_score") or "nan")
        is_hot = hot is not None and record.id in hot.members
        return score, values.get("heat_stage"), is_hot, values.get("jobtitle")

    def _visits(self, person: Someone) -> float:
        record = self.company.crm.account.contacts.records.find("email", person.email)
        return float((record and record.version.properties.get("heat_visits")) or "nan")

    def _on_mail(self, person: Someone) -> tuple[object, ...] | None:
        account = self.company.mail.account
        contact = account.people.find("email_id", person.email)
        if contact is None:
            return None
        names = {account.lists.by_id[each].name for each in contact.list_ids}
        value = contact.values.get
        return value("HEAT_SCORE"), value("HEAT_STAGE"), "Hot" in names, value("JOB")

    def _twice_there(self) -> Iterator[str]:
        records = self.company.crm.account.contacts.records
        for email, many in Counter(each.version.properties["email"] for each in records).items():
            if many > 1:
                yield f"{email}: {many} contacts on crm"

    async def _done_otherwise(self) -> Sequence[str]:
        """Return what triggers did too often or too seldom, and what was given up for no reason."""
        async with opened_state(settings_of(self.company)) as state, state.read() as tx:
            calls = await tx.inbound.list(is_dead=True)
            rows = await tx.outbox.list(states=_DEAD_ROWS, limit=1000)
            firings = await tx.triggers.list(states=_DEAD_FIRINGS)
            numbers = {each.contact for each in rows} | {each.contact for each in firings}
            persons = await tx.contacts.persons(numbers)
        email = {number: str(person.email) for number, person in persons.items()}
        unseen = [each for each in firings if is_unseen(each)]
        left = [(email[each.contact], str(each)) for each in rows]
        left += [(email[each.contact], str(each)) for each in firings if each not in unseen]
        excused = {
            part.email for each in self.traffic.people if not each.is_plain for part in each.parts
        }
        told = [f"a call of {each.platform} is dead: {each.last_error}" for each in calls]
        told += [f"{whose}: is dead: {what}" for whose, what in left if whose not in excused]
        if len(unseen) > self.kills:
            told.append(f"{len(unseen)} messages were given up in {self.kills} deaths")
        dead = {(each.trigger, email[each.contact]) for each in firings}
        return told + list(self._fired_otherwise(dead))

    def _fired_otherwise(self, dead: set[tuple[str, str]]) -> Iterator[str]:
        """Yield what was done too often or too seldom, but for what was given up with a cause."""
        for person in self.traffic.people:
            for deed in DEEDS:
                done, allowed = deed.done_to(self.company, person), deed.allowed(person)
                # A record that is merged away is not there for what is to be done to it.
                has_cause = deed.trigger == RING or bool(person.absorbed)
                if has_cause and any((deed.trigger, each.email) in dead for each in person.parts):
                    allowed = range(allowed[-1] + 1)
                if done not in allowed:
                    yield f"{person.email}: {deed.trigger} was done {done} times, not {allowed}"

    async def _remembered(self) -> Sequence[str]:
        """Return what is left of people who were to be forgotten."""
        people = [each for each in self.traffic.people if each.is_forgotten]
        names = [name for each in people for name in self._names(each)]
        told = [f"{name}: is known" for name in await found(self.company, names)]
        tables = set(remains(self.company, [each.email for each in people]))
        return [*told, *(f"a forgotten person is in the table {each}" for each in tables)]

    def _names(self, person: Someone) -> Iterator[str]:
        yield person.email
        if record := self.company.crm.account.contacts.records.find("email", person.email):
            yield f"crm:{record.id}"
        if contact := self.company.mail.account.people.find("email_id", person.email):
            yield f"mail:{contact.id}"
