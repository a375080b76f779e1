"""Any tool that calls us with JSON, or takes signed calls of ours."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from pydantic import SecretStr

from adapters.webhook.config import WRITERS, WebhookConfig, web_address
from adapters.webhook.endpoint import CALLS, Endpoint
from adapters.webhook.memberships import ToldMemberships
from adapters.webhook.parser import WebhookToolParser
from adapters.webhook.signing import BadSecret, key_of
from adapters.webhook.telling import undated_events
from adapters.webhook.writer import WebhookWriter
from connector.domain.values import FieldType
from connector.errors import Problem
from connector.ports.adapter import Adapter
from connector.ports.budget import Bucket
from connector.ports.courier import RETRIES
from connector.ports.platform import Capabilities, NoParts, Part

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import httpx

    from adapters.webhook.mappings import ReceivesConfig
    from connector.domain.contacts import Reading
    from connector.ports.adapter import PlatformConfig, PlatformContext

KINDS = frozenset({"email", "campaign", "push", "task", "note"})
_SECOND = timedelta(seconds=1)

CAPABILITIES = Capabilities(
    parts=WRITERS | {Part.WEBHOOK_PARSER, Part.MEMBERSHIPS},
    event_types=None,
    action_kinds=KINDS,
    writable_types=frozenset(FieldType),
    action_batch=100,
    in_flight=8,
    is_ours=True,
    is_sink=True,
    retries=RETRIES,
)


class WebhookTool(NoParts):
    """One tool: what it tells us, and where it is told."""

    def __init__(
        self,
        name: str,
        *,
        parser: WebhookToolParser | None,
        memberships: ToldMemberships | None,
        endpoint: Endpoint | None,
        writer: WebhookWriter | None,
        problems: Sequence[Problem] = (),
    ) -> None:
        self.name = name
        self.webhook_parser = parser
        self.memberships = memberships
        self.location = endpoint.location if endpoint else None
        self.attribute_writer = self.list_writer = writer
        self.tag_writer = self.stage_writer = self.actions = writer
        self._endpoint = endpoint
        self._problems = tuple(problems)

    async def check(self) -> Sequence[Problem]:
        """Return what of the entry cannot work; nothing is sent, so that nobody is told by it."""
        amiss = await self._endpoint.amiss() if self._endpoint else None
        return [*self._problems, *([Problem(message=amiss)] if amiss else [])]

    async def aclose(self) -> None:
        """Let go of connections."""
        if self._endpoint is not None:
            await self._endpoint.aclose()


def connect(
    context: PlatformContext, *, transport: httpx.AsyncBaseTransport | None = None
) -> WebhookTool:
    """Return the tool that the configuration names; `transport` takes the place of the network."""
    config = context.config
    if not isinstance(config, WebhookConfig):
        raise TypeError(config)
    parser = memberships = endpoint = writer = None
    if config.receives is not None:
        parser = WebhookToolParser(
            name=context.name,
            config=config,
            receives=config.receives,
            secrets=_secrets(context.secrets, "webhook_secret"),
            reading=context.reading,
        )
        memberships = ToldMemberships() if config.receives.lists else None
    if config.sends is not None:
        url = context.secrets.get("send_url") or SecretStr(config.sends.url or "")
        endpoint = Endpoint(
            name=context.name,
            url=url,
            secrets=_secrets(context.secrets, "signing_secret"),
            clock=context.clock,
            budget=context.budget,
            buckets=(CALLS,) if config.sends.per_second else (),
            allows_private=context.allows_private,
            transport=transport,
        )
        writer = WebhookWriter(endpoint=endpoint, batch=config.sends.batch, kinds=KINDS)
    problems = tuple(_problems(config, context.secrets, context.reading, context.name))
    return WebhookTool(
        context.name,
        parser=parser,
        memberships=memberships,
        endpoint=endpoint,
        writer=writer,
        problems=problems,
    )


def buckets(config: PlatformConfig) -> Sequence[Bucket]:
    """Return the limit on calls, where the entry names one."""
    sends = config.sends if isinstance(config, WebhookConfig) else None
    if sends is None or sends.per_second is None:
        return ()
    return (Bucket(name=CALLS, limit=sends.per_second, window=_SECOND, counts_writes=True),)


def _secrets(given: Mapping[str, SecretStr], name: str) -> Sequence[SecretStr]:
    """Return the secret `name` and the one that it replaces, where they are given."""
    found = (given.get(name), given.get(f"{name}_before"))
    return [each for each in found if each is not None]


def _problems(
    config: WebhookConfig, secrets: Mapping[str, SecretStr], reading: Reading | None, name: str
) -> Iterator[Problem]:
    if "send_url" in secrets:
        try:
            web_address(secrets["send_url"].get_secret_value())
        except ValueError as error:
            yield Problem(message=f"send_url {error}")
    signs = ("signing_secret", *(("webhook_secret",) if config.proof == "standard" else ()))
    for secret in signs:
        for each in _secrets(secrets, secret):
            try:
                key_of(each)
            except BadSecret as error:
                variable = f"HEATSYNC_PLATFORMS__{name.upper()}__{secret.upper()}"
                yield Problem(message=f"{variable}: {error}")
    receives = config.receives
    if receives is not None and receives.key is None and config.proof != "standard":
        yield from _alike(receives, name)
    mappings = receives.contacts if receives else ()
    told = {name for each in mappings for name in each.attributes}
    # An object of fields may have any.
    is_open = any(each.fields for each in mappings)
    address = reading.email if reading else None
    for field in sorted(reading.fields if reading and receives and not is_open else ()):
        if field not in told and field != address:
            message = f"`attributes` reads the field `{field}`, which no call tells"
            yield Problem(
                message=message,
                hint="name it in `receives.contacts.attributes`",
                is_advice=True,
            )


def _alike(receives: ReceivesConfig, name: str) -> Iterator[Problem]:
    """Yield what to tell of events that nothing tells from one another."""
    for place in undated_events(receives):
        yield Problem(
            message="these events have neither an `id` nor a time: the same item within ten "
            "minutes counts once, and later ones each time they come",
            path=f"platforms.{name}.receives.events.{place}",
            hint="name `id`, `occurred_at` or `receives.key`, where the calls hold any",
            is_advice=True,
        )


ADAPTER = Adapter(
    name="webhook",
    title="Any tool that calls with JSON, or takes signed webhooks",
    config=WebhookConfig,
    capabilities=CAPABILITIES,
    connect=connect,
    buckets=buckets,
    erasure="delete them in the tool, which is told nothing of an erasure",
)
