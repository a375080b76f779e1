"""Asking every platform whether it is ready: one that fails keeps no other from being asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import cast
from zoneinfo import ZoneInfo

from connector.config.configuration import Configuration, PlatformEntry
from connector.errors import AccessRefused, PlatformError, Problem
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
