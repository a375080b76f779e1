"""The reference page of advice: what `heatsync check` finds worth a look."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from adapters.registry import all_adapters
from connector.conditions.expression import Kind
from connector.conditions.parser import parse
from connector.config.configuration import Configuration
from connector.config.digest import source_of
from connector.config.files import Source
from connector.config.folder import Folder
from connector.config.lint.checks import CHECKS
from connector.config.lint.subject import Check, Remark, Seen, Subject
from connector.config.loader import read_configuration
from connector.config.places import dotted
from connector.config.settings import Settings
from docs.generators.markdown import code, page, table

INTRODUCTION = """
What `heatsync check` says under *Worth a look*. Nothing of it keeps a configuration from working:
it is what people seldom mean. Each line names the file, the line and the path it is about;
`heatsync check --json` has them under `warnings`.
"""

ONLINE = """
*Events that were never seen* and *catalogues that grew* are told by the database: `--offline`,
or before the first sync, they are left out.
"""

CORNERS = """
Conditions do what Polars does, and that is not always what one expects of SQL. Of these corners
heatsync warns wherever a condition has them.
"""

_MEANT = """
version: 1
platforms: {{crm: {{adapter: memory}}}}
attributes: {{employees: {{type: number, crm: employees}}}}
content:
{content}
events: {{rename: {{crm: {{email.replied: custom.answer}}}}}}
model:
  decay: {{half_life: 60d}}
  dimensions: {{engagement: {{}}, fit: {{}}, loyalty: {{}}, mood: {{}}}}
  groups: {{mail: {{cap: 30}}}}
  traits: {{orders: {{count: order.placed}}}}
  rules:
    opened: {{event: email.opened, points: 1}}
    clicked: {{event: email.clicked, points: 3}}
    guide: {{event: page.viewed, where: "phase = 'discovry'", points: 1}}
    answered: {{event: email.replied, points: 10}}
    met: {{event: meeting.held, points: 20}}
    decides: {{when: "TRUE", points: 20, dimension: fit}}
    answers: {{event: survey.answered, points: 5, dimension: mood}}
  scores:
    lead:
      formula: LEAST(engagement, 50) + fit
      range: [0, 100]
      stages:
        - {{name: lost, from: -10}}
        - {{name: cold, from: 0}}
        - {{name: warm, from: 20, leave_below: 0}}
        - {{name: hot, from: 60, leave_below: 10}}
        - {{name: burning, from: 80}}
    best:
      formula: engagement
      direction: up_only
      stages: [{{name: good, from: 9, leave_below: 5}}]
  grades:
    grade:
      rows: {{of: fit, A: 50, B: 10, C: 20, D: 0}}
      columns: {{of: engagement, 1: 50, 2: 0}}
targets:
  crm:
    attributes: {{heat: engagement, whole: engagement}}
    lists:
      Hot leads: {{when: "lead_stage = 'Hot'"}}
      Champions: {{when: "lead >= 90"}}
    tags: {{warming: "CAST(engagement AS TEXT) LIKE '2%'"}}
"""
"""A mapping in which each check finds something."""

_COLUMNS = {
    **dict.fromkeys(("country", "title"), Kind.TEXT),
    "is_customer": Kind.BOOLEAN,
    "amount": Kind.NUMBER,
}

_SURPRISES = (
    "LEAST(amount, 40) > 10",
    "ROUND(amount) > 10",
    "is_customer IS NOT TRUE",
    "country = NULL",
    "country NOT IN ('FR', NULL)",
    "title LIKE 'pricing'",
    "LOWER(country) = 'FR'",
)


def page_of_advice() -> str:
    """Return what each check finds, and what it says of a mapping with all those faults."""
    subject = _subject()
    sections = (
        part
        for title, checks in CHECKS.items()
        for part in (
            f"## {title}",
            table(("Finds", "Says, for example"), (_row(each, subject) for each in checks)),
        )
    )
    return page(
        "Advice",
        INTRODUCTION,
        *sections,
        ONLINE,
        "## Corners of SQL",
        CORNERS,
        table(("Written", "Says"), _corners()),
    )


def _row(check: Check, subject: Subject) -> tuple[str, str]:
    finds = (check.__doc__ or "").removeprefix("Find ").strip()
    said = next(check(subject), None)
    if said is None:
        raise ValueError(f"the example of the page gives {check.__name__} nothing to find")
    return f"{finds[0].upper()}{finds[1:]}", _said(said)


def _said(remark: Remark) -> str:
    hint = f" ({remark.hint})" if remark.hint else ""
    return f"{code(dotted(remark.path))}: {remark.message}{hint}"


def _subject() -> Subject:
    """Return the mapping with all faults, and a past that makes the most of them."""
    small, grown = (_configuration(entries) for entries in (4, 12))
    model = replace(grown.model, keep_events=timedelta(days=90))
    source = source_of(small.model, small.attributes)
    seen = Seen(
        types={("crm", "email.opened"): 1},
        models={small.digest: (datetime(2026, 1, 1, tzinfo=UTC), source)},
    )
    return Subject(configuration=replace(grown, model=model), seen=seen)


def _configuration(entries: int) -> Configuration:
    lines = (f"  - {{match: \"url LIKE '%/{n}'\", phase: discovery}}" for n in range(entries))
    raw = _MEANT.format(content="\n".join(lines)).encode()
    folder = Folder(path=Path(), sources=(Source(name="heatsync.yaml", raw=raw),))
    memory = all_adapters()["memory"]
    types = frozenset({"email.opened", "email.clicked", "email.replied", "page.viewed"})
    able = replace(
        memory.capabilities,
        event_types=types,
        decimals_of=lambda field: 0 if field == "whole" else None,
    )
    closed = replace(memory, capabilities=able)
    return read_configuration(folder, {"memory": closed}, Settings.model_construct(), offline=True)


def _corners() -> Iterator[tuple[str, str]]:
    for text in _SURPRISES:
        expression = parse(text, _COLUMNS, expect=Kind.BOOLEAN, timezone=ZoneInfo("UTC"))
        for warning in expression.warnings:
            yield code(text), warning
