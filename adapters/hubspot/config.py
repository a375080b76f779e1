"""What the configuration says about an account of HubSpot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal
from zoneinfo import available_timezones

from pydantic import AfterValidator, Field

from adapters.addresses import account_url
from connector.ports.adapter import PlatformConfig

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

URL = "https://api.hubapi.com"

Version = Literal["2026-03", "2026-09", "v3"]
"""The versions of HubSpot's interface that are spoken."""

Tier = Literal["free", "pro", "enterprise"]
"""What decides on the limits of an account."""


def _zone(name: str) -> str:
    if name not in available_timezones():
        msg = "is no time zone (write one like Europe/Paris)"
        raise ValueError(msg)
    return name


class HubspotConfig(PlatformConfig):
    """An entry `{adapter: hubspot}` under `platforms`."""

    secrets: ClassVar[tuple[str, ...]] = (
        "access_token",
        "client_id",
        "client_secret",
        "client_secret_before",
    )

    url: Annotated[str, AfterValidator(account_url)] = Field(
        default=URL, description="Where the account is reached; only tests and proxies differ."
    )
    version: Version = Field(
        default="2026-03", description="The version of HubSpot's interface to speak."
    )
    tier: Tier = Field(
        default="free",
        description="The rate limits of the account: `free` (and Starter), `pro` or `enterprise`; "
        "what HubSpot's answers say counts more.",
    )
    timezone: Annotated[str, AfterValidator(_zone)] | None = Field(
        default=None,
        description="The time zone of the account, as `Europe/Paris`: its daily limit begins anew "
        "at midnight there. Without it HubSpot is asked when that is.",
    )
    journal: bool = Field(
        default=False,
        description="Whether to read what changed from the webhooks journal of your app as well.",
    )

    def missing_secrets(self, given: Collection[str]) -> Sequence[str]:
        """Return the token, and what the journal needs; webhooks need the secret of the app."""
        needed = ("access_token", *(("client_id", "client_secret") if self.journal else ()))
        return [name for name in needed if name not in given]
