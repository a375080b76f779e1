"""What an adapter declares of itself, and what it is handed to make a platform."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal
from urllib.parse import quote, urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from pathlib import Path

    from pydantic import SecretStr

    from connector.domain.contacts import Reading
    from connector.domain.values import FieldType
    from connector.ports.budget import Bucket, RateBudget
    from connector.ports.clock import Clock
    from connector.ports.platform import Capabilities, Part, Platform

_DURATION = r"^[0-9]{1,9}[smhdw]$"
_PERCENT = r"^(100|[1-9]?[0-9])%$"
_ID = "{id}"


def _page(text: str) -> str:
    parts = urlsplit(text)
    path = text.partition(parts.netloc)[2] if parts.netloc else ""
    is_page = parts.scheme in {"http", "https"} and parts.hostname and path.count(_ID) == 1
    if not is_page or any(each.isspace() or each in '{}<>"' for each in text.replace(_ID, "")):
        msg = "is not the address of a contact's page (write https://host/people/{id})"
        raise ValueError(msg)
    return text


class PullIntervals(BaseModel):
    """How often the daemon asks a platform for what is new."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    contacts: str = Field(
        default="15m", pattern=_DURATION, description="How often contacts are pulled, as `15m`."
    )
    events: str = Field(
        default="15m", pattern=_DURATION, description="How often events are pulled, as `5m`."
    )


class PlatformConfig(BaseModel):
    """What every entry under `platforms` may say; each adapter adds its own fields."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    secrets: ClassVar[tuple[str, ...]] = ()
    """Fields that come from HEATSYNC_PLATFORMS__<NAME>__<FIELD> and are refused in YAML."""

    adapter: str = Field(description="Which adapter speaks to this platform.")
    pull: PullIntervals = Field(
        default=PullIntervals(), description="How often the daemon pulls each stream."
    )
    budget: str = Field(
        default="100%",
        pattern=_PERCENT,
        description="The share of the account's request limits that heatsync may use.",
    )
    max_removals: str = Field(
        default="50%",
        pattern=_PERCENT,
        description="The largest share of a list (of 250 or more members) that one cycle may "
        "take out of it without `--force`, of the contacts (250 or more) that it may take for "
        "gone because a walk did not meet them, and of the values of a copied attribute (250 or "
        "more) that it may clear.",
    )
    create: bool = Field(
        default=False,
        description="Whether contacts who have no record on this platform are created there.",
    )

    link: Annotated[str, AfterValidator(_page)] | None = Field(
        default=None,
        description="The address of a contact's page on the platform, with `{id}` where their id "
        "stands, as `https://crm.example.com/people/{id}`: the dashboard leads there.",
    )

    @property
    def percent(self) -> int:
        """Return how many hundredths of the account's request limits are ours."""
        return int(self.budget.removesuffix("%"))

    def able(self, capabilities: Capabilities) -> Capabilities:
        """Return what this entry can do of what its adapter can: all, unless it says less."""
        return capabilities

    def usual_link(self) -> str | None:
        """Return what `link` is where nothing is said; an adapter that knows it says so."""
        return None

    def page_of(self, remote_id: str) -> str | None:
        """Return the address of a contact's page on the platform; None where it is not known."""
        link = self.link or self.usual_link()
        return None if link is None else link.replace(_ID, quote(remote_id, safe=""))

    def missing_secrets(self, given: Collection[str]) -> Sequence[str]:
        """Return which further secrets the account needs; an adapter with a choice says which."""
        return [name for name in self.secrets if name not in given]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformContext:
    """What an adapter is handed to speak to one account."""

    name: str
    config: PlatformConfig
    """An instance of the adapter's own model."""
    folder: Path
    """The folder of the YAML file that names the platform; relative paths start there."""
    clock: Clock
    budget: RateBudget
    secrets: Mapping[str, SecretStr] = field(default_factory=dict)
    """By field name in lower case."""
    properties: Mapping[str, FieldType] = field(default_factory=dict)
    """Event properties that conditions may name; for telling which values do not fit.

    The values are handed over as they came: what is declared may change after they were kept.
    """
    event_types: frozenset[str] | None = None
    """The canonical types and patterns (``email.*``) that anything looks at; None: everything.

    What nobody looks at need not be asked for.
    """
    parts: frozenset[Part] | None = None
    """The parts of the adapter that the configuration uses; None: all of them.

    A right or a limit that matters to no other part is nothing to complain of.
    """
    deeds: frozenset[str] | None = None
    """The kinds of action that triggers do there; None: any."""
    reading: Reading | None = None
    """The fields that are read of each contact, and as what; None: nobody has said."""
    allows_private: bool = False
    """Whether what is sent may go to private addresses."""


def _no_limits(_: PlatformConfig) -> Sequence[Bucket]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Adapter:
    """One adapter: a name, the model of its entries, what it can do, how it is made.

    Packages offer theirs through the entry-point group ``heatsync.adapters``.
    """

    name: str
    title: str
    """For people: what platform this is, in a few words."""
    config: type[PlatformConfig]
    capabilities: Capabilities
    connect: Callable[[PlatformContext], Platform]
    buckets: Callable[[PlatformConfig], Sequence[Bucket]] = _no_limits
    """The limits on requests that an account has, by its entry."""
    status: Literal["stable", "beta"] = "stable"
    erasure: str = "delete them there"
    """For people: how somebody is erased from this platform, which heatsync does not do."""
