"""How it ended: what is kept and what platforms show, against what really happened."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from connector.domain.ledger import FiringState
from connector.domain.outbound import DeliveryState
from connector.runtime.bootstrap import opened_state
from tests.system.chaos.company import TEMPLATE, Company
from tests.system.chaos.known import Known, kept, pulled_anew
from tests.system.chaos.rest import settings_of
from tests.system.chaos.traffic import Someone, Traffic

HOT = "hot"
_DEAD_ROWS = frozenset({DeliveryState.DEAD})
_DEAD_FIRINGS = frozenset({FiringState.DEAD})


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """What one trigger does."""

    trigger: str
    counts: str
    """What the condition counts."""
    least: int
    done_to: Callable[[Company, Someone], int]
    """How often the receiving side saw it."""
    asks_consent: bool = False
    is_backfilled: bool = True


@dataclass
class Verdict:
    """Looks at the end of a company."""

    company: Company
    traffic: Traffic
    kept: Mapping[str, Known] = field(init=False)
    right: Mapping[str, Known] = field(init=False)

    def __post_init__(self) -> None:
        self.kept = asyncio.run(kept(self.company))
        self.right = asyncio.run(pulled_anew(self.company))
        # What is gone from one of the platforms cannot be pulled from there once more.
        self.judged = [each for each in self.traffic.people if not each.is_deleted]
        self.excused = {
            part.email
            for each in self.traffic.people
            if each.is_deleted or each.absorbed or each.is_opted_out
            for part in each.parts
        }

    def complaints(self) -> Sequence[str]:
        """Return all that is not as it should be."""
        return [
            *self._known_otherwise(),
            *self._shown_otherwise(),
            *self._told_otherwise(),
            *self._twice_there(),
            *self._fired_otherwise(),
            *asyncio.run(self._given_up()),
        ]

    def _known_otherwise(self) -> Iterator[str]:
        for person in self.judged:
            ours, right = self.kept.get(person.email), self.right[person.email]
            if ours is None:
                yield f"{person.email}: is not known"
            elif ours.events != right.events:
                more, less = ours.events - right.events, right.events - ours.events
                yield f"{person.email}: events too many {more}, missing {less}"
            elif ours.results != right.results:
                yield f"{person.email}: {ours.results} instead of {right.results}"

    def _shown_otherwise(self) -> Iterator[str]:
        for person in self.judged:
            shown = {"crm": self._on_crm(person), "mail": self._on_mail(person)}
            score, stage = self.right[person.email].shown
            wanted: tuple[object, ...] = (score, stage, stage == HOT, person.job)
            if person.absorbed:
                # Brevo has two contacts of them still, and one of the two is written to.
                wanted, shown = wanted[:3], {"crm": (shown["crm"] or ())[:3]}
            for name, found in shown.items():
                if found != wanted:
                    yield f"{person.email}: {name} shows {found} instead of {wanted}"

    def _on_crm(self, person: Someone) -> tuple[object, ...] | None:
        account = self.company.crm.account
        record = account.contacts.records.find("email", person.email)
        if record is None:
            return None
        values, hot = record.version.properties, account.lists.named("Hot")
        score = float(values.get("heat_score") or "nan")
        is_hot = hot is not None and record.id in hot.members
        return score, values.get("heat_stage"), is_hot, values.get("jobtitle")

    def _on_mail(self, person: Someone) -> tuple[object, ...] | None:
        account = self.company.mail.account
        found = account.people.find("email_id", person.email)
        if found is None:
            return None
        names = {account.lists.by_id[each].name for each in found.list_ids}
        value = found.values.get
        return value("HEAT_SCORE"), value("HEAT_STAGE"), "Hot" in names, value("JOB")

    def _told_otherwise(self) -> Iterator[str]:
        records = self.company.crm.account.contacts.records
        for person in self.judged:
            record = records.find("email", person.email)
            visits = sum(each.done["visits"] for each in person.parts)
            shown = record.version.properties.get("heat_visits") if record else None
            if shown is None or float(shown) != visits:
                yield f"{person.email}: {shown} visits are counted of {visits}"

    def _twice_there(self) -> Iterator[str]:
        records = self.company.crm.account.contacts.records
        for email, many in Counter(each.version.properties["email"] for each in records).items():
            if many > 1:
                yield f"{email}: {many} contacts on crm"

    def _fired_otherwise(self) -> Iterator[str]:
        for person in self.traffic.people:
            for deed in DEEDS:
                done, allowed = deed.done_to(self.company, person), _allowed(deed, person)
                if done not in allowed:
                    yield f"{person.email}: {deed.trigger} was done {done} times, not {allowed}"

    async def _given_up(self) -> Sequence[str]:
        settings = settings_of(self.company, self.company.database)
        async with opened_state(settings) as state, state.read() as tx:
            calls = await tx.inbound.list(is_dead=True)
            rows = await tx.outbox.list(states=_DEAD_ROWS, limit=1000)
            firings = await tx.triggers.list(states=_DEAD_FIRINGS)
            numbers = {each.contact for each in rows} | {each.contact for each in firings}
            persons = await tx.contacts.persons(numbers)
        left = [(each.contact, str(each)) for each in rows]
        left += [(each.contact, str(each)) for each in firings]
        return [
            *(f"a call of {each.platform} is dead: {each.last_error}" for each in calls),
            *(
                f"{persons[number].email}: is dead: {what}"
                for number, what in left
                if str(persons[number].email) not in self.excused
            ),
        ]


def _allowed(deed: Deed, person: Someone) -> Collection[int]:
    """Return how often a deed may have been done to a person."""
    if deed.asks_consent and person.is_opted_out:
        return range(1)
    counts = [each.done[deed.counts] for each in person.parts]
    is_due = sum(counts) >= deed.least
    # Who was merged late may have been two persons to whom it was done.
    most = max(is_due, sum(each >= deed.least for each in counts))
    # Nobody can say whether somebody was there before the deed, or was found with it.
    is_certain = is_due and not person.is_deleted
    if not deed.is_backfilled:
        is_certain = is_certain and person.was_first and not person.absorbed
    return range(int(is_certain), most + 1)


def _tied(kind: str) -> Callable[[Company, Someone], int]:
    def count(company: Company, person: Someone) -> int:
        account = company.crm.account
        record = account.contacts.records.find("email", person.email)
        return 0 if record is None else len(account.associations.of("contacts", record.id, kind))

    return count


def _mailed(company: Company, person: Someone) -> int:
    addresses = {each.email for each in person.parts}
    messages = company.mail.account.mail.messages.values()
    return sum(each.template_id == TEMPLATE and each.email in addresses for each in messages)


def _called(trigger: str) -> Callable[[Company, Someone], int]:
    def count(company: Company, person: Someone) -> int:
        addresses = {each.email for each in person.parts}
        return sum(
            each["trigger"] == trigger and each["contact"]["email"] in addresses
            for each in company.hook.records.fired.values()
        )

    return count


DEEDS = (
    Deed(trigger="thank", counts="orders", least=1, done_to=_tied("notes")),
    Deed(trigger="answer", counts="forms", least=1, done_to=_mailed, asks_consent=True),
    Deed(trigger="alarm", counts="clicks", least=1, done_to=_called("alarm")),
    Deed(trigger="greet", counts="visits", least=1, done_to=_called("greet")),
    Deed(trigger="call", counts="views", least=1, done_to=_tied("tasks"), is_backfilled=False),
)
