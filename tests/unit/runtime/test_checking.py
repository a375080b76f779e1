"""Asking every platform whether it is ready: one that fails keeps no other from being asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import cast
from zoneinfo import ZoneInfo

import pytest

from connector.config.configuration import Configuration, PlatformEntry
from connector.config.places import Path as ConfigPath
from connector.config.places import Place
from connector.errors import (
    AccessRefused,
    PlatformError,
    PlatformUnavailable,
    Problem,
    RateLimited,
)
from connector.ports.adapter import Adapter, PlatformConfig, PlatformContext
from connector.ports.platform import Capabilities, NoParts, Platform
from connector.runtime.checking import check_platforms
from connector.scoring.model import Model

REFUSED = AccessRefused("the key is revoked", platform="mail", operation="check")
MISSING = Problem(message="the field heat is not there", hint="create it")


@dataclass
class Checked(NoParts):
    """A platform that says one thing when asked whether it is ready."""

    answer: Sequence[Problem] | PlatformError
    closed: list[str] = field(default_factory=list)
    name: str = "x"

    def connect(self, context: PlatformContext) -> Platform:
        return cast("Platform", replace(self, name=context.name))

    async def check(self) -> Sequence[Problem]:
        if isinstance(self.answer, PlatformError):
            raise self.answer
        return self.answer

    async def aclose(self) -> None:
        self.closed.append(self.name)


def an_entry(name: str, platform: Checked) -> PlatformEntry:
    adapter = Adapter(
        name="fake",
        title="Fake",
        config=PlatformConfig,
        capabilities=Capabilities(),
        connect=platform.connect,
    )
    config = PlatformConfig(adapter="fake")
    return PlatformEntry(name=name, adapter=adapter, config=config, folder=Path())


def a_configuration(*entries: PlatformEntry) -> Configuration:
    return Configuration(
        folder=Path(),
        platforms=entries,
        attributes={},
        model=Model(timezone=ZoneInfo("UTC"), digest=""),
        has_model=False,
        digest="",
        source="",
    )


async def test_each_platform_says_what_it_lacks() -> None:
    closed: list[str] = []
    entries = [
        an_entry("mail", Checked(REFUSED, closed)),
        an_entry("crm", Checked([MISSING], closed)),
        an_entry("past", Checked([], closed)),
    ]

    checkup = await check_platforms(a_configuration(*entries))

    assert {name: list(each.problems) for name, each in checkup.examined.items()} == {
        "mail": [Problem(message="the key is revoked", path="mail")],
        "crm": [MISSING],
        "past": [],
    }
    assert sorted(closed) == ["crm", "mail", "past"]


@pytest.mark.parametrize(
    ("error", "hint"),
    [(PlatformUnavailable, "if it lasts"), (RateLimited, "to wait")],
    ids=["not reached", "limited"],
)
async def test_what_passes_by_itself_says_so(error: type[PlatformError], hint: str) -> None:
    entry = an_entry("mail", Checked(error("no", platform="mail", operation="check")))

    checkup = await check_platforms(a_configuration(entry))

    (problem,) = checkup.examined["mail"].problems
    assert hint in (problem.hint or "")


async def test_what_a_platform_says_of_itself_is_told_with_its_place() -> None:
    said = [
        Problem(message="a key is missing", path="mail"),
        Problem(message="another plan", path="platforms.mail.plan"),
    ]
    entry = an_entry("mail", Checked(said))
    places: dict[ConfigPath, Place] = {
        ("platforms", "mail"): Place(file="a.yaml", line=3),
        ("platforms", "mail", "plan"): Place(file="a.yaml", line=5),
    }

    checkup = await check_platforms(replace(a_configuration(entry), places=places))

    assert [str(each) for each in checkup.examined["mail"].problems] == [
        "a.yaml:3: mail: a key is missing",
        "a.yaml:5: platforms.mail.plan: another plan",
    ]
