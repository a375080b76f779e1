"""What the configuration says about a tool that calls us, or is called."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from adapters.webhook.mappings import ReceivesConfig
from connector.domain.durations import parse_duration
from connector.ports.adapter import PlatformConfig
from connector.ports.platform import Part

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from connector.ports.platform import Capabilities

Proof = Literal["standard", "hmac", "bearer", "basic"]
"""How a call proves where it comes from."""

Header = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,100}$")]

MOST_IN_ONE = 1_000
WRITERS = frozenset(
    {
        *(Part.ATTRIBUTE_WRITER, Part.LIST_WRITER, Part.TAG_WRITER, Part.STAGE_WRITER),
        Part.ACTIONS,
    }
)


def web_address(text: str) -> str:
    """Return `text`; raises ValueError unless it is an address that can be called."""
    parts = urlsplit(text.strip())
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        msg = "is no address that can be called (write https://host/path)"
        raise ValueError(msg)
    if parts.username or parts.password or parts.fragment:
        msg = "holds more than an address: no name, password or part behind a #"
        raise ValueError(msg)
    return text.strip()


def _is_duration(text: str) -> str:
    parse_duration(text)
    return text


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TimestampConfig(_Part):
    """Where a call says when it was made; what is signed is then `timestamp.body`."""

    header: Header = Field(description="The header that holds it.")
    within: Annotated[str, AfterValidator(_is_duration)] = Field(
        default="5m", description="How far it may be from our clock, as `5m`."
    )


class HmacConfig(_Part):
    """How calls are signed, where they are not as Standard Webhooks."""

    header: Header = Field(description="The header that holds the signature.")
    algorithm: Literal["sha256", "sha512", "sha1"] = Field(
        default="sha256", description="The digest."
    )
    encoding: Literal["hex", "base64"] = Field(
        default="hex", description="How the signature is spelled."
    )
    prefix: Annotated[str, Field(max_length=50)] = Field(
        default="", description="What stands before it in the header, such as `sha256=`."
    )
    timestamp: TimestampConfig | None = Field(
        default=None, description="Where the call says when it was made; default: nowhere."
    )


class SendsConfig(_Part):
    """Where results are sent, and how."""

    url: Annotated[str, AfterValidator(web_address)] | None = Field(
        default=None,
        description="The address that is called; where it is a secret itself, it comes from "
        "HEATSYNC_PLATFORMS__<NAME>__SEND_URL instead.",
    )
    batch: Annotated[int, Field(ge=1, le=MOST_IN_ONE)] = Field(
        default=1, description="How many contacts one call may tell of; 1: each has its own call."
    )
    per_second: Annotated[int, Field(ge=1, le=MOST_IN_ONE)] | None = Field(
        default=None, description="How many calls a second it takes; default: any number."
    )


class WebhookConfig(PlatformConfig):
    """An entry `{adapter: webhook}` under `platforms`."""

    secrets: ClassVar[tuple[str, ...]] = (
        "webhook_secret",
        "webhook_secret_before",
        "signing_secret",
        "signing_secret_before",
        "send_url",
    )

    proof: Proof | None = Field(
        default=None,
        description="How its calls prove where they come from: `standard` (Standard Webhooks), "
        "`hmac`, `bearer` or `basic`.",
    )
    hmac: HmacConfig | None = Field(
        default=None, description="How its calls are signed; with `proof: hmac`."
    )
    receives: ReceivesConfig | None = Field(
        default=None, description="What its calls tell us: JMESPath expressions over their JSON."
    )
    sends: SendsConfig | None = Field(
        default=None, description="Where our results are sent, as signed Standard Webhooks."
    )

    @model_validator(mode="after")
    def _is_whole(self) -> WebhookConfig:
        if self.receives is None and self.sends is None:
            msg = "say what it `receives`, or that it `sends`"
            raise ValueError(msg)
        if self.receives is not None and self.proof is None:
            msg = "`proof` is missing: calls that prove nothing are not believed"
            raise ValueError(msg)
        if (self.hmac is None) == (self.proof == "hmac"):
            msg = "`hmac` goes with `proof: hmac`, and that with `hmac`"
            raise ValueError(msg)
        return self

    def able(self, capabilities: Capabilities) -> Capabilities:
        """Return what the entry can do: it may only receive, or only send."""
        parts = capabilities.parts
        if self.receives is None:
            parts -= {Part.WEBHOOK_PARSER}
        if self.receives is None or not self.receives.lists:
            parts -= {Part.MEMBERSHIPS}
        if self.sends is None:
            return replace(
                capabilities,
                parts=parts - WRITERS,
                action_kinds=frozenset(),
                writable_types=frozenset(),
                is_ours=False,
                is_sink=False,
                retries=(),
            )
        size = self.sends.batch
        return replace(capabilities, parts=parts, attribute_batch=size, list_batch=size)

    def missing_secrets(self, given: Collection[str]) -> Sequence[str]:
        """Return what calls cannot be proved or made without."""
        needed = ["webhook_secret"] if self.receives else []
        if self.sends:
            needed += ["signing_secret", *([] if self.sends.url else ["send_url"])]
        return [name for name in needed if name not in given]
