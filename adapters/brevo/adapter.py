"""An account of Brevo as a platform."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, cast

from adapters.brevo.account import Account
from adapters.brevo.attributes import BrevoAttributes, is_fixed
from adapters.brevo.check import BrevoCheck
from adapters.brevo.config import BrevoConfig
from adapters.brevo.contacts import PAGE_ROWS, BrevoContacts
from adapters.brevo.dialect import BrevoDialect
from adapters.brevo.events.custom import CustomEvents
from adapters.brevo.events.marketing import Marketing
from adapters.brevo.events.orders import Orders
from adapters.brevo.events.sms import sms
from adapters.brevo.events.source import BrevoEvents, worth_asking
from adapters.brevo.events.statistics import statistics
from adapters.brevo.limits import buckets_of
from adapters.brevo.lists import BrevoLists
from adapters.brevo.memberships import BrevoMemberships
from adapters.brevo.registration import BrevoRegistration
from adapters.brevo.webhooks.parser import BrevoWebhookParser
from adapters.brevo.writing.actions import ACTION_BATCH, KINDS, BrevoActions
from adapters.brevo.writing.attributes import BrevoAttributeWriter
from adapters.brevo.writing.cost import ATTRIBUTE_BATCH, LIST_BATCH, calls_of
from adapters.brevo.writing.creating import BrevoContactCreator
from adapters.brevo.writing.leavers import Leavers
from adapters.brevo.writing.lists import BrevoListWriter
from adapters.brevo.writing.values import goes_alone
from adapters.clocks import PlatformClock
from adapters.http import HttpSession
from connector.domain.values import FieldType
from connector.ports.adapter import Adapter
from connector.ports.platform import Capabilities, NoParts, Part

if TYPE_CHECKING:
    from collections.abc import Sequence

    import httpx
    from pydantic import SecretStr

    from adapters.brevo.events.source import Source
    from connector.errors import Problem
    from connector.ports.adapter import PlatformConfig, PlatformContext
    from connector.ports.budget import Bucket

CAPABILITIES = Capabilities(
    parts=frozenset(
        {
            *(Part.CONTACTS, Part.LOOKUP, Part.MEMBERSHIPS, Part.IDS),
            *(Part.EVENTS, Part.WEBHOOK_PARSER, Part.FIELDS, Part.LISTS, Part.WEBHOOKS),
            *(Part.ATTRIBUTE_WRITER, Part.CONTACT_CREATOR, Part.LIST_WRITER, Part.ACTIONS),
        }
    ),
    # Custom events may be of any type.
    event_types=None,
    action_kinds=KINDS | {"push"},
    writable_types=frozenset(FieldType),
    is_fixed=is_fixed,
    attribute_batch=ATTRIBUTE_BATCH,
    list_batch=LIST_BATCH,
    action_batch=ACTION_BATCH,
    calls_of=calls_of,
    goes_alone=goes_alone,
    walk_every=timedelta(days=1),
)


class BrevoPlatform(NoParts):
    """One account."""

    contacts: BrevoContacts
    lookup: BrevoContacts
    ids: BrevoContacts
    memberships: BrevoMemberships
    events: BrevoEvents
    webhook_parser: BrevoWebhookParser
    fields: BrevoAttributes
    lists: BrevoLists
    webhooks: BrevoRegistration
    attribute_writer: BrevoAttributeWriter
    contact_creator: BrevoContactCreator
    list_writer: BrevoListWriter
    actions: BrevoActions

    def __init__(
        self,
        account: Account,
        sources: Sequence[Source],
        tokens: tuple[SecretStr, ...],
        check: BrevoCheck,
        *,
        page_rows: int = PAGE_ROWS,
    ) -> None:
        self.name = account.name
        self._account = account
        people = BrevoContacts(account=account, page_rows=page_rows)
        self.contacts = self.lookup = self.ids = people
        self.memberships = BrevoMemberships(
            account=account, page_rows=page_rows, latest=people.latest
        )
        self.events = BrevoEvents(
            platform=account.name, sources=sources, clock=account.clock, pull=people.pull
        )
        self.webhook_parser = BrevoWebhookParser(account.name, tokens)
        self.fields = BrevoAttributes(account)
        self.lists = BrevoLists(account)
        self.webhooks = BrevoRegistration(account=account, token=tokens[0] if tokens else None)
        leavers = Leavers(account=account)
        self.attribute_writer = BrevoAttributeWriter(account, self.fields, self.lists, leavers)
        self.contact_creator = BrevoContactCreator(account=account)
        self.list_writer = BrevoListWriter(account, self.lists, leavers)
        self.actions = BrevoActions(account=account)
        self._check = check

    async def check(self) -> Sequence[Problem]:
        """Return what keeps the account from working, in plain words."""
        return await self._check.run()

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
    clock = PlatformClock(context.clock)
    session = HttpSession(
        platform=context.name,
        base_url=config.url,
        budget=context.budget,
        headers={"api-key": key},
        dialect=BrevoDialect(buckets(config)),
        secrets=tuple(each.get_secret_value() for each in context.secrets.values()),
        clock=clock,
        transport=transport,
    )
    account = Account(name=context.name, session=session, clock=clock)
    given = (context.secrets.get(name) for name in ("webhook_token", "webhook_token_before"))
    sources = sources_of(account, config, context.event_types)
    tokens = tuple(each for each in given if each)
    check = BrevoCheck(
        account=account,
        plan=config.plan,
        sources=sources,
        wanted=context.event_types,
        has_token=bool(tokens),
    )
    return BrevoPlatform(account, sources, tokens, check, page_rows=page_rows)


def sources_of(
    account: Account, config: BrevoConfig, wanted: frozenset[str] | None
) -> Sequence[Source]:
    """Return the places of events that are asked, those first that tell much in few requests."""
    sources: list[Source] = [
        statistics(account),
        CustomEvents(account=account),
        Orders(account=account),
        sms(account),
    ]
    if config.marketing_poll:
        sources.append(Marketing(account=account))
    return worth_asking(sources, wanted)


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
    erasure="delete the contact in Brevo, under Contacts",
)
