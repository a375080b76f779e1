"""Any REST API, as its entry describes it."""

from __future__ import annotations

from base64 import b64encode
from datetime import timedelta
from typing import TYPE_CHECKING, cast

from adapters.clocks import PlatformClock
from adapters.http import HttpSession
from adapters.rest.account import Account, Key
from adapters.rest.check import RestCheck
from adapters.rest.config import RestConfig
from adapters.rest.cost import AT_ONCE
from adapters.rest.dialect import RestDialect
from adapters.rest.reading.contacts import RestContacts
from adapters.rest.reading.events import RestEvents
from adapters.rest.reading.lists import RestLists
from adapters.rest.reading.lookup import RestLookup
from adapters.rest.reading.memberships import RestMemberships
from adapters.rest.reading.removals import RestRemovals
from adapters.rest.templates import filled
from adapters.rest.writing.actions import RestActions
from adapters.rest.writing.attributes import RestAttributes
from adapters.rest.writing.creator import RestCreator
from adapters.rest.writing.members import RestListWriter, RestTagWriter
from adapters.rest.writing.values import Spelling
from adapters.tokens import Client, TokenSession
from connector.domain.durations import parse_duration
from connector.domain.values import FieldType
from connector.ports.adapter import Adapter
from connector.ports.budget import Bucket
from connector.ports.platform import Capabilities, NoParts, Part

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import httpx
    from pydantic import SecretStr

    from adapters.rest.account import Session
    from adapters.rest.config import AuthConfig
    from connector.errors import Problem
    from connector.ports.adapter import PlatformConfig, PlatformContext

CAPABILITIES = Capabilities(
    parts=frozenset(
        {
            *(Part.CONTACTS, Part.IDS, Part.LOOKUP, Part.EVENTS, Part.REMOVALS),
            *(Part.MEMBERSHIPS, Part.LISTS, Part.ATTRIBUTE_WRITER, Part.LIST_WRITER),
            *(Part.TAG_WRITER, Part.CONTACT_CREATOR, Part.ACTIONS),
        }
    ),
    event_types=None,
    action_kinds=frozenset({"email", "campaign", "push", "task", "note"}),
    writable_types=frozenset(FieldType),
    in_flight=AT_ONCE,
    walk_every=timedelta(days=1),
)
"""What an entry may say how to do; `RestConfig.able` leaves what it says."""


class RestPlatform(NoParts):
    """One account, with the parts that its entry describes."""

    def __init__(self, context: PlatformContext, account: Account) -> None:
        config = cast("RestConfig", context.config)
        self.name = context.name
        self._account = account
        self._check = RestCheck(
            account=account, config=config, reading=context.reading, parts=context.parts
        )
        lookup = self._read(config, config.able(CAPABILITIES).parts)
        self._write(config, lookup)

    def _read(self, config: RestConfig, parts: frozenset[Part]) -> RestLookup | None:
        """Take up the parts that read; return who looks up contacts."""
        account, contacts, lookup = self._account, config.contacts, None
        if contacts is not None:
            people = RestContacts(account=account, config=contacts)
            self.contacts = people
            self.ids = people if Part.IDS in parts else None
        if contacts is not None and config.lookup is not None:
            record = config.lookup.record or contacts.record
            self.lookup = lookup = RestLookup(account=account, config=config.lookup, record=record)
        if config.events:
            self.events = RestEvents(account=account, streams=config.events)
        if config.removals is not None:
            self.removals = RestRemovals(account=account, config=config.removals)
        return lookup

    def _write(self, config: RestConfig, lookup: RestLookup | None) -> None:
        """Take up the parts that write, and those that need to know of lists."""
        account, writes = self._account, config.writes
        fixed = config.unwritable
        written = writes.attributes
        spelling = Spelling()
        if written is not None:
            spelling = Spelling(dates=written.dates, as_text=written.as_text, empty=written.empty)
            self.attribute_writer = RestAttributes(
                account=account, config=written, spelling=spelling, fixed=fixed, lookup=lookup
            )
        if config.lists is not None:
            create = writes.lists.create if writes.lists else None
            lists = RestLists(account=account, config=config.lists, create=create)
            self.lists = lists if create else None
            if config.members is not None:
                self.memberships = RestMemberships(
                    account=account, lists=lists, config=config.members
                )
            if writes.lists is not None:
                self.list_writer = RestListWriter(account=account, config=writes.lists, lists=lists)
        if writes.tags is not None:
            self.tag_writer = RestTagWriter(account=account, config=writes.tags)
        if writes.create is not None and config.contacts is not None:
            self.contact_creator = RestCreator(
                account=account,
                config=writes.create,
                record=config.contacts.record,
                spelling=spelling,
                fixed=fixed,
            )
        if writes.deeds:
            self.actions = RestActions(
                account=account,
                creates=writes.create is not None,
                configs={str(kind): each for kind, each in writes.actions.items()},
                spelling=spelling,
            )

    async def check(self) -> Sequence[Problem]:
        """Return what keeps the account from being read as its entry says."""
        return await self._check.run()

    async def aclose(self) -> None:
        """Let go of the connections."""
        await self._account.session.aclose()


