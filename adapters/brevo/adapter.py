"""An account of Brevo as a platform."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from adapters.brevo.config import BrevoConfig
from adapters.brevo.dialect import BrevoDialect
from adapters.brevo.limits import buckets_of
from adapters.http import HttpSession
from connector.ports.adapter import Adapter
from connector.ports.platform import Capabilities, NoParts

if TYPE_CHECKING:
    from collections.abc import Sequence

    import httpx

    from connector.errors import Problem
    from connector.ports.adapter import PlatformConfig, PlatformContext
    from connector.ports.budget import Bucket

CAPABILITIES = Capabilities()


class BrevoPlatform(NoParts):
    """One account."""

    def __init__(self, context: PlatformContext, session: HttpSession) -> None:
        self.name = context.name
        self._session = session

    async def check(self) -> Sequence[Problem]:
        """Return what keeps the account from working, in plain words."""
        return ()

    async def aclose(self) -> None:
        """Let go of the connections."""
        await self._session.aclose()


def connect(
    context: PlatformContext, *, transport: httpx.AsyncBaseTransport | None = None
) -> BrevoPlatform:
    """Return the account of the configuration; `transport` takes the place of the network."""
    config = cast("BrevoConfig", context.config)
    key = context.secrets["api_key"].get_secret_value()
    session = HttpSession(
        platform=context.name,
        base_url=config.url,
        budget=context.budget,
        headers={"api-key": key},
        dialect=BrevoDialect(buckets(config)),
        secrets=tuple(each.get_secret_value() for each in context.secrets.values()),
        transport=transport,
    )
    return BrevoPlatform(context, session)


def buckets(config: PlatformConfig) -> Sequence[Bucket]:
    """Return the limits of the account's plan."""
    return buckets_of(cast("BrevoConfig", config).plan)


ADAPTER = Adapter(
    name="brevo",
    title="Brevo",
    config=BrevoConfig,
    capabilities=CAPABILITIES,
    connect=connect,
    buckets=buckets,
)
