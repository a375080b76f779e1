"""Values for tests, with only what the test is about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from zoneinfo import ZoneInfo

from adapters.memory.adapter import ADAPTER
from connector.conditions.expression import Expression, Kind
from connector.config.configuration import Configuration
from connector.config.files import Source
from connector.config.folder import Folder
from connector.config.loader import read_configuration
from connector.config.settings import Settings
from connector.domain.contacts import Contact
from connector.domain.events import Event
from connector.domain.outbound import Desired, Outbound
from connector.domain.records import Record
from connector.domain.values import Value
from connector.scoring.model import Model, Target

if TYPE_CHECKING:
    from connector.conditions.nodes import Node
    from connector.ports.platform import Capabilities

T = datetime(2026, 1, 15, 10, tzinfo=UTC)


def a_contact(remote_id: str, *emails: str, **fields: Any) -> Contact:  # noqa: ANN401 - any field
    return Contact(remote_id=remote_id, emails=emails, **fields)


def an_event(
    number: str,
    subject: str,
    kind: str = "email.opened",
    at: datetime = T,
    **fields: Value,
) -> Event:
    return Event(id=number, subject=subject, type=kind, occurred_at=at, fields=fields)


def a_record(remote_id: str, contact: int = 0, platform: str = "crm", **fields: Any) -> Record:  # noqa: ANN401 - any field
    given = {"changed_at": T, "recorded_at": T, **fields}
    return Record(platform=platform, remote_id=remote_id, contact=contact, **given)


def a_desired(
    *lists: str, without: tuple[str, ...] = (), stage: str | None = None, **attributes: str | None
) -> Desired:
    """Return what is in `lists`, not in those `without`; a numeric text is a number's digits."""
    members = dict.fromkeys(lists, True) | dict.fromkeys(without, False)
    values = {name: _written(value) for name, value in attributes.items()}
    return Desired(attributes=values, lists=members, stage=stage)


def an_outbound(contact: int = 1, *, platform: str = "crm", **fields: Any) -> Outbound:  # noqa: ANN401 - any field
    given = {"remote_id": f"r{contact}", "revision": 1, **fields}
    return Outbound(contact=contact, platform=platform, **given)


def a_target(platform: str = "crm", **fields: Any) -> Target:  # noqa: ANN401 - any field
    return Target(platform=platform, **fields)


def an_expression(text: str = "true") -> Expression:
    """Return a condition that nobody evaluates."""
    return Expression(text=text, kind=Kind.BOOLEAN, node=cast("Node", None), names=frozenset())


def a_model(**fields: Any) -> Model:  # noqa: ANN401 - any field
    return Model(**{"timezone": ZoneInfo("UTC"), "digest": "d", **fields})


def a_configuration(text: str, capabilities: Mapping[str, Any] | None = None) -> Configuration:
    """Return what a mappings file says whose platforms are all in memory."""
    return _read(text, replace(ADAPTER.capabilities, **(capabilities or {})))


# Most tests of a module begin with the same text, and what it says cannot be changed.
@cache
def _read(text: str, able: Capabilities) -> Configuration:
    folder = Folder(
        path=Path("mappings"), sources=(Source(name="mappings/a.yaml", raw=text.encode()),)
    )
    adapters = {"memory": replace(ADAPTER, capabilities=able)}
    return read_configuration(folder, adapters, Settings.model_construct(), offline=True)


def _written(value: str | None) -> str | Decimal | None:
    is_number = value is not None and value.lstrip("-").replace(".", "", 1).isdigit()
    return Decimal(value) if value is not None and is_number else value
