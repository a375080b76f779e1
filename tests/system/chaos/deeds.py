"""What triggers want done, how often it may be done to whom, and how often it really was."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from adapters.simulation.messages import Request
from connector.domain.ledger import Firing
from tests.system.chaos.company import PATHS, TEMPLATE, Company
from tests.system.chaos.people import ASKED, BOUGHT, CLICKED, OPENED, VIEWED, VISITED, Someone

RING = "ring"
"""The trigger that tells people, who know no key: at most once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """What one trigger does, once somebody did a thing."""

    trigger: str
    after: str
    """The type of event."""
    done_to: Callable[[Company, Someone], int]
    """How often the receiving side saw it."""
    asks_consent: bool = False
    is_backfilled: bool = True

    def allowed(self, person: Someone) -> Sequence[int]:
        """Return how often it may have been done to a person."""
        if self.asks_consent and person.is_opted_out:
            return range(1)
        able = sum(each.count(self.after) > 0 for each in person.parts)
        # Nobody can say whether somebody was there before the deed, or was found with it.
        is_certain = able and not (person.is_deleted or person.is_forgotten)
        if not self.is_backfilled:
            is_certain = is_certain and person.was_first and not person.absorbed
        # Who was merged late may have been two persons to whom it was done.
        return range(int(bool(is_certain)), able + 1)


def is_unseen(firing: Firing) -> bool:
    """Return whether it was given up for the one good reason: a death while people were told."""
    return firing.trigger == RING and "may have arrived" in (firing.last_error or "")


def _tied(kind: str) -> Callable[[Company, Someone], int]:
    def count(company: Company, person: Someone) -> int:
        account = company.crm.account
        record = account.contacts.records.find("email", person.email)
        return 0 if record is None else len(account.associations.of("contacts", record.id, kind))

    return count


def _mailed(company: Company, person: Someone) -> int:
    """Return how many messages there are, or more where requests for one bore several keys."""
    addresses = {each.email for each in person.parts}
    messages = company.mail.account.mail.messages.values()
    sent = sum(each.template_id == TEMPLATE and each.email in addresses for each in messages)
    asked = [
        each.json
        for each in company.doors.to(PATHS["answer"])
        if each.json["to"][0]["email"] in addresses
    ]
    keys = {each.get("headers", {}).get("idempotencyKey", id(each)) for each in asked}
    return max(sent, len(keys))


def _called(trigger: str) -> Callable[[Company, Someone], int]:
    def count(company: Company, person: Someone) -> int:
        """Return how many ids the calls bear."""
        addresses = {each.email for each in person.parts}
        told = company.doors.to(PATHS[trigger])
        return len(
            {each.headers["webhook-id"] for each in told if _is_of(each, trigger, addresses)}
        )

    return count


def _is_of(call: Request, trigger: str, addresses: set[str]) -> bool:
    content = call.json["data"]
    return content["trigger"] == trigger and content["contact"]["email"] in addresses


def _rung(company: Company, person: Someone) -> int:
    titles = {f"{RING}: {each.email}" for each in person.parts}
    return sum(each.json["title"] in titles for each in company.doors.to(PATHS[RING]))


DEEDS = (
    Deed(trigger="thank", after=BOUGHT, done_to=_tied("notes")),
    Deed(trigger="answer", after=ASKED, done_to=_mailed, asks_consent=True),
    Deed(trigger="alarm", after=CLICKED, done_to=_called("alarm")),
    Deed(trigger="greet", after=VISITED, done_to=_called("greet")),
    Deed(trigger=RING, after=OPENED, done_to=_rung),
    Deed(trigger="call", after=VIEWED, done_to=_tied("tasks"), is_backfilled=False),
)
