"""How a company ends: what platforms show and what heatsync keeps, by address and not by id."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from connector.domain.outbound import DeliveryState, Outbound
from connector.sync.cycle import Steps, run_cycle
from tests.integration.platforms.company import NAMES, Company

CRM_FIELDS = ("jobtitle", "city", "heat_score", "heat_stage", "hs_email_optout")
Shown = Mapping[str, Mapping[str, object]]


def shown_on_crm(company: Company) -> Shown:
    """Return what HubSpot shows of each contact, lists included."""
    account = company.crm.account
    lists = {each.name: set(each.members) for each in account.lists}
    found: dict[str, Mapping[str, object]] = {}
    for record in account.contacts.records:
        values = record.version.properties
        found[values["email"]] = {
            **{name: values.get(name) or None for name in CRM_FIELDS},
            "addresses": values.get("hs_additional_emails"),
            "lists": {name for name, members in lists.items() if record.id in members},
            "notes": len(account.associations.of("contacts", record.id, "notes")),
        }
    return found


def shown_on_mail(company: Company) -> Shown:
    """Return what Brevo shows of each contact, lists included."""
    account = company.mail.account
    return {
        str(each.email): {
            **each.values,
            "blocked": each.is_email_blocked,
            "lists": {
                name
                for list_id in each.list_ids
                if not (name := account.lists.by_id[list_id].name).startswith("heatsync")
            },
        }
        for each in account.people
    }


SHOWN = {"crm": shown_on_crm, "mail": shown_on_mail}


async def scored_anew(company: Company, at: datetime) -> Mapping[str, Any]:
    """Score everybody once more, as of `at`; return what is decided of each, by address."""
    async with company.state.write() as tx:
        await tx.contacts.touch(await tx.contacts.all_numbers())
    await run_cycle(company.workspace, Steps(pulls=False), at)
    return await kept(company)


async def kept(company: Company) -> Mapping[str, Any]:
    """Return what heatsync keeps of everybody who is on a platform, by address."""
    async with company.state.read() as tx:
        numbers = await tx.contacts.all_numbers()
        persons = await tx.contacts.persons(numbers)
        records = [each for each in await tx.contacts.records_of(numbers) if not each.removed_at]
        current = (await tx.scores.current(numbers)).rows()
        rows = {name: await tx.outbox.rows(name, numbers) for name in NAMES}
        history = {number: await tx.scores.history(number) for number in numbers}
        firings = await tx.triggers.counts()
    addresses = {
        number: persons[number].email for number in sorted({each.contact for each in records})
    }
    return {
        "people": {
            address: {
                "records": sorted((r.platform, *r.emails) for r in records if r.contact == number),
                "attributes": dict(persons[number].attributes),
                "scores": [row[1:] for row in current if row[0] == number],
                "history": [(e.name, e.rounded, e.stage) for e in history[number][-1:]],
                "rows": {name: _kept(rows[name].get(number)) for name in NAMES},
            }
            for number, address in addresses.items()
        },
        "firings": firings,
    }


def _kept(row: Outbound | None) -> object:
    if row is None:
        return None
    lists = {name for name, is_in in row.desired.lists.items() if is_in}
    taken = {name for name, is_in in row.confirmed.lists.items() if is_in}
    # Nothing is nothing, whether something was there before or not.
    values = {name: value for name, value in row.desired.attributes.items() if value is not None}
    return values, lists, taken, row.state is DeliveryState.CLEAN
