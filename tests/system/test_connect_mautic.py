"""The page "Connect Mautic": its files and commands, tried on a simulated instance."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest

from adapters.mautic.simulator import CLIENT_ID, CLIENT_SECRET, MauticSimulator
from adapters.simulation.server import Server
from connector.runtime.clock import SystemClock
from tests.system.pages import DOCS, Block, blocks, commands
from tests.system.shell import heatsync

BLOCKS = blocks((DOCS / "how-to" / "connect-mautic.md").read_text("utf-8"))
ADDRESS = "https://automation.example.com"
KEYS = {"1_2abc...": CLIENT_ID, "3def...": CLIENT_SECRET, "b5f0...": "a-long-random-text"}
JANE = "jane@example.com"
PRICES = "https://www.example.com/pricing"
ENDLESS = "heatsync run"


@pytest.fixture
def mautic(bare: Path) -> Iterator[Server]:
    """Stand in an empty folder, with an instance that step 1 was done in, and some life."""
    simulator = MauticSimulator(now=SystemClock().now)
    account = simulator.account
    account.seed_contacts(
        299, values=lambda number: {"position": "Head of sales"} if number % 10 == 0 else {}
    )
    account.add_contact(JANE, position="Head of marketing")
    for weight, name in enumerate(("cold", "warm", "hot")):
        account.add_stage(name, weight)
    news, form = (
        int(account.add_entity(kind, name=name)["id"])
        for kind, name in (("emails", "News"), ("forms", "Ask for a demo"))
    )
    *others, jane = account.contacts.by_id.values()
    plain = [each for each in others if "position" not in each.values]
    for number, person in enumerate(plain[:60]):
        message = account.engagement.send(person, news)
        account.engagement.open(message)
        if number < 21:
            account.engagement.click(message, PRICES)
    for person in others[100:130]:
        account.engagement.visit(person, PRICES)
    for person in [jane, *plain[200:208]]:
        account.engagement.submit(person, form)
    with Server(simulator.app) as server:
        yield server


def test_every_command_prints_what_the_page_shows(mautic: Server, bare: Path) -> None:
    for block in BLOCKS:
        if block.title:
            _grow(bare / block.title, block.text.replace(ADDRESS, mautic.url))
        elif block.language == "console":
            _type(block)


def test_the_page_takes_its_reader_through_all_of_it() -> None:
    typed = [each.line for block in BLOCKS for each in commands(block)]

    assert [each.removeprefix("heatsync ") for each in typed] == [
        *("check", "check --fix --yes", "sync --dry-run", "sync", f"explain {JANE}", "plan"),
        *("run", "webhooks register"),
    ]


def test_errors_that_the_page_explains_are_those_that_are_told() -> None:
    page = (DOCS / "how-to" / "connect-mautic.md").read_text("utf-8")
    quoted = re.findall(r'^\| "(.+?)"', page, re.MULTILINE)
    folders = ("adapters", "connector")
    code = "\n".join(
        path.read_text("utf-8")
        for path in chain.from_iterable((DOCS.parent / each).rglob("*.py") for each in folders)
    )

    for text in quoted:
        fixed = text.replace("..._CLIENT_ID", "{}").replace("500", "{}")
        words = [r"\{.*?\}" if word == "{}" else re.escape(word) for word in fixed.split()]
        assert re.search(r'(?:\s|"\s+f?")+'.join(words), code), text


def _grow(path: Path, text: str) -> None:
    for shown, key in KEYS.items():
        text = text.replace(shown, key)
    path.parent.mkdir(exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(text)


def _type(block: Block) -> None:
    for command in commands(block):
        if command.line == ENDLESS:
            continue
        program, *words = command.line.split()
        ran = heatsync(*words)
        assert program == "heatsync"
        assert ran.code == (69 if words == ["check"] else 0), ran.out + ran.err
        assert command.tells(ran.out), f"$ {command.line}\n{ran.out}"
