"""Who somebody is: how they are called, where they are known, and what is known of them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from connector.domain.names import name_of
from connector.domain.values import from_stored
from connector.web.dashboard.drawing import box, card, table, text
from connector.web.dashboard.language import NOTHING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nicegui.element import Element

    from connector.domain.records import Person
    from connector.sync.looking.explaining import Explanation
    from connector.sync.looking.telling import Telling, ToldPlatform
    from connector.web.dashboard.frame import Visit

COMPANY = "company"
"""The attribute that tells for whom somebody works."""


def title_of(person: Person) -> str:
    """Return what the page is called: a name, else an address, else our id."""
    return name_of(person.attributes) or person.email or person.key


def draw_who(visit: Visit, telling: Telling) -> None:
    """Draw in a line or two where somebody is known, and since when."""
    person, say = telling.person, visit.language.text
    with box("p", "facts"):
        if person.email and name_of(person.attributes):
            text("span", person.email)
        if company := person.attributes.get(COMPANY):
            text("span", str(company))
        if person.created_at is not None:
            since = visit.language.moment(person.created_at, visit.desk.clock.now())
            text("span", say("known since {time}", time=since), "sub")
        for platform in telling.platforms:
            _draw_records(visit, platform)


def _draw_records(visit: Visit, platform: ToldPlatform) -> None:
    say = visit.language.text
    for record in platform.records:
        name = f"{platform.name} {record.remote_id}"
        with box("span"):
            if link := platform.links.get(record.remote_id):
                outward(name, link, say("{name}, opens the platform", name=name))
            else:
                text("span", name, "gone" if record.removed_at else "")
            if record.removed_at is not None:
                time = visit.language.time(record.removed_at)
                text("span", say("gone since {time}", time=time), "sub beside")
            if record.opted_out:
                text("span", say("opted out"), "sub beside")


def outward(told: str, link: str, label: str) -> Element:
    """Return a link to a page of somebody else's, in a tab of its own."""
    return text(
        "a",
        told,
        "outward",
        href=link,
        target="_blank",
        rel="noopener noreferrer",
        aria_label=label,
    )


def draw_known(visit: Visit, told: Explanation) -> None:
    """Draw what is known of somebody: attributes, traits, and lists they are to be in."""
    say = visit.language.text
    rows = [*_attributes(visit, told), *_traits(visit, told)]
    rows += [
        (say("lists on {platform}", platform=platform), ", ".join(names))
        for platform, names in told.lists.items()
        if names
    ]
    title = say("What is known")
    with card(title):
        if not rows:
            text("p", say("Nothing but their address."), "sub")
            return
        with table(title, [(say("Name"), ""), (say("Value"), "")], "known"):
            for name, value in rows:
                with box("tr"):
                    text("th", name, scope="row")
                    text("td", value)


def _attributes(visit: Visit, told: Explanation) -> Iterator[tuple[str, str]]:
    kinds = visit.workspace.configuration.attributes
    for name, stored in told.person.attributes.items():
        if name in kinds:
            yield name, shown(visit, from_stored(stored, kinds[name].type))


def _traits(visit: Visit, told: Explanation) -> Iterator[tuple[str, str]]:
    for name, value in told.traits.items():
        if value is not None:
            yield name, shown(visit, value)


def shown(visit: Visit, value: object) -> str:
    """Return a value of any type as people read it."""
    language = visit.language
    if value is None:
        return NOTHING
    if isinstance(value, bool):
        return language.text("yes") if value else language.text("no")
    if isinstance(value, int | float):
        return language.number(value)
    return language.time(value) if isinstance(value, datetime) else str(value)
