"""An account of Brevo as a platform."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, cast

from adapters.brevo.account import Account
from adapters.brevo.config import BrevoConfig
from adapters.brevo.contacts import PAGE_ROWS, BrevoContacts
from adapters.brevo.dialect import BrevoDialect
from adapters.brevo.limits import buckets_of
from adapters.brevo.memberships import BrevoMemberships
from adapters.http import HttpSession
from connector.ports.adapter import Adapter
from connector.ports.platform import Capabilities, NoParts, Part

if TYPE_CHECKING:
    from collections.abc import Sequence

    import httpx

    from connector.errors import Problem
    from connector.ports.adapter import PlatformConfig, PlatformContext
    from connector.ports.budget import Bucket

CAPABILITIES = Capabilities(
    parts=frozenset({Part.CONTACTS, Part.LOOKUP, Part.MEMBERSHIPS, Part.IDS}),
    walk_every=timedelta(days=1),
)


class BrevoPlatform(NoParts):
    """One account."""

    contacts: BrevoContacts
    lookup: BrevoContacts
    ids: BrevoContacts
    memberships: BrevoMemberships

    def __init__(self, account: Account, *, page_rows: int = PAGE_ROWS) -> None:
        self.name = account.name
        self._account = account
        people = BrevoContacts(account=account, page_rows=page_rows)
        self.contacts = self.lookup = self.ids = people
        self.memberships = BrevoMemberships(account=account, page_rows=page_rows)

    async def check(self) -> Sequence[Problem]:
        """Return what keeps the account from working, in plain words."""
        return ()

    async def aclose(self) -> None:
        """Let go of the connections."""
        await self._account.session.aclose()


def connect(
    context: PlatformContext,
    *,
    transport: httpx.AsyncBaseTransport | None = None,
    page_rows: int = PAGE_ROWS,
) -> BrevoPlatform:
    """Return the account of the configuration.

    `transport` takes the place of the network; `page_rows` is how many contacts are asked for at
    a time.
    """
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
    account = Account(name=context.name, session=session, clock=context.clock)
    return BrevoPlatform(account, page_rows=page_rows)


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
