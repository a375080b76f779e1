"""The folder in which the daemon of the demo runs: commented mappings, and its settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.config.settings import variable
from connector.demo.company.words import NAME

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from connector.demo.orders import Account

SITUATION = "heatsync.yaml"
MODEL = "model.yaml"

_ENTRIES: Mapping[str, Sequence[str]] = {
    "brevo": (
        "plan: extended",
        "marketing_poll: false     # its newsletters go out as single mails",
        "pull: {contacts: 1m, events: 20s}",
    ),
    "hubspot": ("tier: pro", "timezone: UTC", "pull: {contacts: 30s, events: 10s}"),
    "mautic": ("pull: {contacts: 30s, events: 10s}",),
}
_FIELDS: Mapping[str, Mapping[str, str]] = {
    "email": {"brevo": "EMAIL", "hubspot": "email", "mautic": "email"},
    "first_name": {"brevo": "FIRSTNAME", "hubspot": "firstname", "mautic": "firstname"},
    "last_name": {"brevo": "LASTNAME", "hubspot": "lastname", "mautic": "lastname"},
    "company": {"brevo": "COMPANY", "hubspot": "company", "mautic": "company"},
    "job_title": {"brevo": "JOB", "hubspot": "jobtitle", "mautic": "position"},
}
_SCORE = {
    "brevo": "HEAT_SCORE: heat, HEAT_STAGE: heat_stage",
    "hubspot": "heat_score: heat, heat_stage: heat_stage",
    "mautic": "heat_score: heat, heat_stage: heat_stage",
}
_HAVE_SITE, _HAVE_SHOP, _HAVE_SALES = {"brevo", "mautic"}, {"brevo", "hubspot"}, {"hubspot"}

_HEAD = f"""\
# Where contacts and events of {NAME} come from, and where their heat goes.
# A real account is asked less often than these: pull: {{contacts: 15m, events: 5m}}.
version: 1

platforms:
"""
_RULES = """\
# Who is hot at the company, and why. Change a number, save, and watch: heatsync takes it up by
# itself, and says in the dashboard and by `heatsync explain` what it changes for whom.
model:
  timezone: Europe/Paris      # whose calendar "per day" means
  decay: {half_life: 21d}     # after three weeks of silence half of the interest is left

  dimensions:
    engagement: {floor: -20, cap: 100}
    fit: {decay: none}        # who they are does not cool

  groups:
    mail: {cap: 20}           # however many mails are opened

  rules:
    opened:     {event: email.opened, points: 2, once_per: message_id, group: mail}
    clicked:    {event: email.clicked, points: 6, group: mail}
    left:       {event: email.unsubscribed, points: -20}
    bounced:    {event: email.bounced, points: -20}

    asked:      {event: form.submitted, points: 20}
    wants_offer:
      event: form.submitted
      where: "form_name = 'Ask for an offer'"
      points: 15
"""
_SITE_RULES = """\

    # The site. A day counts once, so that a long afternoon is not a week of interest.
    visited:    {event: page.viewed, points: 2, cap: {points: 6, per: day}}
    prices:
      event: page.viewed
      where: "url LIKE '%/pricing%'"
      points: 8
      cap: {points: 8, per: day}
"""
_SHOP_RULES = """\

    # The shop. An order tells more the larger it is.
    cart:       {event: cart.item_added, points: 10, cap: {points: 20, per: day}}
    bought:     {event: order.placed, points: "LEAST(COALESCE(amount, 0) / 50, 40)"}
"""
_SALES_RULES = """\

    met:        {event: meeting.held, points: 30}
"""
_END = """\

    # Who they are.
    signs:      {when: "job_title = 'CEO'", points: 20, dimension: fit}
    decides:    {when: "job_title ILIKE 'head of%'", points: 15, dimension: fit}
    buys:
      when: "job_title IN ('Office Manager', 'Buyer', 'Architect')"
      points: 8
      dimension: fit
    helps:      {when: "job_title = 'Assistant'", points: 3, dimension: fit}
    studies:    {when: "job_title = 'Student'", points: -15, dimension: fit}

  scores:
    heat:
      formula: engagement + fit
      range: [0, 100]
      stages:                 # leave_below: a little cooler than `from`, so that nobody flickers
        - {name: cold, from: 0}
        - {name: warm, from: 20, leave_below: 16}
        - {name: hot, from: 45, leave_below: 38}
"""


def write_folder(folder: Path, accounts: Sequence[Account], *, public_url: str, port: int) -> None:
    """Write the mappings and `.env` of a daemon that listens on `port`."""
    adapters = {each.adapter: each.name for each in accounts}
    mappings = folder / "mappings"
    mappings.mkdir(parents=True, exist_ok=True)
    (mappings / SITUATION).write_text(_situation(accounts, adapters), encoding="utf-8")
    (mappings / MODEL).write_text(_model(adapters), encoding="utf-8")
    env = folder / ".env"
    env.write_text("\n".join(_settings(accounts, public_url, port)) + "\n", encoding="utf-8")
    env.chmod(0o600)


def _situation(accounts: Sequence[Account], adapters: Mapping[str, str]) -> str:
    entries = "".join(line for each in accounts for line in _entry(each))
    fields = "".join(
        f"  {ours}: {{type: {'email' if ours == 'email' else 'text'}, "
        + ", ".join(f"{name}: {theirs[adapter]}" for adapter, name in adapters.items())
        + "}\n"
        for ours, theirs in _FIELDS.items()
    )
    return "\n".join(
        [
            _HEAD + entries,
            "attributes:                   # our name: its type, and what each platform calls it",
            fields,
            "events:",
            '  ignore: "is_machine"        # scanners of mail servers: they are not interested\n',
            "targets:                      # what is written, and to whom",
            _targets(adapters),
        ]
    )


def _entry(account: Account) -> Iterator[str]:
    yield f"  {account.name}:\n"
    yield f"    adapter: {account.adapter}\n"
    yield f'    url: "{account.url}"  # {account.title}, simulated\n'
    for each in _ENTRIES[account.adapter]:
        yield f"    {each}\n"


def _targets(adapters: Mapping[str, str]) -> str:
    return "".join(
        f"  {name}:\n"
        f"    attributes: {{{_SCORE[adapter]}}}\n"
        "    lists:\n"
        "      Hot leads: {when: \"heat_stage = 'hot'\", create: true}\n"
        for adapter, name in adapters.items()
    )


def _model(adapters: Mapping[str, str]) -> str:
    parts = [
        (_SITE_RULES, _HAVE_SITE),
        (_SHOP_RULES, _HAVE_SHOP),
        (_SALES_RULES, _HAVE_SALES),
    ]
    told = [text for text, tellers in parts if tellers & adapters.keys()]
    return "".join([_RULES, *told, _END, *_triggers(adapters)])


def _triggers(adapters: Mapping[str, str]) -> Iterator[str]:
    if "hubspot" in adapters:
        name = adapters["hubspot"]
        yield f"""
# Done once at each entry. Who is hot when they are scored for the first time fires nothing.
triggers:
  call_hot_lead:
    when: "heat_stage = 'hot'"
    do:
      - push: {{platform: {name}}}  # whoever is not known there yet is by then
      - task: {{platform: {name}, title: Call while they are hot}}
"""


def _settings(accounts: Sequence[Account], public_url: str, port: int) -> Iterator[str]:
    yield "# Settings of the daemon; the secrets open simulated accounts only."
    yield f"{variable('port')}={port}"
    yield f"{variable('public_url')}={public_url}"
    for account in accounts:
        for field, secret in account.secrets.items():
            yield f"{variable('platforms', account.name, field)}={secret}"
