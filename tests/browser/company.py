"""A small company in files: a year of contacts, visits, mails and forms, the same at each run."""

from __future__ import annotations

import csv
import random
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

CONTACTS = 400
_FIRST = ("Ada", "Bruno", "Chloé", "Djamila", "Elif", "Farid", "Greta", "Hugo", "Inès", "Jonas")
_LAST = ("Martin", "Bernard", "Dubois", "Keller", "Rossi", "Novak", "Silva", "Haddad", "Petit")
_FIRMS = ("acme", "fjord", "northwind", "lumen", "atelier-nord", "hexa", "vallis", "orbital")
_ROLES = ("Head of Marketing", "Director of Sales", "Developer", "Buyer", "Consultant", "Engineer")
_COUNTRIES = ("FR", "BE", "CH", "DE", "ES", "SE")
_KINDS = ("page.viewed", "email.opened", "email.clicked", "form.submitted", "meeting.held")
_WEIGHTS = (50, 30, 14, 4, 2)

MAPPING = """
version: 1
platforms:
  crm:
    adapter: files
    path: ./crm
    link: "https://crm.example.com/people/{id}"
    pull: {contacts: 10s, events: 10s}
  shop: {adapter: files, path: ./shop, pull: {contacts: 10s, events: 10s}}
attributes:
  email: {type: email, crm: email, shop: email}
  first_name: {type: text, crm: first_name}
  last_name: {type: text, crm: last_name}
  company: {type: text, crm: company}
  job_title: {type: text, crm: job_title}
  country: {type: text, crm: country}
model:
  timezone: Europe/Paris
  decay: {half_life: 45d}
  dimensions:
    engagement: {floor: 0, cap: 100}
    fit: {floor: 0, cap: 40, decay: none}
  rules:
    visited: {event: page.viewed, points: 2, cap: {points: 8, per: day}}
    opened: {event: email.opened, points: 1}
    clicked: {event: email.clicked, points: 4}
    asked: {event: form.submitted, points: 20}
    met: {event: meeting.held, points: 25}
    decides: {when: "job_title ILIKE '%head of%'", points: 15, dimension: fit}
    near: {when: "country IN ('FR', 'BE', 'CH')", points: 8, dimension: fit}
  scores:
    heat:
      formula: engagement + fit
      range: [0, 140]
      stages:
        - {name: cold, from: 0}
        - {name: warm, from: 20, leave_below: 16}
        - {name: hot, from: 50, leave_below: 42}
targets:
  crm:
    attributes: {heat: heat, heat_stage: heat_stage}
triggers:
  call_hot:
    when: "heat_stage = 'hot'"
    backfill: true
    do: [{webhook: SALES}]
"""


def write_company(folder: Path, now: datetime, mapping: str = MAPPING) -> None:
    """Write a mapping and the files of two platforms; the one called `shop` lost its events."""
    chance = random.Random(7)
    crm, shop = folder / "mappings" / "crm", folder / "mappings" / "shop"
    for each in (crm, shop):
        each.mkdir(parents=True)
    (folder / "mappings" / "heatsync.yaml").write_text(mapping, encoding="utf-8")
    people = list(_people(chance, now))
    _write(crm / "contacts.csv", people)
    _write(crm / "events.csv", list(_events(chance, people, now)))
    _write(
        shop / "contacts.csv", [{"id": each["id"], "email": each["email"]} for each in people[:80]]
    )


def an_event(folder: Path, contact: str, kind: str, at: datetime) -> None:
    """Have something happen to a contact."""
    with (folder / "mappings" / "crm" / "events.csv").open("a", encoding="utf-8") as file:
        file.write(f"now-{kind}-{contact},{contact},{kind},{at.astimezone(UTC).isoformat()}\n")


def _people(chance: random.Random, now: datetime) -> Iterator[dict[str, Any]]:
    for number in range(1, CONTACTS + 1):
        first, last = chance.choice(_FIRST), chance.choice(_LAST)
        name = f"{first}.{last}{number}".lower().translate(str.maketrans("éè", "ee"))
        firm = chance.choice(_FIRMS)
        came = now - timedelta(days=chance.uniform(1, 365))
        yield {
            "id": str(number),
            "email": f"{name}@{firm}.example",
            "first_name": first,
            "last_name": last,
            "company": firm.replace("-", " ").title(),
            "created_at": came.isoformat(),
            "job_title": chance.choice(_ROLES),
            "country": chance.choice(_COUNTRIES),
        }


def _events(
    chance: random.Random, people: Sequence[dict[str, Any]], now: datetime
) -> Iterator[dict[str, str]]:
    for person in people:
        for place in range(int(chance.paretovariate(0.9)) % 60):
            kind = chance.choices(_KINDS, _WEIGHTS)[0]
            days = min(300.0, chance.expovariate(1 / 40))
            yield {
                "id": f"{person['id']}-{place}",
                "contact": person["id"],
                "type": kind,
                "occurred_at": (now - timedelta(days=days)).isoformat(),
            }


def _write(path: Path, rows: Sequence[dict[str, Any]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
