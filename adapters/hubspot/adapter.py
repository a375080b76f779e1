"""An account of HubSpot as a platform."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, cast

from adapters.http import HttpSession
from adapters.hubspot.account import Account
from adapters.hubspot.config import HubspotConfig
from adapters.hubspot.contacts import ContactReader
from adapters.hubspot.dialect import HubspotDialect
from adapters.hubspot.limits import buckets_of
from adapters.hubspot.memberships import MembershipReader
from adapters.hubspot.paths import PATHS
from adapters.hubspot.removals import RemovalReader
from adapters.hubspot.webhooks.parser import HubspotWebhookParser
from connector.ports.adapter import Adapter
from connector.ports.platform import Capabilities, NoParts, Part

if TYPE_CHECKING:
    from collections.abc import Sequence

    import httpx

    from connector.errors import Problem
    from connector.ports.adapter import PlatformConfig, PlatformContext
    from connector.ports.budget import Bucket

CAPABILITIES = Capabilities(
    parts=frozenset(
        {
            *(Part.CONTACTS, Part.LOOKUP, Part.IDS, Part.MEMBERSHIPS, Part.REMOVALS),
            Part.WEBHOOK_PARSER,
        }
    ),
    walk_every=timedelta(days=1),
)


class HubspotPlatform(NoParts):
    """One account."""

    contacts: ContactReader
    lookup: ContactReader
    ids: ContactReader
    memberships: MembershipReader
    removals: RemovalReader
    webhook_parser: HubspotWebhookParser

    def __init__(self, context: PlatformContext, account: Account) -> None:
        self.name = context.name
        self._account = account
        self.contacts = self.lookup = self.ids = ContactReader(account)
        self.memberships = MembershipReader(account)
        self.removals = RemovalReader(account)
        given = (context.secrets.get(name) for name in ("client_secret", "client_secret_before"))
        self.webhook_parser = HubspotWebhookParser(
            context.name, tuple(secret for secret in given if secret)
        )

    async def check(self) -> Sequence[Problem]:
        """Return what keeps the account from working, in plain words."""
        return ()

    async def aclose(self) -> None:
        """Let go of the connections."""
        await self._account.session.aclose()


def connect(
    context: PlatformContext, *, transport: httpx.AsyncBaseTransport | None = None
) -> HubspotPlatform:
    """Return the account of the configuration; `transport` takes the place of the network."""
    config = cast("HubspotConfig", context.config)
    token = context.secrets["access_token"].get_secret_value()
    session = HttpSession(
        platform=context.name,
        base_url=config.url,
        budget=context.budget,
        headers={"authorization": f"Bearer {token}"},
        dialect=HubspotDialect(context.clock, config.timezone),
        secrets=tuple(each.get_secret_value() for each in context.secrets.values()),
        transport=transport,
    )
    account = Account(
        name=context.name,
        session=session,
        paths=PATHS[config.version],
        clock=context.clock,
    )
    return HubspotPlatform(context, account)


def buckets(config: PlatformConfig) -> Sequence[Bucket]:
    """Return the limits of the account's tier."""
    return buckets_of(cast("HubspotConfig", config).tier)


ADAPTER = Adapter(
    name="hubspot",
    title="HubSpot",
    config=HubspotConfig,
    capabilities=CAPABILITIES,
    connect=connect,
    buckets=buckets,
)
