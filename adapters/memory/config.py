"""What the configuration says about a platform in memory: nothing more than its name."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from connector.ports.adapter import PlatformConfig

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence


class MemoryConfig(PlatformConfig):
    """An entry `{adapter: memory}` under `platforms`."""

    secrets: ClassVar[tuple[str, ...]] = ("webhook_secret", "webhook_secret_before")

    def missing_secrets(self, given: Collection[str]) -> Sequence[str]:  # noqa: ARG002 - contract
        """Return nothing: without a secret no webhook is believed, and the rest works."""
        return ()
