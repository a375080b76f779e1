"""What people do, told as no platform tells it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum


class Act(Enum):
    """Kinds of things that happen; the text says it of somebody, with what it was about."""

    ARRIVED = "is new here"
    MAILED = "is sent “{}”"
    OPENED = "opens “{}”"
    CLICKED = "follows a link in “{}”"
    BOUNCED = "has an address that is dead"
    LEFT = "unsubscribes"
    VISITED = "looks at {}"
    ASKED = "sends the form “{}”"
    FILLED_CART = "puts {} into the cart"
    ORDERED = "orders {}"
    MET = "meets us: {}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """Something that one person does, or that is done to them."""

    at: datetime
    person: int
    """Their number."""
    act: Act
    about: str = ""
    """The subject of a mail, the path of a page, the name of a form or a product."""
    amount: float = 0.0
    """Of an order, in euro."""
    by_machine: bool = False
    """Whether a mail server's scanner did it before the person saw anything."""
