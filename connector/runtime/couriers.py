"""The couriers of an installation: who does what triggers want done on no platform."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.config.settings import variable
from connector.domain.changes import Outcome
from connector.errors import UnsupportedByPlatform
from connector.ports.courier import Courier

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pydantic import SecretStr

    from connector.config.settings import Settings
    from connector.domain.changes import Action
    from connector.ports.clock import Clock


def open_couriers(settings: Settings, clock: Clock, *, is_asked: bool = True) -> dict[str, Courier]:
    """Return, by lane, who can be told by what the environment names; nobody is told yet.

    Where a webhook lacks its address or its secret there is none: what it shall be told waits.
    Raises ConfigError when an address is none. Those of whom nothing `is_asked` are only there.
    """
    notify = _notify if is_asked else _unasked
    found = [
        *(notify(name, each) for name, each in settings.notify.items()),
        *(_webhook(name, each, settings, clock) for name, each in settings.webhooks.items()),
    ]
    return {courier.lane: courier for courier in found if courier is not None}


def _notify(name: str, addresses: SecretStr) -> Courier:
    # Importing Apprise takes long, and most commands tell nobody.
    from adapters.notify.courier import notify_courier  # noqa: PLC0415 - the reason above

    return notify_courier(name.upper(), addresses=addresses, variable=variable("notify", name))


def _unasked(name: str, _addresses: SecretStr) -> Courier:
    return Courier(kind="notify", name=name.upper(), actions=_Nobody(), knows_keys=False)


class _Nobody:
    """Keeps the part `actions` of the contract for who only looks, and loads no Apprise for it."""

    async def perform(self, actions: Sequence[Action]) -> Sequence[Outcome]:
        text = "who only looks tells nobody"
        error = UnsupportedByPlatform(text, platform="notify", operation="tell people")
        return [Outcome(error=error) for _ in actions]


def _webhook(
    name: str, given: Mapping[str, SecretStr], settings: Settings, clock: Clock
) -> Courier | None:
    from adapters.webhook.courier import webhook_courier  # noqa: PLC0415 - as above

    if "url" not in given or "secret" not in given:
        return None
    return webhook_courier(
        name.upper(),
        url=given["url"],
        secrets=[given[key] for key in ("secret", "secret_before") if key in given],
        clock=clock,
        allows_private=settings.allow_private_webhooks,
    )
