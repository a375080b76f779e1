"""What Omnisense is told keeps every promise; its events are no part of it.

An event that is told again comes again, as Omnisense tells a repeated one by nothing.
"""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from adapters.rest.presets import preset
from adapters.simulation.faults import Fault as Played
from connector.domain.changes import Addressee, AttributeChange
from connector.domain.values import FieldType, Value, read_value
from tests.conformance.entry_world import EntryWorld
from tests.conformance.platform_suite import PlatformConformance
from tests.conformance.world import Fault, World
from tests.integration.presets.accounts import KEY
from tests.integration.presets.omnisense.simulator import OmnisenseSimulator

_PLAYED: Mapping[Fault, tuple[Played, str]] = {
    Fault.UNAVAILABLE: (Played.UNAVAILABLE, ""),
    Fault.TIMEOUT: (Played.TIMED_OUT, ""),
    Fault.CUT_ANSWER: (Played.CUT_BODY, ""),
    Fault.HTML_ANSWER: (Played.HTML_PAGE, ""),
    Fault.LOST_ANSWER: (Played.LOST_ANSWER, ""),
}


class OmnisenseWorld(EntryWorld[OmnisenseSimulator]):
    """An instance of the simulated platform, looked at from behind."""

    played = _PLAYED
    faults = frozenset({*_PLAYED, Fault.ACCESS_REFUSED})
    secrets = (KEY,)
    fields = {kind: f"a_{kind.value}" for kind in FieldType}  # noqa: RUF012 - of the suite

    def __init__(self) -> None:
        shipped = preset("omnisense")
        entry = {
            **shipped,
            "url": "https://acme.app.omnisense.io",
            "writes": {"attributes": shipped["writes"]["attributes"]},
        }
        super().__init__(entry, lambda now: OmnisenseSimulator(now=now))
        self._emails: dict[str, str] = {}

    def close(self) -> None:
        self.simulator.key = "another"

    def most_requests(self, items: int) -> int:
        return items

    def add_contact(self, email: str, values: Mapping[str, Value] | None = None) -> str:
        assert not values
        self._emails[f"p_{len(self._emails)}"] = email
        return f"p_{len(self._emails) - 1}"

    def value(self, remote_id: str, name: str, kind: FieldType) -> Value | None:
        profile = self.simulator.profiles[self._emails[remote_id]]
        return read_value(profile.metadata.get(name), kind)

    def refused_change(self) -> AttributeChange:
        return AttributeChange(to=Addressee(remote_id="p_no"), values={"a_number": None})


class TestOmnisense(PlatformConformance):
    @pytest.fixture
    def world(self) -> World:
        return OmnisenseWorld()
