"""An instance of Mautic as a platform."""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import TYPE_CHECKING, cast

from adapters.clocks import PlatformClock
from adapters.http import HttpSession
from adapters.mautic.account import Account
from adapters.mautic.check import MauticCheck
from adapters.mautic.config import MauticConfig
from adapters.mautic.contacts import PAGE_ROWS, MauticContacts
from adapters.mautic.dialect import MauticDialect
from adapters.mautic.events.source import MauticEvents
from adapters.mautic.events.sources import TYPES, sources_of
from adapters.mautic.groups import decimals_of, is_group
from adapters.mautic.limits import buckets_of
from adapters.mautic.memberships import PAGE_MEMBERS, MauticMemberships
from adapters.mautic.registration import MauticRegistration
from adapters.mautic.removals import MauticRemovals
from adapters.mautic.stats import PAGE_ROWS as TABLE_ROWS
from adapters.mautic.webhooks.parser import MauticWebhookParser
from adapters.mautic.writing.actions import ACTION_KINDS
from adapters.mautic.writing.attributes import ATTRIBUTE_BATCH
from adapters.mautic.writing.capabilities import IN_FLIGHT, WRITABLE_TYPES, calls_of
from adapters.mautic.writing.fixed import is_fixed
from adapters.mautic.writing.members import LIST_BATCH
from adapters.mautic.writing.parts import WritingParts
from adapters.mautic.writing.tags import refuses_tag
from adapters.tokens import Client, TokenSession
from connector.ports.adapter import Adapter
from connector.ports.platform import Capabilities, NoParts, Part

if TYPE_CHECKING:
    from collections.abc import Sequence

    import httpx

    from adapters.mautic.account import Session
    from adapters.mautic.fields import MauticFields
    from adapters.mautic.lists import MauticSegments
    from adapters.mautic.writing.actions import MauticActions
    from adapters.mautic.writing.attributes import MauticAttributes
    from adapters.mautic.writing.creator import MauticCreator
    from adapters.mautic.writing.members import MauticListWriter
    from adapters.mautic.writing.stages import MauticStages
    from adapters.mautic.writing.tags import MauticTags
    from connector.errors import Problem
    from connector.ports.adapter import PlatformConfig, PlatformContext
    from connector.ports.budget import Bucket

TOKENS = "/oauth/v2/token"

CAPABILITIES = Capabilities(
    parts=frozenset(
        {
            *(Part.CONTACTS, Part.LOOKUP, Part.IDS, Part.MEMBERSHIPS, Part.REMOVALS),
            *(Part.EVENTS, Part.WEBHOOKS, Part.WEBHOOK_PARSER, Part.FIELDS, Part.LISTS),
            *(Part.ATTRIBUTE_WRITER, Part.CONTACT_CREATOR, Part.LIST_WRITER, Part.TAG_WRITER),
            *(Part.STAGE_WRITER, Part.ACTIONS),
        }
    ),
    event_types=TYPES,
    action_kinds=ACTION_KINDS,
    writable_types=WRITABLE_TYPES,
    is_fixed=is_fixed,
    attribute_batch=ATTRIBUTE_BATCH,
    list_batch=LIST_BATCH,
    in_flight=IN_FLIGHT,
    calls_of=calls_of,
    is_apart=is_group,
    decimals_of=decimals_of,
    refuses_tag=refuses_tag,
    walk_every=timedelta(days=1),
)


