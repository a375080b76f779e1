"""The reference adapter: copy it to add a platform. It keeps every part of the contract."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from adapters.memory.account import Account
from adapters.memory.config import MemoryConfig
from adapters.memory.reading import MemoryReader
from adapters.memory.setup import MemorySetup
from adapters.memory.webhooks import MemoryWebhookParser
from adapters.memory.writing import KINDS, MemoryWriter
from connector.domain.values import FieldType
from connector.ports.adapter import Adapter
from connector.ports.platform import Capabilities, NoParts, Part

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic import SecretStr

    from connector.errors import Problem
    from connector.ports.adapter import PlatformContext

CAPABILITIES = Capabilities(
    # What is written to an account is never ours alone.
    parts=frozenset(Part) - {Part.ERASER},
    event_types=None,
    action_kinds=KINDS,
    writable_types=frozenset(FieldType),
    attribute_batch=100,
    list_batch=100,
    action_batch=100,
)
_PAGE_SIZE = 100

Keeper = TypeVar("Keeper")


class MemoryPlatform(NoParts):
    """One account, with all parts of the contract or only some."""

    def __init__(
        self,
        account: Account,
        *,
        parts: frozenset[Part] = CAPABILITIES.parts,
        page_size: int = _PAGE_SIZE,
        secrets: tuple[SecretStr, ...] = (),
    ) -> None:
        def offered(part: Part, keeper: Keeper) -> Keeper | None:
            return keeper if part in parts else None

        self.name = account.name
        self._account = account
        reader = MemoryReader(account=account, page_size=page_size)
        writer, setup = MemoryWriter(account), MemorySetup(account)
        self.contacts = offered(Part.CONTACTS, reader)
        self.events = offered(Part.EVENTS, reader)
        self.lookup = offered(Part.LOOKUP, reader)
        self.memberships = offered(Part.MEMBERSHIPS, reader)
        self.removals = offered(Part.REMOVALS, reader)
        self.ids = offered(Part.IDS, reader)
        self.fields = offered(Part.FIELDS, setup)
        self.lists = offered(Part.LISTS, setup)
        self.webhooks = offered(Part.WEBHOOKS, setup)
        self.attribute_writer = offered(Part.ATTRIBUTE_WRITER, writer)
        self.contact_creator = offered(Part.CONTACT_CREATOR, writer)
        self.list_writer = offered(Part.LIST_WRITER, writer)
        self.tag_writer = offered(Part.TAG_WRITER, writer)
        self.stage_writer = offered(Part.STAGE_WRITER, writer)
        self.actions = offered(Part.ACTIONS, writer)
        parser = MemoryWebhookParser(account.name, secrets)
        self.webhook_parser = offered(Part.WEBHOOK_PARSER, parser)

    async def check(self) -> Sequence[Problem]:
        """Return nothing, once the account answers."""
        with self._account.request("check"):
            return ()

    async def aclose(self) -> None:
        """Do nothing: the account outlives its connections, as a real one does."""


_ACCOUNTS: dict[str, Account] = {}


def account_of(name: str) -> Account:
    """Return the account `name` of this process, opened at the first call."""
    return _ACCOUNTS.setdefault(name, Account(name))


def connect(context: PlatformContext) -> MemoryPlatform:
    """Return the account that has the name of the platform."""
    account = account_of(context.name)
    account.now = context.clock.now
    given = (context.secrets.get(name) for name in MemoryConfig.secrets)
    return MemoryPlatform(account, secrets=tuple(each for each in given if each))


ADAPTER = Adapter(
    name="memory",
    title="A platform in memory, for trials and tests: forgotten when the process ends",
    config=MemoryConfig,
    capabilities=CAPABILITIES,
    connect=connect,
    status="beta",
)
