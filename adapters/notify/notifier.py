"""Tells whoever looks after an installation, by Apprise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from apprise import NotifyType

from adapters.notify.addresses import Addresses, End
from connector.errors import PlatformUnavailable

if TYPE_CHECKING:
    from pydantic import SecretStr

    from connector.ports.notifier import Severity

ALERT = "HEATSYNC_ALERT"


class AppriseNotifier:
    """Keeps the contract of Notifier: whoever was told is not told the same again."""

    def __init__(self, addresses: SecretStr) -> None:
        """Take what HEATSYNC_ALERT holds; raises ConfigError when that is no address."""
        self._addresses = Addresses(addresses, variable=ALERT)
        self._open: tuple[tuple[str, str], list[int]] | None = None
        """The message that not everybody got, and who did not."""

    async def notify(self, title: str, body: str, severity: Severity) -> None:
        """Return once everybody was told; raises PlatformUnavailable when somebody was not."""
        message = (title, body)
        places = list(range(len(self._addresses)))
        if self._open is not None and self._open[0] == message:
            places = self._open[1]
        kind = NotifyType(severity.value)
        ends = await self._addresses.tell(title, body, places, kind=kind)
        missing = [each for each, end in zip(places, ends, strict=True) if end is not End.TOLD]
        self._open = (message, missing) if missing else None
        if missing:
            text = f"alert: {len(missing)} of {len(self._addresses)} addresses could not be told"
            raise PlatformUnavailable(text, platform="alert", operation="notify")
