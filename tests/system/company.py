"""A small company in files: contacts, a year of events, and a model that uses all there is."""

from __future__ import annotations

import csv
import random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

AT = "2026-03-01T00:00:00Z"

MAPPINGS = """
version: 1
platforms:
  crm: {adapter: files, path: ../crm}
  shop: {adapter: files, path: ../shop}
attributes:
  email: {type: email, crm: email, shop: email}
  job_title: {type: text, crm: job}
  country: {type: text, crm: country, shop: land, prefer: crm}
content:
  - {match: "url LIKE '/pricing%'", phase: purchase, kind: important_page}
model:
  timezone: Europe/Paris
  decay: {half_life: 60d}
  dimensions:
    engagement: {floor: -50, cap: 120}
    fit: {decay: none}
  groups:
    mail: {cap: 12}
  traits:
    orders: {count: order.placed}
    spent: {sum: amount, of: order.placed}
    last_visit: {last: page.viewed}
  rules:
    opened: {event: email.opened, points: 1, once_per: message_id, group: mail}
    clicked: {event: email.clicked, points: 3, group: mail}
    visit: {event: page.viewed, points: 1, cap: {points: 3, per: day}}
    pricing: {event: page.viewed, where: "phase = 'purchase'", points: 10}
    order: {event: order.placed, points: "LEAST(COALESCE(amount, 0) / 10, 40)"}
    dormant: {inactive: 30d, points: -15}
    chief: {when: "job_title ILIKE '%chief%'", points: 20, dimension: fit}
  scores:
    lead:
      formula: engagement + fit
      range: [0, 100]
      stages:
        - {name: cold, from: 0}
        - {name: warm, from: 15, leave_below: 12}
        - {name: hot, from: 40}
targets:
  crm:
    attributes: {heat: lead, stage: lead_stage, spent: spent, last_visit: last_visit}
    lists: {Hot: {when: "lead_stage = 'hot'", create: true}}
    tags: {buyer: "orders > 0"}
  shop:
    attributes: {heat: lead}
"""

_TYPES = (
    *("email.opened", "email.opened", "email.clicked"),
    *("page.viewed", "page.viewed", "page.viewed", "order.placed"),
)


def found_company(folder: Path, *, contacts: int, events: int, seed: int = 1) -> Path:
    """Write mappings and two platforms below `folder`; return the mappings folder."""
    chance = random.Random(seed)
    mappings = folder / "mappings"
    mappings.mkdir(parents=True)
    (mappings / "heatsync.yaml").write_text(MAPPINGS)
    people = [f"person{number}@example.com" for number in range(contacts)]
    _write(
        folder / "crm" / "contacts.csv",
        ("id", "email", "job", "country", "created_at"),
        (
            (f"c{number}", person, chance.choice(["Chief of X", "Clerk", ""]), "FR", "2025-01-05")
            for number, person in enumerate(people)
        ),
    )
    _write(
        folder / "shop" / "contacts.csv",
        ("id", "email", "land"),
        ((f"s{number}", person.upper(), "DE") for number, person in enumerate(people[::3])),
    )
    columns = ("id", "contact", "type", "occurred_at", "message_id", "url", "amount")
    rows = [_event(chance, number, people) for number in range(events)]
    _write(folder / "crm" / "events.csv", columns, rows[::2])
    _write(folder / "shop" / "events.csv", columns, rows[1::2])
    return mappings


def _event(chance: random.Random, number: int, people: list[str]) -> tuple[object, ...]:
    person = people[int(chance.paretovariate(1.2)) % len(people)]
    month, day = chance.randint(1, 12), chance.randint(1, 28)
    kind = chance.choice(_TYPES)
    return (
        f"e{number}",
        person,
        kind,
        f"2025-{month:02}-{day:02}T{chance.randint(0, 23):02}:{chance.randint(0, 59):02}:00Z",
        f"m{chance.randint(1, 40)}" if kind.startswith("email.") else "",
        chance.choice(["/", "/pricing", "/blog"]) if kind == "page.viewed" else "",
        f"{chance.uniform(5, 400):.2f}" if kind == "order.placed" else "",
    )


def _write(path: Path, columns: tuple[str, ...], rows: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(rows)  # type: ignore[arg-type]  # any rows


def break_the_file(company: Path) -> None:
    """Mistype a key in the mapping file."""
    file = company / "mappings" / "heatsync.yaml"
    file.write_text(file.read_text().replace("half_life:", "halflife:"))
