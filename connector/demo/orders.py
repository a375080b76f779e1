"""What the process that shows the demo and the one that plays the platforms tell each other."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

SIMULATED = ("brevo", "hubspot", "mautic")
"""The adapters whose platforms can be played."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be played."""

    adapters: Sequence[str]
    contacts: int
    speed: float
    """How often something happens, beside once in four seconds."""
    seed: int
    public_url: str
    """Where the daemon is going to listen."""
    folder: str
    """What to remove in the end; empty: nothing."""
    held: int
    """The file descriptor of a pipe whose other end the daemon holds while it lives."""

    def text(self) -> str:
        """Return this as one word of a command line."""
        return json.dumps(asdict(self))


def order_of(text: str) -> Order:
    """Return the order that `Order.text` wrote."""
    return Order(**json.loads(text))


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """How a platform that is played is reached."""

    name: str
    adapter: str
    title: str
    url: str
    secrets: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """The platforms are there."""

    control: str
    """Where they are stopped and started."""
    accounts: Sequence[Account]
    deeds: int
    """How many things happened in the year before."""


def opened_of(told: Mapping[str, Any]) -> Opened:
    """Return what `asdict` made of it."""
    accounts = [Account(**each) for each in told["accounts"]]
    return Opened(**{**told, "accounts": accounts})
