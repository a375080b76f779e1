"""Apprise addresses: told one by one, each in a thread of its own, and silent in logs.

Apprise blocks, and tells no more of a failure than that there was one. Its own words in the log
hold addresses and keys, so they are not let out.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from enum import Enum
from functools import partial
from typing import TYPE_CHECKING

from apprise import Apprise, AppriseAsset, NotifyFormat, NotifyType

from connector.errors import ConfigError, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from apprise import NotifyBase
    from pydantic import SecretStr

LONGEST_CALL = 30.0
"""Seconds after which nobody waits for a message any more."""
_CONNECT, _READ = 10.0, 20.0
"""Seconds: what was not answered in time may have arrived all the same, so it gets its time."""

logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)


class End(Enum):
    """What became of a message to one address."""

    TOLD = "told"
    FAILED = "failed"
    UNSEEN = "unseen"
    """It took too long: it may have arrived."""


class Addresses:
    """Some addresses that are told the same; their repr and errors tell none of them."""

    def __init__(self, addresses: SecretStr, *, variable: str) -> None:
        """Take addresses with blanks between them; raises ConfigError naming `variable`."""
        asset = AppriseAsset(app_id="heatsync", async_mode=False, secure_logging=True)
        texts = addresses.get_secret_value().split()
        found = [Apprise.instantiate(each, asset=asset) for each in texts]
        self._plugins: Sequence[NotifyBase] = [each for each in found if each is not None]
        if not found or len(self._plugins) < len(found):
            message = f"{variable} holds what is no Apprise address"
            raise ConfigError([Problem(message=message)])
        for plugin in self._plugins:
            plugin.socket_connect_timeout, plugin.socket_read_timeout = _CONNECT, _READ

    def __repr__(self) -> str:
        return f"Addresses({len(self._plugins)})"

    def __len__(self) -> int:
        return len(self._plugins)

    async def tell(
        self,
        title: str,
        body: str,
        places: Sequence[int] | None = None,
        *,
        kind: NotifyType = NotifyType.INFO,
    ) -> list[End]:
        """Return what became of a message in plain text, per address; all, or those at `places`."""

        def told(plugin: NotifyBase) -> bool:
            form = NotifyFormat.TEXT
            return bool(plugin.notify(body=body, title=title, body_format=form, notify_type=kind))

        chosen = range(len(self)) if places is None else places
        calls = [partial(told, self._plugins[each]) for each in chosen]
        return list(await asyncio.gather(*map(self._end, calls)))

    async def _end(self, call: Callable[[], bool]) -> End:
        try:
            is_told = await asyncio.wait_for(_in_thread(call), LONGEST_CALL)
        except TimeoutError:
            return End.UNSEEN
        except Exception:  # noqa: BLE001 - what an address's plugin raises is its own, and may hold secrets
            return End.FAILED
        return End.TOLD if is_told else End.FAILED


def _in_thread(work: Callable[[], bool]) -> asyncio.Future[bool]:
    """Return what `work` will return; its thread keeps no process from ending."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[bool] = loop.create_future()

    def settle(result: bool | None, error: Exception | None) -> None:  # noqa: FBT001 - a result
        if future.done():
            return
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(bool(result))

    def run() -> None:
        result, failure = None, None
        try:
            result = work()
        except Exception as error:  # noqa: BLE001 - handed over to whoever waits
            failure = error
        if not loop.is_closed():
            loop.call_soon_threadsafe(settle, result, failure)

    threading.Thread(target=run, name="apprise", daemon=True).start()
    return future
