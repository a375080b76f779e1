"""What else an account keeps: custom events, orders, text messages, tasks and notes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomEvent:
    """An event that somebody reported. It has no id."""

    contact_id: int
    name: str
    at: datetime
    properties: Mapping[str, Any] = field(default_factory=dict)
    contact_properties: Mapping[str, Any] = field(default_factory=dict)
    object_type: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """An order, as it was last reported."""

    id: str
    email: str
    contact_id: int
    amount: float
    status: str
    created_at: datetime
    modified_at: datetime
    products: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SmsRow:
    """Something that happened to a text message."""

    at: datetime
    event: str
    """Such as `sent`, `delivered` or `replies`."""
    phone: str
    message_id: str
    reply: str = ""


@dataclass(slots=True)
class Records:
    """All of it."""

    events: list[CustomEvent] = field(default_factory=list)
    orders: dict[str, Order] = field(default_factory=dict)
    sms: list[SmsRow] = field(default_factory=list)
    tasks: list[Mapping[str, Any]] = field(default_factory=list)
    notes: list[Mapping[str, Any]] = field(default_factory=list)