def connect(
    context: PlatformContext, *, transport: httpx.AsyncBaseTransport | None = None
) -> RestPlatform:
    """Return the account of the configuration; `transport` takes the place of the network."""
    return RestPlatform(context, account_of(context, transport=transport))


def account_of(
    context: PlatformContext, *, transport: httpx.AsyncBaseTransport | None = None
) -> Account:
    """Return the way to an account; nothing is sent yet."""
    config = cast("RestConfig", context.config)
    clock = PlatformClock(context.clock)
    common = tuple(each.bucket for each in config.limits if each.of is None)
    told = filled(config.headers, {"settings": config.settings})
    # One name is one header, however it is written.
    headers = {name.lower(): each for name, each in told.items()}
    session = HttpSession(
        platform=context.name,
        base_url=config.account,
        budget=context.budget,
        headers={**headers, **_proof(config.auth, context.secrets)},
        dialect=RestDialect(config.answers, clock),
        secrets=_hidden(config.auth, context.secrets),
        clock=clock,
        transport=transport,
    )
    return Account(
        name=context.name,
        url=config.account,
        session=_with_tokens(session, config.auth, context, common),
        clock=clock,
        settings=config.settings,
        key=_key(config.auth, context.secrets),
        buckets=common,
        of_some=_of_some(config),
    )


def buckets(config: PlatformConfig) -> Sequence[Bucket]:
    """Return the limits that the entry names."""
    limits = cast("RestConfig", config).limits
    return tuple(
        Bucket(
            name=each.bucket,
            limit=each.requests,
            window=parse_duration(each.per),
            counts_writes=True,
        )
        for each in limits
    )


def _of_some(config: RestConfig) -> Mapping[str, tuple[str, ...]]:
    """Return the limits of requests that say a name, by that name."""
    names = {each.of for each in config.limits if each.of is not None}
    return {name: tuple(each.bucket for each in config.limits if each.of == name) for name in names}


def _proof(auth: AuthConfig, secrets: Mapping[str, SecretStr]) -> Mapping[str, str]:
    """Return the headers that prove who asks."""
    match auth.type:
        case "header":
            return {(auth.name or "").lower(): auth.prefix + _text(secrets, "api_key")}
        case "bearer":
            return {"authorization": f"Bearer {_text(secrets, 'api_key')}"}
        case "basic":
            return {"authorization": f"Basic {_basic(secrets)}"}
        case _:
            return {}


def _key(auth: AuthConfig, secrets: Mapping[str, SecretStr]) -> Key | None:
    if auth.type not in ("param", "body"):
        return None
    return Key(name=auth.name or "", value=secrets["api_key"], is_in_body=auth.type == "body")


def _hidden(auth: AuthConfig, secrets: Mapping[str, SecretStr]) -> tuple[str, ...]:
    """Return what must never come to light."""
    given = [each.get_secret_value() for each in secrets.values()]
    return (*given, _basic(secrets)) if auth.type == "basic" else tuple(given)


def _with_tokens(
    session: HttpSession, auth: AuthConfig, context: PlatformContext, names: tuple[str, ...]
) -> Session:
    if auth.type != "oauth2":
        return session
    client = Client(
        path=auth.path or "",
        id=context.secrets["client_id"],
        secret=context.secrets["client_secret"],
        more=auth.more,
        buckets=names,
    )
    return TokenSession(session, client, context.clock)


def _basic(secrets: Mapping[str, SecretStr]) -> str:
    pair = f"{_text(secrets, 'username')}:{_text(secrets, 'password')}"
    return b64encode(pair.encode()).decode()


def _text(secrets: Mapping[str, SecretStr], name: str) -> str:
    return secrets[name].get_secret_value()


ADAPTER = Adapter(
    name="rest",
    title="Any REST API that a file describes",
    config=RestConfig,
    capabilities=CAPABILITIES,
    connect=connect,
    buckets=buckets,
    erasure="delete the contact on that platform",
)
