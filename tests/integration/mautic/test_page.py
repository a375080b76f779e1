"""What the page of Mautic says of events is so."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

from connector.domain.events import EVENT_COLUMNS
from tests.integration.mautic.conftest import ANN, AT, BOB, HOUR, MINUTE, World, events_of

PAGE = Path(__file__).parents[3] / "docs" / "platforms" / "mautic.md"
SITE = "https://www.example.com/prices"
ROBOT = "Mozilla/5.0 (compatible; BarracudaLinkProtect/1.0)"


def live(world: World) -> None:
    """Let everything happen that an instance tells of, with all that it can say."""
    account, deeds = world.simulator.account, world.simulator.account.engagement
    ann, bob = account.add_contact(ANN), account.add_contact(BOB)
    email, form, page = (
        int(account.add_entity(kind, name=kind)["id"]) for kind in ("emails", "forms", "pages")
    )
    asset = int(account.add_entity("assets", title="Guide")["id"])
    deeds.visit(ann, SITE, at=AT, title="Prices", page_id=page, user_agent=ROBOT)
    message = deeds.send(ann, email, at=AT - HOUR)
    deeds.open(message, at=AT - MINUTE, user_agent=ROBOT)
    deeds.click(message, SITE, at=AT, user_agent=ROBOT, lands=True)
    deeds.reply(message, at=AT)
    deeds.unsubscribe(message, at=AT)
    deeds.bounce(deeds.send(bob, email, at=AT - HOUR), at=AT)
    deeds.submit(ann, form, at=AT, page_id=page)
    taken = deeds.download(ann, asset, at=AT)
    taken |= {"referer": SITE, "email_id": email}
    deeds.text(ann, 7, at=AT)
    followed = deeds.visit(ann, SITE, at=AT, user_agent=ROBOT)
    followed |= {"source": "sms", "source_id": 7, "redirect_id": 1}
    account.segments.add("News", members=[ann])


def columns_of_the_page() -> Mapping[str, tuple[set[str], set[str]]]:
    """Return what the table says of each type: columns, and what is declared as properties."""
    text = PAGE.read_text("utf-8").partition("### What events say")[2]
    found: dict[str, tuple[set[str], set[str]]] = {}
    for row in re.findall(r"^\| (`[a-z]+\..*?) \|$", text, re.MULTILINE):
        types, columns, further = (set(re.findall(r"`(.+?)`", cell)) for cell in row.split("|"))
        found |= dict.fromkeys(types, (columns, further))
    return found


async def test_the_page_names_what_each_event_says(world: World) -> None:
    live(world)
    world.clock.advance(HOUR)

    said = defaultdict[str, set[str]](set)
    for event in await events_of(world.connect()):
        said[event.type] |= set(event.fields)

    assert {
        kind: (names & EVENT_COLUMNS.keys(), names - EVENT_COLUMNS.keys())
        for kind, names in said.items()
    } == columns_of_the_page()