class MauticPlatform(NoParts):
    """One instance."""

    contacts: MauticContacts
    lookup: MauticContacts
    ids: MauticContacts
    memberships: MauticMemberships
    removals: MauticRemovals
    events: MauticEvents
    webhooks: MauticRegistration
    webhook_parser: MauticWebhookParser
    fields: MauticFields
    lists: MauticSegments
    attribute_writer: MauticAttributes
    contact_creator: MauticCreator
    list_writer: MauticListWriter
    tag_writer: MauticTags
    stage_writer: MauticStages
    actions: MauticActions

    def __init__(
        self, context: PlatformContext, account: Account, *, page_rows: int | None = None
    ) -> None:
        config = cast("MauticConfig", context.config)
        self.name, self.location = context.name, config.url
        self._account = account
        people = MauticContacts(account=account, page_rows=page_rows or PAGE_ROWS)
        self.contacts = self.lookup = self.ids = people
        self.memberships = MauticMemberships(account=account, page_rows=page_rows or PAGE_MEMBERS)
        self.removals = MauticRemovals(account=account, page_rows=page_rows or TABLE_ROWS)
        sources = sources_of(account, context.event_types, page_rows or TABLE_ROWS)
        self.events = MauticEvents(platform=account.name, sources=sources, clock=account.clock)
        given = (context.secrets.get(name) for name in ("webhook_secret", "webhook_secret_before"))
        secrets = tuple(each for each in given if each)
        self.webhooks = MauticRegistration(account=account, secret=secrets[0] if secrets else None)
        self.webhook_parser = MauticWebhookParser(context.name, secrets)
        writing = WritingParts.of(account, config)
        self.fields, self.lists = writing.fields, writing.lists
        self.attribute_writer = writing.attribute_writer
        self.contact_creator = writing.contact_creator
        self.list_writer, self.tag_writer = writing.list_writer, writing.tag_writer
        self.stage_writer, self.actions = writing.stage_writer, writing.actions
        self._check = MauticCheck(
            account=account,
            sources=sources,
            registration=self.webhooks,
            is_basic=not _is_client(context),
            parts=context.parts,
        )

    async def check(self) -> Sequence[Problem]:
        """Return what keeps the instance from working, in plain words."""
        return await self._check.run()

    async def aclose(self) -> None:
        """Let go of the connections."""
        await self._account.session.aclose()


def connect(
    context: PlatformContext,
    *,
    transport: httpx.AsyncBaseTransport | None = None,
    page_rows: int | None = None,
) -> MauticPlatform:
    """Return the instance of the configuration.

    `transport` takes the place of the network; `page_rows` is how many rows are asked for at a
    time, whatever they are.
    """
    clock = PlatformClock(context.clock)
    session = _session(context, clock, transport)
    account = Account(name=context.name, session=session, clock=clock)
    return MauticPlatform(context, account, page_rows=page_rows)


def _session(
    context: PlatformContext, clock: PlatformClock, transport: httpx.AsyncBaseTransport | None
) -> Session:
    """Return the way in: with the token of a client where there is one, else with a password."""
    secrets = {name: each.get_secret_value() for name, each in context.secrets.items()}
    is_client = _is_client(context)
    basic = f"{secrets.get('username', '')}:{secrets.get('password', '')}"
    encoded = base64.b64encode(basic.encode()).decode()
    session = HttpSession(
        platform=context.name,
        base_url=cast("MauticConfig", context.config).url,
        budget=context.budget,
        headers={} if is_client else {"authorization": f"Basic {encoded}"},
        dialect=MauticDialect(clock),
        secrets=(*secrets.values(), encoded),
        clock=clock,
        transport=transport,
    )
    if not is_client:
        return session
    client = Client(
        path=TOKENS, id=context.secrets["client_id"], secret=context.secrets["client_secret"]
    )
    return TokenSession(session, client, context.clock)


def _is_client(context: PlatformContext) -> bool:
    return "client_id" in context.secrets


def buckets(config: PlatformConfig) -> Sequence[Bucket]:
    """Return the limit of the instance."""
    return buckets_of(cast("MauticConfig", config).calls_per_hour)


ADAPTER = Adapter(
    name="mautic",
    title="Mautic (Webmecanik Automation)",
    config=MauticConfig,
    capabilities=CAPABILITIES,
    connect=connect,
    buckets=buckets,
    erasure="delete the contact in Mautic, under Contacts",
)
