"""An account of HubSpot as a platform."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, cast

from adapters.clocks import PlatformClock
from adapters.http import HttpSession
from adapters.hubspot.account import Account
from adapters.hubspot.check import Check
from adapters.hubspot.config import HubspotConfig
from adapters.hubspot.contacts import ContactReader
from adapters.hubspot.definitions import Definitions
from adapters.hubspot.dialect import HubspotDialect
from adapters.hubspot.events.sources import sources_of
from adapters.hubspot.events.stream import EventReader
from adapters.hubspot.fields import HubspotFields
from adapters.hubspot.journal import Journal, journal_of
from adapters.hubspot.limits import JOURNAL, buckets_of
from adapters.hubspot.lists import HubspotLists
from adapters.hubspot.memberships import MembershipReader
from adapters.hubspot.paths import PATHS
from adapters.hubspot.removals import RemovalReader
from adapters.hubspot.turns import Turns
from adapters.hubspot.webhooks.parser import HubspotWebhookParser
from adapters.hubspot.writing.actions import ACTION_KINDS, HubspotActions
from adapters.hubspot.writing.amiss import Amiss
from adapters.hubspot.writing.attributes import ATTRIBUTE_BATCH, HubspotAttributes
from adapters.hubspot.writing.creator import HubspotCreator
from adapters.hubspot.writing.fixed import is_fixed
from adapters.hubspot.writing.lifecycle import STAGE
from adapters.hubspot.writing.members import LIST_BATCH, HubspotListWriter
from connector.domain.values import FieldType
from connector.ports.adapter import Adapter
from connector.ports.platform import Capabilities, NoParts, Part

if TYPE_CHECKING:
    from collections.abc import Sequence

    import httpx

    from connector.errors import Problem
    from connector.ports.adapter import PlatformConfig, PlatformContext
    from connector.ports.budget import Bucket

_IN_FLIGHT = 8
"""Connections that one app may well have open; the budget says how many requests they make."""

CAPABILITIES = Capabilities(
    parts=frozenset(
        {
            *(Part.CONTACTS, Part.LOOKUP, Part.IDS, Part.MEMBERSHIPS, Part.REMOVALS),
            *(Part.EVENTS, Part.FIELDS, Part.LISTS, Part.ATTRIBUTE_WRITER, Part.CONTACT_CREATOR),
            *(Part.LIST_WRITER, Part.ACTIONS, Part.WEBHOOK_PARSER),
        }
    ),
    event_types=None,
    action_kinds=ACTION_KINDS,
    writable_types=frozenset(
        {FieldType.TEXT, FieldType.NUMBER, FieldType.BOOLEAN, FieldType.DATETIME}
    ),
    is_fixed=is_fixed,
    guarded_fields=frozenset({STAGE}),
    attribute_batch=ATTRIBUTE_BATCH,
    list_batch=LIST_BATCH,
    in_flight=_IN_FLIGHT,
    walk_every=timedelta(days=1),
)


class HubspotPlatform(NoParts):
    """One account."""

    contacts: ContactReader
    events: EventReader
    lookup: ContactReader
    ids: ContactReader
    memberships: MembershipReader
    removals: RemovalReader
    fields: HubspotFields
    lists: HubspotLists
    attribute_writer: HubspotAttributes
    contact_creator: HubspotCreator
    list_writer: HubspotListWriter
    actions: HubspotActions
    webhook_parser: HubspotWebhookParser

    def __init__(
        self, context: PlatformContext, account: Account, journal: Journal | None = None
    ) -> None:
        self.name = context.name
        self._account = account
        self._journal = journal
        sources = sources_of(account, context.event_types, tuple(context.properties))
        turns = Turns(
            has_lists=context.parts is None or Part.MEMBERSHIPS in context.parts,
            sources=len(sources),
        )
        self.contacts = self.lookup = self.ids = ContactReader(account, journal, turns)
        self.events = EventReader(account, sources, turns)
        self._check = Check(
            account=account,
            config=cast("HubspotConfig", context.config),
            events=self.events,
            parts=context.parts,
            action_kinds=context.deeds,
        )
        self.memberships = MembershipReader(account, turns)
        self.removals = RemovalReader(account, journal, turns)
        definitions = Definitions(account)
        self.fields = HubspotFields(account, definitions)
        self.lists = HubspotLists(account)
        self.attribute_writer = HubspotAttributes(account, definitions, Amiss(account, definitions))
        self.contact_creator = HubspotCreator(account)
        self.list_writer = HubspotListWriter(account, self.lists)
        self.actions = HubspotActions(account)
        given = (context.secrets.get(name) for name in ("client_secret", "client_secret_before"))
        self.webhook_parser = HubspotWebhookParser(
            context.name, tuple(secret for secret in given if secret)
        )

    async def check(self) -> Sequence[Problem]:
        """Return what keeps the account from working, in plain words."""
        found = await self._check.run()
        return found if self._journal is None else [*found, *await self._journal.check()]

    async def aclose(self) -> None:
        """Let go of the connections."""
        await self._account.session.aclose()
        if self._journal is not None:
            await self._journal.aclose()


def connect(
    context: PlatformContext, *, transport: httpx.AsyncBaseTransport | None = None
) -> HubspotPlatform:
    """Return the account of the configuration; `transport` takes the place of the network."""
    config = cast("HubspotConfig", context.config)
    token = context.secrets["access_token"].get_secret_value()
    clock = PlatformClock(context.clock)
    session = HttpSession(
        platform=context.name,
        base_url=config.url,
        budget=context.budget,
        headers={"authorization": f"Bearer {token}"},
        dialect=HubspotDialect(clock, config.timezone),
        secrets=tuple(each.get_secret_value() for each in context.secrets.values()),
        clock=clock,
        transport=transport,
    )
    account = Account(
        name=context.name,
        session=session,
        paths=PATHS[config.version],
        clock=clock,
        timezone=config.timezone,
    )
    journal = journal_of(context, account, config.url, transport) if config.journal else None
    return HubspotPlatform(context, account, journal)


def buckets(config: PlatformConfig) -> Sequence[Bucket]:
    """Return the limits of the account's tier, those of the journal where it is read."""
    given = cast("HubspotConfig", config)
    return [each for each in buckets_of(given.tier) if each.name != JOURNAL or given.journal]


ADAPTER = Adapter(
    name="hubspot",
    title="HubSpot",
    config=HubspotConfig,
    capabilities=CAPABILITIES,
    connect=connect,
    buckets=buckets,
    erasure="open the contact in HubSpot and choose Actions > Delete > Permanently delete",
)
