"""What worlds have in common that a simulator behind HTTP plays."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeAlias

from adapters.simulation.faults import Fault as Played
from connector.domain.instants import iso
from connector.domain.values import Value
from tests.conformance.world import Fault

Playing: TypeAlias = Mapping[Fault, tuple[Played, str]]
"""What a simulator plays for a fault, and on requests of which method; empty: of any."""


def playing(writes: str, *, cut: str = "") -> Playing:
    """Return what is played where values are written by `writes`, and answers to `cut` are cut."""
    return {
        Fault.UNAVAILABLE: (Played.UNAVAILABLE, ""),
        Fault.TIMEOUT: (Played.TIMED_OUT, ""),
        Fault.RATE_LIMITED: (Played.RATE_LIMITED, ""),
        Fault.CUT_ANSWER: (Played.CUT_BODY, cut),
        Fault.HTML_ANSWER: (Played.HTML_PAGE, ""),
        Fault.LOST_ANSWER: (Played.LOST_ANSWER, writes),
        Fault.DID_NOTHING: (Played.DID_NOTHING, writes),
    }


def plain(values: Mapping[str, Value]) -> dict[str, Any]:
    """Return values as JSON can hold them."""
    return {
        name: iso(value) if isinstance(value, datetime) else value for name, value in values.items()
    }
