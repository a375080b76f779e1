"""What Plezi's entry reads and makes keeps every promise, as far as Plezi is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from adapters.simulation.faults import Fault as Played
from connector.domain.values import FieldType, Value
from tests.conformance.entry_world import EntryWorld
from tests.conformance.platform_suite import PlatformConformance
from tests.conformance.world import Fault, World
from tests.integration.presets.accounts import KEY
from tests.integration.presets.plezi.simulator import CONTENT, FORM, TENANT, PleziSimulator

ENTRY = {
    "adapter": "rest",
    "preset": "plezi",
    "settings": {"tenant": TENANT, "form": FORM, "content": CONTENT},
    "contacts": {"params": {"limit": 3}},
}
_PLAYED: Mapping[Fault, tuple[Played, str]] = {
    Fault.UNAVAILABLE: (Played.UNAVAILABLE, ""),
    Fault.TIMEOUT: (Played.TIMED_OUT, ""),
    Fault.CUT_ANSWER: (Played.CUT_BODY, ""),
    Fault.HTML_ANSWER: (Played.HTML_PAGE, ""),
}


class PleziWorld(EntryWorld[PleziSimulator]):
    """An account of the simulated platform, seeded and inspected behind its API."""

    page_items = 3
    played = _PLAYED
    faults = frozenset({*_PLAYED, Fault.ACCESS_REFUSED})
    secrets = (KEY,)
    fields = {FieldType.TEXT: "first_name"}  # noqa: RUF012 - of the suite

    def __init__(self) -> None:
        super().__init__(ENTRY, lambda now: PleziSimulator(now=now))

    def close(self) -> None:
        self.simulator.key = "another"

    def add_contact(self, email: str, values: Mapping[str, Value] | None = None) -> str:
        return self.simulator.create(email, **_plain(values or {})).id

    def change_contact(self, remote_id: str, values: Mapping[str, Value]) -> None:
        for name, value in _plain(values).items():
            setattr(self.simulator.people[remote_id], name, value)

    def remove_contact(self, remote_id: str) -> None:
        del self.simulator.people[remote_id]

    def done(self) -> Sequence[str]:
        return []


def _plain(values: Mapping[str, Value]) -> Mapping[str, str]:
    return {name: str(value) for name, value in values.items()}


class TestPlezi(PlatformConformance):
    @pytest.fixture
    def world(self) -> World:
        return PleziWorld()
